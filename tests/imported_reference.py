"""A service in memory that obeys docs/imported.md: an interpreter of interfaces, apart from derivation and stacks.

`flaws` names deviations that are planted on purpose, to see whether scenarios find them.
"""

# ruff: noqa: ANN401 - JSON comes as it comes

import copy
import json
import re
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from devmatrix.discovery.document import DiscoveryDocument, FieldType, OperationKind
from devmatrix.discovery.interface import Content, Endpoint, Lookup, Reason, Scheme, Write
from tests.imported_answers import Answers, Scene
from tests.imported_callers import Callers
from tests.imported_forms import read_form
from tests.imported_pinching import pinched
from tests.imported_refusals import fault, json_answer, problem
from tests.imported_rows import Full, Row, Rows, Taken
from tests.imported_schema import first_error, parsed
from tests.reference_api import Answer

KIND = OperationKind
CREATES = (KIND.CREATE, KIND.NESTED_CREATE, KIND.REGISTER)
CHANGES = (
    KIND.REPLACE,
    KIND.PATCH,
    KIND.NESTED_REPLACE,
    KIND.NESTED_PATCH,
    KIND.CURRENT_REPLACE,
    KIND.CURRENT_PATCH,
)


class Refused(Exception):
    def __init__(self, reason: Reason, name: str = "", record: str = "") -> None:
        super().__init__(reason)
        self.reason, self.name, self.record = reason, name, record


def at(body: Any, pointer: str) -> Any:
    for part in pointer.split("/")[1:]:
        body = body[part.replace("~1", "/").replace("~0", "~")]
    return body


def stands(body: Any, pointer: str) -> bool:
    try:
        at(body, pointer)
    except (KeyError, TypeError):
        return False
    return True


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


class _Call:
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
        self.interface, self.rows, self.flaws = service.interface, service.rows, service.flaws
        self.checked = service.checked.endpoint(endpoint.operation)
        self.path, self.raw_query, self.headers, self.content = path, query, headers, content
        self.query: dict[str, Any] = {}
        self.body: Any = None
        self.caller = self._caller()

    def answer(self) -> Answer:
        if self.endpoint.effect is None:
            return problem(501)
        self.effect = self.endpoint.effect
        access = self.operation.access
        if access.roles and not access.owner and not self.service.callers.has_role(self.caller, access.roles):
            raise Refused(Reason.FORBIDDEN)
        self._path_values()
        self._query_values()
        self._read_body()
        found = [self._look_up(lookup, index) for index, lookup in enumerate(self.effect.lookups)]
        self.found = [row for row in found if row is not None]
        self.record = self.found[-1] if self.found else None
        self._check_owner()
        try:
            scene = self._do()
        except Taken as taken:
            raise Refused(Reason.DUPLICATE, self._field(taken.attribute)) from taken
        except Full as full:
            raise Refused(Reason.STATE) from full
        status = self.operation.success_status + (1 if f"success:{self.operation.kind}" in self.flaws else 0)
        wanted = (self.operation.success_status, 0)
        reply = next((one for status_ in wanted for one in self.endpoint.replies if one.status == status_), None)
        if self.effect.answer is None or reply is None or not reply.contents:
            return Answer(status)
        shape = reply.contents[0].shape
        body = self.service.answers.make(self.effect.answer, shape, scene)
        if "envelope" in self.flaws and isinstance(body, dict) and len(body) == 1:
            body = next(iter(body.values()))
        assert first_error(self.interface, shape, body, request=False) is None or self.flaws, (
            self.operation.id,
            first_error(self.interface, shape, body, request=False),
            body,
        )
        return json_answer(status, body, reply.contents[0].media_type)

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
            if self.endpoint.effect is not None and self.service.callers.lacks_scope(self.endpoint, scheme, caller):
                raise Refused(Reason.FORBIDDEN)
            return caller.account
        if self.operation.access.authenticated and "open" not in self.flaws:
            raise Refused(Reason.UNAUTHENTICATED)
        return None

    def _shown(self, scheme: Scheme) -> str:
        if scheme.place == "query":
            return self.raw_query.get(scheme.parameter, [""])[0]
        if scheme.place == "cookie":
            return self.headers.get("cookie", "").removeprefix(f"{scheme.parameter}=")
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
            if taken is None:
                self.body = {}
                return
            self.body = read_form(self.interface, taken, self.content or b"", self.headers.get("content-type", ""))
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
        if len(shape.properties) == 1 and name.startswith(f"{shape.properties[0].name}."):
            return name.partition(".")[2]
        return name

    def _field(self, attribute: str) -> str:
        write = next((one for one in self.effect.writes if one.attribute == attribute), None)
        return self._without_envelope(".".join(write.name.split("/")[1:])) if write is not None else ""

    def _look_up(self, lookup: Lookup, index: int) -> Row | None:
        if lookup.place == "caller":
            return self.caller
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

    # Effects

    def _do(self) -> Scene:
        kind = self.operation.kind
        if kind in CREATES:
            return self._scene(self._create(self.body))
        if kind in CHANGES:
            return self._change()
        if kind in (KIND.DELETE, KIND.NESTED_DELETE):
            return self._delete()
        if kind in (KIND.LINK, KIND.UNLINK):
            return self._link(on=kind is KIND.LINK)
        if kind in (KIND.LIST, KIND.NESTED_LIST, KIND.SEARCH):
            return self._list()
        if kind is KIND.LOGIN:
            return self._login()
        if kind is KIND.TRANSITION:
            return self._move()
        if kind is KIND.BULK_DELETE and all(one.place != "body" for one in self.effect.lookups):
            rows = self.rows.matching(self.effect, self.query, self.record, self.caller)
            for row in rows if "kept" not in self.flaws else ():
                self.rows.delete(self.effect.entity, row)
            return Scene(caller=self.caller, listed=rows, total=len(rows))
        if kind is KIND.COUNT:
            rows = self.rows.matching(self.effect, self.query, self.record, self.caller)
            return Scene(caller=self.caller, listed=rows, total=len(rows))
        return self._scene(self.record)

    def _scene(self, row: Row | None) -> Scene:
        account = self.service.document.account_entity
        own = account is not None and self.effect.entity == account.name and self.operation.kind is KIND.REGISTER
        return Scene(record=row, caller=row if own else self.caller)

    def _create(self, body: Any) -> Row:
        values = self._values(body)
        return self.rows.insert(self.effect.entity, values)

    def _values(self, body: Any) -> dict[str, Any]:
        found = {write.attribute: self._written(write, body) for write in self.effect.writes}
        return {name: value for name, value in found.items() if value is not ...}

    def _written(self, write: Write, body: Any) -> Any:
        match write.place:
            case "caller":
                return self.caller["row"] if self.caller is not None else None
            case "parent":
                return self.record["row"] if self.record is not None else None
            case "constant":
                return write.value
            case "query":
                value = self.query.get(write.name, ...)
            case "path":
                value = self.path[write.name]
            case _:
                value = at(body, write.name) if stands(body, write.name) else ...
        if value is ... or not write.match:
            return value
        return self._matched(write, value)

    def _matched(self, write: Write, value: Any) -> Any:
        target = self.service.document.entity(self.effect.entity).attribute(write.attribute).target or ""
        if value is None:
            several = self.service.document.entity(self.effect.entity).attribute(write.attribute)
            return [] if several.type is FieldType.REFERENCES else None
        keys = value if isinstance(value, list) else [value]
        found = [row["row"] for key in keys for row in self.rows.of(target) if row[write.match] == key]
        if len(found) < len(keys):
            raise Refused(Reason.INVALID_BODY, self._field(write.attribute))
        return found if isinstance(value, list) else found[0]

    def _change(self) -> Scene:
        assert self.record is not None
        values = self._values(self.body)
        if not self.effect.merges:
            values = {
                **{
                    write.attribute: self.rows.default(self.effect.entity, write.attribute)
                    for write in self.effect.writes
                    if write.place == "body"
                },
                **values,
            }
        if "no change" not in self.flaws:
            self.rows.update(self.effect.entity, self.record, values)
        return self._scene(self.record)

    def _delete(self) -> Scene:
        assert self.record is not None
        scene = Scene(record=dict(self.record), caller=self.caller)
        if "kept" not in self.flaws:
            self.rows.delete(self.effect.entity, self.record)
        return scene

    def _link(self, *, on: bool) -> Scene:
        assert self.record is not None
        account = self.service.document.account_entity
        of_caller = account is not None and self.effect.holder == account.name
        holder = self.caller if of_caller else self.found[-2]
        assert holder is not None
        linked: list[int] = holder[self.effect.association]
        if (self.record["row"] in linked) is on and self.effect.status_of_repeat is not None:
            raise Refused(Reason.STATE)
        again = "link twice" in self.flaws
        if on and (again or (self.record["row"] not in linked and "no link" not in self.flaws)):
            linked.append(self.record["row"])
        elif not on and self.record["row"] in linked and "no unlink" not in self.flaws:
            linked.remove(self.record["row"])
        return self._scene(self.record)

    def _list(self) -> Scene:
        rows = self.rows.matching(self.effect, self.query | self.path, self.record, self.caller)
        rows = self.rows.ordered(self.effect, rows, self.query)
        paging = self.effect.paging
        if paging is None:
            return Scene(caller=self.caller, listed=rows, total=len(rows), size=len(rows))
        size = self.query.get(paging.size, paging.default_size) or paging.default_size
        position = self.query.get(paging.position, paging.first if paging.style == "page" else 0) or 0
        offset = (position - paging.first) * size if paging.style == "page" else int(position)
        if "page" in self.flaws:
            offset = 0
        return Scene(
            caller=self.caller,
            listed=rows[offset : offset + size],
            total=len(rows) + ("total" in self.flaws),
            size=size,
            offset=offset,
            first=paging.first,
        )

    def _login(self) -> Scene:
        credentials = self.effect.credentials
        account = self.service.document.account_entity
        assert credentials is not None
        assert account is not None
        assert account.account is not None
        if credentials.place == "body":
            login, password = at(self.body, credentials.login), at(self.body, credentials.password)
        else:
            login, password = self.query.get(credentials.login), self.query.get(credentials.password)
        for row in self.rows.of(account.name):
            right = row[account.account.password_field] == password or "any password" in self.flaws
            if row[credentials.login_attribute] == login and right:
                return Scene(record=row, caller=row)
        raise Refused(Reason.BAD_CREDENTIALS)

    def _move(self) -> Scene:
        assert self.record is not None
        states = self.service.document.entity(self.effect.entity).states
        values = self._values(self.body)
        if states is not None:
            step = next(one for one in states.transitions if one.name == self.operation.transition)
            if self.record[states.field] not in step.sources and "any state" not in self.flaws:
                raise Refused(Reason.STATE)
            values = {states.field: step.target} | values
        self.rows.update(self.effect.entity, self.record, values)
        return self._scene(self.record)
