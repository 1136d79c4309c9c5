"""What a call costs at list price."""

from devmatrix.llm.testing.calls import Tokens
from devmatrix.llm.testing.catalog import FakeModel, Wire


def cost_usd(model: FakeModel, tokens: Tokens) -> float:
    """US dollars, from the maintained table of genai-prices. Raises LookupError for a model it does not know."""
    if not model.priced:
        return 0.0
    from genai_prices import Usage, calc_price

    provider = "anthropic" if model.wire is Wire.MESSAGES else "openai"
    usage = Usage(
        input_tokens=tokens.input,
        cache_read_tokens=tokens.cache_read,
        cache_write_tokens=tokens.cache_write,
        cache_write_1h_tokens=tokens.cache_write_1h or None,
        output_tokens=tokens.output,
    )
    return float(calc_price(usage, model.id, provider_id=provider).total_price)


def load_prices() -> None:
    """Read the table now (0.2 s), so that the first call does not wait for it."""
    import genai_prices

    genai_prices.calc_price(genai_prices.Usage(input_tokens=1), "claude-haiku-5-5", provider_id="anthropic")
