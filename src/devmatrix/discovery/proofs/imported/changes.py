"""Changing records."""

from collections.abc import Iterator, Mapping, Sequence

from pydantic import JsonValue

from devmatrix.discovery.interface import Write
from devmatrix.discovery.proofs.imported.bodies import at, content_of, has, put
from devmatrix.discovery.proofs.imported.calls import Voice
from devmatrix.discovery.proofs.imported.script import Script
from devmatrix.discovery.proofs.imported.subject import Subject, one_of, target
from devmatrix.discovery.proofs.imported.world import Record, Scene, unknown
from devmatrix.discovery.proofs.subject import Proof
from devmatrix.discovery.proofs.unproducible import UnproducibleError

CHANGED = 40
"""Numbers of changed values: none that a record was made with."""


def changing(subject: Subject) -> list[Proof]:
    """replace, patch and their nested and current forms."""
    part = subject.part
    content = content_of(part.endpoint)

    def change(script: Script, only: Write | None) -> None:
        by = script.voice(part)
        records = target(script, part, by)
        whole = subject.samples.value(content.shape, CHANGED) if content is not None else None
        least = subject.samples.value(content.shape, CHANGED, full=False) if content is not None else {}
        body = settled(subject, script, whole, records[-1], by)
        if only is not None:
            found_by = [lookup.name for lookup in part.effect.lookups if lookup.place == "body"]
            given, body = body, least
            for name in (*found_by, only.name):
                body = put(body, name, at(given, name))
        query = {} if only is not None else changed_query(subject)
        change_to(subject, script, records, by, body, query=query)

    drafts = subject.draft("what is sent takes the place of what was", "happy", change, None)
    required = _required(subject, part.effect.writes)
    if part.effect.merges and content is not None and not required:
        single = [write for write in part.effect.writes if write.place == "body" and not write.match][:3]
        for write in single:
            drafts += subject.draft(f"{write.attribute} alone is changed", "happy", change, write)
    return subject.proof(f"{subject.route} changes {one_of(subject)}", drafts)


def change_to(
    subject: Subject,
    script: Script,
    records: Sequence[Record],
    by: Voice,
    body: JsonValue,
    *,
    query: Mapping[str, JsonValue] | None = None,
    text: str = "it is changed",
) -> Voice | None:
    """Change the last of the records, and read it back; gives who can still call, if anybody."""
    part, record = subject.part, records[-1]
    applied(script, part.effect.writes, record, body, by, merges=part.effect.merges, query=query)
    for attribute in record.entity.attributes:
        if attribute.generated == "touched":
            record.values[attribute.name] = unknown(attribute)
    account = record.entity.account
    secret = account.password_field if account is not None and record is by.account else ""
    renewed = any(one.attribute == secret and has(body, one.name) for one in part.effect.writes)
    script.call(
        part,
        phase="when",
        text=text,
        records=records,
        by=by,
        body=body,
        query=query,
        scene=Scene(record=record, caller=by.account),
        holder=record if renewed else None,
    )
    if renewed:  # a new password makes all tokens void, but for one that the answer brings
        answer = part.effect.answer
        if answer is None or script.token_at(answer) is None:
            return None
        by = Voice(record.credentials, record.query, record)
    subject.show(script, record, by, "the change is there")
    return by


def _required(subject: Subject, writes: tuple[Write, ...]) -> bool:
    content = content_of(subject.part.endpoint)
    if content is None:
        return False
    least = subject.samples.value(content.shape, 1, full=False)
    return any(has(least, write.name) for write in writes if write.place == "body")


def settled(subject: Subject, script: Script, body: JsonValue, record: Record, by: Voice) -> JsonValue:
    """The body with what must not be made up: keys of records that exist, and what the service has made."""
    if content_of(subject.part.endpoint) is None:
        return None
    for lookup in subject.part.effect.lookups:
        if lookup.place == "body":
            body = put(body, lookup.name, script.key(record, lookup.attribute))
    for write in subject.part.effect.writes:
        if write.place != "body":
            continue
        attribute = record.entity.attribute(write.attribute)
        if write.match:
            if not has(body, write.name) or at(body, write.name) is None:
                continue
            body = put(body, write.name, script.reference(write, record.entity, body, by))
        elif attribute.generated is not None or any(
            lookup.attribute == write.attribute for lookup in subject.part.effect.lookups
        ):
            known = record.values.get(write.attribute)
            if known is None or isinstance(known, dict):
                raise UnproducibleError(f"the {write.attribute} of the record is not known")
            body = put(body, write.name, known)
    return body


def changed_query(subject: Subject) -> dict[str, JsonValue]:
    """What stands in the query and sets attributes."""
    writes = {write.name: write for write in subject.part.effect.writes if write.place == "query"}
    if not writes:
        return {}
    return dict(_chosen(subject, writes))


def _chosen(subject: Subject, writes: Mapping[str, Write]) -> Iterator[tuple[str, JsonValue]]:
    entity = subject.document.entity(subject.part.effect.entity)
    for one in subject.part.endpoint.parameters:
        if one.place == "query" and one.name in writes:
            # The parameter may take more than the attribute: what is kept must fit both.
            choices = entity.attribute(writes[one.name].attribute).choices
            value = subject.samples.value(one.shape, CHANGED, one.name)
            yield one.name, choices[CHANGED % len(choices)] if choices else value


def applied(
    script: Script,
    writes: tuple[Write, ...],
    record: Record,
    body: JsonValue,
    by: Voice,
    *,
    merges: bool,
    query: Mapping[str, JsonValue] | None = None,
) -> None:
    """What the writes of an effect leave of a record that exists."""
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
