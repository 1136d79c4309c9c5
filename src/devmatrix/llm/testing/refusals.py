"""Errors as the two APIs report them: status, body, headers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from devmatrix.llm.testing.catalog import Wire

_KINDS = {
    400: ("invalid_request_error", "invalid_request_error"),
    401: ("authentication_error", "invalid_request_error"),
    404: ("not_found_error", "invalid_request_error"),
    405: ("invalid_request_error", "invalid_request_error"),
    413: ("request_too_large", "invalid_request_error"),
    429: ("rate_limit_error", "rate_limit_error"),
    500: ("api_error", "server_error"),
    503: ("api_error", "server_error"),
    529: ("overloaded_error", "server_error"),
}


@dataclass
class Refused(Exception):
    """A request that is not answered. `code` and `param` are told by chat completions only."""

    status: int
    message: str
    code: str | None = None
    param: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.status} {self.message}"

    def body(self, wire: Wire, request_id: str) -> dict[str, JsonValue]:
        """The JSON that goes with the status."""
        ours, theirs = _KINDS[self.status]
        if wire is Wire.MESSAGES:
            error: dict[str, JsonValue] = {"type": ours, "message": self.message}
            return {"type": "error", "error": error, "request_id": request_id}
        return {"error": {"message": self.message, "type": theirs, "param": self.param, "code": self.code}}


def invalid(message: str, *, code: str | None = None, param: str | None = None) -> Refused:
    """Status 400."""
    return Refused(400, message, code=code, param=param)
