"""A few records of each entity that satisfy all its rules, as Python source."""

import json
from dataclasses import dataclass
from datetime import date, datetime, time

from pydantic import JsonValue

from devmatrix.discovery.document import Attribute, DiscoveryDocument, Entity, FieldType
from devmatrix.discovery.proofs.payloads import scalar_values
from devmatrix.discovery.proofs.unproducible import UnproducibleError
from devmatrix.stacks.fastapi.columns import creation_order
from devmatrix.stacks.fastapi.naming import attribute_name

_MOST = 3


@dataclass(frozen=True)
class Examples:
    """The example records of one entity."""

    entity: Entity
    rows: tuple[dict[str, str], ...]
    """Identifier in the model -> source of the value."""
    references: tuple[Attribute, ...]
    """Those that point to an example of an entity before it."""
    links: tuple[Attribute, ...]


def examples_of(document: DiscoveryDocument) -> tuple[Examples, ...]:
    """Examples in order of dependency; none of entities that cannot be made without another of their own kind."""
    made: dict[str, Examples] = {}
    for entity in creation_order(document):
        references = tuple(field for field in entity.attributes if field.type is FieldType.REFERENCE)
        bound = tuple(field for field in references if field.target in made)
        if any(field.required and field not in bound for field in references):
            continue
        count = min([_MOST, *(len(made[str(field.target)].rows) for field in bound)])
        rows = _rows(entity, count)
        if rows:
            links = tuple(f for f in entity.attributes if f.type is FieldType.REFERENCES and f.target in made)
            made[entity.name] = Examples(entity, rows, bound, links)
    return tuple(made.values())


def _rows(entity: Entity, count: int) -> tuple[dict[str, str], ...]:
    found: list[dict[str, JsonValue]] = []
    for number in range(1, count + 1):
        try:
            values = scalar_values(entity, number, {}, only_required=False)
        except UnproducibleError:
            break
        if all(_differ(entity, values, other) for other in found):
            found.append(values)
    return tuple(_sources(entity, values) for values in found)


def _differ(entity: Entity, one: dict[str, JsonValue], other: dict[str, JsonValue]) -> bool:
    """Whether both may be there. Groups that hold a reference always differ: each example points to another record."""
    groups = [(field.name,) for field in entity.attributes if field.unique] + list(entity.unique_together)
    plain = [group for group in groups if all(name in one for name in group)]
    return all(any(one[name] != other.get(name) for name in group) for group in plain)


def _sources(entity: Entity, values: dict[str, JsonValue]) -> dict[str, str]:
    sources = {}
    for field in entity.attributes:
        if field.type is FieldType.PASSWORD or field.type in (FieldType.REFERENCE, FieldType.REFERENCES):
            continue
        value = values.get(field.name, _unsent(entity, field))
        if value is not None:
            sources[attribute_name(field.name)] = _source(field, value)
    return sources


def _unsent(entity: Entity, field: Attribute) -> JsonValue:
    if entity.states is not None and field.name == entity.states.field:
        return entity.states.initial
    if entity.account is not None and field.name == entity.account.role_field:
        return field.choices[0]
    return None


def _source(field: Attribute, value: JsonValue) -> str:
    text = str(value)
    match field.type:
        case FieldType.DATE:
            return f"dt.{date.fromisoformat(text)!r}".replace("datetime.", "")
        case FieldType.TIME:
            return f"dt.{time.fromisoformat(text)!r}".replace("datetime.", "")
        case FieldType.DATETIME:
            moment = datetime.fromisoformat(text.removesuffix("Z"))
            return f"dt.{moment!r}".replace("datetime.", "", 1).replace(")", ", tzinfo=dt.UTC)")
        case FieldType.DECIMAL:
            return f'Decimal("{text}")'
        case FieldType.UUID:
            return f'UUID("{text}")'
        case _:
            return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
