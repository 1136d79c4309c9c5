"""Single things that types of requests and answers must do."""

import pytest
from pydantic import JsonValue, TypeAdapter

from devmatrix.discovery.shapes import Property, Shape, ShapeKind
from tests.interfaces import named, objects, shape
from tests.unit.stacks.fastapi.imported.wire.generated import accepts, adapter, loaded, taking, texts

FORMATS = [
    ("date", "2026-01-31", True),
    ("date", "2026-02-30", False),
    ("date", "20260131", False),
    ("date-time", "2026-01-31T12:00:00Z", True),
    ("date-time", "2026-01-31T12:00:00.123456789+01:00", True),
    ("date-time", "2026-01-31t12:00:60z", True),
    ("date-time", "2026-01-31T12:00:00", False),
    ("date-time", "2026-01-31T25:00:00Z", False),
    ("time", "13:45:00", True),
    ("time", "13:45:00Z", True),
    ("time", "13:65:00", False),
    ("email", "somebody@example.com", True),
    ("email", "somebody@site.test", True),
    ("email", "somebody", False),
    ("uuid", "123e4567-e89b-12d3-a456-426614174000", True),
    ("uuid", "123e4567e89b12d3a456426614174000", False),
    ("uri", "https://example.com/a?b#c", True),
    ("uri", "urn:isbn:1", True),
    ("uri", "example.com", False),
    ("uri", "https://", False),
    ("url", "https://exa mple.com", False),
    ("ipv4", "192.0.2.1", True),
    ("ipv4", "192.0.2.256", False),
    ("ipv6", "2001:db8::1", True),
    ("ipv6", "2001:db8::1%eth0", False),
    ("phone", "anything", True),
]


@pytest.mark.parametrize(("format_", "text", "valid"), FORMATS)
def test_strings_are_checked_for_their_format_and_kept(format_: str, text: str, valid: bool) -> None:
    with adapter(shape("string", format=format_)) as validator:
        assert accepts(validator, text) == valid
        if valid:
            assert validator.validate_python(text) == text


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
@pytest.mark.parametrize("kind", ["string", "any"])
def test_text_that_no_database_keeps_is_refused(kind: str, text: str) -> None:
    with adapter(shape(kind)) as validator:
        assert accepts(validator, "fine")
        assert not accepts(validator, text)


@pytest.mark.parametrize(
    ("format_", "value", "valid"),
    [
        ("int32", 2**31 - 1, True),
        ("int32", 2**31, False),
        ("int64", 2**31, True),
        ("", 2**63 - 1, True),
        ("", 2**63, False),
        ("", 1.0, True),
        ("", 1.5, False),
        ("", True, False),
        ("", "1", False),
    ],
)
def test_integers_are_whole_and_of_their_width(format_: str, value: JsonValue, valid: bool) -> None:
    with adapter(shape("integer", format=format_)) as validator:
        assert accepts(validator, value) == valid


def test_a_shape_may_hold_itself() -> None:
    node = objects("name", name=shape("string"), children=shape("array", items=named("Node")), next=named("Node"))
    with adapter(named("Node"), {"Node": node}) as validator:
        assert accepts(validator, {"name": "a", "children": [{"name": "b", "next": {"name": "c"}}]})
        assert not accepts(validator, {"name": "a", "children": [{"name": 1}]})


def test_two_shapes_may_hold_each_other() -> None:
    shapes = {"One": objects(two=named("Two")), "Two": objects(ones=shape("array", items=named("One")))}
    with adapter(named("One"), shapes) as validator:
        assert accepts(validator, {"two": {"ones": [{"two": {}}]}})
        assert not accepts(validator, {"two": {"ones": [{"two": 1}]}})


def test_lists_of_lists_of_themselves_end_in_any_json() -> None:
    value = Shape(kind=ShapeKind.UNION, alternatives=(shape("string"), shape("array", items=named("Value"))))
    with adapter(named("Value"), {"Value": value}) as validator:
        assert accepts(validator, ["a", ["b", ["c"]]])
        assert not accepts(validator, 1)


def test_a_discriminator_chooses_the_alternative() -> None:
    cat = objects("kind", "lives", kind=shape("string", choices=("cat",)), lives=shape("integer"))
    dog = objects("kind", kind=shape("string", choices=("dog",)))
    pet = Shape(kind=ShapeKind.UNION, alternatives=(named("Cat"), named("Dog")), discriminator="kind")
    with adapter(pet, {"Cat": cat, "Dog": dog}) as validator:
        assert type(validator.validate_python({"kind": "dog", "lives": 9})).__name__ == "Dog"
        assert not accepts(validator, {"kind": "cat"})
        assert "discriminator" in validator.json_schema()


def test_what_is_read_only_is_ignored_even_where_nothing_else_may_be() -> None:
    both = Shape(
        kind=ShapeKind.OBJECT,
        closed=True,
        properties=(
            Property(name="id", shape=shape("integer"), required=True, read_only=True),
            Property(name="secret", shape=shape("string"), required=True, write_only=True),
        ),
    )
    with adapter(both) as validator:
        assert accepts(validator, {"id": "any", "secret": "x"})
        assert not accepts(validator, {"secret": "x", "other": 1})


def test_answers_leave_out_and_show_null_as_the_document_says() -> None:
    answer = objects(
        "id",
        "createdAt",
        "parent",
        id=shape("integer"),
        createdAt=shape("string", format="date-time"),
        parent=shape("string", nullable=True),
        note=shape("string"),
        nick=shape("string", nullable=True),
        never=shape("string", format="password"),
    )
    described, wire = taking(named("Thing"), {"Thing": answer}, named("Thing"))
    with loaded(texts(wire, described)) as names:
        thing = names["Thing"](id=1, created_at="t", parent=None, note=None, nick=None)
        sent = thing.model_dump(by_alias=True, exclude_unset=True)
        assert sent == {"id": 1, "createdAt": "t", "parent": None, "nick": None}
        assert names["Thing"](id=1, created_at="t", parent="p", note="n").model_dump(
            by_alias=True, exclude_unset=True
        ) == {"id": 1, "createdAt": "t", "parent": "p", "note": "n"}
        schema = TypeAdapter(names["Thing"]).json_schema(mode="serialization")
        assert schema["required"] == ["id", "createdAt", "parent"]
        assert "never" not in schema["properties"]
        assert schema["properties"]["note"]["type"] == "string"
        assert "default" not in schema["properties"]["note"]
    assert wire.camel


def test_choices_in_answers_may_be_left_out_or_null() -> None:
    choices = ("a", "b")
    answer = objects(one=shape("string", choices=choices), two=shape("string", choices=choices, nullable=True))
    with adapter(answer, side="answer") as validator:
        schema = validator.json_schema(mode="serialization")["properties"]
        assert schema["one"]["enum"] == ["a", "b"]
        assert schema["two"]["anyOf"] == [{"type": "string", "enum": ["a", "b"]}, {"type": "null"}]


def test_a_shape_on_both_sides_is_two_classes() -> None:
    _, wire = taking(named("Thing"), {"Thing": objects(name=shape("string"))}, named("Thing"))
    assert wire.annotation(named("Thing"), "request").text == "ThingInput"
    assert wire.annotation(named("Thing"), "answer").text == "Thing"
    answer = wire.answer_class(named("Thing"))
    assert answer is not None
    assert answer.imports == ("from app.schemas.things import Thing",)


@pytest.mark.parametrize(
    ("pattern", "valid", "invalid"),
    [
        (r"^\d+$", "12", "1a"),
        (r"^\d+$", "1", "١"),
        (r"^a$", "a", "a\n"),
        (r"^(?=.*[A-Z])(?=.*\d).{4,}$", "Ab12", "ab12"),
        (r"^(\w)\1$", "aa", "ab"),
        (r"^(?<year>\d{4})$", "2026", "20"),
        (r"^[\w.\-]+\/x$", "a.b-/x", "a b/x"),
        (r"^[[\]]$", "[", "a"),
    ],
)
def test_patterns_mean_what_they_mean_in_json_schema(pattern: str, valid: str, invalid: str) -> None:
    with adapter(shape("string", pattern=pattern)) as validator:
        assert accepts(validator, valid)
        assert not accepts(validator, invalid)
        assert validator.json_schema()["pattern"] == pattern


def test_a_pattern_that_nothing_runs_is_left_out_and_said() -> None:
    body = objects(name=shape("string", pattern=r"(?<=a|bc)x"))
    described, wire = taking(body)
    text = texts(wire, described)["app.schemas.things"]
    assert "not checked" in text
    with adapter(body) as validator:
        assert accepts(validator, {"name": "anything"})
