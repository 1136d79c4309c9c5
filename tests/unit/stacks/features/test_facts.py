import pytest

from devmatrix.discovery.document import Access, Attribute, FieldType, OperationKind, Refused, Rule
from devmatrix.stacks.fastapi.features.actions import Action
from devmatrix.stacks.fastapi.features.fields import default_source, input_type, integer_bounds, query_type
from devmatrix.stacks.fastapi.features.queries import filter_fields, query_shapes, sort_choices
from devmatrix.stacks.fastapi.features.removal import Removal, closes_circle, removals
from devmatrix.stacks.fastapi.features.rights import Rights
from devmatrix.stacks.fastapi.features.router import statuses
from devmatrix.stacks.fastapi.features.text import function, listed, literal, with_article, words, wrapped
from tests.documents import library, owned_notes
from tests.unit.stacks.features.corners import feature


@pytest.mark.parametrize(
    ("described", "source"),
    [
        ({"type": "string"}, "Annotated[str, Field(min_length=1, max_length=200), SafeText]"),
        ({"type": "text", "max_length": 5}, "Annotated[str, Field(max_length=5), SafeText]"),
        ({"type": "password"}, "Annotated[str, Field(min_length=8, max_length=128), SafeText]"),
        ({"type": "url"}, "Annotated[Url, Field(max_length=2000)]"),
        ({"type": "email"}, "Email"),
        ({"type": "integer", "exclusive_minimum": 0.5, "maximum": 9.5}, "Annotated[int, Field(ge=1, le=9)]"),
        ({"type": "decimal", "minimum": 0.5}, 'Annotated[Decimal, Field(ge=Decimal("0.5")), Exact(scale=2)]'),
        ({"type": "float"}, "Annotated[float, Field(allow_inf_nan=False)]"),
        ({"type": "enum", "choices": ("a", 'b"')}, 'Literal["a", "b\\""]'),
        ({"type": "boolean"}, "bool"),
    ],
)
def test_bodies_have_the_limits_of_the_conventions(described: dict[str, object], source: str) -> None:
    assert input_type(Attribute.model_validate({"name": "x", **described})) == source


def test_an_integer_is_as_wide_as_its_bounds_ask() -> None:
    small = Attribute(name="x", type=FieldType.INTEGER)
    wide = Attribute(name="x", type=FieldType.INTEGER, minimum=0, maximum=2**40)
    assert integer_bounds(small) == (-(2**31), 2**31 - 1)
    assert integer_bounds(wide) == (0, 2**40)
    assert (query_type(small), query_type(wide)) == ("QueryInteger", "QueryBigInteger")


def test_defaults_are_given_by_value_or_by_call() -> None:
    due = Attribute.model_validate({"name": "due", "type": "date", "default": {"kind": "today", "days": 14}})
    price = Attribute.model_validate({"name": "price", "type": "decimal", "default": {"kind": "literal", "value": 1.5}})
    assert default_source(due) == "factory:lambda: today() + dt.timedelta(days=14)"
    assert default_source(price) == 'Decimal("1.50")'
    assert default_source(Attribute(name="x", type=FieldType.STRING)) is None
    assert default_source(Attribute(name="x", type=FieldType.STRING, required=False)) == "None"


def test_a_list_under_each_of_two_parents_takes_the_filter_on_the_other() -> None:
    page = feature("Page")
    added = {shape.name: {field.name for field in shape.attributes} for shape in query_shapes(page)}
    name = page.class_name
    assert added[f"{name}Query"] == {"query_id", "repository_id"}
    assert added[f"{name}RepositoryQuery"] == {"query_id"}
    assert added[f"{name}QueryQuery"] == {"repository_id"}
    assert not {"query_id", "repository_id"} & added[f"{name}Filters"]


def test_paging_keeps_its_names() -> None:
    repository = feature("Repository")
    names = [item.wire for item in filter_fields(repository.entity.attributes)]
    assert names == ["name", "owner_id", "limit_min", "limit_max"]
    assert "-limit" in sort_choices(repository)


def test_what_the_database_cannot_tell_is_judged_by_the_service() -> None:
    found = {(item.child.entity.name, item.reference.attribute.name): item for item in removals(feature("Repository"))}
    assert found["Query", "repository_id"].is_cascaded_by_service
    assert found["Data", "repository_id"].is_cleared_by_service
    assert found["Page", "repository_id"].is_refused_by_service
    shelf = feature("Shelf", library())
    assert not any(item.is_refused_by_service or item.is_cascaded_by_service for item in removals(shelf))


def test_a_cascade_to_itself_is_no_circle() -> None:
    own = [item for item in removals(feature("Query")) if item.reference.attribute.name == "parent_id"]
    assert [closes_circle(Removal(item.reference)) for item in own] == [False]


def test_rights_of_lists_and_writes() -> None:
    repository = feature("Repository")
    rights = {operation.kind: Rights(repository, operation) for operation in repository.operations}
    assert rights[OperationKind.LIST].is_narrowed
    assert rights[OperationKind.PATCH].is_owned
    assert rights[OperationKind.CREATE].sets_owner
    assert rights[OperationKind.CREATE].required_roles == ()


def test_a_role_is_guarded_even_from_strangers() -> None:
    account = feature("Session")
    create = account.operations_of(OperationKind.CREATE)[0]
    assert create.access == Access()
    assert Rights(account, create).guards_role
    assert not Rights(account, create).needs_caller


def test_routes_tell_every_status() -> None:
    note = feature("Note", owned_notes())
    told = {operation.kind: statuses(Action(note, operation)) for operation in note.operations}
    assert told[OperationKind.PATCH] == [401, 403, 404, 409, 412, 413, 422, 428]
    assert told[OperationKind.READ] == [401, 403, 404, 422]
    assert told[OperationKind.LIST] == [401, 422]


def test_routes_tell_with_which_statuses_rules_refuse() -> None:
    rule = Rule(
        name="is_fit",
        before=("create", "update"),
        does="...",
        refuses=(Refused(status=400, when="it rains"), Refused(status=409, when="it is late")),
    )
    document = owned_notes()
    entities = tuple(
        each.model_copy(update={"rules": (rule,)}) if each.name == "Note" else each for each in document.entities
    )
    note = feature("Note", document.model_copy(update={"entities": entities}))
    told = {operation.kind: statuses(Action(note, operation)) for operation in note.operations}
    assert {kind for kind, found in told.items() if 400 in found} == {
        OperationKind.CREATE,
        OperationKind.REPLACE,
        OperationKind.PATCH,
    } & told.keys()
    assert OperationKind.CREATE in told


def test_text() -> None:
    assert words("LoanItem") == words("loan_item") == "loan item"
    assert with_article("order") == "an order"
    assert listed(["a", "b", "c"], "or") == "a, b or c"
    assert literal('a"b') == '"a\\"b"'
    assert literal("a\nb") == "'a\\nb'"
    long = f"def f({', '.join(f'parameter_{n}: dict[str, int]' for n in range(6))}) -> None:"
    assert wrapped(long)[1] == "    parameter_0: dict[str, int],"
    assert function("def f() -> None", "Do.", ["return"]) == 'def f() -> None:\n    """Do."""\n    return\n'
