"""Operations that nobody here can write: what the document promises of them all the same."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace

from pydantic import JsonValue

from devmatrix.discovery.document import OperationKind
from devmatrix.discovery.interface import Effect, Reason
from devmatrix.discovery.naming import snake
from devmatrix.discovery.proofs.imported.bodies import at, content_of, parts, place, put
from devmatrix.discovery.proofs.imported.calls import NOBODY, Part, Voice
from devmatrix.discovery.proofs.imported.refusals import missing, refusing
from devmatrix.discovery.proofs.imported.script import Script
from devmatrix.discovery.proofs.imported.subject import Subject, target
from devmatrix.discovery.proofs.imported.world import Record
from devmatrix.discovery.proofs.subject import Proof
from devmatrix.discovery.proofs.unproducible import UnproducibleError
from devmatrix.discovery.scenario import Expectation
from devmatrix.discovery.shapes import Shape, ShapeKind

_DEEPEST = 6
_OF_FORM = (Reason.UNAUTHENTICATED, Reason.FORBIDDEN, Reason.INVALID_PATH, Reason.INVALID_QUERY, Reason.INVALID_BODY)
"""Reasons that are judged before the operation itself is asked."""
_LISTED = 2
"""Records that a list of keys names."""
_IN_FORCE = frozenset(f"{word}_password" for word in ("old", "current", "existing", "previous", "present"))


def custom(subject: Subject) -> list[Proof]:
    """What it promises, and what is refused whoever writes it."""
    about = replace(subject, part=_as_if_written(subject.part))
    formal = [one for one in about.part.endpoint.refusals if one.reason in _OF_FORM]
    endpoint = about.part.endpoint.model_copy(update={"refusals": tuple(formal)})
    return [*promising(about), *refusing(replace(about, part=Part(about.part.operation, endpoint)))]


def promising(subject: Subject) -> list[Proof]:
    """It answers as documented, and does not where what its path names is not there."""
    part = subject.part
    text = part.endpoint.description or part.operation.summary
    first = text.strip().split("\n")[0][:120]
    drafts = subject.draft("it answers as documented", "happy", lambda script: _asked(subject, script))
    if any(one.reason is Reason.MISSING and one.documented for one in part.endpoint.refusals):
        drafts += missing(subject)
    return subject.proof(f"{subject.route} does what the document says{f': {first}' if first else ''}", drafts)


def _as_if_written(part: Part) -> Part:
    """The operation with an effect that finds records, and says nothing else."""
    finds = part.endpoint.finds
    entity = finds[-1].entity if finds else part.operation.entity
    access = part.operation.access.model_copy(update={"owner": False})
    operation = part.operation.model_copy(update={"kind": OperationKind.CUSTOM, "access": access})
    return Part(operation, part.endpoint.model_copy(update={"effect": Effect(entity=entity, lookups=finds)}))


def _asked(subject: Subject, script: Script) -> None:
    part = subject.part
    by, records, body, query = NOBODY, list[Record](), None, dict[str, JsonValue]()
    # What cannot be made up is left out: the operation needs a scenario in any case.
    with contextlib.suppress(UnproducibleError):
        by = script.voice(part)
    with contextlib.suppress(UnproducibleError):
        records = target(script, part, by) if part.endpoint.effect is not None else []
    with contextlib.suppress(UnproducibleError):
        body = _body(subject, script, records, by)
    with contextlib.suppress(UnproducibleError):
        query = _query(subject, script, records, by)
    script.call(
        part,
        phase="when",
        text="it is asked for",
        records=records,
        by=by,
        body=body,
        query=query,
        expect=_promised_answer(subject),
    )


def _promised_answer(subject: Subject) -> Expectation:
    part = subject.part
    reply = next((one for one in part.endpoint.replies if one.status == part.operation.success_status), None)
    contents = reply.contents if reply is not None else ()
    listed = next((one for one in contents if "json" in one.media_type), None)
    expected = Expectation(status=part.operation.success_status, has_body=bool(contents))
    if listed is not None:
        pattern = promised(subject, listed.shape, 0)
        return expected.model_copy(update={"body": pattern, "media_type": listed.media_type})
    if contents:
        return expected.model_copy(update={"body": {"$match": "any"}, "media_type": contents[0].media_type})
    return expected


def promised(subject: Subject, shape: Shape, depth: int) -> JsonValue:
    """The pattern of an answer of a shape of which nothing else is known."""
    shape = subject.interface.resolve(shape)
    anything: JsonValue = {"$match": "any"}
    if depth > _DEEPEST or shape.nullable or shape.choices:
        return anything
    match shape.kind:
        case ShapeKind.OBJECT if shape.properties:
            required = [one for one in shape.properties if one.required and not one.write_only]
            return {"$open": {one.name: promised(subject, one.shape, depth + 1) for one in required}}
        case ShapeKind.STRING:
            return {"$match": "string"}
        case ShapeKind.INTEGER | ShapeKind.NUMBER | ShapeKind.BOOLEAN:
            return {"$match": shape.kind.value}
        case _:
            return anything


# What it takes: keys in it name records that exist


def _body(subject: Subject, script: Script, records: list[Record], by: Voice) -> JsonValue:
    content = content_of(subject.part.endpoint)
    if content is None:
        return None
    shown = next(iter(content.examples), None)
    body = shown if shown is not None else subject.samples.value(content.shape, 1)
    for pointer, entity, attribute in _keys(subject, content.shape, "", ""):
        value = at(body, pointer) if pointer else body
        keys: JsonValue = _key(script, entity, attribute, records, by)
        if isinstance(value, list):
            keys = [keys, *(_key(script, entity, attribute, records, by) for _ in range(_LISTED - 1))]
        body = put(body, pointer, keys) if pointer else keys
    return _with_password(subject, body, by) if shown is None else body


def _with_password(subject: Subject, body: JsonValue, by: Voice) -> JsonValue:
    """The body with the caller's own password, where it asks for the one in force."""
    entity = subject.document.account_entity
    marks = entity.account if entity is not None else None
    secret = by.account.login.get(marks.password_field) if by.account is not None and marks is not None else None
    if isinstance(body, dict) and secret is not None:
        asked = [name for name in body if snake(name) in _IN_FORCE]
        return {**body, **dict.fromkeys(asked, secret)}
    return body


def _query(subject: Subject, script: Script, records: list[Record], by: Voice) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {}
    for one in subject.part.endpoint.parameters:
        if one.place == "query" and one.required:
            for _, entity, attribute in _keys(subject, one.shape, one.name, ""):
                found[one.name] = _key(script, entity, attribute, records, by)
    return found


def _keys(subject: Subject, shape: Shape, name: str, pointer: str) -> Iterator[tuple[str, str, str]]:
    """(pointer, entity, attribute) of all that is called like the key of an entity."""
    shape = subject.interface.resolve(shape)
    if shape.kind is ShapeKind.OBJECT:
        for one in shape.properties:
            if one.required and not one.read_only and len(parts(pointer)) < _LISTED:
                yield from _keys(subject, one.shape, one.name, f"{pointer}/{place(one.name)}")
        return
    items = subject.interface.resolve(shape.items) if shape.kind is ShapeKind.ARRAY and shape.items else None
    plain = items or shape
    for entity, attribute in _known_keys(subject):
        kept = subject.document.entity(entity).attribute(attribute)
        fits = (plain.kind is ShapeKind.INTEGER) == (kept.type == "integer") and plain.kind is not ShapeKind.OBJECT
        key = snake(attribute)
        key = key if key.startswith(snake(entity)) else f"{snake(entity)}_{key}"
        called = snake(name)
        is_named = bool(name) and f"_{called.removesuffix('s') if items else called}".endswith(f"_{key}")
        # A list of nothing but keys is of what the operation is about.
        is_whole = not name and items is not None and entity == subject.entity and plain.format == "uuid"
        if fits and (is_named or is_whole):
            yield pointer, entity, attribute
            return


def _known_keys(subject: Subject) -> Iterator[tuple[str, str]]:
    """Entities, and the attributes that paths find them by."""
    seen: set[tuple[str, str]] = set()
    for part in subject.parts.all:
        for lookup in part.endpoint.effect.lookups if part.endpoint.effect is not None else ():
            if lookup.place == "path" and (lookup.entity, lookup.attribute) not in seen:
                seen.add((lookup.entity, lookup.attribute))
                yield lookup.entity, lookup.attribute


def _key(script: Script, entity: str, attribute: str, records: list[Record], by: Voice) -> JsonValue:
    own = by if by is not NOBODY else None
    return script.key(script.make(entity, by=own, parents=records), attribute)
