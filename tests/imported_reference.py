"""A service in memory that obeys docs/imported.md: an interpreter of interfaces, apart from derivation and stacks.

`flaws` names deviations that are planted on purpose, to see whether scenarios find them.
"""

# ruff: noqa: ANN401 - JSON comes as it comes

import copy
import json
import re
from collections.abc import Collection, Mapping
from fnmatch import fnmatch
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from devmatrix.discovery.document import DiscoveryDocument, OperationKind
from devmatrix.discovery.interface import Content, Endpoint, Lookup, Reason, Reply, Scheme
from devmatrix.discovery.shapes import ShapeKind
from tests.imported_answers import Answers
from tests.imported_callers import Callers
from tests.imported_effects import Effects, Refused, at, stands
from tests.imported_forms import read_form
from tests.imported_pinching import pinched
from tests.imported_refusals import fault, json_answer, problem
from tests.imported_rows import Full, Row, Rows, Taken
from tests.imported_schema import first_error, parsed
from tests.reference_api import Answer, Headers

KIND = OperationKind


class Unsupported(Exception):
    """A body of a media type that is not documented."""


class ImportedReference:
    """Client and database in one."""

    def __init__(self, document: DiscoveryDocument, flaws: Collection[str] = ()) -> None:
        assert document.interface is not None
        self.document, self.interface, self.flaws = document, document.interface, frozenset(flaws)
        self.checked = pinched(self.interface, self.flaws)
        self.rows = Rows(document, self.flaws)
        self.callers = Callers(document, self.rows, self.flaws)
        self.answers = Answers(document, self.rows, self.flaws)
        self._kept: Any = None
        self.routes = sorted(
            ((one, self.interface.endpoint(one.id)) for one in document.operations),
            key=lambda pair: [part.startswith("{") for part in pair[0].path.split("/")],
        )

    def snapshot(self) -> None:
        self._kept = copy.deepcopy(self.rows.state())

    def restore(self) -> None:
        self.rows.load(copy.deepcopy(self._kept))

    def request(
        self, method: str, url: str, /, *, headers: Mapping[str, str] | None = None, content: bytes | None = None
    ) -> Answer:
        split = urlsplit(url)
        if split.path in ("/health/live", "/health/ready"):
            return json_answer(200, {"status": "ok"})
        sent = {key.lower(): value for key, value in (headers or {}).items()}
        for operation, endpoint in self.routes:
            pattern = "/".join("([^/]*)" if "{" in part else re.escape(part) for part in operation.path.split("/"))
            found = re.fullmatch(pattern, split.path)
            if found is None or operation.method != method:
                continue
            names = re.findall(r"\{([^}]+)\}", operation.path)
            path = dict(zip(names, map(unquote, found.groups()), strict=True))
            try:
                return _Call(self, operation, endpoint, path, parse_qs(split.query), sent, content).answer()
            except Unsupported:
                return problem(415)
            except Refused as refused:
                return self._refuse(endpoint, refused)
            except (KeyError, TypeError):
                if not self.flaws:
                    raise
                return problem(500)
        return problem(404)

    def _refuse(self, endpoint: Endpoint, refused: Refused) -> Answer:
        refusal = next((one for one in endpoint.refusals if one.reason is refused.reason), None)
        assert refusal is not None, f"{endpoint.operation} has no refusal for {refused.reason}"
        status = refusal.status + 1 if f"status:{refused.reason}" in self.flaws else refusal.status
        if refusal.body is None:
            return problem(status) if refusal.media_type else Answer(status)
        return json_answer(
            status, fault(refusal.body, refusal.status, refused.name, refused.record), refusal.media_type
        )


class _Call(Effects):
    def __init__(
        self,
        service: ImportedReference,
        operation: Any,
        endpoint: Endpoint,
        path: dict[str, str],
        query: dict[str, list[str]],
        headers: dict[str, str],
        content: bytes | None,
    ) -> None:
        self.service, self.operation, self.endpoint = service, operation, endpoint
        self.document, self.answers, self.callers = service.document, service.answers, service.callers
        self.interface, self.rows, self.flaws = service.interface, service.rows, service.flaws
        self.checked = service.checked.endpoint(endpoint.operation)
        self.path, self.raw_query, self.headers, self.content = path, query, headers, content
        self.query: dict[str, Any] = {}
        self.body: Any = None
        self.caller = self._caller()

    def answer(self) -> Answer:
        access = self.operation.access
        if access.roles and not access.owner and not self.service.callers.has_role(self.caller, access.roles):
            raise Refused(Reason.FORBIDDEN)
        if self.endpoint.effect is None:
            self._path_values()
            self._query_values()
            self._read_body()
            return problem(501)
        self.effect = self.endpoint.effect
        self._path_values()
        self._query_values()
        self._read_body()
        found = [self._look_up(lookup, index) for index, lookup in enumerate(self.effect.lookups)]
        self.found = [row for row in found if row is not None]
        self.record = self.found[-1] if self.found else None
        self._check_owner()
        try:
            scene = self.do()
        except Taken as taken:
            raise Refused(Reason.DUPLICATE, self.field_of(taken.attribute)) from taken
        except Full as full:
            raise Refused(Reason.STATE) from full
        status = self.operation.success_status + (1 if f"success:{self.operation.kind}" in self.flaws else 0)
        wanted = (self.operation.success_status, 0)
        reply = next((one for status_ in wanted for one in self.endpoint.replies if one.status == status_), None)
        if self.operation.kind is KIND.DOWNLOAD:
            return self._file(status, reply)
        headers = self.service.callers.cookie(self.effect, scene.record)
        if self.effect.answer is None or reply is None or not reply.contents:
            return Answer(status, Headers(headers))
        shape = reply.contents[0].shape
        body = self.service.answers.make(self.effect.answer, shape, scene)
        if "envelope" in self.flaws and isinstance(body, dict) and len(body) == 1:
            body = next(iter(body.values()))
        assert first_error(self.interface, shape, body, request=False) is None or self.flaws, (
            self.operation.id,
            first_error(self.interface, shape, body, request=False),
            body,
        )
        made = json_answer(status, body, reply.contents[0].media_type)
        return Answer(status, Headers({**made.headers, **headers}), made.content)

    def _file(self, status: int, reply: Reply | None) -> Answer:
        assert self.record is not None
        names = [one.name for one in self.document.entity(self.effect.entity).attributes if one.type == "binary"]
        held = self.record[names[0]]
        if held is None:
            raise Refused(Reason.MISSING, record=self.effect.lookups[-1].called)
        documented = [one.media_type for one in reply.contents] if reply is not None else []
        fits = not documented or any(fnmatch(held[1], one) for one in documented)
        kind = held[1] if fits else next((one for one in documented if "*" not in one), "application/octet-stream")
        return Answer(status, Headers({"content-type": kind}), str(held[0]).encode())

    # The order of refusals

    def _caller(self) -> Row | None:
        for name in self.endpoint.schemes:
            scheme = self.interface.scheme(name)
            given = self._shown(scheme)
            if not given:
                continue
            if not given.lower().startswith(scheme.prefix.lower()):
                raise Refused(Reason.UNAUTHENTICATED)
            caller = self.service.callers.find(scheme, given[len(scheme.prefix) :])
            if caller is None:
                raise Refused(Reason.UNAUTHENTICATED)
            if self.service.callers.lacks_scope(self.endpoint, scheme, caller):
                raise Refused(Reason.FORBIDDEN)
            return caller.account
        if self.operation.access.authenticated and "open" not in self.flaws:
            raise Refused(Reason.UNAUTHENTICATED)
        return None

    def _shown(self, scheme: Scheme) -> str:
        if scheme.place == "query":
            return self.raw_query.get(scheme.parameter, [""])[0]
        if scheme.place == "cookie":
            return self.headers.get("cookie", "").partition(";")[0].removeprefix(f"{scheme.parameter}=")
        return self.headers.get(scheme.parameter.lower(), "")

    def _path_values(self) -> None:
        for parameter in self.endpoint.parameters:
            if parameter.place != "path":
                continue
            try:
                self.path[parameter.name] = parsed(self.interface, parameter, [self.path[parameter.name]])
            except ValueError as error:
                known = any(one.reason is Reason.INVALID_PATH for one in self.endpoint.refusals)
                raise Refused(Reason.INVALID_PATH if known else Reason.MISSING, parameter.name) from error

    def _query_values(self) -> None:
        for parameter in self.checked.parameters:
            if parameter.place != "query":
                continue
            given = self.raw_query.get(parameter.name)
            if given is None:
                if parameter.required:
                    raise Refused(Reason.INVALID_QUERY, parameter.name)
                shape = self.interface.resolve(parameter.shape)
                if shape.has_default:
                    self.query[parameter.name] = shape.default
                continue
            try:
                self.query[parameter.name] = parsed(self.service.checked, parameter, given)
            except ValueError as error:
                if "any query" not in self.flaws:
                    raise Refused(Reason.INVALID_QUERY, parameter.name) from error

    def _read_body(self) -> None:
        taken = next((one for one in self.checked.bodies if "json" in one.media_type), None)
        if taken is None:
            taken = next((one for one in self.checked.bodies if "form" in one.media_type), None)
            sent = self.headers.get("content-type", "")
            if taken is None:
                self.body = (self.content or b"").decode()
                if self.checked.bodies and not any(fnmatch(sent, one.media_type) for one in self.checked.bodies):
                    raise Unsupported
                return
            self.body = read_form(self.interface, taken, self.content or b"", sent)
            self._check_body(taken)
            return
        if self.content is None:
            if self.endpoint.body_required:
                raise Refused(Reason.INVALID_BODY)
            return
        try:
            self.body = json.loads(self.content)
        except ValueError as error:
            raise Refused(Reason.INVALID_BODY) from error
        self._check_body(taken)

    def _check_body(self, taken: Content) -> None:
        wrong = first_error(self.service.checked, taken.shape, self.body)
        if wrong is not None and "any body" not in self.flaws:
            raise Refused(Reason.INVALID_BODY, self._without_envelope(wrong))

    def _without_envelope(self, name: str) -> str:
        taken = next((one for one in self.endpoint.bodies if "json" in one.media_type), self.endpoint.bodies[0])
        shape = self.interface.resolve(taken.shape)
        inner = self.interface.resolve(shape.properties[0].shape) if len(shape.properties) == 1 else shape
        if inner is not shape and inner.kind is ShapeKind.OBJECT and name.startswith(f"{shape.properties[0].name}."):
            return name.partition(".")[2]
        return name

    def field_of(self, attribute: str) -> str:
        write = next((one for one in self.effect.writes if one.attribute == attribute), None)
        return self._without_envelope(".".join(write.name.split("/")[1:])) if write is not None else ""

    def _look_up(self, lookup: Lookup, index: int) -> Row | None:
        if lookup.place == "caller":
            return self.caller
        if lookup.place == "only":
            return next(iter(self.rows.of(lookup.entity)), None) or self.rows.insert(lookup.entity, {})
        if self.effect.batch and lookup.place == "body":
            return None
        value = {"path": self.path, "query": self.query}.get(lookup.place, {}).get(lookup.name)
        if lookup.place == "body":
            value = at(self.body, lookup.name) if stands(self.body, lookup.name) else None
        if value is None and lookup.place in ("query", "body"):
            raise Refused(Reason.INVALID_BODY if lookup.place == "body" else Reason.INVALID_QUERY, lookup.name[1:])
        for row in self.rows.of(lookup.entity):
            inside = lookup.within is None or row[lookup.within] == self._before["row"] or "anywhere" in self.flaws
            if row[lookup.attribute] == value and inside:
                self._before = row
                return row
        raise Refused(Reason.MISSING, record=lookup.called)

    _before: Row

    def _check_owner(self) -> None:
        access = self.operation.access
        if not access.owner or self.record is None or "owner" in self.flaws:
            return
        if access.roles and self.service.callers.has_role(self.caller, access.roles):
            return
        entity = self.service.document.entity(self.effect.entity)
        owner = self.record["row"] if entity.account is not None else self.record.get(entity.owner_field or "")
        if self.caller is None or owner != self.caller["row"]:
            raise Refused(Reason.FORBIDDEN, record=self.effect.lookups[-1].called)
