"""A service in memory that obeys docs/conventions.md: an interpreter of documents, apart from derivation and stacks.

`flaws` names deviations that are planted on purpose, to see whether scenarios find them.
"""

# ruff: noqa: ANN401 - JSON comes as it comes

import copy
import json
import re
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import parse_qsl, unquote

from devmatrix.discovery.document import (
    Attribute,
    DiscoveryDocument,
    Entity,
    FieldType,
    Operation,
    OperationKind,
    Transition,
)
from tests.reference_lists import PageQuery, answer_page
from tests.reference_rows import ReferenceRows, Refusal, Row
from tests.reference_values import UUID, Wrong, accept

KIND = OperationKind
TITLES = {
    401: ("unauthorized", "Unauthorized"),
    403: ("forbidden", "Forbidden"),
    404: ("not-found", "Not found"),
    405: ("method-not-allowed", "Method not allowed"),
    409: ("conflict", "Conflict"),
    412: ("precondition-failed", "Precondition failed"),
    422: ("invalid", "Invalid request"),
    428: ("precondition-required", "Precondition required"),
    500: ("internal", "Internal server error"),
}


class Headers(dict[str, str]):
    def get(self, name: str, default: Any = None) -> Any:
        return super().get(name.lower(), default)


@dataclass
class Answer:
    status_code: int
    headers: Headers = field(default_factory=Headers)
    content: bytes = b""


@dataclass
class Request:
    operation: Operation
    entity: Entity
    ids: list[str]
    names: list[str]
    query: list[tuple[str, str]]
    headers: Headers
    content: bytes
    caller: Row | None = None


class ReferenceApi(ReferenceRows):
    def __init__(self, document: DiscoveryDocument, flaws: Collection[str] = ()) -> None:
        super().__init__(document, flaws)
        self.tokens: dict[str, tuple[str, str]] = {}
        self._kept: Any = None
        self.account = document.account_entity
        marks = self.account.account if self.account else None
        if self.account and marks and marks.role_field and marks.admin_role:
            login = self.account.attribute(marks.login_field)
            name = "admin@example.com" if login.type is FieldType.EMAIL else "admin"
            row: Row = {item.name: None for item in self.account.attributes}
            row |= {
                marks.login_field: name,
                marks.password_field: "Admin-password-1",
                marks.role_field: marks.admin_role,
            }
            self._insert(self.account, row)

    def snapshot(self) -> None:
        self._kept = copy.deepcopy((self.tables, self.tokens))

    def restore(self) -> None:
        self.tables, self.tokens = copy.deepcopy(self._kept)

    def request(
        self, method: str, url: str, /, *, headers: Mapping[str, str] | None = None, content: bytes | None = None
    ) -> Answer:
        sent = Headers({name.lower(): value for name, value in (headers or {}).items()})
        try:
            return self._route(method, url, sent, content or b"")
        except Refusal as refusal:
            return self._problem(refusal)
        except Exception:
            # A planted flaw may break it, as it would break a real service; without flaws a fault is a fault.
            if not self.flaws:
                raise
            return self._problem(Refusal(500))

    def _problem(self, refusal: Refusal) -> Answer:
        kind, title = TITLES[refusal.status]
        body: Row = {"type": f"/problems/{kind}", "title": title, "status": refusal.status, "detail": f"{title}."}
        if refusal.status == 422:
            body["errors"] = [{"pointer": pointer, "detail": "Not accepted."} for pointer in refusal.pointers]
        media = "application/json" if "plain-problems" in self.flaws else "application/problem+json"
        extra = {"www-authenticate": "Bearer"} if refusal.status == 401 else {}
        return self._answer(refusal.status, body, {**refusal.headers, **extra, "content-type": media})

    def _answer(self, status: int, body: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
        if status == 204:
            return Answer(204, Headers(headers or {}))
        found = Headers({"content-type": "application/json", **(headers or {})})
        return Answer(status, found, json.dumps(body).encode())

    def _route(self, method: str, url: str, headers: Headers, content: bytes) -> Answer:
        path, _, query = url.partition("?")
        if method == "GET" and path in {"/health/live", "/health/ready"}:
            return self._answer(200, {"status": "ok"})
        allowed = []
        # Fixed parts come before parameters.
        for item in sorted(self.document.operations, key=lambda item: item.path.count("{")):
            found = re.fullmatch(re.sub(r"\{\w+\}", "([^/]+)", item.path), path)
            if found and item.method == method:
                names = re.findall(r"\{(\w+)\}", item.path)
                entity = self.document.entity(item.relation_entity or item.entity)
                ids = [unquote(part) for part in found.groups()]
                pairs = parse_qsl(query, keep_blank_values=True)
                return self._handle(Request(item, entity, ids, names, pairs, headers, content))
            allowed += [item.method] if found else []
        raise Refusal(405, headers={"allow": ", ".join(allowed)}) if allowed else Refusal(404)

    def _handle(self, request: Request) -> Answer:
        access = request.operation.access
        if access.authenticated and "no-authentication" not in self.flaws:
            request.caller = self._caller(request)
            if access.roles and not access.owner and "no-roles" not in self.flaws and not self._has_role(request):
                raise Refusal(403)
        bad = [name for name, id_ in zip(request.names, request.ids, strict=True) if not UUID.fullmatch(id_)]
        if bad:
            raise Refusal(422, *(f"path:{name}" for name in bad))
        kind = request.operation.kind
        handlers = {
            KIND.CREATE: self._create,
            KIND.NESTED_CREATE: self._create,
            KIND.REGISTER: self._create,
            KIND.LIST: self._list,
            KIND.NESTED_LIST: self._list,
            KIND.READ: lambda item: self._one(self._found(item), item),
            KIND.REPLACE: self._write,
            KIND.PATCH: self._write,
            KIND.CURRENT: lambda item: self._one(item.caller or {}, item),
            KIND.CURRENT_PATCH: self._write,
            KIND.DELETE: self._delete,
            KIND.LINK: self._link,
            KIND.UNLINK: self._link,
            KIND.TRANSITION: self._transition,
            KIND.LOGIN: self._login,
        }
        return handlers[kind](request)

    def _caller(self, request: Request) -> Row:
        scheme, _, token = (request.headers.get("authorization") or "").partition(" ")
        account, secret = self.tokens.get(token, ("", ""))
        assert self.account is not None
        assert self.account.account is not None
        row = self.tables[self.account.name].get(account)
        if scheme != "Bearer" or row is None or row["deleted"]:
            raise Refusal(401)
        if row[self.account.account.password_field] != secret and "old-tokens-live" not in self.flaws:
            raise Refusal(401)
        return row

    def _has_role(self, request: Request) -> bool:
        marks = self.account.account if self.account else None
        role = request.caller.get(marks.role_field or "") if request.caller and marks else None
        return role in request.operation.access.roles

    # Rows

    def _found(self, request: Request, name: str = "", index: int = 0) -> Row:
        row = self._live(name or request.entity.name, request.ids[index])
        if row is None:
            raise Refusal(404)
        if not name and request.operation.access.owner and "no-owners" not in self.flaws:
            mine = request.caller["id"] if request.caller else None
            owner = row["id"] if request.entity.account else row.get(request.entity.owner_field or "")
            if mine != owner and not self._has_role(request):
                raise Refusal(403)
        return row

    def shown(self, entity: Entity, row: Row) -> Row:
        hidden = set() if "secrets-shown" in self.flaws else {FieldType.PASSWORD}
        shown = {item.name: row.get(item.name) for item in entity.attributes if item.type not in hidden}
        stamps = ["id", "created_at", "updated_at"] + (["version"] if entity.versioned else [])
        return {**{name: row[name] for name in stamps}, **shown}

    def _one(self, row: Row, request: Request, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
        tag = {"etag": f'"{row["version"]}"'} if request.entity.versioned else {}
        return self._answer(status, self.shown(request.entity, row), {**tag, **(headers or {})})

    # Bodies

    def _body(self, request: Request) -> Row:
        if (request.headers.get("content-type") or "").partition(";")[0] != "application/json":
            raise Refusal(422, "")
        try:
            body = json.loads(request.content)
        except ValueError as error:
            raise Refusal(422, "") from error
        if not isinstance(body, dict):
            raise Refusal(422, "")
        return body

    def _settable(self, request: Request) -> list[Attribute]:
        kind, marks = request.operation.kind, request.entity.account
        found = [item for item in request.entity.attributes if not item.server_set]
        if marks and kind in {KIND.REGISTER, KIND.CURRENT_PATCH}:
            found = [item for item in found if item.name != marks.role_field]
        if kind is KIND.NESTED_CREATE:
            found = [item for item in found if item.name != request.operation.parent_field]
        return found

    def _accepted(self, request: Request, *, partial: bool) -> Row:
        body, settable = self._body(request), self._settable(request)
        values: Row = {}
        wrong: list[str] = []
        for item in settable:
            if item.name not in body:
                if item.required and not partial and not self._is_role(request.entity, item):
                    wrong.append(item.name)
                continue
            value = body[item.name]
            if value is None and item.type is not FieldType.REFERENCES:
                if item.required and "null-accepted" not in self.flaws:
                    wrong.append(item.name)
                values[item.name] = None
                continue
            try:
                values[item.name] = accept(item, value, bounds="no-bounds" not in self.flaws)
            except Wrong:
                wrong.append(item.name)
            if item.type is FieldType.EMAIL and "capitals-kept" in self.flaws:
                values[item.name] = value
        unknown = [name for name in body if name not in {item.name for item in settable}]
        wrong += [] if "unknown-accepted" in self.flaws else unknown
        if wrong:
            raise Refusal(422, *("/" if "pointers-short" in self.flaws else f"/{name}" for name in wrong))
        return values

    # Handlers

    def _create(self, request: Request) -> Answer:
        entity, operation = request.entity, request.operation
        values = {**self._defaults(entity), **self._accepted(request, partial=False)}
        if operation.kind is KIND.NESTED_CREATE and operation.parent_field:
            parent = entity.attribute(operation.parent_field).target or ""
            values[operation.parent_field] = self._found(request, parent)["id"]
        if entity.owner_field and request.caller:
            values[entity.owner_field] = request.caller["id"]
        self._may_set_role(request, values, self._defaults(entity))
        self._judge(entity, values)
        row = self._insert(entity, values)
        where = f"/{entity.plural.replace('_', '-')}/{row['id']}"
        headers = {} if "no-location" in self.flaws else {"location": where}
        return self._one(row, request, 200 if "create-200" in self.flaws else 201, headers)

    def _may_set_role(self, request: Request, values: Row, before: Row) -> None:
        marks = request.entity.account
        if not marks or not marks.role_field or values.get(marks.role_field) == before.get(marks.role_field):
            return
        role = request.caller.get(marks.role_field) if request.caller else None
        if role != marks.admin_role and "roles-free" not in self.flaws:
            raise Refusal(403)

    def _write(self, request: Request) -> Answer:
        kind, entity = request.operation.kind, request.entity
        sent = self._accepted(request, partial=kind is not KIND.REPLACE)
        row = request.caller if kind is KIND.CURRENT_PATCH and request.caller else self._found(request)
        if kind is not KIND.CURRENT_PATCH:
            self._check_version(request, row)
        base = row
        if kind is KIND.REPLACE or "patch-resets" in self.flaws:
            fixed = {item.name: row.get(item.name) for item in entity.attributes if item.server_set}
            base = {**row, **self._defaults(entity), **fixed}
        changed = {**base, **sent}
        self._may_set_role(request, changed, row)
        self._judge(entity, changed, row["id"])
        return self._one(self._touch(row, changed), request)

    def _touch(self, row: Row, changed: Row) -> Row:
        row.update(changed)
        row["updated_at"] = self._now()
        row["version"] += 0 if "version-stays" in self.flaws else 1
        return row

    def _check_version(self, request: Request, row: Row) -> None:
        if not request.entity.versioned or "versions-ignored" in self.flaws:
            return
        match = request.headers.get("if-match")
        if match is None:
            raise Refusal(428)
        if match != f'"{row["version"]}"':
            raise Refusal(412)

    def _delete(self, request: Request) -> Answer:
        row = self._found(request)
        self._check_version(request, row)
        if "delete-keeps" not in self.flaws:
            doomed: list[tuple[Entity, Row]] = []
            self._doom(request.entity, row, doomed)
            for entity, item in doomed:
                if entity.soft_delete:
                    item["deleted"] = True
                else:
                    self.tables[entity.name].pop(item["id"], None)
            self._detach({item["id"] for _, item in doomed})
        return self._answer(204)

    def _list(self, request: Request) -> Answer:
        entity, operation = self.document.entity(request.operation.entity), request.operation
        fixed = operation.parent_field
        query = PageQuery.read(entity, request.query, without=fixed)
        if query.wrong:
            raise Refusal(422, *(f"query:{name}" for name in query.wrong))
        rows = [row for row in self.tables[entity.name].values() if not row["deleted"] or "deleted-shown" in self.flaws]
        if operation.relation:
            linked = self._found(request, request.entity.name)[operation.relation]
            rows = [row for row in rows if row["id"] in linked]
        elif fixed:
            parent = self._found(request, entity.attribute(fixed).target or "")
            rows = [row for row in rows if row[fixed] == parent["id"] or "parent-ignored" in self.flaws]
        if operation.access.owner and not self._has_role(request) and "no-owners" not in self.flaws:
            mine = request.caller["id"] if request.caller else None
            rows = [row for row in rows if (row["id"] if entity.account else row.get(entity.owner_field or "")) == mine]
        page = answer_page(entity, rows, query, self.flaws)
        return self._answer(200, {**page, "items": [self.shown(entity, row) for row in page["items"]]})

    def _link(self, request: Request) -> Answer:
        relation = request.operation.relation or ""
        row = self._found(request)
        thing = self._found(request, request.entity.attribute(relation).target or "", 1)["id"]
        linked = thing in row[relation]
        if request.operation.kind is KIND.UNLINK:
            if not linked:
                raise Refusal(404)
            if "unlink-keeps" not in self.flaws:
                row[relation] = [id_ for id_ in row[relation] if id_ != thing]
        elif not linked:
            row[relation] = sorted([*row[relation], thing])
        return self._answer(204)

    def _transition(self, request: Request) -> Answer:
        row, machine = self._found(request), request.entity.states
        assert machine is not None
        self._check_version(request, row)
        moves: dict[str, Transition] = {item.name: item for item in machine.transitions}
        move = moves[request.operation.transition or ""]
        if row[machine.field] not in move.sources and "states-unguarded" not in self.flaws:
            raise Refusal(409)
        if any(row.get(name) is None for name in move.requires) and "requires-ignored" not in self.flaws:
            raise Refusal(409)
        self._judge_quotas(request.entity, {**row, machine.field: move.target}, row["id"])
        return self._one(self._touch(row, {machine.field: move.target}), request)

    def _login(self, request: Request) -> Answer:
        entity, marks = request.entity, request.entity.account
        assert marks is not None
        body = self._body(request)
        names = (marks.login_field, marks.password_field)
        wrong = [name for name in names if not isinstance(body.get(name), str)]
        wrong += [name for name in body if name not in names]
        if wrong:
            raise Refusal(422, *(f"/{name}" for name in wrong))
        login = body[marks.login_field]
        if entity.attribute(marks.login_field).type is FieldType.EMAIL:
            login = login.lower()
        for row in self.tables[entity.name].values():
            right = row[marks.password_field] == body[marks.password_field] or "any-password" in self.flaws
            if row[marks.login_field] == login and not row["deleted"] and right:
                token = uuid.uuid4().hex
                self.tokens[token] = (row["id"], cast(str, row[marks.password_field]))
                return self._answer(200, {"access_token": token, "token_type": "bearer", "expires_in": 3600})
        raise Refusal(401)
