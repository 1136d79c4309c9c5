"""What the tests of reading ask of every document."""

import re

from devmatrix.discovery.composing import read
from devmatrix.discovery.document import Attribute, DiscoveryDocument, Entity, Operation


def entity(request: str, name: str) -> Entity:
    return read(request).entity(name)


def attribute(request: str, name: str, field: str) -> Attribute:
    return entity(request, name).attribute(field)


def operation(request: str, identity: str) -> Operation:
    return read(request).operation(identity)


def names(request: str) -> list[str]:
    return [entity.name for entity in read(request).entities]


def fields(request: str, name: str) -> list[str]:
    return [attribute.name for attribute in entity(request, name).attributes]


def not_understood(request: str) -> list[str]:
    return [item.span.text for item in read(request).statements if not item.understood]


def require_sound(document: DiscoveryDocument) -> None:
    """What holds for every document, whatever was asked."""
    _require_covered(document)
    known = {entity.name for entity in document.entities}
    assert len(known) == len({entity.plural for entity in document.entities}) == len(document.entities)
    assert sorted(name for context in document.contexts for name in context.entities) == sorted(known)
    assert len({context.name for context in document.contexts}) == len(document.contexts)
    shapes = {(operation.method, re.sub(r"{\w+}", "{}", operation.path)) for operation in document.operations}
    assert len(shapes) == len({operation.id for operation in document.operations}) == len(document.operations)
    for operation in document.operations:
        assert operation.id.isidentifier()
        assert operation.entity in known
        if operation.parent_field:
            document.entity(operation.entity).attribute(operation.parent_field)
        if operation.relation and operation.relation_entity:
            document.entity(operation.relation_entity).attribute(operation.relation)
    for entity in document.entities:
        _require_sound_entity(entity, known)


def _require_covered(document: DiscoveryDocument) -> None:
    seen = [False] * len(document.request)
    end = 0
    for statement in document.statements:
        span = statement.span
        assert span.start >= end, "statements are in order and apart"
        assert span.text == document.request[span.start : span.end] == span.text.strip() != ""
        assert statement.became
        end = span.end
        seen[span.start : span.end] = [True] * (span.end - span.start)
    lost = [char for char, covered in zip(document.request, seen, strict=True) if not covered and not char.isspace()]
    assert not lost


def _require_sound_entity(entity: Entity, known: set[str]) -> None:
    fields = [attribute.name for attribute in entity.attributes]
    assert len(fields) == len(set(fields))
    for attribute in entity.attributes:
        assert attribute.name.isidentifier()
        assert attribute.name not in {"id", "created_at", "updated_at", "version", "deleted_at"}
        assert (attribute.target in known) is (attribute.target is not None)
        assert not (attribute.required and (attribute.default or attribute.server_set))
    for check in entity.checks:
        assert entity.attribute(check.left).type is entity.attribute(check.right).type
    for group in entity.unique_together:
        assert set(group) <= set(fields)
    if entity.states is not None:
        states = entity.attribute(entity.states.field)
        assert states.server_set
        assert entity.states.initial in states.choices
        moves = [move.name for move in entity.states.transitions]
        assert len(moves) == len(set(moves))
        for move in entity.states.transitions:
            assert {*move.sources, move.target} <= set(states.choices)
            assert set(move.requires) <= set(fields)
