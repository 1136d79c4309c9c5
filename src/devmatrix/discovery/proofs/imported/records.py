"""Making, reading, deleting records, and moving them on."""

from pydantic import JsonValue

from devmatrix.discovery.document import OperationKind
from devmatrix.discovery.interface import Reason
from devmatrix.discovery.proofs.imported.bodies import content_of
from devmatrix.discovery.proofs.imported.calls import Voice
from devmatrix.discovery.proofs.imported.changes import CHANGED, applied, changed_query
from devmatrix.discovery.proofs.imported.script import Script
from devmatrix.discovery.proofs.imported.subject import LISTS, Subject, call, one_of, target
from devmatrix.discovery.proofs.imported.world import Record, Scene, unknown
from devmatrix.discovery.proofs.subject import Draft, Proof
from devmatrix.discovery.proofs.unproducible import UnproducibleError


def creating(subject: Subject) -> list[Proof]:
    """create, nested_create, register: the record is made, and there."""
    part = subject.part

    def whole(script: Script, *, full: bool) -> None:
        by = script.voice(part)
        record = script.make(subject.entity, part=part, by=by, phase="when", full=full)
        account = by if by.account is not None else Voice(record.credentials, record.query, record)
        if not subject.show(script, record, account if record.login else by, "it can be read"):
            _listed(subject, script, record, by)

    drafts = subject.draft("what is sent is kept", "happy", lambda script: whole(script, full=True))
    content = content_of(part.endpoint)
    shape = subject.interface.resolve(content.shape) if content is not None else None
    if shape is not None and subject.samples.value(shape, 1) != subject.samples.value(shape, 1, full=False):
        drafts += subject.draft("what is optional may be left out", "happy", lambda script: whole(script, full=False))
    return subject.proof(f"{subject.route} makes {one_of(subject)}", drafts)


def _listed(subject: Subject, script: Script, record: Record, by: Voice) -> None:
    """Where nothing reads one record, a plain list shows it."""
    part = subject.parts.first(subject.entity, *LISTS)
    if part is None or part.effect.filters or part.effect.paging is not None or part.effect.association:
        return
    parents = [record.references[part.effect.parent]] if part.effect.parent in record.references else []
    if len(parents) != len(part.effect.lookups) or len(script.world.of(subject.entity)) != 1:
        return
    voice = script.suited(by, part)
    script.call(
        part,
        phase="then",
        text="it is listed",
        records=parents,
        by=voice,
        scene=Scene(records=(record,), caller=voice.account),
    )


def reading(subject: Subject) -> list[Proof]:
    """read, nested_read, current."""
    part = subject.part

    def read(script: Script) -> None:
        by = script.voice(part)
        records = target(script, part, by)
        call(script, part, "it is read", records, by)

    def as_somebody(script: Script) -> None:
        by = script.somebody(part)
        records = target(script, part, by)
        call(script, part, "it is read by somebody who has signed in", records, by)

    drafts = subject.draft("a record is read", "happy", read)
    if not part.operation.access.authenticated and part.endpoint.schemes:
        drafts += subject.draft("a record is read by a known caller", "happy", as_somebody)
    return subject.proof(f"{subject.route} answers with {one_of(subject)}", drafts)


def deleting(subject: Subject) -> list[Proof]:
    """delete, nested_delete: gone afterwards."""
    part = subject.part

    def delete(script: Script) -> None:
        by = script.voice(part)
        records = target(script, part, by)
        record = records[-1]
        expected = script.expectation(part, Scene(record=record, caller=by.account))
        script.call(part, phase="when", text="it is deleted", records=records, by=by, expect=expected)
        found = subject.read_of(record)
        if found is None or record is by.account:
            return
        reader, path = found
        script.call(
            reader,
            phase="then",
            text="it is not there any more",
            records=path,
            by=script.suited(by, reader),
            expect=script.refused(reader, Reason.MISSING),
        )

    drafts = subject.draft("what is deleted is gone", "happy", delete)
    return subject.proof(f"{subject.route} deletes {one_of(subject)}", drafts)


def moving(subject: Subject) -> list[Proof]:
    """transition."""
    part = subject.part
    drafts: list[Draft] = []

    def move(script: Script) -> None:
        by = script.voice(part)
        records = target(script, part, by)
        _bring_to_source(subject, script, records[-1], records, by)
        _moved(subject, script, records[-1], by)
        script.call(
            part,
            phase="when",
            text=f"it is moved: {part.operation.transition or 'changed'}",
            records=records,
            by=by,
            body=_body(subject),
            query=changed_query(subject),
            scene=Scene(record=records[-1], caller=by.account),
        )
        subject.show(script, records[-1], by, "it shows the change")

    drafts += subject.draft("a record moves on", "happy", move)
    return subject.proof(f"{subject.route} moves {one_of(subject)} on", drafts)


def _body(subject: Subject) -> JsonValue:
    content = content_of(subject.part.endpoint)
    return subject.samples.value(content.shape, CHANGED) if content is not None else None


def _moved(subject: Subject, script: Script, record: Record, by: Voice) -> None:
    states, name = record.entity.states, subject.part.operation.transition
    step = next((one for one in states.transitions if one.name == name), None) if states is not None else None
    if states is not None and step is not None:
        record.values[states.field] = step.target
    query = changed_query(subject)
    applied(script, subject.part.effect.writes, record, _body(subject), by, merges=True, query=query)
    for attribute in record.entity.attributes:
        if attribute.generated == "touched":
            record.values[attribute.name] = unknown(attribute)


def _bring_to_source(subject: Subject, script: Script, record: Record, records: list[Record], by: Voice) -> None:
    """By other transitions, to a state that this one leaves."""
    states, name = record.entity.states, subject.part.operation.transition
    step = next((one for one in states.transitions if one.name == name), None) if states is not None else None
    if states is None or step is None or states.initial in step.sources:
        return
    for part in subject.parts.find(subject.entity, OperationKind.TRANSITION):
        other = next((one for one in states.transitions if one.name == part.operation.transition), None)
        if other is None or states.initial not in other.sources or other.target not in step.sources:
            continue
        if len(part.effect.lookups) != len(records):
            continue
        record.values[states.field] = other.target
        applied(script, part.effect.writes, record, None, by, merges=True)
        content = content_of(part.endpoint)
        body = subject.samples.value(content.shape, 1) if content is not None else None
        call(script, part, f"it has been moved to {other.target}", records, by, body=body, phase="given")
        return
    raise UnproducibleError(f"nothing brings it to {' or '.join(step.sources)}")
