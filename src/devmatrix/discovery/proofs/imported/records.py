"""Making, reading, changing and deleting records."""

from collections.abc import Mapping

from pydantic import JsonValue

from devmatrix.discovery.document import OperationKind
from devmatrix.discovery.interface import Reason, Write
from devmatrix.discovery.proofs.imported.bodies import at, content_of, has, put
from devmatrix.discovery.proofs.imported.calls import Voice
from devmatrix.discovery.proofs.imported.script import Script
from devmatrix.discovery.proofs.imported.subject import LISTS, Subject, call, target
from devmatrix.discovery.proofs.imported.world import Record, Scene, unknown
from devmatrix.discovery.proofs.subject import Draft, Proof
from devmatrix.discovery.proofs.unproducible import UnproducibleError

_CHANGED = 40
"""Numbers of changed values: none that a record was made with."""


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
    return subject.proof(f"{subject.route} makes {_one(subject)}", drafts)


def _listed(subject: Subject, script: Script, record: Record, by: Voice) -> None:
    """Where nothing reads one record, a plain list shows it."""
    part = subject.parts.first(subject.entity, *LISTS)
    if part is None or part.effect.filters or part.effect.paging is not None or part.effect.association:
        return
    parents = [record.references[part.effect.parent]] if part.effect.parent in record.references else []
    if len(parents) != len(part.effect.lookups) or len(script.world.of(subject.entity)) != 1:
        return
    voice = by if part.operation.access.authenticated else Voice()
    script.call(
        part,
        phase="then",
        text="it is listed",
        records=parents,
        by=voice if voice.headers or voice.query else script.voice(part),
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
    return subject.proof(f"{subject.route} answers with {_one(subject)}", drafts)


def changing(subject: Subject) -> list[Proof]:
    """replace, patch and their nested and current forms."""
    part = subject.part

    def change(script: Script, only: Write | None) -> None:
        by = script.voice(part)
        records = target(script, part, by)
        record = records[-1]
        body = _changed_body(subject, script, only, record, by)
        query = _changed_query(subject, only)
        _apply(script, part.effect.writes, record, body, by, merges=part.effect.merges, query=query)
        for attribute in record.entity.attributes:
            if attribute.generated == "touched":
                record.values[attribute.name] = unknown(attribute)
        account = record.entity.account
        secret = account.password_field if account is not None and record is by.account else ""
        renewed = any(one.attribute == secret and has(body, one.name) for one in part.effect.writes)
        scene = Scene(record=record, caller=by.account)
        holder = record if renewed else None
        script.call(
            part,
            phase="when",
            text="it is changed",
            records=records,
            by=by,
            body=body,
            query=query,
            scene=scene,
            holder=holder,
        )
        if renewed:  # a new password makes all tokens void, but for one that the answer brings
            answer = part.effect.answer
            if answer is None or script.token_at(answer) is None:
                return
            by = Voice(record.credentials, record.query, record)
        subject.show(script, record, by, "the change is there")

    drafts = subject.draft("what is sent takes the place of what was", "happy", change, None)
    content = content_of(part.endpoint)
    required = _required(subject, part.effect.writes)
    if part.effect.merges and content is not None and not required:
        single = [write for write in part.effect.writes if write.place == "body" and not write.match][:3]
        for write in single:
            drafts += subject.draft(f"{write.attribute} alone is changed", "happy", change, write)
    return subject.proof(f"{subject.route} changes {_one(subject)}", drafts)


def _required(subject: Subject, writes: tuple[Write, ...]) -> bool:
    content = content_of(subject.part.endpoint)
    if content is None:
        return False
    least = subject.samples.value(content.shape, 1, full=False)
    return any(has(least, write.name) for write in writes if write.place == "body")


def _changed_body(subject: Subject, script: Script, only: Write | None, record: Record, by: Voice) -> JsonValue:
    content = content_of(subject.part.endpoint)
    if content is None:
        return None
    whole = subject.samples.value(content.shape, _CHANGED)
    for lookup in subject.part.effect.lookups:
        if lookup.place == "body":
            whole = put(whole, lookup.name, script.key(record, lookup.attribute))
    for write in subject.part.effect.writes:
        if write.place != "body":
            continue
        attribute = record.entity.attribute(write.attribute)
        if write.match:
            value = script.reference(write, record.entity, whole, by)
            whole = put(whole, write.name, value)
        elif attribute.generated is not None or any(
            lookup.attribute == write.attribute for lookup in subject.part.effect.lookups
        ):
            known = record.values.get(write.attribute)
            if known is None or isinstance(known, dict):
                raise UnproducibleError(f"the {write.attribute} of the record is not known")
            whole = put(whole, write.name, known)
    if only is None:
        return whole
    return put({}, only.name, at(whole, only.name))


def _changed_query(subject: Subject, only: Write | None) -> dict[str, JsonValue]:
    """What stands in the query and sets attributes."""
    writes = {write.name: write for write in subject.part.effect.writes if write.place == "query"}
    if only is not None or not writes:
        return {}
    entity = subject.document.entity(subject.part.effect.entity)
    found: dict[str, JsonValue] = {}
    for one in subject.part.endpoint.parameters:
        if one.place == "query" and one.name in writes:
            # The parameter may take more than the attribute: what is kept must fit both.
            choices = entity.attribute(writes[one.name].attribute).choices
            value = subject.samples.value(one.shape, _CHANGED, one.name)
            found[one.name] = choices[_CHANGED % len(choices)] if choices else value
    return found


def _apply(
    script: Script,
    writes: tuple[Write, ...],
    record: Record,
    body: JsonValue,
    by: Voice,
    *,
    merges: bool,
    query: Mapping[str, JsonValue] | None = None,
) -> None:
    if not merges:
        for write in writes:
            if write.place == "body" and not has(body, write.name):
                attribute = record.entity.attribute(write.attribute)
                default = attribute.default
                record.values.pop(write.attribute, None)
                record.references.pop(write.attribute, None)
                if default is not None:
                    record.values[write.attribute] = default.value
    account = record.entity.account
    for write in writes:
        if write.place in ("caller", "parent"):
            continue
        script.apply(write, record, body, query or {}, by, ())
        if account is not None and write.attribute == account.password_field:
            record.values.pop(write.attribute, None)


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
        voice = by if reader.operation.access.authenticated else Voice()
        script.call(
            reader,
            phase="then",
            text="it is not there any more",
            records=path,
            by=voice
            if voice.headers or voice.query or not reader.operation.access.authenticated
            else script.voice(reader),
            expect=script.refused(reader, Reason.MISSING),
        )

    drafts = subject.draft("what is deleted is gone", "happy", delete)
    return subject.proof(f"{subject.route} deletes {_one(subject)}", drafts)


def moving(subject: Subject) -> list[Proof]:
    """transition."""
    part = subject.part
    drafts: list[Draft] = []

    def move(script: Script) -> None:
        by = script.voice(part)
        records = target(script, part, by)
        _bring_to_source(subject, script, records[-1], records, by)
        _moved(subject, script, records[-1], by)
        body = _body(subject)
        call(script, part, f"it is moved: {part.operation.transition or 'changed'}", records, by, body=body)
        subject.show(script, records[-1], by, "it shows the change")

    drafts += subject.draft("a record moves on", "happy", move)
    return subject.proof(f"{subject.route} moves {_one(subject)} on", drafts)


def _body(subject: Subject) -> JsonValue:
    content = content_of(subject.part.endpoint)
    return subject.samples.value(content.shape, _CHANGED) if content is not None else None


def _moved(subject: Subject, script: Script, record: Record, by: Voice) -> None:
    states, name = record.entity.states, subject.part.operation.transition
    step = next((one for one in states.transitions if one.name == name), None) if states is not None else None
    if states is not None and step is not None:
        record.values[states.field] = step.target
    _apply(script, subject.part.effect.writes, record, _body(subject), by, merges=True)
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
        _apply(script, part.effect.writes, record, None, by, merges=True)
        content = content_of(part.endpoint)
        body = subject.samples.value(content.shape, 1) if content is not None else None
        call(script, part, f"it has been moved to {other.target}", records, by, body=body, phase="given")
        return
    raise UnproducibleError(f"nothing brings it to {' or '.join(step.sources)}")


def _one(subject: Subject) -> str:
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in subject.entity).strip()
    return f"{'an' if words[:1] in 'aeiou' else 'a'} {words}"
