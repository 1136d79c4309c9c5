"""Defects of the reply as a whole: it is cut off, it talks, it refuses."""

from random import Random

from devmatrix.llm.testing.calls import StopReason
from devmatrix.llm.testing.defects.defect import parsed


class Truncated:
    """The reply ends at `max_tokens`, in the middle."""

    name = "truncated"
    parses = False
    bare = False
    stop = StopReason.LENGTH

    def applies(self, code: str) -> bool:
        """Where some beginning of the code is not code itself; any text of some length that is no Python."""
        return bool(_ends(code))

    def inject(self, code: str, rng: Random) -> str:
        """The beginning."""
        return code[: rng.choice(_ends(code))]


def _ends(code: str) -> list[int]:
    """Where to cut: in the second half, and never so that it would go unnoticed. At most thirty are tried."""
    whole = len(code.rstrip())
    places = range(whole // 2, whole, max(whole // 60, 1))
    if parsed(code) is None:
        return [place for place in places if place > 0]
    return [place for place in places if parsed(code[:place]) is None]


class Prose:
    """Talk around the code: with fences, or, worse, without."""

    name = "prose"
    parses = False
    bare = True
    stop = StopReason.END

    _openings = (
        "Here's the implementation you asked for:",
        "Sure! I've written the function below, keeping to the signature in the contract.",
        "Looking at the contract, the body needs to do three things.",
    )
    _closings = (
        "Let me know if you'd like me to add tests as well!",
        "I kept the error handling minimal; you may want to log these cases.",
        "This assumes that the session is committed by the caller.",
    )

    def applies(self, code: str) -> bool:
        """Always."""
        return True

    def inject(self, code: str, rng: Random) -> str:
        """A sentence before, a sentence after."""
        shown = f"```python\n{code.rstrip()}\n```" if rng.random() < 0.5 else code.rstrip()
        return f"{rng.choice(self._openings)}\n\n{shown}\n\n{rng.choice(self._closings)}"


class Refusal:
    """The model will not."""

    name = "refusal"
    parses = False
    bare = True
    stop = StopReason.REFUSAL

    _words = (
        "I can't help with that request.",
        "I'm not able to write this code, as it may be used to get around access controls.",
    )

    def applies(self, code: str) -> bool:
        """Always."""
        return True

    def inject(self, code: str, rng: Random) -> str:
        """No code at all."""
        return rng.choice(self._words)
