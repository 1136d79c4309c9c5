"""Records that refer to others: what they may refer to, what deletion does, nested collections, many-to-many."""

from devmatrix.discovery.document import Attribute, Entity, FieldType, Level, Operation, OperationKind
from devmatrix.discovery.proofs.cast import find, maker_of
from devmatrix.discovery.proofs.payloads import Values
from devmatrix.discovery.proofs.script import UNKNOWN_ID, Record, Script, page
from devmatrix.discovery.proofs.subject import Draft, Proof, Subject, proof
from devmatrix.discovery.proofs.unproducible import UnproducibleError
from devmatrix.discovery.proofs.wording import many, one, sentence, words


def relations(subject: Subject) -> list[Proof]:
    """Requirements about the entity's references."""
    proofs: list[Proof] = []
    for attribute in subject.entity.attributes:
        if attribute.type is FieldType.REFERENCE:
            proofs += _reference(subject, attribute)
    return proofs + _nested(subject)


def _referring(script: Script, subject: Subject, attribute: Attribute, target: Record) -> Record:
    """A record that refers to `target` by that attribute."""
    return script.record(subject.entity, {attribute.name: target.id}, maker=target.maker)


def _reference(subject: Subject, attribute: Attribute) -> list[Proof]:
    entity = subject.entity
    target = subject.document.entity(attribute.target or "")
    create, delete = subject.operation(OperationKind.CREATE), find(subject.document, target, OperationKind.DELETE)
    proofs: list[Proof] = []
    if not attribute.server_set and create is not None:
        proofs += proof(
            Level.MUST,
            f"The {words(attribute.name.removesuffix('_id'))} of {one(entity)} is {one(target)} that exists",
            [create],
            [_missing(subject, attribute, target, create)],
        )
    if delete is not None and not attribute.server_set and maker_of(subject.document, entity) is not None:
        proofs += proof(
            Level.MUST,
            _deletion_in_words(entity, attribute, target),
            [delete],
            [_deletion(subject, attribute, target, delete)],
        )
    return proofs


def _deletion_in_words(entity: Entity, attribute: Attribute, target: Entity) -> str:
    by = f"{many(entity)} refer to it by {attribute.name}"
    if attribute.on_delete == "restrict":
        return f"{sentence(one(target))} cannot be deleted while {by}"
    if attribute.on_delete == "cascade":
        return f"Where {one(target)} is deleted and {by}, they are deleted, too"
    return f"Where {one(target)} is deleted and {by}, they go on without one"


def _missing(subject: Subject, attribute: Attribute, target: Entity, create: Operation) -> list[Draft]:
    entity = subject.entity
    patch = subject.operation(OperationKind.PATCH)
    delete = find(subject.document, target, OperationKind.DELETE)

    def write(script: Script) -> None:
        pointer = [f"/{attribute.name}"]
        body = {**script.body(entity, by=script.cast.caller(create)), attribute.name: UNKNOWN_ID}
        text = f"{one(entity)} is created for {one(target)}"
        script.refuse("when", f"{text} that does not exist", create, status=422, blame=pointer, body=body)
        if delete is not None:
            gone = script.usable(target, delete)
            script.call("given", f"the other {words(target.name)} is deleted", delete, record=gone)
            body = {**body, attribute.name: gone.id}
            script.refuse("when", f"{text} that was deleted", create, status=422, blame=pointer, body=body)
        if patch is not None:
            record = script.usable(entity, patch)
            change: Values = {attribute.name: UNKNOWN_ID}
            text = f"{one(entity)} is patched to {one(target)} that does not exist"
            script.refuse("when", text, patch, record=record, status=422, blame=pointer, body=change)

    return subject.draft(f"{one(entity)} cannot refer to {one(target)} that does not exist", "error", write)


def _deletion(subject: Subject, attribute: Attribute, target: Entity, delete: Operation) -> list[Draft]:
    entity = subject.entity
    read = subject.operation(OperationKind.READ)
    own_delete = subject.operation(OperationKind.DELETE)
    read_target = find(subject.document, target, OperationKind.READ)

    def restrict(script: Script) -> None:
        parent = script.usable(target, delete, read_target)
        child = _referring(script, subject, attribute, parent)
        text = f"the {words(target.name)} is deleted"
        script.refuse("when", text, delete, record=parent, status=409)
        if read_target is not None:
            script.call(
                "then", f"the {words(target.name)} is still there", read_target, record=parent, answer=parent.body
            )
        if own_delete is not None and entity.account is None:
            script.call("when", f"the {words(entity.name)} is deleted", own_delete, record=child)
            script.call("then", f"{text} as nothing refers to it any more", delete, record=parent)

    def follow(script: Script) -> None:
        if attribute.on_delete == "set_null" and attribute.required:
            raise UnproducibleError(f"{attribute.name} is required, so it cannot become null")
        parent = script.usable(target, delete)
        child = script.enabled(_referring(script, subject, attribute, parent), read)
        script.call("when", f"the {words(target.name)} is deleted", delete, record=parent)
        if read is None:
            raise UnproducibleError(f"{one(entity)} cannot be read afterwards")
        if attribute.on_delete == "cascade":
            # An account that is gone cannot sign its question.
            status = 401 if script.is_itself(read, child) else 404
            script.refuse("then", f"the {words(entity.name)} is gone, too", read, record=child, status=status)
            return
        child.values[attribute.name] = None
        # Whether setting a reference to null counts as a write is left open, so neither version nor ETag is looked at.
        answer = {"$open": {**child.values, "id": child.id}}
        script.call(
            "then",
            f"the {words(entity.name)} has none any more",
            read,
            [child.id],
            **script.voice(read, child),
            answer=answer,
        )

    write = restrict if attribute.on_delete == "restrict" else follow
    return subject.draft(f"{one(target)} is deleted to which {one(entity)} refers", "happy", write)


def _nested(subject: Subject) -> list[Proof]:
    proofs: list[Proof] = []
    for operation in subject.document.operations:
        if operation.entity != subject.entity.name or operation.parent_field is None:
            continue
        parent = subject.document.entity(subject.entity.attribute(operation.parent_field).target or "")
        if operation.kind is OperationKind.NESTED_LIST:
            proofs += _nested_list(subject, operation, parent)
        elif operation.kind is OperationKind.NESTED_CREATE:
            proofs += _nested_create(subject, operation, parent)
    return proofs


def _parents(script: Script, subject: Subject, operation: Operation, parent: Entity) -> tuple[Record, Record]:
    first = script.record(parent)
    return first, script.record(parent, maker=first.maker)


def _nested_list(subject: Subject, operation: Operation, parent: Entity) -> list[Proof]:
    entity, field = subject.entity, operation.parent_field or ""

    def write(script: Script) -> None:
        first, second = _parents(script, subject, operation, parent)
        child = script.record(entity, {field: first.id}, maker=first.maker)
        other = script.record(entity, {field: second.id}, maker=first.maker)
        actor = script.cast.caller(operation, child.maker)
        for record, found in ((first, child), (second, other)):
            text = f"{many(entity)} of the {words(parent.name)} are listed"
            script.call("when", text, operation, [record.id], actor=actor, answer=page([found.body]))
        query, answer = "limit=1&offset=1", page([], total=1, limit=1, offset=1)
        script.call(
            "when", "the page after it is asked for", operation, [first.id], query=query, actor=actor, answer=answer
        )

    def missing(script: Script) -> None:
        text = f"{many(entity)} of {one(parent)} that does not exist are listed"
        script.refuse("when", text, operation, [UNKNOWN_ID], status=404)
        query, blame = f"{field}={UNKNOWN_ID}", [f"query:{field}"]
        text = f"{many(entity)} of {one(parent)} are listed with another filter on it"
        script.refuse("when", text, operation, [UNKNOWN_ID], status=422, blame=blame, query=query)

    return proof(
        Level.MUST,
        f"The {many(entity)} of {one(parent)} can be listed",
        [operation],
        [
            subject.draft(f"{many(entity)} of {one(parent)} are listed", "happy", write),
            subject.draft(f"{one(parent)} that does not exist has no {many(entity)}", "error", missing),
        ],
    )


def _nested_create(subject: Subject, operation: Operation, parent: Entity) -> list[Proof]:
    entity, field = subject.entity, operation.parent_field or ""

    def write(script: Script) -> None:
        record = script.record(parent)
        actor = script.cast.caller(operation, record.maker)
        body = script.body(entity, {field: record.id}, full=True, by=actor)
        answer = script.new_answer(entity, body)
        rest = {name: value for name, value in body.items() if name != field}
        headers = {"Location": "*"} | ({"ETag": '"1"'} if entity.versioned else {})
        text = f"{one(entity)} is created in the {words(parent.name)}"
        script.call("when", text, operation, [record.id], body=rest, actor=actor, answer=answer, answer_headers=headers)

    def refused(script: Script) -> None:
        record = script.record(parent)
        actor = script.cast.caller(operation, record.maker)
        body = script.body(entity, {field: record.id}, by=actor)
        rest = {name: value for name, value in body.items() if name != field}
        text = f"{one(entity)} is created in {one(parent)}"
        pointer = [f"/{field}"]
        script.refuse("when", f"{text} named twice", operation, [record.id], status=422, blame=pointer, body=body)
        script.refuse("when", f"{text} that does not exist", operation, [UNKNOWN_ID], status=404, body=rest)

    return proof(
        Level.MUST,
        f"{sentence(one(entity))} can be created in {one(parent)}",
        [operation],
        [
            subject.draft(f"{one(entity)} is created in {one(parent)}", "happy", write),
            subject.draft(f"{one(entity)} is not created in {one(parent)} that does not exist", "error", refused),
        ],
    )
