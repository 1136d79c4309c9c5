"""Which models are asked: from the settings to names, addresses and keys, and whether they can be reached."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from pydantic import SecretStr

from devmatrix.errors import SettingsError
from devmatrix.llm.pricing import known
from devmatrix.llm.request import Tier
from devmatrix.settings import VARIABLES, Settings

if TYPE_CHECKING:
    import httpx

CHECK_SECONDS = 10.0
LADDER = ("claude-haiku-5-5", "claude-sonnet-5-5", "claude-opus-5-5")
"""Anthropic's current models, cheapest first: a tier without a setting is one step away from the one that has."""
EXAMPLES = "anthropic:claude-sonnet-5-5, openai:NAME, ollama:NAME or openrouter:NAME"
MOST_NAMED = 5


@dataclass(frozen=True)
class Vendor:
    """Where a vendor is, and which settings say otherwise."""

    name: str
    url: str
    url_field: str
    key_field: str
    bills: bool = True


VENDORS = {
    vendor.name: vendor
    for vendor in (
        Vendor("anthropic", "https://api.anthropic.com", "anthropic_base_url", "anthropic_api_key"),
        Vendor("openai", "https://api.openai.com/v1", "openai_base_url", "openai_api_key"),
        Vendor("ollama", "http://localhost:11434/v1", "ollama_base_url", "", bills=False),
        Vendor("openrouter", "https://openrouter.ai/api/v1", "", "openrouter_api_key"),
    )
}


@dataclass(frozen=True)
class Chosen:
    """One model, and how it is reached."""

    vendor: str
    name: str
    """The vendor's own name for it."""
    base_url: str
    api_key: SecretStr
    setting: str
    """The environment variable that names it, or would."""
    bills: bool
    """False: a server of one's own."""

    @property
    def id(self) -> str:
        """Such as anthropic:claude-haiku-5-5."""
        return f"{self.vendor}:{self.name}"

    @property
    def elsewhere(self) -> str:
        """Its address, if that is not the vendor's own."""
        return "" if self.base_url == VENDORS[self.vendor].url else self.base_url


def choose(settings: Settings) -> dict[Tier, Chosen]:
    """The model of each tier. Raises SettingsError when none is named, or a key is missing."""
    if not settings.model:
        raise SettingsError(
            "no language model is chosen", mend=f"set {VARIABLES['model']} to {EXAMPLES}, and the key that it needs"
        )
    standard = _chosen(settings, "model", settings.model)
    named = {
        Tier.CHEAP: ("model_cheap", settings.model_cheap or _step(settings.model, -1)),
        Tier.STRONG: ("model_strong", settings.model_strong or _step(settings.model, 1)),
    }
    others = {tier: _chosen(settings, field, model) for tier, (field, model) in named.items()}
    return {Tier.CHEAP: others[Tier.CHEAP], Tier.STANDARD: standard, Tier.STRONG: others[Tier.STRONG]}


def models_of(settings: Settings) -> dict[Tier, str]:
    """The model of each tier, such as anthropic:claude-haiku-5-5. Raises SettingsError as `choose` does."""
    return {tier: chosen.id for tier, chosen in choose(settings).items()}


def check_model(settings: Settings) -> None:
    """Whether each tier's model can be asked, at no cost. Raises SettingsError: no key, wrong key, no answer, no such
    model. What a server does not tell is not held against it."""
    import httpx

    with httpx.Client(timeout=CHECK_SECONDS, follow_redirects=True) as client:
        models = choose(settings)
        # The one that is named first: what is wrong with it is wrong with all.
        ordered = [models[tier] for tier in (Tier.STANDARD, Tier.CHEAP, Tier.STRONG)]
        for place, chosen in enumerate(ordered):
            if chosen.id in [before.id for before in ordered[:place]]:
                continue
            try:
                _check(client, chosen)
            except httpx.HTTPError as error:
                raise unreachable(chosen, type(error).__name__) from error
            except httpx.InvalidURL as error:
                raise SettingsError(
                    f"{_url_variable(chosen)} is no address: {error}", mend=_url_mend(chosen)
                ) from error
    check_prices(settings, ordered)


def check_prices(settings: Settings, models: Iterable[Chosen]) -> None:
    """Whether the caps hold. Raises SettingsError where only money is capped, and a price unknown."""
    if settings.budget_usd == inf or settings.budget_tokens is not None or settings.budget_calls is not None:
        return
    for chosen in models:
        if chosen.bills and not known(chosen.id):
            raise SettingsError(
                f"no list price is known for {chosen.id}, so {VARIABLES['budget_usd']} cannot hold",
                mend=f"set {VARIABLES['budget_tokens']} as well, or {VARIABLES['budget_usd']}=inf for no cap at all",
            )


def wrong_key(chosen: Chosen) -> SettingsError:
    """The server does not know the key."""
    variable = _key_variable(chosen)
    return SettingsError(
        f"{chosen.base_url} refuses the key for {chosen.id}", mend=f"set {variable} to a key that is valid there"
    )


def no_such_model(chosen: Chosen, there: tuple[str, ...] = ()) -> SettingsError:
    """The server does not know the model."""
    some = f" (there are {', '.join(there[:MOST_NAMED])}{' ...' if len(there) > MOST_NAMED else ''})" if there else ""
    pull = f", or run `ollama pull {chosen.name}`" if chosen.vendor == "ollama" else ""
    return SettingsError(
        f"{chosen.base_url} has no model {chosen.name!r}{some}", mend=f"set {chosen.setting} to one it has{pull}"
    )


def unreachable(chosen: Chosen, why: str) -> SettingsError:
    """The server does not answer."""
    return SettingsError(
        f"the server of {chosen.id} at {chosen.base_url} cannot be reached ({why})", mend=_url_mend(chosen)
    )


def _chosen(settings: Settings, field: str, model: str) -> Chosen:
    vendor_name, colon, name = model.partition(":")
    vendor = VENDORS.get(vendor_name)
    if vendor is None or not colon or not name.strip():
        raise SettingsError(f"{VARIABLES[field]}={model!r} names no model", mend=f"set it to {EXAMPLES}")
    given = str(getattr(settings, vendor.url_field)) if vendor.url_field else ""
    url = (given or vendor.url).rstrip("/")
    if vendor.name == "ollama" and not url.endswith("/v1"):
        url += "/v1"  # as OLLAMA_HOST has it
    key = getattr(settings, vendor.key_field) if vendor.key_field else SecretStr("")
    # Servers at home that speak like OpenAI ask for no key.
    own = vendor.name == "openai" and bool(given)
    if vendor.key_field and not own and not key.get_secret_value():
        raise SettingsError(
            f"{model} needs a key, and {VARIABLES[vendor.key_field]} is not set",
            mend=f"set {VARIABLES[vendor.key_field]}, or another model with {VARIABLES['model']}",
        )
    return Chosen(vendor.name, name.strip(), url, key, VARIABLES[field], vendor.bills and not own)


def _step(model: str, step: int) -> str:
    vendor, _, name = model.partition(":")
    if vendor != "anthropic" or name not in LADDER:
        return model
    place = min(max(LADDER.index(name) + step, 0), len(LADDER) - 1)
    return f"{vendor}:{LADDER[place]}"


def _check(client: "httpx.Client", chosen: Chosen) -> None:
    key = chosen.api_key.get_secret_value()
    if chosen.vendor == "anthropic":
        headers = {"x-api-key": key, "anthropic-version": "2023-06-01"}
        answer = client.get(f"{chosen.base_url}/v1/models/{chosen.name}", headers=headers)
        _refuse_key(chosen, answer)
        # A 404 of a server that has no such path at all says nothing about the model.
        error = _body(answer).get("error")
        if answer.status_code == 404 and isinstance(error, Mapping) and error.get("type") == "not_found_error":
            raise no_such_model(chosen)
        return
    headers = {"authorization": f"Bearer {key}"} if key else {}
    if chosen.vendor == "openrouter":
        _refuse_key(chosen, client.get(f"{chosen.base_url}/key", headers=headers))
    answer = client.get(f"{chosen.base_url}/models", headers=headers)
    _refuse_key(chosen, answer)
    listed = _body(answer).get("data")
    models = [model for model in listed if isinstance(model, Mapping)] if isinstance(listed, list) else []
    # llama.cpp has one model, and answers to any name.
    if not models or any(model.get("owned_by") == "llamacpp" for model in models):
        return
    there = tuple(sorted(str(model.get("id")) for model in models))
    if chosen.name not in there and f"{chosen.name}:latest" not in there:
        raise no_such_model(chosen, there)


def _refuse_key(chosen: Chosen, answer: "httpx.Response") -> None:
    if answer.status_code in (401, 403):
        raise wrong_key(chosen)


def _body(answer: "httpx.Response") -> Mapping[str, object]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _key_variable(chosen: Chosen) -> str:
    field = VENDORS[chosen.vendor].key_field
    return VARIABLES[field] if field else "the key"


def _url_variable(chosen: Chosen) -> str:
    field = VENDORS[chosen.vendor].url_field
    return VARIABLES[field] if field else "the address"


def _url_mend(chosen: Chosen) -> str:
    field = VENDORS[chosen.vendor].url_field
    other = f", or set {VARIABLES[field]} to where it is" if field else ""
    return f"see that it runs and that this machine may connect to it{other}"
