"""Records of imported APIs: names that cannot clash, columns that may be null, circles, atoms that pass level 1."""

from pathlib import Path

import pytest

from devmatrix.atoms.contract import AtomKind
from devmatrix.discovery.document import Attribute, DiscoveryDocument, Entity, FieldType, OperationKind
from devmatrix.discovery.interface import Effect, Interface, Write
from devmatrix.discovery.shapes import Shape
from devmatrix.planning.make import make_plan
from devmatrix.stacks.fastapi import FastAPIStack
from devmatrix.stacks.fastapi.imported.records.collection import Records
from devmatrix.stacks.fastapi.imported.records.fields import MAX_NAME, Layout
from devmatrix.stacks.fastapi.imported.records.tables import creations
from devmatrix.stacks.fastapi.imported.records.writing import broken
from devmatrix.stacks.fastapi.naming import Names
from devmatrix.stacks.stack import Design
from devmatrix.validation.rules import RULES, Defect, Judged, parse_symbol
from tests.imported_documents import trails
from tests.imported_museum import museum
from tests.interfaces import TEXT, Api, document, objects, shape

PACKAGES = frozenset(
    """app tests aiosqlite alembic argon2 email_validator fastapi jwt pydantic pydantic_core pydantic_settings pytest
    sqlalchemy starlette""".split()
)


def designed(given: DiscoveryDocument) -> Design:
    stack = FastAPIStack(Path())
    return stack.design(given, make_plan(given, stack.outline(given), stack=stack.name))


def one_entity(*attributes: Attribute, body: Shape, names: tuple[str, ...]) -> DiscoveryDocument:
    """An API that makes records of one entity."""
    api = Api()
    writes = tuple(Write(attribute=name, place="body", name=f"/{name}") for name in names)
    api.add("make", OperationKind.CREATE, "POST /things", Effect(entity="Thing", writes=writes), body=body, status=201)
    interface = Interface(file="things.yaml", version="1", openapi="3.1.0", endpoints=tuple(api.endpoints))
    return document(
        "Things", interface, (Entity(name="Thing", plural="things", attributes=attributes),), api.operations
    )


def attribute(name: str, kind: FieldType = FieldType.STRING, **more: object) -> Attribute:
    return Attribute.model_validate({"name": name, "type": kind, "required": False, **more})


def test_names_that_python_sqlalchemy_or_the_records_take_are_others() -> None:
    names = (
        "id",
        "metadata",
        "registry",
        "row_id",
        "class",
        "self",
        "createdAt",
        "created-at",
        "Straße",
        "9 lives",
        "ID",
    )
    given = one_entity(*map(attribute, names), body=objects(), names=())
    found = Layout(given, Names(given)).fields(given.entities[0]).names
    assert found["id"] == "id"
    assert found["createdAt"] == "created_at"
    assert len(set(found.values())) == len(names)
    assert all(name.isidentifier() for name in found.values())
    assert not {"metadata", "registry", "row_id", "class", "self"} & set(found.values())


def test_long_names_are_cut_so_that_constraints_can_be_named_after_them() -> None:
    first, second = "a_very_long_name_of_a_property_1", "a_very_long_name_of_a_property_2"
    given = one_entity(attribute(first), attribute(second), body=objects(), names=())
    found = Layout(given, Names(given)).fields(given.entities[0]).names
    assert found[first] != found[second]
    assert max(map(len, found.values())) <= MAX_NAME


def test_a_column_is_never_null_where_everything_that_writes_it_gives_a_value() -> None:
    body = objects("sure", "perhaps", sure=TEXT, perhaps=shape("string", nullable=True), left=TEXT)
    names = ("sure", "perhaps", "left")
    given = one_entity(
        *map(attribute, names), attribute("made", generated="uuid"), attribute("unset"), body=body, names=names
    )
    fields = Layout(given, Names(given)).fields(given.entities[0]).all
    assert {field.name: field.nullable for field in fields} == {
        "sure": False,
        "perhaps": True,
        "left": True,
        "made": False,
        "unset": True,
    }


def test_tables_that_refer_to_each_other_get_one_key_later() -> None:
    hen = Entity(name="Hen", plural="hens", attributes=(attribute("egg", FieldType.REFERENCE, target="Egg"),))
    egg = Entity(name="Egg", plural="eggs", attributes=(attribute("hen", FieldType.REFERENCE, target="Hen"),))
    interface = Interface(file="x.yaml", version="1", openapi="3.1.0", endpoints=())
    given = document("Hens", interface, (hen, egg), museum().operations[:1])
    made = list(creations(Layout(given, Names(given)), revokes=False))
    assert [creation.tables[0].name for creation in made] == ["eggs", "hens"]
    assert [(late.table, late.target) for creation in made for late in creation.late] == [("eggs", "hens")]
    assert made[0].tables[0].references == ()


@pytest.mark.parametrize("given", [trails(), museum()], ids=["trails", "museum"])
def test_every_atom_passes_the_rules_of_level_1(given: DiscoveryDocument) -> None:
    design = designed(given)
    defects = []
    for atom in design.atoms:
        candidate, contract = (design.blueprints | design.stand_ins)[atom.id], atom.contract
        if contract.kind is AtomKind.FILE:
            continue
        definition = parse_symbol(candidate.code)
        assert not isinstance(definition, Defect), f"{atom.id}: {definition}"
        judged = Judged(candidate, contract, definition, PACKAGES)
        defects += [(atom.id, defect.message) for rule in RULES for defect in rule.check(judged)]
    assert defects == []


def test_most_routes_are_short() -> None:
    atoms = [atom for atom in designed(museum()).atoms if atom.contract.path.startswith("app/routers/")]
    lists = [atom.contract.name for atom in atoms if atom.contract.kind is AtomKind.TABLE]
    assert len(lists) * 10 < len(atoms), lists


def test_what_nobody_has_written_names_its_requirement() -> None:
    design = designed(trails())
    atom_id = "app/operations/trails.py:forecast_trail"
    assert atom_id not in design.blueprints
    code = design.stand_ins[atom_id].code
    assert 'raise Unwritten("R-01: The service is served.")' in code


def test_literal_paths_stand_before_parameters() -> None:
    records = Records(museum(), Names(museum()))
    paths = [records.operations[each.operation].path for group in records.wire.groups.all.values() for each in group]
    assert paths.index("/api/halls/count") < paths.index("/api/halls/{id}")
    assert paths.index("/api/exhibits/search") < paths.index("/api/exhibits/{exhibit-id}")


def test_a_long_line_is_broken_at_its_outermost_brackets() -> None:
    arguments = ", ".join(f"argument_{number}=value_{number}" for number in range(8))
    assert broken(f'found = call({arguments}, text="(, ")') == [
        "found = call(",
        *(f"    argument_{number}=value_{number}," for number in range(8)),
        '    text="(, ",',
        ")",
    ]
