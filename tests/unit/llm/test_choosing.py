"""From settings to models."""

import pytest

from devmatrix.errors import SettingsError
from devmatrix.llm.choosing import check_prices, choose
from devmatrix.llm.request import Tier
from devmatrix.settings import Settings

KEYS = {"ANTHROPIC_API_KEY": "sk-ant-secret", "OPENAI_API_KEY": "sk-secret", "OPENROUTER_API_KEY": "sk-or-secret"}


def ids(**variables: str) -> list[str]:
    chosen = choose(Settings.read(KEYS | variables))
    return [chosen[tier].id for tier in Tier]


@pytest.mark.parametrize(
    ("model", "tiers"),
    [
        ("anthropic:claude-haiku-5-5", "haiku haiku sonnet"),
        ("anthropic:claude-sonnet-5-5", "haiku sonnet opus"),
        ("anthropic:claude-opus-5-5", "sonnet opus opus"),
    ],
)
def test_tiers_are_a_step_apart(model: str, tiers: str) -> None:
    assert ids(DEVMATRIX_MODEL=model) == [f"anthropic:claude-{name}-5-5" for name in tiers.split()]


@pytest.mark.parametrize("model", ["openai:gpt-5.5", "ollama:qwen4:8b", "openrouter:a/b", "anthropic:claude-old"])
def test_otherwise_all_tiers_are_one_model(model: str) -> None:
    assert ids(DEVMATRIX_MODEL=model) == [model] * 3


def test_tiers_may_be_named_and_live_elsewhere() -> None:
    named = {"DEVMATRIX_MODEL_CHEAP": "ollama:small", "DEVMATRIX_MODEL_STRONG": "openai:gpt-5.5"}
    assert ids(DEVMATRIX_MODEL="anthropic:claude-sonnet-5-5", **named) == [
        "ollama:small",
        "anthropic:claude-sonnet-5-5",
        "openai:gpt-5.5",
    ]


@pytest.mark.parametrize(
    ("variables", "url"),
    [
        ({"DEVMATRIX_MODEL": "anthropic:x"}, "https://api.anthropic.com"),
        ({"DEVMATRIX_MODEL": "anthropic:x", "ANTHROPIC_BASE_URL": "http://here:1/"}, "http://here:1"),
        ({"DEVMATRIX_MODEL": "openai:x", "OPENAI_BASE_URL": "http://here:8000/v1/"}, "http://here:8000/v1"),
        ({"DEVMATRIX_MODEL": "ollama:x"}, "http://localhost:11434/v1"),
        ({"DEVMATRIX_MODEL": "ollama:x", "OLLAMA_BASE_URL": "http://gpu:11434"}, "http://gpu:11434/v1"),
    ],
)
def test_addresses(variables: dict[str, str], url: str) -> None:
    assert choose(Settings.read(KEYS | variables))[Tier.STANDARD].base_url == url


@pytest.mark.parametrize(
    ("variables", "message", "mend"),
    [
        ({}, "no language model is chosen", "DEVMATRIX_MODEL"),
        ({"DEVMATRIX_MODEL": "claude"}, "DEVMATRIX_MODEL='claude' names no model", "anthropic:claude-sonnet-5-5"),
        ({"DEVMATRIX_MODEL": "mystery:x"}, "'mystery:x' names no model", "openai:NAME"),
        ({"DEVMATRIX_MODEL": "ollama: "}, "'ollama:' names no model", "ollama:NAME"),
        ({"DEVMATRIX_MODEL": "anthropic:x"}, "ANTHROPIC_API_KEY is not set", "set ANTHROPIC_API_KEY"),
        ({"DEVMATRIX_MODEL": "openai:x"}, "OPENAI_API_KEY is not set", "set OPENAI_API_KEY"),
        (
            {"DEVMATRIX_MODEL": "ollama:x", "DEVMATRIX_MODEL_STRONG": "x"},
            "DEVMATRIX_MODEL_STRONG='x' names no model",
            "set it to",
        ),
    ],
)
def test_what_is_missing_is_said_in_one_sentence(variables: dict[str, str], message: str, mend: str) -> None:
    with pytest.raises(SettingsError) as caught:
        choose(Settings.read(variables))
    assert message in caught.value.message
    assert mend in caught.value.mend


def test_a_server_at_home_needs_no_key() -> None:
    settings = Settings.read({"DEVMATRIX_MODEL": "openai:x", "OPENAI_BASE_URL": "http://localhost:8000/v1"})
    assert choose(settings)[Tier.STANDARD].id == "openai:x"


def test_keys_are_not_shown() -> None:
    settings = Settings.read(KEYS | {"DEVMATRIX_MODEL": "anthropic:claude-sonnet-5-5"})
    shown = f"{settings!r} {settings} {choose(settings)!r} {settings.model_dump_json()}"
    assert "secret" not in shown


@pytest.mark.parametrize("model", ["anthropic:claude-of-the-future", "openai:gpt-99", "openrouter:some/body"])
def test_a_cap_on_money_needs_a_price(model: str) -> None:
    def checked(**variables: str) -> None:
        settings = Settings.read(KEYS | {"DEVMATRIX_MODEL": model} | variables)
        check_prices(settings, choose(settings).values())

    with pytest.raises(SettingsError, match=f"no list price is known for {model}") as caught:
        checked()
    assert "DEVMATRIX_BUDGET_TOKENS" in caught.value.mend
    checked(DEVMATRIX_BUDGET_TOKENS="1000000")
    checked(DEVMATRIX_BUDGET_USD="inf")


@pytest.mark.parametrize("model", ["anthropic:claude-haiku-5-5", "openai:gpt-5-mini", "ollama:qwen4", "openai:own"])
def test_known_prices_and_servers_of_ones_own_need_no_other_cap(model: str) -> None:
    own = {"OPENAI_BASE_URL": "http://localhost:8000/v1"} if model == "openai:own" else {}
    settings = Settings.read(KEYS | own | {"DEVMATRIX_MODEL": model})
    check_prices(settings, choose(settings).values())
