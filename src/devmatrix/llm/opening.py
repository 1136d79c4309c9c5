"""Puts a gateway together from the settings."""

from collections.abc import Callable

from devmatrix.llm.choosing import Chosen, check_prices, choose
from devmatrix.llm.gateway import Gateway, Route
from devmatrix.llm.ledger import Ledger
from devmatrix.llm.limits import BudgetWarning, caps_of
from devmatrix.llm.provider import Provider
from devmatrix.llm.rates import Pace, Patience
from devmatrix.llm.record import Record
from devmatrix.settings import Settings
from devmatrix.storage import RunStore
from devmatrix.storage.engine import make_engine

LEASE_SECONDS = 20.0
"""After so long without a sign of life a claimant on another machine counts as dead."""


def open_gateway(
    settings: Settings,
    store: RunStore,
    *,
    patience: Patience | None = None,
    on_warning: Callable[[BudgetWarning], None] | None = None,
) -> Gateway:
    """The gateway to the models that `settings` name, with its record in the database of `store`; close both.

    Connects to nothing yet. Raises SettingsError when no model is named, its key is missing, or its price unknown.
    """
    chosen = choose(settings)
    check_prices(settings, chosen.values())
    paces: dict[str, Pace] = {}
    providers: dict[str, Provider] = {}
    routes = {}
    for tier, model in chosen.items():
        if model.vendor not in providers:
            providers[model.vendor] = _provider(model, settings.model_seconds)
            paces[model.vendor] = Pace(
                most_at_once=settings.max_concurrency,
                requests_per_minute=settings.requests_per_minute,
                tokens_per_minute=settings.tokens_per_minute,
            )
        routes[tier] = Route(
            model=model.id,
            name=model.name,
            provider=providers[model.vendor],
            pace=paces[model.vendor],
            caches_prefixes=model.vendor == "anthropic",
            address=model.elsewhere,
        )
    ledger = Ledger(caps_of(settings), lease_seconds=LEASE_SECONDS)
    record = Record(make_engine(store.engine.url, forced=True), ledger)
    return Gateway(routes, record, ledger, reuse=settings.enable_caching, patience=patience, on_warning=on_warning)


def _provider(model: Chosen, seconds: float) -> Provider:
    from devmatrix.llm.adapters import AnthropicModels, OpenAiModels

    if model.vendor == "anthropic":
        return AnthropicModels(model.api_key, model.base_url, seconds=seconds)
    return OpenAiModels(model.api_key, model.base_url, seconds=seconds)
