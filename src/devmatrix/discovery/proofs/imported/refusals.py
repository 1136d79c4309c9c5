"""Every reason for which an operation refuses, provoked."""

from collections.abc import Callable, Iterator

from pydantic import JsonValue

from devmatrix.discovery.document import OperationKind
from devmatrix.discovery.interface import Reason, Write
from devmatrix.discovery.proofs.imported.bodies import at, content_of, has, parts, put
from devmatrix.discovery.proofs.imported.calls import NOBODY, Part, Voice, segment, spoken
from devmatrix.discovery.proofs.imported.malformed import malformed_bodies, malformed_paths, malformed_queries
from devmatrix.discovery.proofs.imported.quotas import too_many
from devmatrix.discovery.proofs.imported.script import Script
from devmatrix.discovery.proofs.imported.subject import Subject, field_of, sound_body, target
from devmatrix.discovery.proofs.imported.world import Record, Scene
from devmatrix.discovery.proofs.subject import Draft, Proof
from devmatrix.discovery.proofs.unproducible import UnproducibleError

_CREATES = (OperationKind.CREATE, OperationKind.NESTED_CREATE, OperationKind.REGISTER)


def refusing(subject: Subject) -> list[Proof]:
    """One requirement for each reason."""
    part = subject.part
    topics: list[tuple[Reason, str, Callable[[Subject], list[Draft]]]] = [
        (Reason.UNAUTHENTICATED, "refuses callers that it does not know", _unknown_callers),
        (Reason.FORBIDDEN, "refuses callers who may not do it", _foreign),
        (Reason.INVALID_PATH, "refuses malformed paths", malformed_paths),
        (Reason.INVALID_QUERY, "refuses malformed parameters", malformed_queries),
        (Reason.INVALID_BODY, "refuses bodies that break the rules", malformed_bodies),
        (Reason.MISSING, "says what is not there", _missing),
        (Reason.DUPLICATE, "refuses what must be unique and is taken", _duplicates),
        (Reason.STATE, "refuses more than there may be", too_many),
        (Reason.STATE, "refuses to move a record from a wrong state", _wrong_states),
    ]
    given = {refusal.reason for refusal in part.endpoint.refusals}
    found: list[Proof] = []
    for reason, text, topic in topics:
        if reason in given:
            found += subject.proof(f"{subject.route} {text}", subject.attempt(topic))
    return found


def missing(subject: Subject) -> list[Draft]:
    """What its path may name is not there."""
    return subject.attempt(_missing)


def _unknown_callers(subject: Subject) -> list[Draft]:
    part = subject.part
    secured = part.operation.access.authenticated

    def attempt(script: Script, voice: Voice, text: str) -> None:
        if part.endpoint.effect is None or not part.effect.lookups:
            records: list[Record] = []
        else:
            owner = script.voice(part)
            records = target(script, part, owner)
        body = sound_body(subject, script, script.voice(part)) if part.endpoint.effect is not None else None
        expected = script.refused(part, Reason.UNAUTHENTICATED)
        script.call(part, phase="when", text=text, records=records, by=voice, body=body, expect=expected)

    def wrong(script: Script) -> None:
        scheme = subject.interface.scheme(part.endpoint.schemes[0])
        credential = "dGVzdHM6d3Jvbmc=" if scheme.kind == "basic" else "not-a-credential"
        attempt(script, spoken(scheme, credential, None), "somebody asks with a wrong credential")

    drafts: list[Draft] = []
    if secured:
        drafts += subject.draft(
            "nobody gets in without a credential", "access", lambda script: attempt(script, NOBODY, "nobody asks")
        )
    if part.endpoint.schemes:
        drafts += subject.draft("a wrong credential does not get in", "access", wrong)
    return drafts


def _foreign(subject: Subject) -> list[Draft]:
    part, access = subject.part, subject.part.operation.access
    if part.endpoint.effect is None:
        return []

    def attempt(script: Script, by: Voice, other: Voice, text: str) -> None:
        records = target(script, part, by)
        body = sound_body(subject, script, by)
        expected = script.refused(part, Reason.FORBIDDEN)
        script.call(part, phase="when", text=text, records=records, by=other, body=body, expect=expected)

    def by_another(script: Script) -> None:
        owner, other = script.somebody(part, 1), script.somebody(part, 2)
        if owner.account is None or other.account is None:
            raise UnproducibleError("keys own nothing")
        attempt(script, owner, other, "somebody else tries it")

    def without_role(script: Script) -> None:
        attempt(script, script.somebody(part), script.without_role(part), "somebody without the role tries it")

    def without_scope(script: Script) -> None:
        attempt(script, script.somebody(part), script.without_scope(part), "a key without the scope is tried")

    drafts: list[Draft] = []
    if access.owner and part.effect.lookups:  # a list without lookups shows everybody what is theirs
        drafts += subject.draft("somebody else may not", "access", by_another)
    elif access.roles:
        drafts += subject.draft(f"it takes the role {' or '.join(access.roles)}", "access", without_role)
    if part.endpoint.scopes:
        drafts += subject.draft("it takes a key with the scope", "access", without_scope)
    return drafts


def _missing(subject: Subject) -> list[Draft]:
    part = subject.part
    if part.endpoint.effect is None:
        return []

    def attempt(script: Script, index: int) -> None:
        by = script.voice(part)
        records = target(script, part, by, count=index)
        lookup = part.effect.lookups[index]
        body = sound_body(subject, script, by)
        if lookup.place == "body" and part.effect.batch:
            items = at(body, part.effect.batch)
            unknown = put(items[0] if isinstance(items, list) else None, lookup.name, _nowhere(subject, index))
            body = put(body, part.effect.batch, [unknown])
        elif lookup.place == "body":
            body = put(body, lookup.name, _nowhere(subject, index))
        nowhere = _nowhere(subject, index)
        script.call(
            part,
            phase="when",
            text=f"there is no such {lookup.entity}",
            records=records,
            by=by,
            body=body,
            path={lookup.name: segment(nowhere)} if lookup.place == "path" else {},
            query={lookup.name: nowhere} if lookup.place == "query" else {},
            expect=script.refused(part, Reason.MISSING, index=index),
        )

    def elsewhere(script: Script) -> None:
        by = script.voice(part)
        records = target(script, part, by)
        outer = target(script, part, by, count=len(part.effect.lookups) - 1)
        script.call(
            part,
            phase="when",
            text="it is looked for where it is not",
            records=[*outer, records[-1]],
            by=by,
            body=sound_body(subject, script, by),
            expect=script.refused(part, Reason.MISSING),
        )

    drafts: list[Draft] = []
    last = part.effect.lookups[-1] if part.effect.lookups else None
    if last is not None and last.within is not None and part.effect.lookups[-2].place == "path":
        drafts += subject.draft(f"{last.entity} of another one is not found", "error", elsewhere)
    for index, lookup in enumerate(part.effect.lookups):
        if lookup.place not in ("caller", "only"):
            drafts += subject.draft(f"an unknown {lookup.entity} is not found", "error", attempt, index)
    return drafts


def _nowhere(subject: Subject, index: int) -> JsonValue:
    """A well-formed value that no record has."""
    lookup = subject.part.effect.lookups[index]
    if lookup.place == "body":
        content = content_of(subject.part.endpoint)
        shape = content.shape if content is not None else None
        if subject.part.effect.batch and shape is not None:
            shape = subject.items_shape(shape)
        for key in parts(lookup.name):  # also a property that only answers have otherwise
            prop = subject.interface.resolve(shape).property(key) if shape is not None else None
            shape = prop.shape if prop is not None else None
        return subject.samples.value(shape, 997, "nowhere") if shape is not None else "nowhere"
    for parameter in subject.part.endpoint.parameters:
        if parameter.name == lookup.name and parameter.place == lookup.place:
            return subject.samples.value(parameter.shape, 997, "nowhere")
    return "nowhere"


def _duplicates(subject: Subject) -> list[Draft]:
    part = subject.part
    if part.operation.kind not in _CREATES or part.endpoint.effect is None:
        return []
    entity = subject.document.entity(part.effect.entity)

    def attempt(script: Script, write: Write) -> None:
        by = script.voice(part)
        first = script.make(part.effect.entity, part=part, by=by)
        value = first.login.get(write.attribute) or first.values.get(write.attribute)
        parents = script.parents_of(part, list(_parents_of(part, first)), by)
        body, query, _ = script.creation(
            part, script.number(part.effect.entity), by, parents, {write.attribute: value}, full=True
        )
        script.call(
            part,
            phase="when",
            text=f"another one with the same {write.attribute} is made",
            records=parents,
            by=by,
            body=body,
            query=query,
            expect=script.refused(part, Reason.DUPLICATE, field_of(subject, write.name)),
        )

    drafts: list[Draft] = []
    for write in part.effect.writes:
        attribute = entity.attribute(write.attribute)
        if write.place == "body" and attribute.unique and not write.match:
            content = content_of(part.endpoint)
            if content is None or not has(subject.samples.value(content.shape, 1), write.name):
                continue
            drafts += subject.draft(f"no two have the same {write.attribute}", "error", attempt, write)
    return drafts


def _parents_of(part: Part, record: Record) -> Iterator[Record]:
    """The record that another one was made in."""
    for write in part.effect.writes:
        if write.place == "parent" and write.attribute in record.references:
            yield record.references[write.attribute]


def _wrong_states(subject: Subject) -> list[Draft]:
    part = subject.part
    if part.operation.kind is not OperationKind.TRANSITION or part.endpoint.effect is None:
        return []
    states = subject.document.entity(part.effect.entity).states
    step = next((one for one in states.transitions if one.name == part.operation.transition), None) if states else None
    if states is None or step is None:
        return []

    def attempt(script: Script) -> None:
        by = script.voice(part)
        records = target(script, part, by)
        content = content_of(part.endpoint)
        body = subject.samples.value(content.shape, 1) if content is not None else None
        if states.initial in step.sources:
            if step.target in step.sources:
                raise UnproducibleError("it may be repeated")
            records[-1].values[states.field] = step.target
            for write in part.effect.writes:
                if write.place in ("constant", "body"):
                    script.apply(write, records[-1], body, {}, by, ())
            script.call(
                part,
                phase="given",
                text="it has been moved once",
                records=records,
                by=by,
                body=body,
                scene=Scene(record=records[-1], caller=by.account),
            )
        expected = script.refused(part, Reason.STATE)
        script.call(part, phase="when", text="it is moved again", records=records, by=by, body=body, expect=expected)

    return subject.draft("from a wrong state it does not move", "error", attempt)
