"""Writes one scenario: records that must exist first, calls, and what must come back."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypedDict

from pydantic import JsonValue

from devmatrix.discovery.document import Attribute, Entity, FieldType, Operation, OperationKind
from devmatrix.discovery.proofs.cast import Cast, find, maker_of
from devmatrix.discovery.proofs.chains import Chain, needed_by
from devmatrix.discovery.proofs.payloads import Values, answered, repeats_unique, scalar_values, settable
from devmatrix.discovery.proofs.places import Places
from devmatrix.discovery.proofs.unproducible import QuotaReachedError, UnproducibleError
from devmatrix.discovery.proofs.wording import another, one, snake
from devmatrix.discovery.scenario import Expectation, Step

Phase = Literal["given", "when", "then"]

UNKNOWN_ID = "11111111-2222-4333-8444-555555555555"
AUTO = "(whoever may)"
ANYTHING: JsonValue = {"$match": "any"}
_MOST_RENUMBERED = 40
_WRITES = {OperationKind.REPLACE, OperationKind.PATCH, OperationKind.DELETE, OperationKind.TRANSITION}
_ONE_RECORD = {OperationKind.READ, OperationKind.REPLACE, OperationKind.PATCH, OperationKind.TRANSITION}
_KINDS = {
    401: ("unauthorized", "Unauthorized"),
    403: ("forbidden", "Forbidden"),
    404: ("not-found", "Not found"),
    405: ("method-not-allowed", "Method not allowed"),
    409: ("conflict", "Conflict"),
    412: ("precondition-failed", "Precondition failed"),
    413: ("content-too-large", "Content too large"),
    422: ("invalid", "Invalid request"),
    428: ("precondition-required", "Precondition required"),
}


class Voice(TypedDict):
    """Who calls: an actor of the document, or what headers say."""

    actor: str | None
    headers: dict[str, str] | None


@dataclass
class Record:
    """A record that exists in the scenario."""

    entity: Entity
    name: str
    """Captured as: the whole answer."""
    sent: Values
    values: Values
    """What the service answers for its attributes."""
    maker: str | None
    """The actor who made it."""
    version: int = 1
    headers: dict[str, str] = field(default_factory=dict)
    """Sent by its own account, where the record is one that has signed in."""

    def copied(self) -> "Record":
        """The same for another scenario, which goes its own way."""
        return replace(self, sent=dict(self.sent), values=dict(self.values), headers=dict(self.headers))

    @property
    def id(self) -> str:
        """Its captured id."""
        return f"${{{self.name}_id}}"

    @property
    def body(self) -> str:
        """Its captured answer."""
        return f"${{{self.name}}}"


def problem(status: int, pointers: Iterable[str] = ()) -> JsonValue:
    """The pattern of a problem; a 422 blames `pointers`."""
    kind, title = _KINDS[status]
    body: dict[str, JsonValue] = {
        "type": f"/problems/{kind}",
        "title": title,
        "status": status,
        "detail": {"$match": "string"},
    }
    if status == 422:
        body["errors"] = [{"pointer": pointer, "detail": {"$match": "string"}} for pointer in pointers]
    return body


def page(items: list[JsonValue], *, total: int | None = None, limit: int = 20, offset: int = 0) -> JsonValue:
    """The pattern of a page with exactly these items."""
    return {"items": items, "total": len(items) if total is None else total, "limit": limit, "offset": offset}


class Script:
    """One scenario in the making."""

    def __init__(self, cast: Cast, counters: Counter[str] | None = None) -> None:
        self.cast = cast
        self.document = cast.document
        self.steps: list[Step] = []
        self.made: Counter[str] = counters or Counter()
        self.places = Places()
        self._shared: dict[str, Record] = {}
        self._making: list[str] = []
        account = cast.document.account_entity
        self._taken: dict[str, list[Values]] = {account.name: list(cast.taken)} if account else {}

    def record(
        self,
        entity: Entity,
        fixed: Values | None = None,
        *,
        full: bool = False,
        maker: str | None = None,
        text: str = "",
    ) -> Record:
        """A record of the entity that exists before: given, with whatever it needs to refer to."""
        operation = maker_of(self.document, entity)
        if operation is None:
            raise UnproducibleError(f"nothing creates {one(entity)}")
        actor = self.cast.caller(operation, maker)
        body = self.body(entity, fixed, full=full, by=actor, register=operation.kind is OperationKind.REGISTER)
        count = self.made[entity.name]
        name = f"{snake(entity.name)}_{count}"
        path_ids: list[str] = []
        sent = dict(body)
        if operation.kind is OperationKind.NESTED_CREATE and operation.parent_field is not None:
            path_ids = [str(sent.pop(operation.parent_field))]
        self._add(
            "given",
            text or f"{one(entity) if count == 1 else another(entity)} exists",
            operation,
            path_ids,
            body=sent,
            actor=actor,
            expect=Expectation(status=operation.success_status, body=ANYTHING),
            capture={name: "", f"{name}_id": "/id"},
        )
        return Record(entity, name, body, answered(entity, body), actor)

    def further(self, entity: Entity, maker: str | None) -> Record | None:
        """One more record of the same maker, unless a quota allows no more."""
        try:
            return self.record(entity, maker=maker)
        except QuotaReachedError:
            return None

    def body(
        self,
        entity: Entity,
        fixed: Values | None = None,
        *,
        full: bool = False,
        by: str | None = None,
        register: bool = False,
        repeats: bool = False,
    ) -> Values:
        """A valid body for the next record of the entity; makes the records that it refers to."""
        if entity.name in self._making:
            raise UnproducibleError(f"{one(entity)} cannot exist before another one does")
        self._making.append(entity.name)
        try:
            self.made[entity.name] += 1
            values = self._untaken(entity, self.made[entity.name], fixed or {}, full=full, repeats=repeats)
            for attribute in settable(entity):
                if attribute.type in {FieldType.REFERENCE, FieldType.REFERENCES} and attribute.name not in values:
                    self._refer(entity, attribute, values, full=full)
        finally:
            self._making.pop()
        self._add_role(entity, values, by=by, register=register)
        order = [attribute.name for attribute in entity.attributes]
        return {name: values[name] for name in order if name in values}

    def _untaken(self, entity: Entity, n: int, fixed: Values, *, full: bool, repeats: bool) -> Values:
        """Scalar values that repeat no unique value of an earlier record, but where that is wanted."""
        taken = self._taken.setdefault(entity.name, [])
        for further in range(_MOST_RENUMBERED):
            values = scalar_values(entity, n + further, fixed, only_required=not full)
            if repeats or not any(repeats_unique(entity, values, other) for other in taken):
                taken.append(values)
                return values
        raise UnproducibleError(f"too few different values for {one(entity)}")

    def _add_role(self, entity: Entity, values: Values, *, by: str | None, register: bool) -> None:
        account = entity.account
        if account is None or account.role_field is None or register or account.role_field in values:
            return
        role = entity.attribute(account.role_field)
        if role.required and role.default is None and by is not None and self.cast.roles.get(by) == account.admin_role:
            values[role.name] = role.choices[0]

    def _refer(self, entity: Entity, attribute: Attribute, values: Values, *, full: bool) -> None:
        if not attribute.required and not full:
            return
        target = self.document.entity(attribute.target or "")
        try:
            parent = self.parent(entity, attribute, target)
        except UnproducibleError:
            if attribute.required:
                raise
            return
        values[attribute.name] = [parent.id] if attribute.type is FieldType.REFERENCES else parent.id

    def parent(self, entity: Entity, attribute: Attribute, target: Entity) -> Record:
        """A record to refer to: the same for all, as far as it has room, but where each record must have its own."""
        together = {name for names in entity.unique_together for name in names}
        checked = {name for check in entity.checks for name in (check.left, check.right)}
        alone = attribute.unique or attribute.name in together | checked
        key = f"{entity.name}.{attribute.name}" if self._twice(entity, attribute) else target.name
        shared = self._shared.get(key)
        if not alone and shared is not None and self.places.has_room(entity, attribute.name, shared.id):
            return shared
        parent = self._first(target)
        if not alone:
            self._shared[key] = parent
        return parent

    def _first(self, entity: Entity) -> Record:
        """A plain record with all that it needs; where none of that is there yet, it is written down once for all."""
        chain = self.cast.chains.get(entity.name)
        if chain is not None:
            return self.record(entity) if any(map(self.made.__getitem__, chain.made)) else self._replayed(chain)
        needed = needed_by(self.document, entity)
        if any(self.made[name] or one.quotas or one.account for name, one in needed.items()):
            return self.record(entity)
        count, known = len(self.steps), set(self._shared)
        record = self.record(entity)
        self.cast.chains[entity.name] = Chain(
            steps=tuple(self.steps[count:]),
            made={name: self.made[name] for name in needed},
            taken={name: tuple(self._taken[name]) for name in needed},
            shared={key: shared.copied() for key, shared in self._shared.items() if key not in known},
            record=record.copied(),
        )
        return record

    def _replayed(self, chain: Chain) -> Record:
        self.steps += chain.steps
        self.made.update(chain.made)
        self._taken.update({name: list(values) for name, values in chain.taken.items()})
        self._shared.update({key: shared.copied() for key, shared in chain.shared.items()})
        return chain.record.copied()

    def _twice(self, entity: Entity, attribute: Attribute) -> bool:
        return sum(other.target == attribute.target for other in entity.attributes) > 1

    def usable(
        self, entity: Entity, *operations: Operation | None, fixed: Values | None = None, full: bool = False
    ) -> Record:
        """A record that somebody may use with these operations: an account that only its owner may use signs in."""
        return self.enabled(self.record(entity, fixed, full=full), *operations)

    def enabled(self, record: Record, *operations: Operation | None) -> Record:
        """The record, signed in where it is an account that only its owner may use with these operations."""
        entity = record.entity
        read = find(self.document, entity, OperationKind.READ)
        used = [operation.access for operation in (*operations, read) if operation is not None]
        alone = any(access.owner and not any(self.cast.of_role(role) for role in access.roles) for access in used)
        return self.sign_in(record) if entity.account is not None and alone else record

    def voice(self, operation: Operation, record: Record) -> Voice:
        """Who calls the operation on another record, where the same account is to speak as on this one."""
        actor, headers = self._voice(operation, record, AUTO, None)
        return {"actor": actor, "headers": headers}

    def is_itself(self, operation: Operation, record: Record) -> bool:
        """Whether the record is the account that calls the operation on it."""
        access = operation.access
        return bool(record.headers) and access.authenticated and (access.owner or not access.roles)

    def _voice(
        self, operation: Operation, record: Record | None, actor: str | None, headers: dict[str, str] | None
    ) -> tuple[str | None, dict[str, str] | None]:
        """The actor and the headers of a call."""
        if actor != AUTO:
            return actor, headers
        if record is not None and self.is_itself(operation, record):
            return None, {**record.headers, **(headers or {})}
        return self.cast.caller(operation, record.maker if record else None), headers

    def share(self, record: Record) -> None:
        """Let later records refer to this one."""
        self._shared[record.entity.name] = record

    def call(
        self,
        phase: Phase,
        text: str,
        operation: Operation,
        ids: Iterable[str] = (),
        *,
        record: Record | None = None,
        query: str = "",
        body: Mapping[str, object] | None = None,
        actor: str | None = AUTO,
        headers: dict[str, str] | None = None,
        answer: object = ANYTHING,
        answer_headers: dict[str, str] | None = None,
        capture: dict[str, str] | None = None,
    ) -> None:
        """A call that succeeds. `answer` is the pattern of its body; one of a single record has its ETag, too."""
        expected = dict(answer_headers or {})
        if record is not None and operation.kind is OperationKind.DELETE:
            self.places.free(record.entity, record.name)
        elif record is not None:
            self.places.move(record.entity, operation, record.name)
        if record is not None and record.entity.versioned and operation.kind in _WRITES:
            headers = {"If-Match": f'"{record.version}"', **(headers or {})}
            record.version += 1
        actor, headers = self._voice(operation, record, actor, headers)
        status = operation.success_status
        if record is not None and record.entity.versioned and operation.kind in _ONE_RECORD:
            expected = {"ETag": f'"{record.version}"', **expected}
        expect = Expectation(status=status, has_body=status != 204, headers=expected)
        if expect.has_body:
            expect = expect.model_copy(update={"body": answer})
        self._add(
            phase,
            text,
            operation,
            [record.id, *ids] if record is not None else list(ids),
            query=query,
            body=body,
            actor=actor,
            headers=headers,
            expect=expect,
            capture=capture,
        )

    def refuse(
        self,
        phase: Phase,
        text: str,
        operation: Operation,
        ids: Iterable[str] = (),
        *,
        status: int,
        blame: Iterable[str] = (),
        record: Record | None = None,
        query: str = "",
        body: Mapping[str, object] | None = None,
        raw: str | None = None,
        actor: str | None = AUTO,
        headers: dict[str, str] | None = None,
        match: bool = True,
    ) -> None:
        """A call that is refused with a problem; `blame` are the pointers of a 422. `match` false: without If-Match."""
        entity = self.document.entity(operation.entity)
        if match and entity.versioned and operation.kind in _WRITES:
            headers = {"If-Match": f'"{record.version if record else 1}"', **(headers or {})}
        actor, headers = self._voice(operation, record, actor, headers)
        expected = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
        self._add(
            phase,
            text,
            operation,
            [record.id, *ids] if record is not None else list(ids),
            query=query,
            body=body,
            raw=raw,
            actor=actor,
            headers=headers,
            expect=Expectation(
                status=status,
                body=problem(status, blame),
                media_type="application/problem+json",
                headers=expected,
            ),
        )

    def _add(
        self,
        phase: Phase,
        text: str,
        operation: Operation,
        ids: list[str],
        *,
        expect: Expectation,
        query: str = "",
        body: Mapping[str, object] | None = None,
        raw: str | None = None,
        actor: str | None = None,
        headers: dict[str, str] | None = None,
        capture: dict[str, str] | None = None,
    ) -> None:
        entity = self.document.entity(operation.entity)
        if entity.quotas and expect.status == operation.success_status:
            self.places.take(entity, operation, body or {}, ids, actor, next(iter(capture or ()), None))
        rest = iter(ids)
        path = re.sub(r"(?<!\$)\{\w+\}", lambda _: next(rest, UNKNOWN_ID), operation.path)
        self.steps.append(
            Step(
                phase=phase,
                text=text,
                method=operation.method,
                path=path + (f"?{query}" if query else ""),
                actor=actor,
                headers=headers or {},
                body=body,
                has_body=body is not None,
                raw=raw,
                expect=expect,
                capture=capture or {},
            )
        )

    def answer(self, record: Record, *, secret: Values | None = None) -> JsonValue:
        """The pattern of the record's answer, exact but for what the service chooses."""
        pattern: Values = {"id": record.id, **record.values, **(secret or {})}
        return self._stamped(record.entity, pattern, record.version)

    def new_answer(self, entity: Entity, sent: Values) -> JsonValue:
        """The pattern of what a create with the body `sent` answers."""
        return self._stamped(entity, {"id": {"$match": "uuid"}, **answered(entity, sent)}, 1)

    def _stamped(self, entity: Entity, values: Values, version: int) -> JsonValue:
        stamps: Values = {"created_at": {"$match": "datetime"}, "updated_at": {"$match": "datetime"}}
        if entity.versioned:
            stamps["version"] = version
        return {**values, **stamps}

    def sign_in(self, record: Record) -> Record:
        """The account that the record is signs in: afterwards `record.headers` speak for it."""
        account = record.entity.account
        login = find(self.document, record.entity, OperationKind.LOGIN)
        if account is None or login is None:
            raise UnproducibleError("nobody can sign in")
        token = f"{record.name}_token"
        self._add(
            "given",
            "it signs in",
            login,
            [],
            body={name: record.sent[name] for name in (account.login_field, account.password_field)},
            expect=Expectation(status=login.success_status, body=ANYTHING),
            capture={token: "/access_token"},
        )
        record.headers = {"Authorization": f"Bearer ${{{token}}}"}
        return record
