"""Every reason for which an operation refuses, provoked."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TypeVar

from pydantic import JsonValue

from devmatrix.discovery.document import OperationKind
from devmatrix.discovery.interface import Parameter, Reason, Write
from devmatrix.discovery.proofs.imported.bodies import content_of, has, parts, place, put, without
from devmatrix.discovery.proofs.imported.calls import NOBODY, Part, Voice, segment, spoken
from devmatrix.discovery.proofs.imported.quotas import too_many
from devmatrix.discovery.proofs.imported.samples import Case
from devmatrix.discovery.proofs.imported.script import Script
from devmatrix.discovery.proofs.imported.subject import Subject, target, with_keys
from devmatrix.discovery.proofs.imported.world import Record, Scene
from devmatrix.discovery.proofs.subject import Draft, Proof
from devmatrix.discovery.proofs.unproducible import UnproducibleError
from devmatrix.discovery.shapes import Property, Shape, ShapeKind

_Item = TypeVar("_Item")

MOST_CASES = 80
_PER_SCENARIO = 6
_CREATES = (OperationKind.CREATE, OperationKind.NESTED_CREATE, OperationKind.REGISTER)
_ANOTHER = 70


def refusing(subject: Subject) -> list[Proof]:
    """One requirement for each reason."""
    part = subject.part
    topics: list[tuple[Reason, str, Callable[[Subject], list[Draft]]]] = [
        (Reason.UNAUTHENTICATED, "refuses callers that it does not know", _unknown_callers),
        (Reason.FORBIDDEN, "refuses callers who may not do it", _foreign),
        (Reason.INVALID_PATH, "refuses malformed paths", _malformed_paths),
        (Reason.INVALID_QUERY, "refuses malformed parameters", _malformed_queries),
        (Reason.INVALID_BODY, "refuses bodies that break the rules", _malformed_bodies),
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


def _body(subject: Subject, script: Script, by: Voice) -> JsonValue:
    """A body that would be accepted."""
    content, part = content_of(subject.part.endpoint), subject.part
    if content is None:
        return None
    if part.operation.kind is OperationKind.LOGIN:
        account = script.an_account()
        return script.login_body(part, account.login)
    if part.effect.batch:
        raise UnproducibleError("bulk bodies are tried whole")
    body = subject.samples.value(content.shape, _ANOTHER)
    entity = subject.document.entity(part.effect.entity)
    for write in part.effect.writes:
        if write.place == "body" and write.match:
            body = put(body, write.name, script.reference(write, entity, body, by))
    return body


def _unknown_callers(subject: Subject) -> list[Draft]:
    part = subject.part
    secured = part.operation.access.authenticated

    def attempt(script: Script, voice: Voice, text: str) -> None:
        if part.endpoint.effect is None or not part.effect.lookups:
            records: list[Record] = []
        else:
            owner = script.voice(part)
            records = target(script, part, owner)
        body = _body(subject, script, script.voice(part)) if part.endpoint.effect is not None else None
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
        body = _body(subject, script, by)
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


def _malformed_paths(subject: Subject) -> list[Draft]:
    def attempt(script: Script, parameter: Parameter) -> None:
        by = script.voice(subject.part)
        body = _body(subject, script, by)
        name = parameter.name
        script.call(
            subject.part,
            phase="when",
            text=f"{name} is malformed",
            by=by,
            body=body,
            path={name: "no-such-form%20!"},
            expect=script.refused(subject.part, Reason.INVALID_PATH, name),
        )

    drafts: list[Draft] = []
    for parameter in subject.part.endpoint.parameters:
        if parameter.place == "path" and _is_strict(subject, parameter.shape):
            drafts += subject.draft(f"{parameter.name} must be well formed", "error", attempt, parameter)
    return drafts


def _is_strict(subject: Subject, shape: Shape) -> bool:
    shape = subject.interface.resolve(shape)
    numeric = shape.kind in (ShapeKind.INTEGER, ShapeKind.NUMBER)
    return numeric or bool(shape.choices) or shape.format in ("uuid", "date", "date-time", "email")


def _malformed_queries(subject: Subject) -> list[Draft]:
    part = subject.part

    def attempt(script: Script, chunk: list[tuple[Parameter, Case]]) -> None:
        by = script.voice(part)
        records = target(script, part, by) if part.endpoint.effect is not None else []
        body = _body(subject, script, by)
        for parameter, case in chunk:
            script.call(
                part,
                phase="when",
                text=f"{parameter.name} is {case.text}",
                records=records,
                by=by,
                body=body,
                query={parameter.name: case.value},
                expect=script.refused(part, Reason.INVALID_QUERY, parameter.name),
            )

    def missing(script: Script, parameter: Parameter) -> None:
        by = script.voice(part)
        records = target(script, part, by) if part.endpoint.effect is not None else []
        script.call(
            part,
            phase="when",
            text=f"{parameter.name} is left out",
            records=records,
            by=by,
            body=_body(subject, script, by),
            query={parameter.name: None},
            expect=script.refused(part, Reason.INVALID_QUERY, parameter.name),
        )

    cases = [
        (parameter, case)
        for parameter in part.endpoint.parameters
        if parameter.place == "query"
        for case in _query_cases(subject, parameter)
    ][:MOST_CASES]
    drafts: list[Draft] = []
    for chunk in _chunks(cases):
        names = ", ".join(dict.fromkeys(parameter.name for parameter, _ in chunk))
        drafts += subject.draft(f"malformed: {names}", "boundary", attempt, chunk)
    for parameter in part.endpoint.parameters:
        if parameter.place == "query" and parameter.required:
            drafts += subject.draft(f"{parameter.name} is needed", "error", missing, parameter)
    return drafts


def _query_cases(subject: Subject, parameter: Parameter) -> Iterator[Case]:
    shape = subject.interface.resolve(parameter.shape)
    if shape.kind is ShapeKind.ARRAY and shape.items is not None:
        shape = subject.interface.resolve(shape.items)
    for case in subject.samples.wrong(Property(name=parameter.name, shape=shape)):
        # In a URL everything is text, and nothing is null.
        if case.value is None or (shape.kind is ShapeKind.STRING and not isinstance(case.value, str)):
            continue
        if shape.kind is ShapeKind.BOOLEAN:
            case = Case("neither true nor false", "perhaps")
        if case.value == "":
            continue
        yield case


def _malformed_bodies(subject: Subject) -> list[Draft]:
    part = subject.part
    content = content_of(part.endpoint)
    if content is None or "json" not in content.media_type or part.endpoint.effect is None or part.effect.batch:
        return []

    def attempt(script: Script, chunk: list[tuple[str, Case | None]]) -> None:
        by = script.voice(part)
        records = target(script, part, by)
        sound = with_keys(script, part, _body(subject, script, by), records)
        for pointer, case in chunk:
            field = _field(subject, pointer) + (case.inside if case is not None else "")
            body = without(sound, pointer) if case is None else put(sound, pointer, case.value)
            script.call(
                part,
                phase="when",
                text=f"{'.'.join(parts(pointer))} is {case.text if case is not None else 'left out'}",
                records=records,
                by=by,
                body=body,
                expect=script.refused(part, Reason.INVALID_BODY, field),
            )

    def no_json(script: Script) -> None:
        by = script.voice(part)
        records = target(script, part, by)
        script.call(
            part,
            phase="when",
            text="the body is no JSON",
            records=records,
            by=Voice({**by.headers, "Content-Type": content.media_type}, by.query, by.account),
            raw="{",
            expect=script.refused(part, Reason.INVALID_BODY),
        )

    cases = list(islice(_body_cases(subject, content.shape, "", 0), MOST_CASES + 1))
    if len(cases) > MOST_CASES:
        subject.omissions.append(f"{subject.route}: more than {MOST_CASES} ways to break the rules of the body")
        cases = cases[:MOST_CASES]
    drafts: list[Draft] = []
    for chunk in _chunks(cases):
        names = ", ".join(dict.fromkeys(".".join(parts(case[0])) for case in chunk))
        drafts += subject.draft(f"malformed: {names}", "boundary", attempt, chunk)
    return drafts + subject.draft("what is no JSON is refused", "error", no_json)


def _body_cases(subject: Subject, shape: Shape, pointer: str, depth: int) -> Iterator[tuple[str, Case | None]]:
    """(pointer, what stands there wrongly; none: nothing does)."""
    shape = subject.interface.resolve(shape)
    if shape.kind is not ShapeKind.OBJECT or depth > 1:
        return
    for prop in shape.properties:
        if prop.read_only:
            continue
        here = f"{pointer}/{place(prop.name)}"
        if prop.required:
            yield here, None
        for case in subject.samples.wrong(prop):
            yield here, case
        yield from _body_cases(subject, prop.shape, here, depth + 1)


def _field(subject: Subject, pointer: str) -> str:
    """The name of a field: dotted, without the envelope."""
    keys = parts(pointer)
    content = content_of(subject.part.endpoint)
    shape = subject.interface.resolve(content.shape) if content is not None else None
    if shape is not None and len(shape.properties) == 1 and len(keys) > 1:
        inner = subject.interface.resolve(shape.properties[0].shape)
        if inner.kind is ShapeKind.OBJECT:
            keys = keys[1:]
    return ".".join(keys)


def _missing(subject: Subject) -> list[Draft]:
    part = subject.part
    if part.endpoint.effect is None:
        return []

    def attempt(script: Script, index: int) -> None:
        by = script.voice(part)
        records = target(script, part, by, count=index)
        lookup = part.effect.lookups[index]
        if lookup.place == "body":
            body = put(_body(subject, script, by), lookup.name, _nowhere(subject, index))
        else:
            body = _body(subject, script, by)
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
            body=_body(subject, script, by),
            expect=script.refused(part, Reason.MISSING),
        )

    drafts: list[Draft] = []
    last = part.effect.lookups[-1] if part.effect.lookups else None
    if last is not None and last.within is not None and part.effect.lookups[-2].place == "path":
        drafts += subject.draft(f"{last.entity} of another one is not found", "error", elsewhere)
    for index, lookup in enumerate(part.effect.lookups):
        if lookup.place != "caller":
            drafts += subject.draft(f"an unknown {lookup.entity} is not found", "error", attempt, index)
    return drafts


def _nowhere(subject: Subject, index: int) -> JsonValue:
    """A well-formed value that no record has."""
    lookup = subject.part.effect.lookups[index]
    if lookup.place == "body":
        content = content_of(subject.part.endpoint)
        shape = content.shape if content is not None else None
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
            expect=script.refused(part, Reason.DUPLICATE, _field(subject, write.name)),
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


def _chunks(cases: list[_Item]) -> Iterator[list[_Item]]:
    for start in range(0, len(cases), _PER_SCENARIO):
        yield cases[start : start + _PER_SCENARIO]
