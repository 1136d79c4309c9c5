"""What a build will take: lines, minutes, and the tokens and dollars of what only a model could write.

Blueprints cost nothing. What docs/plan.md assumes of the rest stands here in figures, for as long as no model is
chosen: then `orchestration.forecasting` measures the prompts themselves.
"""

from collections.abc import Sequence

from devmatrix.discovery.document import DiscoveryDocument, OperationKind
from devmatrix.planning.plan import Estimate, History, Range, TaskOutline

TOKENS_IN = Range(low=2_000, likely=6_000, high=24_000)
"""Per operation that no blueprint knows: its contract, what it is about and its scenarios, asked one to four times."""
TOKENS_OUT = Range(low=300, likely=1_200, high=6_000)
"""Likewise: a body of 10 to 40 lines, written one to four times."""
USD_PER_MILLION_IN = 2.0
"""List price of the standard tier, November 2026."""
USD_PER_MILLION_OUT = 10.0


def spread(likely: float) -> Range:
    """Around a number of lines that an outline gives."""
    return Range(low=round(likely * 0.7), likely=likely, high=round(likely * 1.5))


def unwritten(document: DiscoveryDocument) -> int:
    """Operations that no blueprint knows."""
    if document.interface is not None:
        return sum(one.effect is None for one in document.interface.endpoints)
    return sum(one.kind is OperationKind.CUSTOM for one in document.operations)


def estimate(document: DiscoveryDocument, outline: Sequence[TaskOutline], history: History | None) -> Estimate:
    """The estimate of a whole plan; minutes come from earlier runs, or are unknown."""
    custom = unwritten(document)
    tokens_in, tokens_out = _times(TOKENS_IN, custom), _times(TOKENS_OUT, custom)
    return Estimate(
        lines=spread(sum(item.estimated_lines for item in outline)),
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        usd=_usd(tokens_in, tokens_out),
        minutes=_times(Range(low=history.low, likely=history.likely, high=history.high), len(outline) / 60)
        if history
        else None,
    )


def _times(one: Range, number: float) -> Range:
    return Range(low=one.low * number, likely=one.likely * number, high=one.high * number)


def _usd(tokens_in: Range, tokens_out: Range) -> Range:
    def price(given: float, written: float) -> float:
        return (given * USD_PER_MILLION_IN + written * USD_PER_MILLION_OUT) / 1_000_000

    return Range(
        low=price(tokens_in.low, tokens_out.low),
        likely=price(tokens_in.likely, tokens_out.likely),
        high=price(tokens_in.high, tokens_out.high),
    )
