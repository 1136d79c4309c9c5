"""Entities and attributes: types, bounds, keys, generated values, references, owners."""

import pytest

from devmatrix.discovery.document import DiscoveryDocument, FieldType
from devmatrix.discovery.interface import Source
from tests.unit.discovery.openapi.binding.labelled import (
    MOMENT,
    NUMBER,
    TEXT,
    Json,
    bound,
    listed,
    operation,
    record,
    ref,
)

_EMAIL: Json = {"type": "string", "format": "email"}
_LAMP = record(
    "id",
    "label",
    "createdAt",
    id=NUMBER,
    label=TEXT,
    colour={"type": "string", "enum": ["red", "blue"], "default": "blue"},
    watts={"type": "number"},
    lit={"type": "boolean"},
    spots=listed(NUMBER),
    contact=_EMAIL,
    createdAt=MOMENT,
    changed_on=MOMENT,
)
_NEW_LAMP = record(
    "label",
    label={"type": "string", "minLength": 2, "maxLength": 30},
    colour={"type": "string", "enum": ["red", "blue"], "default": "blue"},
    watts={"type": "number", "minimum": 1},
    lit={"type": "boolean"},
    spots=listed(NUMBER),
    contact={**_EMAIL, "description": "must be unique"},
)
_LAMPS = {
    "POST /lamps | create Lamp": operation(ref("Lamp"), ref("NewLamp"), status=201),
    "GET /lamps/{id} | read Lamp": operation(ref("Lamp"), errors={"404": "No such lamp"}),
}


@pytest.fixture(scope="module")
def lamps() -> DiscoveryDocument:
    return bound(_LAMPS, {"Lamp": _LAMP, "NewLamp": _NEW_LAMP})


def test_attributes_have_the_types_of_their_properties(lamps: DiscoveryDocument) -> None:
    types = {one.name: one.type for one in lamps.entity("Lamp").attributes}
    assert types == {
        "id": FieldType.INTEGER,
        "label": FieldType.STRING,
        "colour": FieldType.ENUM,
        "watts": FieldType.FLOAT,
        "lit": FieldType.BOOLEAN,
        "spots": FieldType.JSON,
        "contact": FieldType.EMAIL,
        "createdAt": FieldType.DATETIME,
        "changed_on": FieldType.DATETIME,
    }


def test_what_callers_do_not_give_is_generated(lamps: DiscoveryDocument) -> None:
    generated = {one.name: one.generated for one in lamps.entity("Lamp").attributes if one.generated}
    assert generated == {"id": "sequence", "createdAt": "now"}
    assert lamps.entity("Lamp").attribute("id").unique


def test_the_create_body_decides_what_is_required_and_bounds_it(lamps: DiscoveryDocument) -> None:
    lamp = lamps.entity("Lamp")
    assert [one.name for one in lamp.attributes if one.required] == ["label"]
    label = lamp.attribute("label")
    assert (label.min_length, label.max_length) == (2, 30)
    assert lamp.attribute("watts").minimum == 1


def test_defaults_are_the_documented_ones_and_no_is_that_of_a_flag(lamps: DiscoveryDocument) -> None:
    defaults = {one.name: one.default.value for one in lamps.entity("Lamp").attributes if one.default}
    assert defaults == {"colour": "blue", "lit": False}


def test_descriptions_tell_what_is_unique(lamps: DiscoveryDocument) -> None:
    assert lamps.entity("Lamp").attribute("contact").unique


def test_a_slug_is_made_of_the_title() -> None:
    essay = record("slug", "title", slug=TEXT, title=TEXT)
    found = bound(
        {
            "POST /essays | create Essay": operation(ref("Essay"), record("title", title=TEXT), status=201),
            "GET /essays/{slug} | read Essay": operation(ref("Essay")),
        },
        {"Essay": essay},
    )
    slug = found.entity("Essay").attribute("slug")
    assert (slug.generated, slug.slug_of, slug.unique) == ("slug", "title", True)


def test_a_key_that_the_caller_must_give_is_not_generated() -> None:
    stock = record("sku", sku=TEXT, name=TEXT)
    found = bound(
        {
            "POST /stocks | create Stock": operation(ref("Stock"), ref("Stock"), status=201),
            "GET /stocks/{sku} | read Stock": operation(ref("Stock")),
        },
        {"Stock": stock},
    )
    sku = found.entity("Stock").attribute("sku")
    assert (sku.generated, sku.unique, sku.required) == (None, True, True)


def test_a_key_given_below_another_record_is_unique_there_only() -> None:
    house, flat = record("id", id=NUMBER, street=TEXT), record("door", door=TEXT, size=NUMBER)
    found = bound(
        {
            "POST /houses | create House": operation(ref("House"), record(street=TEXT), status=201),
            "GET /houses/{id} | read House": operation(ref("House")),
            "POST /houses/{id}/flats | nested_create Flat": operation(ref("Flat"), ref("Flat"), status=201),
            "GET /houses/{id}/flats/{door} | nested_read Flat": operation(ref("Flat")),
        },
        {"House": house, "Flat": flat},
    )
    entity = found.entity("Flat")
    assert not entity.attribute("door").unique
    assert entity.unique_together == (("house", "door"),)
    effect = found.interface and found.interface.endpoint("get_houses_id_flats_door").effect
    assert effect
    assert [one.within for one in effect.lookups] == [None, "house"]


def test_an_id_of_another_record_is_a_reference_by_its_key() -> None:
    shelf = record("id", id=NUMBER, room=TEXT)
    jar = record("id", id=NUMBER, shelfId=NUMBER, shelf=ref("Shelf"))
    found = bound(
        {
            "POST /shelves | create Shelf": operation(ref("Shelf"), record(room=TEXT), status=201),
            "GET /shelves/{id} | read Shelf": operation(ref("Shelf")),
            "POST /jars | create Jar": operation(ref("Jar"), record("shelfId", shelfId=NUMBER), status=201),
        },
        {"Shelf": shelf, "Jar": jar},
    )
    attribute = found.entity("Jar").attribute("shelfId")
    assert (attribute.type, attribute.target, attribute.required) == (FieldType.REFERENCE, "Shelf", True)
    assert "shelf" not in {one.name for one in found.entity("Jar").attributes}
    assert found.interface
    effect = found.interface.endpoint("post_jars").effect
    assert effect
    assert [(one.attribute, one.match) for one in effect.writes] == [("shelfId", "id")]
    values = {one.name: one.value for one in found.interface.view("Jar").members}
    assert (values["shelfId"].source, values["shelfId"].target_attribute) == (Source.RELATED_VALUE, "id")
    assert (values["shelf"].source, values["shelf"].attribute) == (Source.RELATED, "shelfId")


def test_nothing_refers_to_records_that_nobody_can_make() -> None:
    found = bound(
        {
            "GET /countries | list Country": operation(listed(ref("Country"))),
            "GET /countries/{id} | read Country": operation(ref("Country")),
            "POST /towns | create Town": operation(ref("Town"), record(countryId=NUMBER), status=201),
        },
        {"Country": record("id", id=NUMBER, name=TEXT), "Town": record("id", id=NUMBER, countryId=NUMBER)},
    )
    assert found.entity("Town").attribute("countryId").type is FieldType.INTEGER
    assert any("no countries at first" in one.text for one in found.assumptions)


def test_lists_of_ids_and_of_records_are_one_association() -> None:
    song = record("id", id=NUMBER, labels=listed(ref("Label")))
    found = bound(
        {
            "POST /labels | create Label": operation(ref("Label"), record(name=TEXT), status=201),
            "GET /labels/{id} | read Label": operation(ref("Label")),
            "POST /songs | create Song": operation(ref("Song"), record(label_ids=listed(NUMBER)), status=201),
        },
        {"Label": record("id", id=NUMBER, name=TEXT), "Song": song},
    )
    lists = [one for one in found.entity("Song").attributes if one.type is FieldType.REFERENCES]
    assert len(lists) == 1
    assert found.interface
    effect = found.interface.endpoint("post_songs").effect
    assert effect
    assert [(one.attribute, one.name, one.match) for one in effect.writes] == [(lists[0].name, "/label_ids", "id")]
    assert not lists[0].server_set
    assert found.interface.view("Song").members[1].value.source is Source.LINKS


def test_records_that_live_in_another_are_its_children_and_are_counted() -> None:
    thread = record("id", id=NUMBER, posts=listed(ref("Post")), postCount=NUMBER)
    found = bound(
        {
            "POST /threads | create Thread": operation(ref("Thread"), record(name=TEXT), status=201),
            "GET /threads/{id} | read Thread": operation(ref("Thread")),
            "POST /threads/{id}/posts | nested_create Post": operation(ref("Post"), record(text=TEXT), status=201),
        },
        {"Thread": thread, "Post": record("id", id=NUMBER, text=TEXT)},
    )
    assert found.interface
    values = {one.name: one.value for one in found.interface.view("Thread").members}
    assert (values["posts"].source, values["posts"].attribute) == (Source.CHILDREN, "thread")
    assert (values["postCount"].source, values["postCount"].entity) == (Source.CHILD_COUNT, "Post")
    assert found.entity("Post").attribute("thread").on_delete == "cascade"


def test_an_object_that_bodies_give_in_another_form_is_not_promised() -> None:
    priced = record("sku", "price", sku=TEXT, price=NUMBER)
    found = bound(
        {
            "POST /baskets | create Basket": operation(
                ref("Basket"), record("lines", lines=listed(record("sku", sku=TEXT))), status=201
            )
        },
        {"Basket": record("id", "lines", id=NUMBER, lines=listed(priced))},
    )
    assert found.interface
    assert found.interface.endpoints[0].effect is None
    assert "another form" in found.interface.endpoints[0].why_not


def test_answers_end_where_records_show_each_other() -> None:
    found = bound(
        {
            "POST /teams | create Team": operation(ref("Team"), record(name=TEXT), status=201),
            "GET /teams/{id} | read Team": operation(ref("Team")),
            "POST /players | create Player": operation(ref("Player"), record(teamId=NUMBER), status=201),
            "GET /players/{id} | read Player": operation(ref("Player")),
        },
        {
            "Team": record("id", id=NUMBER, name=TEXT, players=listed(ref("Player"))),
            "Player": record("id", id=NUMBER, teamId=NUMBER, team=ref("Team")),
        },
    )
    assert found.interface
    reaches: dict[str, set[str]] = {
        view.name: {one.value.view for one in view.members if one.value.view} for view in found.interface.views
    }
    for name in reaches:
        seen, waiting = set[str](), [name]
        while waiting:
            inner = reaches[waiting.pop()]
            assert name not in inner
            waiting += [one for one in inner if one not in seen]
            seen |= inner


def test_a_tree_shows_itself_through_its_children() -> None:
    folder = record("id", id=NUMBER, parentId=NUMBER, children=listed(ref("Folder")))
    found = bound(
        {
            "POST /folders | create Folder": operation(ref("Folder"), record(parentId=NUMBER), status=201),
            "GET /folders/{id} | read Folder": operation(ref("Folder")),
        },
        {"Folder": folder},
    )
    assert found.interface
    child = found.interface.view("Folder").members[2].value
    assert (child.source, child.attribute, child.view) == (Source.CHILDREN, "parentId", "Folder")
