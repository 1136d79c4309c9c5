"""Changing records: replaced, patched, deleted."""

from collections.abc import Iterator
from itertools import islice

from devmatrix.discovery.document import Attribute, FieldType, Level, Operation, OperationKind
from devmatrix.discovery.proofs.payloads import Values, answered, holds, repeats_unique, settable
from devmatrix.discovery.proofs.script import UNKNOWN_ID, Record, Script, page
from devmatrix.discovery.proofs.subject import Draft, Proof, Subject, proof
from devmatrix.discovery.proofs.values import REFERENCES, sample
from devmatrix.discovery.proofs.wording import many, one, sentence


def writing(subject: Subject) -> list[Proof]:
    """Requirements about changing records of the entity."""
    return _replacing(subject) + _patching(subject) + _deleting(subject)


def _then_read(script: Script, subject: Subject, record: Record, text: str) -> None:
    read = subject.operation(OperationKind.READ)
    if read is not None and not (record.headers and record.entity.account is not None):
        script.call("then", text, read, record=record, answer=script.answer(record))


def _replacing(subject: Subject) -> list[Proof]:
    entity, replace = subject.entity, subject.operation(OperationKind.REPLACE)
    if replace is None:
        return []

    def all_attributes(script: Script) -> None:
        record = script.usable(entity, replace)
        body = script.body(entity, full=True, by=record.maker)
        record.values = answered(entity, body)
        _keep_owner(record)
        answer = _after(script, record)
        script.call("when", f"{one(entity)} is replaced", replace, record=record, body=body, answer=answer)
        _then_read(script, subject, record, "it is read as it was replaced")

    def only_required(script: Script) -> None:
        record = script.usable(entity, replace, full=True)
        body = script.body(entity, by=record.maker)
        record.values = answered(entity, body)
        _keep_owner(record)
        text = f"{one(entity)} is replaced by only what is required"
        script.call("when", text, replace, record=record, body=body, answer=_after(script, record))

    return proof(
        Level.MUST,
        f"{sentence(one(entity))} can be replaced as a whole",
        [replace],
        [
            subject.draft(f"{one(entity)} is replaced", "happy", all_attributes),
            []
            if all(item.required for item in settable(entity))
            else subject.draft(
                f"what is left out of {one(entity)} takes its default or null", "boundary", only_required
            ),
            _refused_replacing(subject, replace),
        ],
    )


def _keep_owner(record: Record) -> None:
    """What a replacement leaves alone: the owner, whom nobody can send."""
    if record.entity.owner_field is not None:
        record.values[record.entity.owner_field] = {"$match": "uuid"}


def _after(script: Script, record: Record) -> object:
    """The answer to a write that succeeds: the version is one more."""
    record.version += 1
    answer = script.answer(record)
    record.version -= 1
    return answer


def _refused_replacing(subject: Subject, replace: Operation) -> list[Draft]:
    entity = subject.entity

    def write(script: Script) -> None:
        record = script.usable(entity, replace)
        body = script.body(entity, by=record.maker)
        text = f"{one(entity)} is replaced"
        required = next((item for item in settable(entity) if item.required), None)
        if required is not None:
            rest = {name: value for name, value in body.items() if name != required.name}
            pointer = [f"/{required.name}"]
            script.refuse(
                "when", f"{text} without {required.name}", replace, record=record, status=422, blame=pointer, body=rest
            )
        unknown = {**body, "id": UNKNOWN_ID}
        script.refuse("when", f"{text} with an id", replace, record=record, status=422, blame=["/id"], body=unknown)
        script.refuse(
            "when",
            f"{text} that does not exist",
            replace,
            [UNKNOWN_ID],
            status=404,
            body=body,
            **script.voice(replace, record),
        )
        _then_read(script, subject, record, "it is as it was")

    return subject.draft(f"{one(entity)} is not replaced by an incomplete body", "error", write)


def _patching(subject: Subject) -> list[Proof]:
    entity, patch = subject.entity, subject.operation(OperationKind.PATCH)
    if patch is None:
        return []
    return proof(
        Level.MUST,
        f"{sentence(one(entity))} can be changed in part",
        [patch],
        [_single_patches(subject, patch), _refused_patches(subject, patch)],
    )


def patched_values(subject: Subject, record: Record) -> Iterator[tuple[Attribute, Values]]:
    """For each attribute another value that keeps all rules when only it is changed in the record as it then is."""
    entity = subject.entity
    for attribute in settable(entity):
        if attribute.type in REFERENCES or attribute.type is FieldType.PASSWORD:
            continue
        for n in range(21, 27):
            values = {**record.values, attribute.name: sample(attribute, n)}
            taken = subject.cast.taken if entity.account is not None else ()
            same = values[attribute.name] == record.values.get(attribute.name)
            if same or any(repeats_unique(entity, values, other) for other in taken):
                continue
            if all(
                holds(entity, check, values) for check in entity.checks if _is_known(values, check.left, check.right)
            ):
                yield attribute, {attribute.name: values[attribute.name]}
                break


def _is_known(values: Values, *names: str) -> bool:
    return not any(isinstance(values.get(name), (dict, list)) for name in names)


def _single_patches(subject: Subject, patch: Operation) -> list[Draft]:
    entity = subject.entity

    def write(script: Script) -> None:
        record = script.usable(entity, patch, full=True)
        for attribute, change in islice(patched_values(subject, record), 5):
            record.values.update(change)
            text = f"{attribute.name} of {one(entity)} is patched"
            script.call("when", text, patch, record=record, body=change, answer=_after(script, record))
        optional = next((item for item in settable(entity) if _can_be_null(item)), None)
        if optional is not None:
            record.values[optional.name] = None
            text = f"{optional.name} of {one(entity)} is patched to null"
            script.call("when", text, patch, record=record, body={optional.name: None}, answer=_after(script, record))
        if not entity.versioned:
            # Whether this counts as a write is left open, so versions are not looked at.
            text = f"{one(entity)} is patched with nothing"
            script.call("when", text, patch, record=record, body={}, answer=script.answer(record))
        _then_read(script, subject, record, "it is read as it was patched")

    return subject.draft(f"{one(entity)} is patched, and the rest stays as it was", "happy", write)


def _can_be_null(attribute: Attribute) -> bool:
    return not attribute.required and attribute.type is not FieldType.REFERENCES


def _refused_patches(subject: Subject, patch: Operation) -> list[Draft]:
    entity = subject.entity

    def write(script: Script) -> None:
        record = script.usable(entity, patch)
        text = f"{one(entity)} is patched"
        for attribute in [item for item in settable(entity) if item.required][:3]:
            script.refuse(
                "when",
                f"{text} to {attribute.name} null",
                patch,
                record=record,
                status=422,
                blame=[f"/{attribute.name}"],
                body={attribute.name: None},
            )
        for name, value in _not_patchable(subject).items():
            pointer = [f"/{name}"]
            script.refuse(
                "when", f"{text} with {name}", patch, record=record, status=422, blame=pointer, body={name: value}
            )
        script.refuse(
            "when",
            f"{text} that does not exist",
            patch,
            [UNKNOWN_ID],
            status=404,
            body={},
            **script.voice(patch, record),
        )
        _then_read(script, subject, record, "it is as it was")

    return subject.draft(f"{one(entity)} is not patched with what it cannot have", "error", write)


def _not_patchable(subject: Subject) -> Values:
    entity = subject.entity
    names: Values = {"id": UNKNOWN_ID, "a_property_that_it_does_not_have": 1}
    for attribute in entity.attributes:
        if attribute.server_set:
            is_enum = attribute.type is FieldType.ENUM
            names[attribute.name] = attribute.choices[-1] if is_enum else UNKNOWN_ID
    return names


def _deleting(subject: Subject) -> list[Proof]:
    entity, delete = subject.entity, subject.operation(OperationKind.DELETE)
    if delete is None:
        return []

    def happy(script: Script) -> None:
        record = script.usable(entity, delete)
        text = f"{one(entity)} that does not exist is deleted"
        script.refuse("when", text, delete, [UNKNOWN_ID], status=404, **script.voice(delete, record))
        script.call("when", f"{one(entity)} is deleted", delete, record=record)
        if record.headers:
            return
        read, listed = subject.operation(OperationKind.READ), subject.operation(OperationKind.LIST)
        if read is not None:
            script.refuse("then", "it is not found any more", read, record=record, status=404)
        if listed is not None and entity.account is None:
            actor = script.cast.caller(listed, record.maker)
            script.call("then", f"no {many(entity)} are listed", listed, actor=actor, answer=page([]))
        script.refuse("then", "it cannot be deleted again", delete, record=record, status=404)

    return proof(
        Level.MUST,
        f"{sentence(one(entity))} can be deleted",
        [delete],
        [
            subject.draft(f"{one(entity)} is deleted", "happy", happy),
        ],
    )
