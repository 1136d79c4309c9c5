"""How the fuzzing process reaches the service: by one Unix socket, with real credentials, and again from its start."""

import socket
import zlib
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

from devmatrix.validation.fuzzing.job import Identity, Job
from devmatrix.validation.scenarios.database import SqliteRows

_UNAUTHENTICATED = 401
_SHARE = 3
"""Of the callers, one in so many is another than the first, who may do most."""


def leave_only(path: str) -> None:
    """Lead every connection of this process to a Unix socket, whatever address a document names."""
    import urllib3.util.connection

    def connect(address: tuple[str, int], timeout: Any = None, *ignored: Any, **options: Any) -> socket.socket:  # noqa: ANN401 - urllib3's own
        near = socket.socket(socket.AF_UNIX)
        if isinstance(timeout, int | float):
            near.settimeout(timeout)
        near.connect(path)
        return near

    urllib3.util.connection.create_connection = connect


class Callers:
    """Who calls in which case. It depends on the case alone, so that repeating it is the same."""

    def __init__(self, job: Job) -> None:
        self._identities = job.identities
        self._security = job.openapi.get("security")

    def of(self, case: Any) -> Identity | None:  # noqa: ANN401 - schemathesis has no public name for it
        """The caller; nobody for what needs no credentials (wrong ones are refused even there)."""
        if not self._identities or not self._asks(case.operation.definition.raw):
            return None
        if case.meta is not None and case.meta.phase.name == "stateful":
            return self._identities[0]
        text = f"{case.method} {case.path_parameters} {case.query} {case.body}"
        number = zlib.crc32(text.encode("utf-8", "surrogatepass"))
        if number % _SHARE:
            return self._identities[0]
        return self._identities[number // _SHARE % len(self._identities)]

    def name_of(self, headers: Mapping[str, list[str]], target: str) -> str:
        """Whose credential a request shows; empty where it is none of ours."""
        text = f"{target} {dict(headers)}"
        return next((identity.name for identity in self._identities if identity.credential in text), "")

    def hide(self, text: str) -> str:
        """Without credentials."""
        for identity in self._identities:
            text = text.replace(identity.credential, f"<{identity.name}>")
        return text

    def _asks(self, operation: Mapping[str, Any]) -> bool:
        return bool(operation.get("security", self._security))


def show(case: Any, identity: Identity) -> None:  # noqa: ANN401 - see above
    """Put the credential where it belongs."""
    container = {"header": "headers", "query": "query", "cookie": "cookies"}[identity.place]
    if not isinstance(getattr(case, container), MutableMapping):
        setattr(case, container, {})
    getattr(case, container)[identity.parameter] = identity.credential


class Accounts:
    """Brings accounts back that a request has deleted, signed out or given another password."""

    def __init__(self, database: Path) -> None:
        self._rows = SqliteRows(database)
        self._rows.snapshot()
        self._refused = 0

    def heard(self, status: int) -> None:
        """A request with a real credential was answered so."""
        if status != _UNAUTHENTICATED:
            self._refused = 0
            return
        self._refused += 1
        if self._refused == 1:
            self._rows.revive()
        elif self._refused == 2:  # that was not enough: something that was made since makes the credential void
            self.restore()

    def restore(self) -> None:
        """Everything is as it was at the beginning."""
        self._rows.restore()
