"""Tokens to dollars, at list prices of a maintained table that comes with a package: nothing is fetched."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from devmatrix.llm.limits import NANO
from devmatrix.llm.request import Usage


@dataclass(frozen=True)
class Cost:
    """What a call costs."""

    nano_usd: int
    known: bool
    """False: no list price is known (a model at home, or a new one), and 0 is no promise."""

    @property
    def usd(self) -> float:
        """In dollars."""
        return self.nano_usd / NANO


@dataclass(frozen=True)
class CallSizes:
    """Tokens of a typical call."""

    shared: int
    """The same for all calls."""
    context: int
    """The same for all calls about one place."""
    question: int
    answer: int


@dataclass(frozen=True)
class Forecast:
    """What atoms will cost: a range, and what is likely."""

    low_usd: float
    likely_usd: float
    high_usd: float
    known: bool


UNLUCKY = 0.5
"""How much of the gap to certainty a high forecast takes from the acceptance rate, and a low one adds to it."""


def cost(model: str, usage: Usage) -> Cost:
    """At list price. `model` such as anthropic:claude-haiku-5-5."""
    if not usage.total_tokens:
        return Cost(0, known=known(model))
    from genai_prices import Usage as Counted
    from genai_prices import calc_price

    vendor, _, name = model.partition(":")
    counted = Counted(
        input_tokens=usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens,
        cache_read_tokens=usage.cache_read_tokens,
        cache_write_tokens=usage.cache_write_tokens,
        output_tokens=usage.output_tokens,
    )
    try:
        total = calc_price(counted, name, provider_id=vendor).total_price
    except LookupError:
        return Cost(0, known=False)
    return Cost(-int(-total * NANO // 1), known=True)


@cache
def known(model: str) -> bool:
    """Whether a list price is known."""
    return cost(model, Usage(input_tokens=1)).known


def most(model: str, input_tokens: int, output_tokens: int) -> int:
    """Billionths of a dollar that a call can cost at most: all of its input is written to the cache."""
    plain = cost(model, Usage(input_tokens=input_tokens, output_tokens=output_tokens)).nano_usd
    written = cost(model, Usage(cache_write_tokens=input_tokens, output_tokens=output_tokens)).nano_usd
    return max(plain, written)


def forecast(models: Sequence[str], *, atoms: int, places: int, sizes: CallSizes, acceptance: float) -> Forecast:
    """What `atoms` in `places` cost: `models` for the first attempt and each retry, `acceptance` for each attempt.

    Retries ask about what remains. Likely: one cold prefix per place and model, all else read from the cache. Low: more
    is accepted, answers are short. High: less is accepted, answers are long, and half of the prefixes are cold.
    """
    luck = (1 - acceptance) * UNLUCKY
    return Forecast(
        low_usd=_expected(models, atoms, places, sizes, acceptance + luck, answer=0.6, cold=0.0),
        likely_usd=_expected(models, atoms, places, sizes, acceptance, answer=1.0, cold=0.0),
        high_usd=_expected(models, atoms, places, sizes, acceptance * (1 - UNLUCKY / 2), answer=1.6, cold=0.5),
        known=all(known(model) for model in models),
    )


def _expected(
    models: Sequence[str], atoms: int, places: int, sizes: CallSizes, acceptance: float, *, answer: float, cold: float
) -> float:
    left = float(atoms)
    usd = 0.0
    warm: set[str] = set()
    for model in models:
        answered = Usage(output_tokens=round(sizes.answer * answer))
        prefix = sizes.shared + sizes.context
        write = cost(model, Usage(cache_write_tokens=prefix)).usd
        read = cost(model, Usage(cache_read_tokens=prefix)).usd
        # The shared part is written once; the context of each place once more.
        first = 0.0
        if model not in warm:
            written = Usage(cache_write_tokens=sizes.shared + min(places, round(left)) * sizes.context)
            first = cost(model, written).usd
        warm.add(model)
        each = cost(model, Usage(input_tokens=sizes.question)).usd + cost(model, answered).usd
        usd += first + left * (each + cold * write + (1 - cold) * read)
        left *= 1 - acceptance
    return usd
