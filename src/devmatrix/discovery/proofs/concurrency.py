"""Optimistic concurrency, and deletion that keeps the row."""

from itertools import islice

from devmatrix.discovery.document import Level, Operation, OperationKind
from devmatrix.discovery.proofs.cast import maker_of
from devmatrix.discovery.proofs.script import Script, page
from devmatrix.discovery.proofs.states import in_state, nearest
from devmatrix.discovery.proofs.subject import Draft, Proof, Subject, proof
from devmatrix.discovery.proofs.wording import many, one, sentence
from devmatrix.discovery.proofs.writing import patched_values

_WRITES = (OperationKind.REPLACE, OperationKind.PATCH, OperationKind.DELETE)


def concurrency(subject: Subject) -> list[Proof]:
    """Requirements about writes that must not overwrite what they have not seen."""
    entity = subject.entity
    if not entity.versioned:
        return []
    writes = [item for item in subject.operations if item.kind in (*_WRITES, OperationKind.TRANSITION)]
    return proof(
        Level.MUST,
        f"{sentence(one(entity))} is only written by those who have seen its latest version",
        writes,
        [draft for operation in writes for draft in (_refused(subject, operation),)] + [_counted(subject)],
    )


def _refused(subject: Subject, operation: Operation) -> list[Draft]:
    entity = subject.entity

    def write(script: Script) -> None:
        if operation.kind is OperationKind.TRANSITION and entity.states is not None:
            transition = next(item for item in entity.states.transitions if item.name == operation.transition)
            record = in_state(script, subject, entity.states, nearest(entity.states, transition), [transition])
        else:
            record = script.usable(entity, operation)
        body = None
        if operation.kind is OperationKind.REPLACE:
            body = script.body(entity, by=record.maker)
        elif operation.kind is OperationKind.PATCH:
            body = {}
        script.refuse("when", "no If-Match is sent", operation, record=record, status=428, body=body, match=False)
        stale = {"If-Match": f'"{record.version + 1}"'}
        text = "If-Match names another version"
        script.refuse("when", text, operation, record=record, status=412, body=body, headers=stale)
        script.call("when", "If-Match names its version", operation, record=record, body=body)

    text = operation.id.replace("_", " ")
    return subject.draft(f"{text}: the version must be named", "error", write)


def _counted(subject: Subject) -> list[Draft]:
    entity, patch, read = subject.entity, subject.operation(OperationKind.PATCH), subject.operation(OperationKind.READ)
    if patch is None:
        return []

    def write(script: Script) -> None:
        record = script.usable(entity, patch, full=True)
        for attribute, change in islice(patched_values(subject, record), 2):
            record.values.update(change)
            record.version += 1
            answer = script.answer(record)
            record.version -= 1
            text = f"{attribute.name} is patched"
            script.call("when", text, patch, record=record, body=change, answer=answer)
        if read is not None:
            script.call("then", "it is read with its version", read, record=record, answer=script.answer(record))

    return subject.draft(f"each write counts the version of {one(entity)}", "happy", write)


def soft_deletion(subject: Subject) -> list[Proof]:
    """Requirements about records that are deleted, but whose rows are kept."""
    entity, delete = subject.entity, subject.operation(OperationKind.DELETE)
    if not entity.soft_delete or delete is None or maker_of(subject.document, entity) is None:
        return []
    others = [subject.operation(kind) for kind in (OperationKind.READ, OperationKind.PATCH, OperationKind.REPLACE)]
    listed = subject.operation(OperationKind.LIST)

    def write(script: Script) -> None:
        record = script.usable(entity, delete)
        kept = script.further(entity, record.maker)
        script.call("given", f"{one(entity)} is deleted", delete, record=record)
        for operation in others:
            if operation is None:
                continue
            body = None
            if operation.kind is OperationKind.PATCH:
                body = {}
            elif operation.kind is OperationKind.REPLACE:
                body = script.body(entity, by=record.maker)
            text = f"{operation.kind.value} does not find it"
            # An account that is gone cannot sign its question.
            status = 401 if script.is_itself(operation, record) else 404
            script.refuse("then", text, operation, record=record, status=status, body=body)
        if listed is not None and entity.account is None:
            actor = script.cast.caller(listed, record.maker)
            answer = page([kept.body] if kept else [])
            script.call("then", "only the other one is listed", listed, actor=actor, answer=answer)

    drafts = [subject.draft(f"{one(entity)} that is deleted is in no answer", "happy", write)]
    return proof(Level.MUST, f"{sentence(many(entity))} that are deleted are in no answer any more", [delete], drafts)
