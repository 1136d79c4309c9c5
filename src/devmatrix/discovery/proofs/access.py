"""Who may do what: accounts, roles, owners."""

from collections.abc import Iterator

from devmatrix.discovery.document import Level, Operation, OperationKind
from devmatrix.discovery.proofs.payloads import Values
from devmatrix.discovery.proofs.script import Record, Script, page
from devmatrix.discovery.proofs.states import in_state, nearest
from devmatrix.discovery.proofs.subject import Draft, Proof, Subject, proof
from devmatrix.discovery.proofs.unproducible import UnproducibleError
from devmatrix.discovery.proofs.wording import many, one, sentence

_BODIES: dict[OperationKind, Values] = {
    OperationKind.CREATE: {},
    OperationKind.NESTED_CREATE: {},
    OperationKind.REPLACE: {},
    OperationKind.PATCH: {},
    OperationKind.CURRENT_PATCH: {},
}
_ON_RECORDS = (
    OperationKind.READ,
    OperationKind.REPLACE,
    OperationKind.PATCH,
    OperationKind.DELETE,
    OperationKind.TRANSITION,
)


def access(subject: Subject) -> list[Proof]:
    """Requirements about who may use the entity's operations."""
    return _signed_in(subject) + _roles(subject) + _owners(subject)


def in_words(operation: Operation) -> str:
    """What a person would call the operation."""
    return operation.id.replace("_", " ")


def _signed_in(subject: Subject) -> list[Proof]:
    guarded = [item for item in subject.operations if item.access.authenticated]

    def write(script: Script, part: list[Operation]) -> None:
        for operation in part:
            body = _BODIES.get(operation.kind)
            text = f"{in_words(operation)} without an account"
            script.refuse("when", text, operation, status=401, body=body, actor=None)

    def bad_tokens(script: Script) -> None:
        operation = guarded[0]
        for text, header in (
            ("a malformed token", "Bearer not-a-token"),
            ("a token of nobody", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."),
            ("another scheme", "Basic YWxpY2U6YWxpY2U="),
        ):
            headers, body = {"Authorization": header}, _BODIES.get(operation.kind)
            words = f"{in_words(operation)} with {text}"
            script.refuse("when", words, operation, status=401, body=body, actor=None, headers=headers)

    drafts = subject.chunked("nobody may without an account", "access", guarded, write)
    if guarded:
        drafts += subject.draft("nobody may with a wrong token", "access", bad_tokens)
    text = f"{sentence(many(subject.entity))} are for those who have signed in"
    return proof(Level.MUST, text, guarded, [drafts])


def _roles(subject: Subject) -> list[Proof]:
    limited = [item for item in subject.operations if item.access.roles and not item.access.owner]

    def write(script: Script, part: list[Operation]) -> None:
        for operation in part:
            actor = script.cast.without_role(operation)
            if actor is not None:
                text = f"{in_words(operation)} in another role"
                body = _BODIES.get(operation.kind)
                script.refuse("when", text, operation, status=403, body=body, actor=actor)

    drafts = subject.chunked("nobody may in another role", "access", limited, write)
    roles = sorted({role for operation in limited for role in operation.access.roles})
    for role in roles:
        drafts += _role_may(subject, limited, role)
    text = f"{sentence(many(subject.entity))}: some operations are for {' and '.join(roles)} only"
    return proof(Level.MUST, text, limited, [drafts])


def _role_may(subject: Subject, limited: list[Operation], role: str) -> list[Draft]:
    entity = subject.entity
    allowed = [item for item in limited if role in item.access.roles and item.kind in _ON_RECORDS]
    listed = [item for item in limited if role in item.access.roles and item.kind is OperationKind.LIST]

    def write(script: Script) -> None:
        actor = script.cast.of_role(role)
        if actor is None:
            raise UnproducibleError(f"nobody is {role}")
        for operation in listed:
            script.call("when", f"{role}: {in_words(operation)}", operation, actor=actor)
        order = {
            kind: number for number, kind in enumerate((OperationKind.READ, OperationKind.PATCH, OperationKind.DELETE))
        }
        record = script.record(entity) if allowed else None
        for operation in sorted(allowed, key=lambda item: order.get(item.kind, 9)):
            if record is None or operation.kind not in order:
                continue
            body: Values | None = {} if operation.kind is OperationKind.PATCH else None
            text = f"{role}: {in_words(operation)}"
            script.call("when", text, operation, record=record, actor=actor, body=body)

    return subject.draft(f"{role} may", "access", write) if allowed or listed else []


def _owners(subject: Subject) -> list[Proof]:
    entity = subject.entity
    owned = [item for item in subject.operations if item.access.owner and item.kind in _ON_RECORDS]
    if not owned or (entity.owner_field is None and entity.account is None):
        return []
    drafts = _strangers(subject, owned)
    listed = next((item for item in subject.operations if item.kind is OperationKind.LIST and item.access.owner), None)
    if entity.account is None:
        drafts += _ownership(subject)
        if listed is not None:
            drafts += _own_list(subject, listed)
    else:
        drafts += _own_account(subject, owned)
    drafts += _overriding(subject, owned)
    text = f"{sentence(one(entity))} is for its owner"
    return proof(Level.MUST, text, [*owned, *([listed] if listed else [])], [drafts])


def _valid_bodies(script: Script, record: Record) -> Iterator[tuple[OperationKind, Values]]:
    yield OperationKind.REPLACE, script.body(record.entity, by=record.maker)
    yield OperationKind.PATCH, {}


def _strangers(subject: Subject, owned: list[Operation]) -> list[Draft]:
    entity = subject.entity

    def write(script: Script) -> None:
        record = script.record(entity)
        maker = record.maker if entity.account is None and record.maker else ""
        bodies = dict(_valid_bodies(script, record))
        for operation in owned:
            stranger = script.cast.other_than(operation, maker)
            if stranger is not None:
                text = f"{in_words(operation)} of somebody else"
                body = bodies.get(operation.kind)
                script.refuse("when", text, operation, record=record, status=403, actor=stranger, body=body)

    return subject.draft(f"nobody else may use {one(entity)}", "access", write)


def _ownership(subject: Subject) -> list[Draft]:
    entity = subject.entity
    read = subject.operation(OperationKind.READ)
    current = next((item for item in subject.document.operations if item.kind is OperationKind.CURRENT), None)
    if read is None or current is None or entity.owner_field is None:
        return []

    def write(script: Script) -> None:
        record = script.record(entity)
        if record.maker is None:
            raise UnproducibleError("it is created without an account")
        script.call("when", "its owner looks who they are", current, actor=record.maker, capture={"owner_id": "/id"})
        answer = {"$open": {"id": record.id, entity.owner_field or "": "${owner_id}"}}
        script.call("then", f"{one(entity)} names its owner", read, record=record, answer=answer)

    return subject.draft(f"{one(entity)} belongs to who created it", "access", write)


def _own_list(subject: Subject, listed: Operation) -> list[Draft]:
    entity = subject.entity

    def write(script: Script) -> None:
        mine = script.record(entity)
        other = script.cast.other_than(listed, mine.maker or "")
        if mine.maker is None or other is None:
            raise UnproducibleError("there are no two owners")
        theirs = script.record(entity, maker=other)
        if theirs.maker != other:
            raise UnproducibleError("there are no two owners")
        actor = script.cast.caller(listed, mine.maker)
        if actor == mine.maker and script.cast.roles.get(actor) not in listed.access.roles:
            answer = page([mine.body])
            script.call("when", "the owner of the one lists them", listed, actor=actor, answer=answer)
        answer = page([theirs.body])
        script.call("when", "the owner of the other lists them", listed, actor=other, answer=answer)
        for role in listed.access.roles:
            if (name := script.cast.of_role(role)) is not None:
                answer = page([mine.body, theirs.body])
                script.call("when", f"{role} lists them", listed, actor=name, answer=answer)

    return subject.draft(f"everybody lists their own {many(entity)}", "access", write)


def _own_account(subject: Subject, owned: list[Operation]) -> list[Draft]:
    entity = subject.entity
    order = (OperationKind.READ, OperationKind.PATCH, OperationKind.DELETE)

    def write(script: Script) -> None:
        record = script.sign_in(script.record(entity))
        for operation in sorted(
            (item for item in owned if item.kind in order), key=lambda item: order.index(item.kind)
        ):
            body: Values | None = {} if operation.kind is OperationKind.PATCH else None
            script.call("when", f"{in_words(operation)} of oneself", operation, record=record, body=body)

    return subject.draft(f"everybody may use the {one(entity).split(' ', 1)[1]} that they are", "access", write)


def _overriding(subject: Subject, owned: list[Operation]) -> list[Draft]:
    """Those with the role may use records of others."""
    entity = subject.entity
    drafts: list[Draft] = []
    for operation in owned:
        if (
            operation.kind in {OperationKind.READ, OperationKind.PATCH, OperationKind.TRANSITION}
            and operation.access.roles
        ):
            role = operation.access.roles[0]

            def write(script: Script, operation: Operation = operation, role: str = role) -> None:
                actor = script.cast.of_role(role)
                if actor is None:
                    raise UnproducibleError(f"nobody is {role}")
                machine = entity.states
                if operation.kind is OperationKind.TRANSITION and machine is not None:
                    moved = next(item for item in machine.transitions if item.name == operation.transition)
                    record = in_state(script, subject, machine, nearest(machine, moved), [moved])
                else:
                    record = script.record(entity)
                body: Values | None = {} if operation.kind is OperationKind.PATCH else None
                text = f"{in_words(operation)} as {role}"
                script.call("when", text, operation, record=record, actor=actor, body=body)

            drafts += subject.draft(f"{role} may {in_words(operation)} of anybody", "access", write)
    return drafts
