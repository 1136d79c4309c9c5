"""Has a model read prose that the rules of DevMatrix do not understand, and judges the answer by the same rules."""

from collections.abc import Sequence

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.discovery.modelled.answer import Answer
from devmatrix.discovery.modelled.converting import convert
from devmatrix.discovery.modelled.sentences import Sentence, sentences_of
from devmatrix.discovery.passages import Passage
from devmatrix.errors import RequestError
from devmatrix.llm import Asks, Prompts, Purpose, Request, Stop, Tier

ATTEMPTS = (Tier.STANDARD, Tier.STANDARD, Tier.STRONG)
MOST_FAULTS = 12
MAX_OUTPUT_TOKENS = 16_000
MAX_CHARACTERS = 60_000
"""Of prose in one question: about 20,000 tokens."""
_PROMPTS = Prompts("devmatrix.discovery.modelled")
_VERSION = _PROMPTS.version_of("system", "sentences")


async def read_with_model(
    passages: Sequence[Passage], request: str, gateway: Asks, *, run_id: str
) -> DiscoveryDocument:
    """What a model makes of prose, with the requirements of its rules and procedures, and without derived ones.

    Raises RequestError where its answers stay unsound, BudgetReached, ModelError.
    """
    sentences = sentences_of(passages)
    if sum(len(sentence.text) for sentence in sentences) > MAX_CHARACTERS:
        raise RequestError(
            f"the text is too long for a model to read at once: more than {MAX_CHARACTERS:,} characters",
            mend="build it in parts, or write the entities in the notation (docs/notation.md)",
        )
    earlier, faults = "", ["the model gave no answer"]
    for number, tier in enumerate(ATTEMPTS, start=1):
        purpose = Purpose(run_id=run_id, task_id="discovery", attempt=number)
        reply = await gateway.ask(_request(sentences, earlier), purpose, tier)
        if reply.stop is not Stop.END:
            faults = [f"the answer was not finished ({reply.stop})"]
        else:
            converted = convert(reply.text, sentences, request)
            if converted.document is not None:
                return converted.document
            faults = converted.faults
        earlier = _told(reply.text, faults)
    raise RequestError(
        f"the model's reading of the request stays unsound after {len(ATTEMPTS)} attempts: {faults[0]}",
        mend="say it in simpler sentences, or write the entities in the notation (docs/notation.md)",
    )


def _request(sentences: Sequence[Sentence], earlier: str) -> Request:
    told = "\n".join(f"[{item.number}] {_as_data(item.text)}" for item in sentences)
    return Request(
        prompt=f"reading@{_VERSION}",
        shared=_PROMPTS.text("system"),
        context="",
        question=_PROMPTS.fill("sentences", {"sentences": told, "earlier": earlier}),
        schema=Answer.model_json_schema(),
        max_output_tokens=MAX_OUTPUT_TOKENS,
        effort="medium",
    )


def _told(text: str, faults: Sequence[str]) -> str:
    found = "\n".join(f"- {fault[:600]}" for fault in faults[:MOST_FAULTS])
    return (
        f"\n# Your earlier answer\n\n{text[:40_000]}\n\n# What is wrong with it\n\n{found}\n\n"
        "Give the whole answer again, with this mended and all else as it was.\n"
    )


def _as_data(text: str) -> str:
    return " ".join(text.replace("</data", "<\\/data").split())
