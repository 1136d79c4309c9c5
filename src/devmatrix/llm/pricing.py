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
class Expected:
    """What a number of calls takes."""

    usd: float = 0.0
    tokens_in: float = 0.0
    """Of all kinds, those read from a cache included."""
    tokens_out: float = 0.0

    def __add__(self, other: "Expected") -> "Expected":
        return Expected(self.usd + other.usd, self.tokens_in + other.tokens_in, self.tokens_out + other.tokens_out)


@dataclass(frozen=True)
class Forecast:
    """What atoms will take: a range, and what is likely."""

    low: Expected
    likely: Expected
    high: Expected
    known: bool
    """False: some model has no list price, and its share of the money is missing."""

    @property
    def low_usd(self) -> float:
        """With luck."""
        return self.low.usd

    @property
    def likely_usd(self) -> float:
        """As expected."""
        return self.likely.usd

    @property
    def high_usd(self) -> float:
        """Without luck."""
        return self.high.usd


UNLUCKY = 0.6
"""How much of the gap to certainty a high forecast takes from the acceptance rate."""
COLD = 0.05
"""Share of calls whose prefix a high forecast takes to have left the cache."""
FOUND_TOKENS = 150
"""What was found in an attempt, as the next one is told."""
CHARACTERS_PER_TOKEN = 3.5
"""Of code and English, with current tokenizers: for forecasts, where `limits` must rather count too many."""


def tokens_of(text: str) -> int:
    """About how many tokens a text has."""
    return round(len(text) / CHARACTERS_PER_TOKEN)


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


def forecast(
    models: Sequence[str], *, atoms: int, places: int, sizes: CallSizes, acceptance: Sequence[float]
) -> Forecast:
    """What `atoms` in `places` take: `models` for the first attempt and each retry, with the `acceptance` of each.

    Retries ask about what remains, and show what was rejected. Likely: one cold prefix per place and model, all else
    read from the cache. Low: all is accepted at once, answers come without thinking. High: less is accepted, answers
    are long, and some prefixes are cold.
    """
    certain = [1.0 for _ in acceptance]
    unlucky = [share - (1 - share) * UNLUCKY for share in acceptance]
    return Forecast(
        low=_expected(models, atoms, places, sizes, certain, answer=0.4, cold=0.0),
        likely=_expected(models, atoms, places, sizes, acceptance, answer=1.0, cold=0.0),
        high=_expected(models, atoms, places, sizes, unlucky, answer=1.8, cold=COLD),
        known=all(known(model) for model in models),
    )


def _expected(
    models: Sequence[str],
    atoms: int,
    places: int,
    sizes: CallSizes,
    acceptance: Sequence[float],
    *,
    answer: float,
    cold: float,
) -> Expected:
    left = float(atoms)
    usd = tokens_in = tokens_out = 0.0
    prefix, answered = sizes.shared + sizes.context, round(sizes.answer * answer)
    warm: set[str] = set()
    for number, (model, accepted) in enumerate(zip(models, acceptance, strict=True)):
        question = sizes.question + (answered + FOUND_TOKENS if number else 0)
        write = cost(model, Usage(cache_write_tokens=prefix)).usd
        read = cost(model, Usage(cache_read_tokens=prefix)).usd
        # The shared part is written once, where anything is left to ask at all; the context of each place once more.
        first = 0.0
        if model not in warm:
            written = min(1.0, left) * sizes.shared + min(places, left) * sizes.context
            first = cost(model, Usage(cache_write_tokens=round(written))).usd
        warm.add(model)
        each = cost(model, Usage(input_tokens=question)).usd + cost(model, Usage(output_tokens=answered)).usd
        usd += first + left * (each + cold * write + (1 - cold) * read)
        tokens_in += left * (prefix + question)
        tokens_out += left * answered
        left *= 1 - accepted
    return Expected(usd, tokens_in, tokens_out)
