"""What the wire side tells the writer of routes, and which modules it writes."""

import pytest
from pydantic import ValidationError

from devmatrix.discovery.document import DiscoveryDocument, Operation, OperationKind
from devmatrix.discovery.interface import Effect, Endpoint, Interface, Reason
from devmatrix.discovery.shapes import Property, Shape, ShapeKind
from devmatrix.stacks.fastapi.imported.wire import Wire
from devmatrix.stacks.fastapi.imported.wire.facts import ImportedFacts
from devmatrix.stacks.fastapi.imported.wire.modules import wire_outline, wire_sources
from devmatrix.stacks.fastapi.naming import Names
from tests.imported_documents import trails
from tests.interfaces import Api, document, named, objects, shape
from tests.unit.stacks.fastapi.imported.wire.generated import adapter, taking


def wired(described: DiscoveryDocument) -> Wire:
    return Wire(described, Names(described))


def record(required: str, properties: dict[str, Shape]) -> Shape:
    return Shape(
        kind=ShapeKind.OBJECT,
        properties=tuple(Property(name=name, shape=one, required=name == required) for name, one in properties.items()),
    )


def endpoint(wire: Wire, operation: str) -> Endpoint:
    return wire.interface.endpoint(operation)


def routed(*routes: tuple[str, str]) -> Wire:
    """An API of these routes: tag, and method and path."""
    operations, endpoints = [], []
    for number, (tag, route) in enumerate(routes):
        method, path = route.split()
        operations.append(
            Operation.model_validate(
                {
                    "id": f"op_{number}",
                    "kind": OperationKind.CUSTOM,
                    "entity": "",
                    "method": method,
                    "path": path,
                    "success_status": 200,
                }
            )
        )
        endpoints.append(Endpoint(operation=f"op_{number}", tags=(tag,) if tag else ()))
    interface = Interface(file="", version="1", openapi="3.1.0", endpoints=tuple(endpoints))
    return wired(document("Routes", interface, trails().entities, operations))


def order(wire: Wire) -> list[tuple[str, list[str]]]:
    return [(group, [each.operation for each in endpoints]) for group, endpoints in wire.groups.all.items()]


def test_literal_segments_come_first_in_a_group_and_between_groups() -> None:
    wire = routed(("Things", "GET /things/{id}"), ("Things", "GET /things/last"), ("Other one", "GET /things/best"))
    assert order(wire) == [("other_one", ["op_2"]), ("things", ["op_1", "op_0"])]


def test_groups_that_overlap_both_ways_are_one() -> None:
    wire = routed(("A", "GET /x/{id}"), ("B", "GET /x/best"), ("B", "GET /y/{id}"), ("A", "GET /y/best"))
    assert [group for group, _ in order(wire)] == ["a"]


def test_without_tags_the_first_segment_names_the_group_and_no_keyword_does() -> None:
    wire = routed(("", "GET /{id}"), ("", "GET /import/{id}"), ("", "GET /big-things"))
    assert {group for group, _ in order(wire)} == {"root", "import_", "big_things"}


@pytest.mark.parametrize(
    ("pointer", "expression", "sent"),
    [
        ("", "body", ""),
        ("/a", "body.a", ""),
        ("/a/b", "body.a.b", '"b" in body.a.model_fields_set'),
        ("/c/fromHere", "body.c.from_here", '"c" in body.model_fields_set and body.c is not None'),
        (
            "/c/class",
            "body.c.class_",
            '"c" in body.model_fields_set and body.c is not None and "class_" in body.c.model_fields_set',
        ),
    ],
)
def test_a_pointer_leads_into_the_body(pointer: str, expression: str, sent: str) -> None:
    inner = record("fromHere", {"fromHere": shape("string"), "class": shape("string")})
    body = objects("a", a=objects(b=shape("integer")), c=inner.model_copy(update={"nullable": True}))
    _, wire = taking(body)
    access = wire.access(endpoint(wire, "do_it"), pointer)
    assert (access.expression, access.sent) == (expression, sent)


def test_a_pointer_to_nothing_is_an_error() -> None:
    _, wire = taking(objects(a=shape("integer")))
    with pytest.raises(KeyError):
        wire.access(endpoint(wire, "do_it"), "/b")


def test_an_item_of_a_batch_is_reached_from_its_list() -> None:
    _, wire = taking(objects("items", items=shape("array", items=objects("n", n=shape("integer")))))
    assert wire.item_access(endpoint(wire, "do_it"), "/items", "/n").expression == "item.n"
    assert wire.item_access(endpoint(wire, "do_it"), "/items", "/n").scalar


def test_no_module_of_schemas_is_too_long_and_none_imports_in_a_circle() -> None:
    api = Api()
    shapes: dict[str, Shape] = {}
    for number in range(150):
        following = {
            f"next{n}": named(f"S{n}") for n in (number + 1, number - 1) if 0 <= n < 150 and n // 10 == number // 10
        }
        shapes[f"S{number}"] = record("", {"value": shape("integer"), **following})
        for side in ("First", "Second"):
            api.add(
                f"make{side}{number}",
                OperationKind.CREATE,
                f"POST /{side.lower()}/{number}",
                Effect(entity="Trail"),
                body=named(f"S{number}"),
            )
    interface = Interface(file="", version="1", openapi="3.1.0", shapes=shapes, endpoints=tuple(api.endpoints))
    wire = wired(document("Many", interface, trails().entities, api.operations))
    sizes = {module: len(plans) for module, plans in wire.classes.modules.items()}
    assert set(sizes) == {"shared", "shared_2", "shared_3"}
    assert max(sizes.values()) <= 70
    places = {plan.key: module for module, plans in wire.classes.modules.items() for plan in plans}
    names = list(sizes)
    for plans in wire.classes.modules.values():
        for plan in plans:
            assert all(names.index(places[used]) <= names.index(plan.module) for used in plan.uses)


def paths(described: DiscoveryDocument) -> set[str]:
    names = Names(described)
    facts = ImportedFacts(described, names, Wire(described, names))
    sources = {source.path for source in wire_sources(facts)}
    assert sources == {path for task in wire_outline(facts) for path in task.files}
    return sources


def without_accounts(described: DiscoveryDocument) -> DiscoveryDocument:
    entities = tuple(each.model_copy(update={"account": None}) for each in described.entities)
    return described.model_copy(update={"entities": entities})


def test_only_what_an_api_needs_is_written() -> None:
    signed = {"app/authentication/tokens.py", "app/security.py"}
    assert signed | {"app/authentication/passwords.py"} <= paths(trails())
    # Passwords are kept, but nobody signs in with them.
    kept = paths(without_accounts(trails()))
    assert "app/authentication/passwords.py" in kept
    assert "app/authentication/tokens.py" not in kept


def test_refusals_have_a_usual_form_and_exceptions() -> None:
    described = trails()
    names = Names(described)
    facts = ImportedFacts(described, names, Wire(described, names))
    usual = dict(facts.forms)
    assert set(usual) == {str(reason) for reason in Reason}
    assert usual["missing"] == "Form(404, message_body)"
    assert usual["duplicate"] == "Form(422, errors_body)"
    assert usual["unwritten"] == "Form(501, standard_body, MEDIA_TYPE)"
    # Most paths take any text: what is malformed there is missing. One takes a number, and says so otherwise.
    assert usual["invalid_path"] == usual["missing"]
    assert facts.exceptions == (("deleteReport", (("invalid_path", "Form(422, errors_body)"),)),)


def test_a_name_for_another_one_means_the_same_class() -> None:
    shapes = {"Extent": named("Size"), "Size": objects("w", w=shape("integer"))}
    with adapter(named("Extent"), shapes) as extent:
        extent.validate_python({"w": 1})
        with pytest.raises(ValidationError):
            extent.validate_python({"w": "wide"})
