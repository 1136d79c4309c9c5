"""Texts that may not be empty, because an error that the document shows says so ("can't be blank")."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from pydantic import JsonValue

from devmatrix.discovery.interface import Content
from devmatrix.discovery.openapi.given import Given, GivenOperation
from devmatrix.discovery.shapes import Property, Shape, ShapeKind

_BLANK = re.compile(
    r"\b(?:can(?:no|['\u2019]?)t|can not|must not|may not|should not|shouldn['\u2019]t|mustn['\u2019]t) be (?:left )?"
    r"(?:blank|empty)\b|\b(?:is|was) (?:blank|empty)\b",
    re.I,
)
_INVALID = frozenset({400, 422})
_MAX_DEPTH = 12


def refuse_blanks(given: Given) -> Given:
    """The document with a least length for texts that bodies need, where an error that it shows speaks of empty."""
    sentence = next(_sentences(given), "")
    if not sentence:
        return given
    bodies = [content.shape for operation in given.operations for content in operation.endpoint.bodies]
    needed = {name for body in bodies for name in _needed(given, body, 0)}
    named = {name for body in bodies for name in _names(given, body, frozenset())}

    def tightened(shape: Shape) -> Shape:
        return _tightened(shape, needed)

    shapes = {name: tightened(shape) if name in named else shape for name, shape in given.shapes.items()}
    operations = tuple(_with_bodies(operation, tightened) for operation in given.operations)
    assumed = ("Texts that a body needs are not empty", f'an error that is shown says "{sentence}"')
    return replace(given, shapes=shapes, operations=operations, blank=sentence, assumed=(*given.assumed, assumed))


def _sentences(given: Given) -> Iterator[str]:
    """What shown errors about bodies say of empty texts."""
    for operation in given.operations:
        for reply in operation.endpoint.replies if operation.endpoint.bodies else ():
            if reply.status in _INVALID:
                for content in reply.contents:
                    for example in content.examples:
                        yield from (text for text in _texts(example) if _BLANK.search(text))


def _texts(value: JsonValue) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)


def _is_text(shape: Shape) -> bool:
    plain = shape.kind is ShapeKind.STRING and not shape.choices and not shape.nullable
    return plain and shape.min_length is None and shape.format in ("", "password", "email")


def _needed(given: Given, shape: Shape, depth: int) -> Iterator[str]:
    """Names of texts that an object requires, and those inside it."""
    shape = given.resolve(shape)
    if depth > _MAX_DEPTH:
        return
    for one in shape.properties:
        inner = given.resolve(one.shape)
        if one.required and not one.read_only and _is_text(inner):
            yield one.name
        yield from _needed(given, inner, depth + 1)


def _names(given: Given, shape: Shape, seen: frozenset[str]) -> Iterator[str]:
    """The named shapes that a body is made of."""
    if shape.kind is ShapeKind.NAMED:
        if shape.name not in seen:
            yield shape.name
            yield from _names(given, given.shapes[shape.name], seen | {shape.name})
        return
    for one in shape.properties:
        yield from _names(given, one.shape, seen)


def _tightened(shape: Shape, needed: set[str]) -> Shape:
    properties = tuple(_tightened_property(one, needed) for one in shape.properties)
    return shape.model_copy(update={"properties": properties}) if properties != shape.properties else shape


def _tightened_property(one: Property, needed: set[str]) -> Property:
    if one.name in needed and _is_text(one.shape):
        return one.model_copy(update={"shape": one.shape.model_copy(update={"min_length": 1})})
    inner = _tightened(one.shape, needed)
    return one.model_copy(update={"shape": inner}) if inner is not one.shape else one


def _with_bodies(operation: GivenOperation, change: Callable[[Shape], Shape]) -> GivenOperation:
    bodies: tuple[Content, ...] = tuple(
        content.model_copy(update={"shape": change(content.shape)}) for content in operation.endpoint.bodies
    )
    return replace(operation, endpoint=operation.endpoint.model_copy(update={"bodies": bodies}))
