"""What changes from one attempt to the next: feedback, context, effort, tier. Nothing is asked the same way twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from devmatrix.authoring.author import Rejected
from devmatrix.llm import Effort, Tier

_TIERS = tuple(Tier)


@dataclass(frozen=True)
class Strategy:
    """How an atom is asked for."""

    tier: Tier
    effort: Effort
    shows_last: bool = False
    """The code of the attempt before, and what was found."""
    shows_others: bool = False
    """Accepted bodies of what the contract uses."""


def strategies(start: Tier) -> tuple[Strategy, ...]:
    """The ways to ask, in order: from the tier `start` upwards."""
    first = _TIERS.index(start)
    higher, highest = _TIERS[min(first + 1, len(_TIERS) - 1)], _TIERS[-1]
    return (
        Strategy(start, "low"),
        Strategy(start, "medium", shows_last=True),
        Strategy(higher, "medium", shows_last=True, shows_others=True),
        Strategy(highest, "high", shows_last=True, shows_others=True),
    )


def choose(ways: Sequence[Strategy], rejected: Sequence[Rejected]) -> Strategy | None:
    """The next way to ask, after what this author's candidates were rejected for; none: it gives up.

    Where the last two attempts wrote the same code or met the same findings, the way did not help: one is left out.
    """
    stalled = sum(_is_alike(one, two) for one, two in pairwise(rejected))
    step = len(rejected) + stalled
    return ways[step] if step < len(ways) else None


def _is_alike(one: Rejected, two: Rejected) -> bool:
    if not (one.candidate.code and two.candidate.code):  # one of them had no answer at all
        return False
    return one.candidate.code == two.candidate.code or _said(one) == _said(two)


def _said(item: Rejected) -> frozenset[tuple[str, str]]:
    return frozenset((finding.rule, finding.message) for finding in item.findings)
