"""What stands between the gateway and a vendor: one question in, one answer or one fault out."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from devmatrix.llm.request import Request, Stop, Usage


@dataclass(frozen=True)
class Answer:
    """What a model answered to one call, before it is recorded."""

    text: str
    stop: Stop
    usage: Usage
    seconds: float


class FaultKind(StrEnum):
    """Why a call gave no answer."""

    RATE_LIMITED = "rate_limited"
    OVERLOADED = "overloaded"
    SERVER = "server"
    CONNECTION = "connection"
    """Nothing reached the server."""
    TIMEOUT = "timeout"
    CUT = "cut"
    """The answer ended early."""
    GARBLED = "garbled"
    """Not what the protocol says: no JSON, no text, a tool that was never offered."""
    REJECTED = "rejected"
    TOO_LONG = "too_long"
    AUTH = "auth"
    NO_SUCH_MODEL = "no_such_model"
    QUOTA = "quota"


PUSHED_BACK = frozenset({FaultKind.RATE_LIMITED, FaultKind.OVERLOADED})
"""The provider asks everybody to slow down."""
PASSING = PUSHED_BACK | {
    FaultKind.SERVER,
    FaultKind.CONNECTION,
    FaultKind.TIMEOUT,
    FaultKind.CUT,
    FaultKind.GARBLED,
}
"""Worth another try; all others would end the same way again."""
MAY_BE_BILLED = frozenset({FaultKind.TIMEOUT, FaultKind.CUT, FaultKind.GARBLED})
"""The provider may have done the work, and charge for it."""


class Fault(Exception):
    """A call that gave no answer. `message` holds no key."""

    def __init__(
        self,
        kind: FaultKind,
        message: str,
        *,
        retry_after: float | None = None,
        usage: Usage | None = None,
    ) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.message = message
        self.retry_after = retry_after
        """Seconds that the provider asks to wait."""
        self.may_be_billed = kind in MAY_BE_BILLED
        self.usage = usage
        """What it cost for certain, where the provider told."""


class Provider(Protocol):
    """A vendor's API, or a fake of it. Only the gateway calls it."""

    async def send(self, request: Request, model: str) -> Answer:
        """Ask `model` (the vendor's own name for it) once, without retries. Raises Fault."""
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...
