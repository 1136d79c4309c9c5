"""Values and payloads: accepted by their attributes, at the edges and within, and by all rules between them."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devmatrix.discovery.document import Attribute, Check, Entity, FieldType
from devmatrix.discovery.proofs.edges import inside, outside, type_limits
from devmatrix.discovery.proofs.payloads import edge_pairs, holds, scalar_values
from devmatrix.discovery.proofs.unproducible import UnproducibleError
from devmatrix.discovery.proofs.values import REFERENCES, accepts, sample
from tests.reference_values import Wrong, accept

IMPORTED = (FieldType.JSON, FieldType.BINARY)
SCALARS = [kind for kind in FieldType if kind not in (*REFERENCES, *IMPORTED)]


@st.composite
def attributes(draw: st.DrawFn) -> Attribute:
    kind = draw(st.sampled_from(SCALARS))
    bounds: dict[str, object] = {}
    if kind in {FieldType.INTEGER, FieldType.DECIMAL, FieldType.FLOAT}:
        low = draw(st.none() | st.integers(-1000, 1000))
        span = draw(st.none() | st.integers(2, 500))
        bounds[draw(st.sampled_from(["minimum", "exclusive_minimum"]))] = low
        if span is not None:
            bounds[draw(st.sampled_from(["maximum", "exclusive_maximum"]))] = (low or 0) + span
    if kind in {FieldType.STRING, FieldType.TEXT, FieldType.PASSWORD}:
        shortest = draw(st.none() | st.integers(0, 40))
        bounds["min_length"] = shortest
        bounds["max_length"] = draw(st.none() | st.integers(max(shortest or 0, 9), 120))
    name = draw(st.text(string.ascii_lowercase, min_size=1, max_size=12))
    choices = ("one", "two", "three") if kind is FieldType.ENUM else ()
    return Attribute.model_validate({"name": name, "type": kind, "choices": choices, **bounds})


@settings(max_examples=300, deadline=None)
@given(attributes(), st.integers(1, 12))
def test_a_sample_is_accepted_and_is_already_in_the_form_of_answers(attribute: Attribute, n: int) -> None:
    value = sample(attribute, n)
    assert accepts(attribute, value)
    assert accept(attribute, value) == value


@settings(max_examples=300, deadline=None)
@given(attributes())
def test_edges_are_accepted_inside_and_refused_outside(attribute: Attribute) -> None:
    allowed, beyond = type_limits(attribute)
    for edge in inside(attribute) + allowed:
        assert accept(attribute, edge.value) == edge.answer
    for edge in outside(attribute) + beyond:
        with pytest.raises(Wrong):
            accept(attribute, edge.value)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([FieldType.INTEGER, FieldType.DECIMAL, FieldType.DATE, FieldType.DATETIME, FieldType.TIME]),
    st.lists(
        st.tuples(st.sampled_from("abcd"), st.sampled_from(["<", "<=", ">", ">=", "!="]), st.sampled_from("abcd")),
        max_size=4,
    ),
    st.integers(1, 5),
)
def test_a_body_satisfies_all_checks_or_is_said_to_be_impossible(
    kind: FieldType, rules: list[tuple[str, str, str]], n: int
) -> None:
    checks = tuple(
        Check.model_validate({"left": left, "operator": sign, "right": right})
        for left, sign, right in rules
        if left != right
    )
    fields = tuple(Attribute(name=name, type=kind) for name in "abcd")
    entity = Entity(name="Thing", plural="things", attributes=fields, checks=checks)
    try:
        values = scalar_values(entity, n, {}, only_required=True)
    except UnproducibleError:
        return
    assert all(holds(entity, check, values) for check in checks)
    for check in checks:
        right, wrong = edge_pairs(entity, check, n)
        assert right is None or holds(entity, check, right)
        assert wrong is None or not holds(entity, check, wrong)
