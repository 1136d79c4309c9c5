"""What a fault means to the person who started the run: one sentence, and what to do."""

from devmatrix.errors import ModelError
from devmatrix.llm.provider import Fault, FaultKind

LATER = "run the same command again later: what was answered is recorded and not paid again"


def error_of(fault: Fault, model: str, tries: int) -> ModelError:
    """The error that ends a question to `model` (such as anthropic:claude-haiku-5-5) after `tries` calls."""
    said = fault.message
    match fault.kind:
        case FaultKind.AUTH:
            mend = "set the key to one that is valid there, and that may use this model"
            return ModelError(f"the key for {model} is refused: {said}", mend=mend, lasting=True)
        case FaultKind.NO_SUCH_MODEL:
            mend = "set DEVMATRIX_MODEL (or that of the tier) to a model that the server has"
            return ModelError(f"there is no model {model}: {said}", mend=mend, lasting=True)
        case FaultKind.QUOTA:
            mend = "add credit to the account, or use another key or model"
            return ModelError(f"the account for {model} has nothing left: {said}", mend=mend, lasting=True)
        case FaultKind.TOO_LONG:
            mend = "split what is asked for, or use a model that takes more"
            return ModelError(f"the question is too long for {model}: {said}", mend=mend)
        case FaultKind.REJECTED:
            mend = "use another model, and report this: DevMatrix should ask only what a model accepts"
            return ModelError(f"{model} does not accept the question: {said}", mend=mend)
        case _:
            times = "once" if tries == 1 else f"{tries} times"
            kind = fault.kind.replace("_", " ")
            return ModelError(f"{model} gave no answer, asked {times}; the last time: {kind} ({said})", mend=LATER)
