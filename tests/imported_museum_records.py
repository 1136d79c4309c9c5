"""What the museum keeps, and how its answers look."""

from collections.abc import Mapping

from devmatrix.discovery.document import (
    Account,
    Attribute,
    Entity,
    FieldType,
    StateMachine,
    Transition,
)
from devmatrix.discovery.interface import (
    Member,
    Source,
    Value,
    View,
)
from devmatrix.discovery.shapes import Property, Shape, ShapeKind
from tests.interfaces import TEXT, named, objects, shape

MOMENT = shape("string", format="date-time")
NUMBER = shape("integer", minimum=1)
BYTES = shape("binary")
NULLABLE = shape("string", nullable=True)
_HALL = {
    "name": shape("string", min_length=1),
    "floor": shape("integer", format="int32"),
    "open": shape("boolean", has_default=True, default=True),
    "id": shape("integer"),
}
_EXHIBIT = {
    "code": shape("string", min_length=1, max_length=20),
    "title": TEXT,
    "weight": shape("number", minimum=0),
    "class": TEXT,
    "shownFrom": MOMENT,
    "hall": shape("integer"),
    "labels": shape("array", items=TEXT),
    "sequel": NULLABLE,
    "parts": shape("array", items=objects("kind", kind=TEXT)),
}


def _record(properties: Mapping[str, Shape], *required: str) -> Shape:
    members = (Property(name=name, shape=one, required=name in required) for name, one in properties.items())
    return Shape(kind=ShapeKind.OBJECT, properties=tuple(members))


SHAPES: dict[str, Shape] = {
    "HallInput": _record({name: one for name, one in _HALL.items() if name != "id"}, "name"),
    "Hall": _record({**_HALL, "exhibits": shape("integer")}, "id", "name", "open", "exhibits"),
    "ExhibitInput": _record(_EXHIBIT, "code", "title", "hall"),
    "ExhibitPatch": _record({name: one for name, one in _EXHIBIT.items() if name != "code"}),
    "Exhibit": _record(
        {
            **_EXHIBIT,
            "hall": named("HallInExhibit"),
            "id": shape("string", format="uuid"),
            "state": shape("string", choices=("stored", "shown")),
            "madeAt": shape("integer"),
            "remarks": shape("array", items=named("Remark")),
            "keeper": TEXT,
        },
        *"id code title state hall labels sequel madeAt remarks".split(),
    ),
    "HallInExhibit": objects("id", "name", id=shape("integer"), name=TEXT),
    "Label": objects("name", name=TEXT),
    "Remark": objects("text", "replies", text=TEXT, replies=shape("array", items=named("Remark"))),
}


def _attribute(name: str, kind: FieldType, **more: object) -> Attribute:
    return Attribute.model_validate({"name": name, "type": kind, "required": False, **more})


def _exhibits() -> Entity:
    return Entity(
        name="Exhibit",
        plural="exhibits",
        attributes=(
            _attribute("id", FieldType.UUID, generated="uuid", unique=True, server_set=True),
            _attribute("code", FieldType.STRING, required=True),
            _attribute("title", FieldType.STRING, required=True),
            _attribute("weight", FieldType.FLOAT),
            _attribute("class", FieldType.STRING),
            _attribute("shownFrom", FieldType.DATETIME),
            _attribute("hall", FieldType.REFERENCE, target="Hall", on_delete="restrict", required=True),
            _attribute("labels", FieldType.REFERENCES, target="Label"),
            _attribute("sequel", FieldType.REFERENCE, target="Exhibit", on_delete="set_null"),
            _attribute("parts", FieldType.JSON, shape=_EXHIBIT["parts"]),
            _attribute("state", FieldType.ENUM, choices=("stored", "shown"), server_set=True),
            _attribute("madeAt", FieldType.INTEGER, generated="now", server_set=True),
            _attribute("photo", FieldType.BINARY),
            _attribute("keeper", FieldType.REFERENCE, target="Curator", on_delete="set_null", server_set=True),
        ),
        unique_together=(("code", "hall"),),
        states=StateMachine(
            field="state",
            initial="stored",
            transitions=(
                Transition(name="show", sources=("stored",), target="shown", requires=("shownFrom",)),
                Transition(name="store", sources=("shown",), target="stored"),
            ),
        ),
        owner_field="keeper",
    )


def entities() -> tuple[Entity, ...]:
    curator = Entity(
        name="Curator",
        plural="curators",
        attributes=(
            _attribute("login", FieldType.STRING, unique=True, required=True),
            _attribute("secret", FieldType.PASSWORD, required=True),
            _attribute(
                "rank", FieldType.ENUM, choices=("helper", "keeper"), default={"kind": "literal", "value": "helper"}
            ),
        ),
        account=Account(login_field="login", password_field="secret", role_field="rank", admin_role="keeper"),
    )
    hall = Entity(
        name="Hall",
        plural="halls",
        soft_delete=True,
        attributes=(
            _attribute("id", FieldType.INTEGER, generated="sequence", unique=True, server_set=True),
            _attribute("name", FieldType.STRING, unique=True, required=True),
            _attribute("floor", FieldType.INTEGER),
            _attribute("open", FieldType.BOOLEAN, default={"kind": "literal", "value": True}),
        ),
    )
    label = Entity(
        name="Label",
        plural="labels",
        attributes=(_attribute("name", FieldType.STRING, unique=True, required=True),),
    )
    remark = Entity(
        name="Remark",
        plural="remarks",
        attributes=(
            _attribute("text", FieldType.STRING, required=True),
            _attribute("exhibit", FieldType.REFERENCE, target="Exhibit", on_delete="cascade", server_set=True),
            _attribute("answers", FieldType.REFERENCE, target="Remark", on_delete="cascade"),
        ),
    )
    return curator, hall, _exhibits(), label, remark


def value(source: Source, **more: object) -> Value:
    return Value.model_validate({"source": source, **more})


def _member(name: str, source: Source = Source.ATTRIBUTE, **more: object) -> Member:
    return Member(name=name, value=value(source, **({"attribute": name} | more)))


def views() -> tuple[View, ...]:
    exhibit = [_member(name) for name in "id code title weight class shownFrom parts state madeAt".split()]
    return (
        View(
            name="Hall",
            entity="Hall",
            shape="Hall",
            members=(
                *(_member(name) for name in "id name floor open".split()),
                _member("exhibits", Source.CHILD_COUNT, entity="Exhibit", attribute="hall"),
            ),
        ),
        View(name="HallInExhibit", entity="Hall", shape="HallInExhibit", members=(_member("id"), _member("name"))),
        View(name="Label", entity="Label", shape="Label", members=(_member("name"),)),
        View(
            name="Remark",
            entity="Remark",
            shape="Remark",
            members=(
                _member("text"),
                _member("replies", Source.CHILDREN, entity="Remark", attribute="answers", view="Remark"),
            ),
        ),
        View(
            name="Exhibit",
            entity="Exhibit",
            shape="Exhibit",
            members=(
                *exhibit,
                _member("hall", Source.RELATED, view="HallInExhibit"),
                _member("labels", Source.LINK_VALUES, target_attribute="name"),
                _member("sequel", Source.RELATED_VALUE, target_attribute="code"),
                _member("keeper", Source.RELATED_VALUE, target_attribute="login"),
                _member("remarks", Source.CHILDREN, entity="Remark", attribute="exhibit", view="Remark"),
            ),
        ),
    )
