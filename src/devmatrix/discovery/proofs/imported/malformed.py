"""Requests that are malformed: in the path, in the query, in the body."""

from collections.abc import Iterator
from itertools import islice
from typing import TypeVar

from devmatrix.discovery.interface import Content, Parameter, Reason
from devmatrix.discovery.proofs.imported.bodies import content_of, parts, place, put, without
from devmatrix.discovery.proofs.imported.calls import Voice
from devmatrix.discovery.proofs.imported.samples import Case
from devmatrix.discovery.proofs.imported.script import Script
from devmatrix.discovery.proofs.imported.subject import Subject, field_of, sound_body, target, with_keys
from devmatrix.discovery.proofs.subject import Draft
from devmatrix.discovery.shapes import Property, Shape, ShapeKind

_Item = TypeVar("_Item")

MOST_CASES = 80
_PER_SCENARIO = 6


def malformed_paths(subject: Subject) -> list[Draft]:
    """Path parameters that are not of their form."""

    def attempt(script: Script, parameter: Parameter) -> None:
        by = script.voice(subject.part)
        body = sound_body(subject, script, by)
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


def malformed_queries(subject: Subject) -> list[Draft]:
    """Query parameters beyond their bounds, and those that are left out."""
    part = subject.part

    def attempt(script: Script, chunk: list[tuple[Parameter, Case]]) -> None:
        by = script.voice(part)
        records = target(script, part, by) if part.endpoint.effect is not None else []
        body = sound_body(subject, script, by)
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
            body=sound_body(subject, script, by),
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


def malformed_bodies(subject: Subject) -> list[Draft]:
    """Bodies in which one thing breaks the rules."""
    part = subject.part
    content = content_of(part.endpoint)
    if content is None or part.endpoint.effect is None:
        return []
    is_json, is_form = "json" in content.media_type, "form" in content.media_type
    if not is_json and not is_form:
        return []

    def attempt(script: Script, chunk: list[tuple[str, Case | None]]) -> None:
        by = script.voice(part)
        records = target(script, part, by)
        sound = with_keys(script, part, sound_body(subject, script, by), records)
        for pointer, case in chunk:
            field = field_of(subject, pointer) + (case.inside if case is not None else "")
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

    found = _body_cases(subject, content.shape, "", 0)
    if is_form:
        found = _in_form(subject, content, found)
    cases = list(islice(found, MOST_CASES + 1))
    if len(cases) > MOST_CASES:
        subject.omissions.append(f"{subject.route}: more than {MOST_CASES} ways to break the rules of the body")
        cases = cases[:MOST_CASES]
    drafts: list[Draft] = []
    for chunk in _chunks(cases):
        names = ", ".join(dict.fromkeys(".".join(parts(case[0])) for case in chunk))
        drafts += subject.draft(f"malformed: {names}", "boundary", attempt, chunk)
    return drafts + (subject.draft("what is no JSON is refused", "error", no_json) if is_json else [])


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
        if subject.part.effect.batch == here:
            items = subject.interface.resolve(prop.shape).items
            yield from _body_cases(subject, items, f"{here}/0", depth + 1) if items is not None else ()


def _in_form(
    subject: Subject, content: Content, cases: Iterator[tuple[str, Case | None]]
) -> Iterator[tuple[str, Case | None]]:
    """Those that a form can say."""
    files = subject.samples.files(content)
    for pointer, case in cases:
        keys = parts(pointer)
        shape: Shape | None = subject.interface.resolve(content.shape)
        for key in keys:
            prop = shape.property(key) if shape is not None else None
            shape = subject.interface.resolve(prop.shape) if prop is not None else None
        if keys[0] in files or shape is None:
            continue
        if case is None:
            yield pointer, None
        elif len(keys) > 1 or case.inside or not _can_be_said(shape, case):
            continue
        elif shape.kind is ShapeKind.BOOLEAN:
            yield pointer, Case("neither true nor false", "perhaps")
        else:
            yield pointer, case


def _can_be_said(shape: Shape, case: Case) -> bool:
    """Whether the value is wrong in a form, too: everything there is text, empty is none, one text is a list of it."""
    if case.value in (None, "", []):
        return False
    kinds = {ShapeKind.STRING: str, ShapeKind.ARRAY: list}
    return isinstance(case.value, kinds.get(shape.kind, object))


def _chunks(cases: list[_Item]) -> Iterator[list[_Item]]:
    for start in range(0, len(cases), _PER_SCENARIO):
        yield cases[start : start + _PER_SCENARIO]
