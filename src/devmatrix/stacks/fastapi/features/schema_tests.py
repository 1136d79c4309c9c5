"""Blueprints of tests/unit/<package>/test_schemas.py: what a body may hold."""

from collections.abc import Iterable

from devmatrix.atoms.contract import AtomKind
from devmatrix.discovery.document import Attribute, FieldType, OperationKind
from devmatrix.discovery.proofs.payloads import edge_pairs
from devmatrix.stacks.fastapi.features.feature import Feature, is_nullable, python_name
from devmatrix.stacks.fastapi.features.fields import integer_bounds, length_bounds, literal_source
from devmatrix.stacks.fastapi.features.samples import body_values, needed_references
from devmatrix.stacks.fastapi.features.schemas import body_names, check_name
from devmatrix.stacks.fastapi.features.text import function, literal, with_article
from devmatrix.stacks.fastapi.source import Symbol

_TEXTS = (FieldType.STRING, FieldType.TEXT, FieldType.PASSWORD)


def schema_tests(feature: Feature) -> Iterable[Symbol]:
    """The tests."""
    values = body_values(feature)
    if values is not None and any(parent is None for _, parent, _ in body_names(feature)):
        yield _accepted(feature, set(values))
        if any(not feature.is_optional(field) for field in feature.settable):
            yield _required(feature)
        yield from _limits(feature, beyond=False)
        yield from _limits(feature, beyond=True)
        yield _unknown(feature)
        if feature.has(OperationKind.PATCH):
            yield from _patch(feature, set(values))
    for check in feature.entity.checks:
        inside, outside = edge_pairs(feature.entity, check, 1)
        if inside is None or outside is None:
            continue
        fields = [feature.entity.attribute(name) for name in (check.left, check.right)]
        lines = [
            f"assert {check_name(check)}({', '.join(literal_source(field, inside[field.name]) for field in fields)})",
            f"assert not {check_name(check)}"
            f"({', '.join(literal_source(field, outside[field.name]) for field in fields)})",
        ]
        name = f"test_{check_name(check)}"
        yield _test(
            f"def {name}() -> None", f"The rule between {check.left} and {check.right} holds to the edge.", lines
        )


def _test(head: str, doc: str, body: list[str], decorators: Iterable[str] = ()) -> Symbol:
    name = head.removeprefix("async ").removeprefix("def ").split("(")[0]
    return Symbol(name, function(head, doc, body, decorators), AtomKind.TEST)


def _accepted(feature: Feature, given: set[str]) -> Symbol:
    given |= {field.name for field in needed_references(feature) if not field.server_set}
    names = sorted(literal(python_name(feature.entity.attribute(name))) for name in given)
    body = [
        f"data = {feature.class_name}Create.model_validate(body_of_{feature.variable}())",
        f"assert data.model_fields_set == {{{', '.join(names)}}}" if names else "assert not data.model_fields_set",
    ]
    doc = f"{with_article(feature.label).capitalize()} can be made of a complete body."
    return _test("def test_a_complete_body_is_accepted() -> None", doc, body)


def _required(feature: Feature) -> Symbol:
    names = [field.name for field in feature.settable if not feature.is_optional(field)]
    body = [
        f"body = body_of_{feature.variable}()",
        "del body[name]",
        "with pytest.raises(ValidationError) as caught:",
        f"    {feature.class_name}Create.model_validate(body)",
        'assert [error["loc"] for error in caught.value.errors()] == [(name,)]',
    ]
    decorator = f'@pytest.mark.parametrize("name", {literal(names)})'
    doc = "Each required property is missed by its name."
    return _test("def test_what_is_required_is_missed(name: str) -> None", doc, body, [decorator])


def _limits(feature: Feature, *, beyond: bool) -> Iterable[Symbol]:
    cases = list(dict.fromkeys(f"({literal(field.name)}, {value})" for field, value in _cases(feature, beyond=beyond)))
    if not cases:
        return
    decorators = ["@pytest.mark.parametrize(", '    ("name", "value"),', "    [", *_indented(cases), "    ],", ")"]
    call = f"{feature.class_name}Create.model_validate(body_of_{feature.variable}(**{{name: value}}))"
    if beyond:
        head = "def test_a_value_beyond_its_limits_is_refused(name: str, value: object) -> None"
        body = [
            "with pytest.raises(ValidationError) as caught:",
            f"    {call}",
            'assert {error["loc"][0] for error in caught.value.errors()} == {name}',
        ]
        yield _test(head, "Bounds are kept to the last one.", body, decorators)
    else:
        head = "def test_a_value_at_its_limits_is_accepted(name: str, value: object) -> None"
        body = [f"data = {call}", "assert data.model_dump(by_alias=True)[name] == value"]
        yield _test(head, "Bounds belong to what is allowed.", body, decorators)


def _indented(cases: list[str]) -> list[str]:
    return [f"        {case}," for case in cases]


def _cases(feature: Feature, *, beyond: bool) -> Iterable[tuple[Attribute, str]]:
    checked = {name for check in feature.entity.checks for name in (check.left, check.right)}
    for field in feature.settable:
        if field.name in checked and not beyond:
            continue
        if field.type in _TEXTS and not (field.pattern and not beyond):
            least, most = length_bounds(field)
            yield field, f'"x" * {most + beyond}'
            if least:
                yield field, f'"x" * {least - beyond}' if least - beyond else '""'
        elif field.type is FieldType.INTEGER:
            low, high = integer_bounds(field)
            yield from ((field, repr(low - beyond)), (field, repr(high + beyond)))
        elif field.type is FieldType.ENUM and beyond:
            yield field, literal(f"{field.choices[0]}?")
        elif field.type in (FieldType.EMAIL, FieldType.URL, FieldType.REFERENCE, FieldType.UUID) and beyond:
            yield field, '"x"'
        elif field.type in (FieldType.DATE, FieldType.TIME, FieldType.DATETIME) and beyond:
            yield field, '"2026-13-01"'
        elif field.type is FieldType.DECIMAL and beyond:
            yield field, literal(f"1.{'0' * field.scale}1")
        elif field.type is FieldType.BOOLEAN and beyond:
            yield field, "1"


def _unknown(feature: Feature) -> Symbol:
    body = [
        "with pytest.raises(ValidationError) as caught:",
        f'    {feature.class_name}Create.model_validate(body_of_{feature.variable}(id="x", unknown=1))',
        'assert {error["loc"] for error in caught.value.errors()} == {("id",), ("unknown",)}',
    ]
    doc = "What callers may not write is refused."
    return _test("def test_an_unknown_property_is_refused() -> None", doc, body)


def _patch(feature: Feature, given: set[str]) -> Iterable[Symbol]:
    schema = f"{feature.class_name}Patch"
    yield _test(
        "def test_nothing_needs_to_change() -> None",
        "What is left out of a change stays apart from what is null.",
        [f"assert {schema}.model_validate({{}}).model_dump(exclude_unset=True) == {{}}"],
    )
    field = next((item for item in feature.settable if not is_nullable(item) and item.name in given), None)
    if field is not None:
        body = [
            "with pytest.raises(ValidationError):",
            f"    {schema}.model_validate({{{literal(field.name)}: None}})",
        ]
        doc = f"A change cannot take away {field.name}, which is required."
        yield _test("def test_what_is_required_cannot_become_null() -> None", doc, body)
