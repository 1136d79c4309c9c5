"""Which filters a list takes, and how its query class and its subclasses share them."""

from collections.abc import Iterable
from dataclasses import dataclass

from devmatrix.discovery.document import Attribute, FieldType
from devmatrix.stacks.fastapi.features.feature import Feature, python_name
from devmatrix.stacks.fastapi.features.fields import value_name

PAGING = ("limit", "offset", "sort", "search")

_EQUAL = (
    FieldType.ENUM,
    FieldType.BOOLEAN,
    FieldType.REFERENCE,
    FieldType.INTEGER,
    FieldType.DATE,
    FieldType.UUID,
    FieldType.EMAIL,
    FieldType.STRING,
)
_RANGED = (FieldType.INTEGER, FieldType.DECIMAL, FieldType.FLOAT, FieldType.DATE, FieldType.DATETIME)


@dataclass(frozen=True)
class Filter:
    """One query parameter: its name in code and on the wire, and the attribute that it looks at."""

    name: str
    wire: str
    attribute: Attribute
    bound: str = ""
    """`min` or `max`; none: equality."""


@dataclass(frozen=True)
class QueryShape:
    """One query class: the attributes that it adds filters for to those of its base."""

    name: str
    base: str
    attributes: tuple[Attribute, ...]


def query_shapes(feature: Feature) -> tuple[QueryShape, ...]:
    """The query classes of an entity, bases first."""
    if not feature.listings:
        return ()
    parents = feature.listing_parents
    rest = tuple(field for field in feature.entity.attributes if field not in parents)
    whole = f"{feature.class_name}Query"
    if not parents:
        return (QueryShape(whole, "PageQuery", rest),)
    base = f"{feature.class_name}Filters"
    shapes = [QueryShape(base, "PageQuery", rest)]
    if feature.is_listed_whole:
        shapes.append(QueryShape(whole, base, parents))
    if len(parents) > 1:
        for parent in parents:
            others = tuple(field for field in parents if field is not parent)
            shapes.append(QueryShape(nested_query_name(feature, parent), base, others))
    return tuple(shapes)


def base_query(feature: Feature) -> QueryShape:
    """The class that holds what every list of the entity takes."""
    return query_shapes(feature)[0]


def whole_query(feature: Feature) -> str:
    """Name of the class with all filters."""
    return f"{feature.class_name}Query"


def nested_query_name(feature: Feature, parent: Attribute) -> str:
    """Name of the class for the list under `parent`."""
    if len(feature.listing_parents) == 1:
        return f"{feature.class_name}Filters"
    return f"{feature.class_name}{value_name(parent).removesuffix('IdValue').removesuffix('Value')}Query"


def nested_filters(feature: Feature, parent: Attribute) -> tuple[Attribute, ...]:
    """Attributes whose filters the list under `parent` adds to the base's."""
    return tuple(field for field in feature.listing_parents if field is not parent)


def filter_fields(attributes: Iterable[Attribute]) -> Iterable[Filter]:
    """The query parameters for attributes; the names that paging takes stay its own."""
    taken = set(PAGING)
    for attribute in attributes:
        name = python_name(attribute)
        if attribute.type in _EQUAL and attribute.name not in taken:
            taken.add(attribute.name)
            yield Filter(name, attribute.name, attribute)
    for attribute in attributes:
        for bound in ("min", "max") if attribute.type in _RANGED else ():
            wire = f"{attribute.name}_{bound}"
            if wire not in taken:
                yield Filter(f"{python_name(attribute).rstrip('_')}_{bound}", wire, attribute, bound)


def sort_choices(feature: Feature) -> tuple[str, ...]:
    """The values of `sort`."""
    names = ["created_at", "updated_at", "id", *(field.name for field in feature.sortable)]
    return tuple(sign + name for name in names for sign in ("", "-"))
