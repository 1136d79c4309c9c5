"""Takes a request for a language model, gives its reply: the only way to a model, within limits, never paid twice."""

from typing import TYPE_CHECKING

from devmatrix.llm.asks import Asks
from devmatrix.llm.limits import BudgetWarning
from devmatrix.llm.prompts import Prompts
from devmatrix.llm.request import Effort, Purpose, Reply, Request, Stop, Tier, Usage

if TYPE_CHECKING:
    from devmatrix.llm.bill import Charge
    from devmatrix.llm.choosing import check_model, models_of
    from devmatrix.llm.gateway import Gateway
    from devmatrix.llm.ledger import ChargeKind, Spending
    from devmatrix.llm.opening import open_gateway
    from devmatrix.llm.pricing import CallSizes, Expected, Forecast, forecast, tokens_of

__all__ = [
    "Asks",
    "BudgetWarning",
    "CallSizes",
    "Charge",
    "ChargeKind",
    "Effort",
    "Expected",
    "Forecast",
    "Gateway",
    "Prompts",
    "Purpose",
    "Reply",
    "Request",
    "Spending",
    "Stop",
    "Tier",
    "Usage",
    "check_model",
    "forecast",
    "models_of",
    "open_gateway",
    "tokens_of",
]

_LATE = {
    "CallSizes": "pricing",
    "Charge": "bill",
    "ChargeKind": "ledger",
    "Expected": "pricing",
    "Forecast": "pricing",
    "Gateway": "gateway",
    "Spending": "ledger",
    "check_model": "choosing",
    "forecast": "pricing",
    "models_of": "choosing",
    "open_gateway": "opening",
    "tokens_of": "pricing",
}


def __getattr__(name: str) -> object:
    # SQLAlchemy and the vendors' libraries take seconds to import: only those who open a gateway pay for them.
    if name in _LATE:
        from importlib import import_module

        return getattr(import_module(f"devmatrix.llm.{_LATE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
