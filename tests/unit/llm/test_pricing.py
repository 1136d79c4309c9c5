"""Prices and forecasts."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from devmatrix.llm.pricing import CallSizes, cost, forecast, known, most
from devmatrix.llm.request import Usage

HAIKU, SONNET, OPUS = (f"anthropic:claude-{name}-5-5" for name in ("haiku", "sonnet", "opus"))


@pytest.mark.parametrize(
    ("model", "usage", "usd"),
    [
        (HAIKU, Usage(1_000_000, 0, 0, 0), 0.5),  # more than 100,000 tokens in one prompt
        (HAIKU, Usage(10_000, 0, 0, 1_000), 0.0015),
        (SONNET, Usage(1_000, 10_000, 2_000, 500), 0.002 + 0.001 + 0.005 + 0.005),
        (OPUS, Usage(1_000, 0, 0, 1_000), 0.024),
    ],
)
def test_list_prices(model: str, usage: Usage, usd: float) -> None:
    assert cost(model, usage).usd == pytest.approx(usd)
    assert cost(model, usage).known


@pytest.mark.parametrize("model", ["ollama:llama4", "openai:my-own-model", "anthropic:claude-of-the-future"])
def test_without_a_price_it_costs_nothing_and_says_so(model: str) -> None:
    assert cost(model, Usage(1_000, 0, 0, 1_000)) == cost(model, Usage())
    assert not known(model)
    assert most(model, 1_000, 1_000) == 0


counts = some.integers(0, 30_000)


@given(counts, counts, counts, counts, some.sampled_from([HAIKU, SONNET, OPUS, "openai:gpt-5-mini"]))
def test_what_is_set_aside_is_never_less_than_the_bill(
    fresh: int, read: int, written: int, out: int, model: str
) -> None:
    assert most(model, fresh + read + written, out) >= cost(model, Usage(fresh, read, written, out)).nano_usd


def test_a_forecast_is_a_range_that_grows_with_what_goes_wrong() -> None:
    sizes = CallSizes(shared=3_000, context=800, question=900, answer=250)
    told = forecast([SONNET] * 4, atoms=160, places=40, sizes=sizes, acceptance=[0.87] * 4)
    assert 0 < told.low_usd < told.likely_usd < told.high_usd
    assert told.known
    worse = forecast([SONNET] * 4, atoms=160, places=40, sizes=sizes, acceptance=[0.6] * 4)
    assert worse.likely_usd > told.likely_usd
    cheap_first = forecast([HAIKU, SONNET, SONNET, OPUS], atoms=160, places=40, sizes=sizes, acceptance=[0.87] * 4)
    assert cheap_first.likely_usd < told.likely_usd / 3


def test_a_forecast_for_few_atoms_pays_little_for_models_that_will_hardly_be_asked() -> None:
    sizes = CallSizes(shared=3_000, context=800, question=900, answer=250)
    cheap, both, dear = (
        forecast(models, atoms=2, places=1, sizes=sizes, acceptance=[0.9] * len(models))
        for models in ([HAIKU], [HAIKU, OPUS], [OPUS])
    )
    assert both.low_usd == cheap.low_usd, "all may be accepted at once"
    assert cheap.likely_usd < both.likely_usd < cheap.likely_usd + dear.likely_usd / 4


def test_a_forecast_counts_each_token_once() -> None:
    sizes = CallSizes(shared=2_000, context=1_000, question=500, answer=100)
    told = forecast([SONNET], atoms=10, places=2, sizes=sizes, acceptance=[1.0])
    written = cost(SONNET, Usage(cache_write_tokens=2_000 + 2 * 1_000)).usd
    each = cost(SONNET, Usage(input_tokens=500, cache_read_tokens=3_000, output_tokens=100)).usd
    assert told.likely_usd == pytest.approx(written + 10 * each)
