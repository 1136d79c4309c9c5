"""Generated types take what the shape says, and nothing else."""

from typing import Any

import jsonschema
from hypothesis import HealthCheck, event, given, note, settings
from hypothesis import strategies as st

from devmatrix.discovery.shapes import Property, Shape, ShapeKind
from tests.interfaces import shape
from tests.unit.stacks.fastapi.imported.wire.generated import accepts, adapter, json_schema

TEXTS = st.text("abAB1_- é", max_size=5)
SMALL = st.integers(-4, 6)
NAMES = ("id", "createdAt", "class", "x-y", "_hidden", "copy", "model_dump", "a.b", "Näme", "1st")


def optional(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


@st.composite
def scalars(draw: st.DrawFn) -> Shape:
    kind = draw(st.sampled_from(["string", "integer", "number", "boolean", "any"]))
    more: dict[str, Any] = {"nullable": draw(st.booleans())}
    if kind == "string":
        more |= {
            "min_length": draw(optional(st.integers(0, 2))),
            "max_length": draw(optional(st.integers(2, 4))),
            "pattern": draw(optional(st.sampled_from(["a", "^[abAB]*$", r"^(?=.*a).+$", r"^\w+$", r"\d", "^a|b$"]))),
            "choices": draw(st.just(()) | st.lists(TEXTS, min_size=1, max_size=3, unique=True)),
        }
    if kind in ("integer", "number"):
        more |= {
            "minimum": draw(optional(SMALL)),
            "exclusive_maximum": draw(optional(SMALL)),
            "multiple_of": draw(optional(st.sampled_from([1, 2] if kind == "integer" else [0.5, 2]))),
            "choices": draw(st.just(()) | st.lists(SMALL, min_size=1, max_size=3, unique=True)),
        }
    if more.get("choices"):
        return shape(kind, nullable=more["nullable"], choices=tuple(more["choices"]))
    return shape(kind, **more)


def containers(inner: st.SearchStrategy[Shape]) -> st.SearchStrategy[Shape]:
    def array(items: Shape | None, least: int | None, most: int | None, unique: bool) -> Shape:
        return Shape(kind=ShapeKind.ARRAY, items=items, min_items=least, max_items=most, unique_items=unique)

    def record(
        properties: list[tuple[str, Shape, bool, bool]], closed: bool, additional: Shape | None, least: int | None
    ) -> Shape:
        return Shape(
            kind=ShapeKind.OBJECT,
            properties=tuple(
                Property(name=name, shape=each, required=required, read_only=read_only)
                for name, each, required, read_only in properties
            ),
            closed=closed,
            additional=None if closed else additional,
            min_properties=least,
        )

    def union(alternatives: list[Shape]) -> Shape:
        return Shape(kind=ShapeKind.UNION, alternatives=tuple(alternatives))

    members = st.lists(
        st.tuples(st.sampled_from(NAMES), inner, st.booleans(), st.sampled_from([False, False, True])),
        max_size=4,
        unique_by=lambda one: one[0],
    )
    return (
        st.builds(array, optional(inner), optional(st.integers(0, 2)), optional(st.integers(1, 3)), st.booleans())
        | st.builds(record, members, st.booleans(), optional(inner), optional(st.integers(0, 3)))
        | st.builds(union, st.lists(inner, min_size=1, max_size=3))
    )


SHAPES = st.recursive(scalars(), containers, max_leaves=6)
VALUES = st.recursive(
    st.none() | st.booleans() | SMALL | st.sampled_from([0.5, 1.0, -2.0, 2**40]) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | TEXTS, inner, max_size=3),
    max_leaves=5,
)


def near(given_shape: Shape) -> st.SearchStrategy[Any]:
    """Values that are rather like the shape."""
    if given_shape.choices:
        return st.sampled_from(given_shape.choices) | VALUES
    match given_shape.kind:
        case ShapeKind.STRING:
            return TEXTS | TEXTS | VALUES
        case ShapeKind.INTEGER | ShapeKind.NUMBER:
            return SMALL | SMALL | VALUES
        case ShapeKind.BOOLEAN:
            return st.booleans()
        case ShapeKind.ARRAY:
            return st.lists(near(given_shape.items) if given_shape.items else VALUES, max_size=3)
        case ShapeKind.UNION:
            return st.one_of([near(each) for each in given_shape.alternatives])
        case ShapeKind.OBJECT:
            required = {one.name: near(one.shape) for one in given_shape.properties if one.required}
            rest = {one.name: near(one.shape) for one in given_shape.properties if not one.required}
            known = st.fixed_dictionaries(required, optional=rest)
            further = near(given_shape.additional) if given_shape.additional else VALUES
            return known | st.tuples(known, st.dictionaries(TEXTS, further, max_size=1)).map(
                lambda two: two[0] | two[1]
            )
        case _:
            return VALUES


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_generated_type_takes_what_the_shape_says(data: st.DataObject) -> None:
    described = data.draw(SHAPES)
    oracle = jsonschema.Draft202012Validator(json_schema(described))
    with adapter(described) as validator:
        for value in data.draw(st.lists(near(described) | VALUES, min_size=1, max_size=12)):
            note(f"{described.model_dump(exclude_defaults=True)} {value!r}")
            event(f"valid: {oracle.is_valid(value)}")
            assert accepts(validator, value) == oracle.is_valid(value), (json_schema(described), value)
