"""What requests do to the rows of the reference interpreter of imported APIs."""

# ruff: noqa: ANN401 - JSON comes as it comes

from collections.abc import Collection, Mapping
from typing import Any

from devmatrix.discovery.document import DiscoveryDocument, FieldType, OperationKind
from devmatrix.discovery.interface import Effect, Interface, Reason, Write
from tests.imported_answers import Answers, Scene
from tests.imported_callers import Callers
from tests.imported_rows import Row, Rows

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


class Effects:
    """One request, as far as it has been read and found allowed."""

    document: DiscoveryDocument
    interface: Interface
    answers: Answers
    callers: Callers
    rows: Rows
    flaws: Collection[str]
    operation: Any
    effect: Effect
    headers: Mapping[str, str]
    path: dict[str, Any]
    query: dict[str, Any]
    body: Any
    found: list[Row]
    record: Row | None
    caller: Row | None

    def field_of(self, attribute: str) -> str:
        """The name of the property that sets an attribute."""
        raise NotImplementedError

    def do(self) -> Scene:
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
        return self._do_rest()

    def _do_rest(self) -> Scene:
        kind = self.operation.kind
        if self.effect.refresh:
            return self._refresh()
        if kind is KIND.BULK_CREATE:
            made = [self._create(item) for item in at(self.body, self.effect.batch)]
            return Scene(caller=self.caller, listed=made, total=len(made))
        if kind is KIND.BULK_DELETE and all(one.place not in ("body", "query") for one in self.effect.lookups):
            rows = self.rows.matching(self.effect, self.query, self.record, self.caller)
            for row in rows if "kept" not in self.flaws else ():
                self.rows.delete(self.effect.entity, row)
            return Scene(caller=self.caller, listed=rows, total=len(rows))
        if kind is KIND.BULK_DELETE:
            return self._delete_all()
        if kind is KIND.UPLOAD:
            return self._upload()
        if kind is KIND.LOGOUT and self.caller is not None:
            self.rows.void(self.caller)
        if kind is KIND.COUNT:
            rows = self.rows.matching(self.effect, self.query, self.record, self.caller)
            return Scene(caller=self.caller, listed=rows, total=len(rows))
        return self._scene(self.record)

    def _scene(self, row: Row | None) -> Scene:
        account = self.document.account_entity
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
        target = self.document.entity(self.effect.entity).attribute(write.attribute).target or ""
        if value is None:
            several = self.document.entity(self.effect.entity).attribute(write.attribute)
            return [] if several.type is FieldType.REFERENCES else None
        keys = value if isinstance(value, list) else [value]
        found = [row["row"] for key in keys for row in self.rows.of(target) if row[write.match] == key]
        if len(found) < len(keys):
            raise Refused(Reason.INVALID_BODY, self.field_of(write.attribute))
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

    def _delete_all(self) -> Scene:
        lookup = self.effect.lookups[-1]
        items = at(self.body, self.effect.batch) if lookup.place == "body" else self.query[lookup.name]
        keys = [at(item, lookup.name) for item in items] if lookup.place == "body" else items
        rows = [row for key in keys for row in self.rows.of(lookup.entity) if row[lookup.attribute] == key]
        if len(rows) < len(keys):
            raise Refused(Reason.MISSING, record=lookup.called)
        for row in rows:
            self.rows.delete(self.effect.entity, row)
        return Scene(caller=self.caller, listed=rows, total=len(rows))

    def _upload(self) -> Scene:
        assert self.record is not None
        kinds = {one.name: one.type for one in self.document.entity(self.effect.entity).attributes}
        write = next(one for one in self.effect.writes if kinds[one.attribute] is FieldType.BINARY)
        media_type = self.headers.get("content-type", "") if not write.name else "application/octet-stream"
        if isinstance(self.body, dict) and "file type" in self.body:
            media_type = self.body["file type"]
        values = {**self._values(self.body), write.attribute: (at(self.body, write.name), media_type)}
        self.rows.update(self.effect.entity, self.record, values)
        return self._scene(self.record)

    def _link(self, *, on: bool) -> Scene:
        assert self.record is not None
        account = self.document.account_entity
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
        sent = {
            one.parameter for one in self.effect.filters if one.place == "body" and stands(self.body, one.parameter)
        }
        asked = {**self.query, **self.path, **{name: at(self.body, name) for name in sent}}
        rows = self.rows.matching(self.effect, asked, self.record, self.caller)
        if self.operation.access.owner and not self.effect.lookups and self.caller is not None:
            owner = self.document.entity(self.effect.entity).owner_field or ""
            rows = [row for row in rows if row[owner] == self.caller["row"]]
        rows = self.rows.ordered(self.effect, rows, self.query)
        paging = self.effect.paging
        if paging is None:
            return Scene(caller=self.caller, listed=rows, total=len(rows), size=len(rows))
        size = min(self.query.get(paging.size, paging.default_size) or paging.default_size, paging.maximum_size)
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

    def _refresh(self) -> Scene:
        row = self.callers.renewed(str(at(self.body, self.effect.refresh)))
        if row is None:
            raise Refused(Reason.BAD_CREDENTIALS)
        return Scene(record=row, caller=row)

    def _login(self) -> Scene:
        credentials = self.effect.credentials
        account = self.document.account_entity
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
        states = self.document.entity(self.effect.entity).states
        values = self._values(self.body)
        if states is not None:
            step = next(one for one in states.transitions if one.name == self.operation.transition)
            if self.record[states.field] not in step.sources and "any state" not in self.flaws:
                raise Refused(Reason.STATE)
            values = {states.field: step.target} | values
        self.rows.update(self.effect.entity, self.record, values)
        return self._scene(self.record)
