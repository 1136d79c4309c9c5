"""Many-to-many: the list in bodies, and linking one by one."""

from devmatrix.discovery.document import Attribute, Entity, FieldType, Level, Operation, OperationKind
from devmatrix.discovery.proofs.cast import find
from devmatrix.discovery.proofs.payloads import settable
from devmatrix.discovery.proofs.script import UNKNOWN_ID, Record, Script, page
from devmatrix.discovery.proofs.subject import Draft, Proof, Subject, proof
from devmatrix.discovery.proofs.wording import many, one, sentence, words


def linking(subject: Subject) -> list[Proof]:
    """Requirements about the entity's many-to-many attributes."""
    proofs: list[Proof] = []
    for attribute in settable(subject.entity):
        if attribute.type is FieldType.REFERENCES:
            proofs += _list_in_bodies(subject, attribute) + _one_by_one(subject, attribute)
    return proofs


def _target(subject: Subject, attribute: Attribute) -> Entity:
    return subject.document.entity(attribute.target or "")


def _list_in_bodies(subject: Subject, attribute: Attribute) -> list[Proof]:
    entity, target = subject.entity, _target(subject, attribute)
    create, patch = subject.operation(OperationKind.CREATE), subject.operation(OperationKind.PATCH)
    if create is None:
        return []
    name = attribute.name

    def whole(script: Script) -> None:
        first, second = script.record(target), script.record(target)
        text = f"{one(entity)} is created with two {many(target)}"
        actor = script.cast.caller(create)
        body = script.body(entity, {name: [first.id, second.id]}, by=actor)
        both = {"$open": {name: {"$sorted": [first.id, second.id]}}}
        record = Record(entity, "made", body, {}, actor)
        script.call("when", text, create, body=body, actor=actor, answer=both, capture={"made_id": "/id"})
        if patch is not None:
            script.enabled(record, patch)
        for text, ids in (("another list", [second.id]), ("an empty list", [])):
            if patch is not None:
                answer = {"$open": {name: list(ids), "id": record.id}}
                script.call(
                    "when",
                    f"its {name} are patched to {text}",
                    patch,
                    record=record,
                    body={name: list(ids)},
                    answer=answer,
                )

    def refused(script: Script) -> None:
        known = script.record(target)
        body = script.body(entity, by=script.cast.caller(create))
        text = f"{one(entity)} is created with"
        for words_, ids in (
            (f"{one(target)} that does not exist", [known.id, UNKNOWN_ID]),
            (f"the same {words(target.name)} twice", [known.id, known.id]),
        ):
            changed: dict[str, object] = {**body, name: list(ids)}
            script.refuse("when", f"{text} {words_}", create, status=422, blame=[f"/{name}"], body=changed)

    return proof(
        Level.MUST,
        f"{sentence(one(entity))} has any number of {many(target)}",
        [create, patch],
        [
            subject.draft(f"{name} of {one(entity)} are set as a whole", "happy", whole),
            subject.draft(f"{name} of {one(entity)} must exist, each once", "error", refused),
            _dropped(subject, attribute),
        ],
    )


def _dropped(subject: Subject, attribute: Attribute) -> list[Draft]:
    entity, target, name = subject.entity, _target(subject, attribute), attribute.name
    delete = find(subject.document, target, OperationKind.DELETE)
    read = subject.operation(OperationKind.READ)

    def write(script: Script) -> None:
        if delete is None or read is None:
            return
        gone = script.usable(target, delete)
        record = script.enabled(script.record(entity, {name: [gone.id]}), read)
        script.call("when", f"the {words(target.name)} is deleted", delete, record=gone)
        answer = {"$open": {name: [], "id": record.id}}
        text = f"the {words(entity.name)} has it no more"
        script.call("then", text, read, [record.id], **script.voice(read, record), answer=answer)

    return subject.draft(f"{one(target)} that is deleted leaves its {many(entity)}", "happy", write)


def _related(subject: Subject, attribute: Attribute, kind: OperationKind) -> Operation | None:
    for operation in subject.document.operations:
        named = operation.relation == attribute.name and operation.relation_entity == subject.entity.name
        if named and operation.kind is kind:
            return operation
    return None


def _one_by_one(subject: Subject, attribute: Attribute) -> list[Proof]:
    entity, target = subject.entity, _target(subject, attribute)
    link, unlink = (_related(subject, attribute, kind) for kind in (OperationKind.LINK, OperationKind.UNLINK))
    listed = _related(subject, attribute, OperationKind.NESTED_LIST)

    def listing(script: Script) -> None:
        if listed is None:
            return
        first, second = script.record(target), script.record(target)
        script.record(target)
        record = script.enabled(script.record(entity, {attribute.name: [second.id, first.id]}), listed)
        text = f"{many(target)} of the {words(entity.name)} are listed"
        answer = page([first.body, second.body])
        script.call("when", text, listed, [record.id], **script.voice(listed, record), answer=answer)
        script.refuse(
            "when", f"{many(target)} of {one(entity)} that does not exist are listed", listed, [UNKNOWN_ID], status=404
        )

    def linked(script: Script) -> None:
        if link is None:
            return
        thing, record = script.record(target), script.usable(entity, link, listed)
        for text in ("is linked", "is linked again"):
            script.call("when", f"the {words(target.name)} {text}", link, [thing.id], record=record)
        _then_listed(script, listed, record, [thing])

    def unlinked(script: Script) -> None:
        if unlink is None:
            return
        thing = script.record(target)
        record = script.usable(entity, unlink, listed, fixed={attribute.name: [thing.id]})
        script.call("when", f"the {words(target.name)} is unlinked", unlink, [thing.id], record=record)
        _then_listed(script, listed, record, [])
        script.refuse("then", "it cannot be unlinked again", unlink, [thing.id], record=record, status=404)

    return proof(
        Level.MUST,
        f"{sentence(many(target))} of {one(entity)} can be listed, linked and unlinked one by one",
        [listed, link, unlink],
        [
            subject.draft(f"{many(target)} of {one(entity)} are listed", "happy", listing),
            subject.draft(f"{one(target)} is linked to {one(entity)}", "happy", linked),
            subject.draft(f"{one(target)} is unlinked from {one(entity)}", "happy", unlinked),
            _missing(subject, target, [item for item in (link, unlink) if item is not None]),
        ],
    )


def _then_listed(script: Script, listed: Operation | None, record: Record, found: list[Record]) -> None:
    if listed is not None:
        answer = page([item.body for item in found])
        text = "it is listed" if found else "nothing is listed"
        script.call("then", text, listed, [record.id], **script.voice(listed, record), answer=answer)


def _missing(subject: Subject, target: Entity, operations: list[Operation]) -> list[Draft]:
    entity = subject.entity

    def write(script: Script) -> None:
        thing, record = script.record(target), script.usable(entity, *operations)
        for operation in operations:
            act = operation.kind.value
            text = f"{act} of {one(target)} that does not exist"
            script.refuse("when", text, operation, [UNKNOWN_ID], record=record, status=404)
            text = f"{act} in {one(entity)} that does not exist"
            script.refuse("when", text, operation, [UNKNOWN_ID, thing.id], status=404)

    return subject.draft(f"only what exists is linked to {one(entity)}", "error", write) if operations else []
