"""Parts of documents are found by their names, however often and however many there are."""

from devmatrix.discovery.document import Attribute, Entity, FieldType
from devmatrix.discovery.shapes import Property, Shape, ShapeKind

_TEXT = Shape(kind=ShapeKind.STRING)
_OBJECT = Shape(kind=ShapeKind.OBJECT, properties=(Property(name="a", shape=_TEXT), Property(name="b", shape=_TEXT)))


def test_asking_changes_nothing_that_others_see() -> None:
    asked, silent = _OBJECT.model_copy(deep=True), _OBJECT.model_copy(deep=True)
    assert asked.property("b") == asked.properties[1]
    assert asked.property("c") is None
    assert asked == silent
    assert hash(asked) == hash(silent)
    holder = Property(name="x", shape=asked)
    assert holder.model_dump_json() == Property(name="x", shape=silent).model_dump_json()
    assert Property.model_validate(holder.model_dump()).shape == silent
    assert Shape(kind=ShapeKind.OBJECT).property("a") is None


def test_a_copy_with_other_parts_is_asked_anew() -> None:
    assert _OBJECT.property("b") is not None
    other = _OBJECT.model_copy(update={"properties": _OBJECT.properties[:1]})
    assert other.property("b") is None
    assert _OBJECT.property("b") is not None


def test_the_first_of_a_name_is_found() -> None:
    first, second = (Attribute(name="a", type=kind) for kind in (FieldType.STRING, FieldType.TEXT))
    entity = Entity(name="Thing", plural="things", attributes=(first, second))
    assert entity.attribute("a") is first
