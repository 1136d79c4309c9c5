"""An OpenAPI document of any size, as varied as real ones: resources, some nested, some with states or files."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Node = dict[str, Any]
Piece = tuple[str, str, Node]
"""Path, method, operation."""

_FIRST = (
    "Access Annual Audit Bulk Cold Daily Depot District Export Field Fleet Freight Harbour Import Internal Key Legal"
    " Local Master Mobile Night Office Outer Partner Pilot Port Quality Rail Regional Remote Road Safety Shared Site"
    " Spare Staff Storage Summer Supply Test Training Transit Urban Vendor Winter Yard"
).split()
_SECOND = (
    "Asset Badge Batch Berth Bridge Bulletin Cabinet Campaign Certificate Channel Contract Course Crew Delivery Device"
    " Document Engine Event Forecast Gate Hazard Incident Inspection Invoice Journey Licence Locker Machine Meter"
    " Notice Outage Parcel Permit Pipeline Platform Policy Process Quota Recipe Report Route Sample Schedule Sensor"
    " Shift Shipment Survey Tariff Tender Ticket Vehicle Vessel Visit Workshop Zone"
).split()
_FIELDS: tuple[tuple[str, Node], ...] = (
    ("title", {"type": "string", "minLength": 1, "maxLength": 120}),
    ("description", {"type": "string", "maxLength": 4000, "nullable": True}),
    ("quantity", {"type": "integer", "minimum": 0, "maximum": 100000}),
    ("weight", {"type": "number", "minimum": 0, "exclusiveMinimum": True}),
    ("contactEmail", {"type": "string", "format": "email"}),
    ("homepage", {"type": "string", "format": "uri", "nullable": True}),
    ("startsOn", {"type": "string", "format": "date"}),
    ("endsAt", {"type": "string", "format": "date-time", "nullable": True}),
    ("urgent", {"type": "boolean", "default": False}),
    ("code", {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{4}$"}),
    ("priority", {"type": "string", "enum": ["low", "normal", "high"], "default": "normal"}),
    ("labels", {"type": "array", "items": {"type": "string", "maxLength": 30}, "maxItems": 20}),
    ("attributes", {"type": "object", "additionalProperties": {"type": "string"}}),
    (
        "position",
        {
            "type": "object",
            "required": ["lat", "lon"],
            "properties": {"lat": {"type": "number"}, "lon": {"type": "number"}},
        },
    ),
    ("price", {"type": "integer", "minimum": 0, "description": "in cents"}),
    ("externalReference", {"type": "string", "format": "uuid"}),
)
_MOVES = (("approve", "approved"), ("reject", "rejected"), ("archive", "archived"), ("cancel", "cancelled"))


def synthetic(operations: int, *, seed: int = 1) -> Node:
    """A valid OpenAPI 3.0 document with exactly so many operations (the same for the same seed)."""
    chance = random.Random(seed)
    schemas: Node = {"Error": _object({"code": {"type": "string"}, "message": {"type": "string"}}, ["message"])}
    paths: dict[str, Node] = {}
    written = 0
    names = [first + second for first in _FIRST for second in _SECOND]
    chance.shuffle(names)
    for resource in _resources(names, chance, schemas):
        for path, method, operation in resource.pieces(chance):
            if written == operations:
                return _document(paths, schemas)
            paths.setdefault(path, {})[method] = operation
            written += 1
    raise ValueError(f"there are names for {written} operations, not for {operations}")


def _document(paths: dict[str, Node], schemas: Node) -> Node:
    error = {"description": "refused", "content": _json(_ref("Error"))}
    return {
        "openapi": "3.0.3",
        "info": {"title": "Synthetic operations", "version": "1.0.0"},
        "servers": [{"url": "https://api.example.com/v1"}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"}},
            "parameters": {
                "limit": _query("limit", {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}),
                "offset": _query("offset", {"type": "integer", "minimum": 0, "default": 0}),
            },
            "responses": {name: error for name in ("Invalid", "Unauthorized", "Missing", "Conflict")},
            "schemas": schemas,
        },
    }


@dataclass(frozen=True)
class _Resource:
    """One kind of record and where it lives."""

    name: str
    key: Node
    path: str
    """Of the collection."""
    parameters: tuple[Node, ...]
    """Of the owning record."""
    filters: tuple[Node, ...]
    has_states: bool
    enveloped: bool

    @property
    def word(self) -> str:
        return self.name[0].lower() + self.name[1:]

    @property
    def id(self) -> str:
        return f"{self.word}Id"

    @property
    def one(self) -> str:
        return f"{self.path}/{{{self.id}}}"

    @property
    def all_parameters(self) -> list[Node]:
        return [*self.parameters, _in_path(self.id, self.key)]

    def pieces(self, chance: random.Random) -> Iterator[Piece]:
        """Its operations; a random part of those that are not usual."""
        yield from self._usual()
        if chance.random() < 0.7:
            body = _body(_ref(f"{self.name}Input"))
            yield self.one, "put", self._operation("replace", self.all_parameters, "200", body)
        if chance.random() < 0.6:
            yield (
                self.one,
                "patch",
                self._operation("change", self.all_parameters, "200", _body(_ref(f"{self.name}Patch"))),
            )
        if self.has_states:
            for verb, _ in _MOVES[: chance.randint(1, len(_MOVES))]:
                yield f"{self.one}/{verb}", "post", self._operation(verb, self.all_parameters, "200", conflict=True)
        if chance.random() < 0.3:
            text = _query("q", {"type": "string", "minLength": 1}) | {"required": True}
            yield f"{self.path}/search", "get", self._list("search", [*self.parameters, text])
        if chance.random() < 0.3:
            answer = _object({"count": {"type": "integer"}}, ["count"])
            yield f"{self.path}/count", "get", self._operation("count", list(self.parameters), "200", answer=answer)
        if chance.random() < 0.2:
            yield f"{self.one}/photo", "put", self._operation("upload", self.all_parameters, "204", _bytes())
            got = self._operation("download", self.all_parameters, "200")
            got["responses"]["200"]["content"] = _bytes()["content"]
            yield f"{self.one}/photo", "get", got
        if chance.random() < 0.3:
            yield f"{self.one}/star", "put", self._operation("star", self.all_parameters, "204")
            yield f"{self.one}/star", "delete", self._operation("unstar", self.all_parameters, "204")
        if chance.random() < 0.2:
            answer = _object({"score": {"type": "number"}}, ["score"])
            yield (
                f"{self.one}/recompute",
                "post",
                self._operation("recompute", self.all_parameters, "200", answer=answer),
            )

    def _usual(self) -> Iterator[Piece]:
        yield self.path, "get", self._list("list", [*self.parameters, *self.filters])
        yield (
            self.path,
            "post",
            self._operation("create", list(self.parameters), "201", _body(_ref(f"{self.name}Input"))),
        )
        yield self.one, "get", self._operation("get", self.all_parameters, "200")
        yield self.one, "delete", self._operation("delete", self.all_parameters, "204")

    def _list(self, verb: str, parameters: list[Node]) -> Node:
        pages = [{"$ref": f"#/components/parameters/{name}"} for name in ("limit", "offset")]
        records = {"type": "array", "items": _ref(self.name)}
        answer = _object({"data": records, "total": {"type": "integer"}}, ["data", "total"])
        return self._operation(verb, [*parameters, *pages], "200", answer=answer if self.enveloped else records)

    def _operation(
        self,
        verb: str,
        parameters: list[Node],
        status: str,
        body: Node | None = None,
        *,
        answer: Node | None = None,
        conflict: bool = False,
    ) -> Node:
        success: Node = {"description": "done"}
        if status != "204":
            record = _object({"data": _ref(self.name)}, ["data"]) if self.enveloped else _ref(self.name)
            success["content"] = _json(answer or record)
        responses = {status: success, "401": _reply("Unauthorized"), "404": _reply("Missing")}
        if body or parameters:
            responses["400"] = _reply("Invalid")
        if conflict:
            responses["409"] = _reply("Conflict")
        found: Node = {
            "tags": [self.word],
            "operationId": f"{verb}{self.name}",
            "summary": f"{verb} {self.word}",
            "parameters": parameters,
            "responses": responses,
        }
        return found | ({"requestBody": body} if body else {})


def _resources(names: list[str], chance: random.Random, schemas: Node) -> Iterator[_Resource]:
    above: _Resource | None = None
    for name in names:
        owner = above if above and chance.random() < 0.35 else None
        key = chance.choice(({"type": "integer"}, {"type": "string", "format": "uuid"}, {"type": "string"}))
        segment = _plural("".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)[1:])
        properties = {field: shape for field, shape in _FIELDS if chance.random() < 0.5}
        properties = {"name": {"type": "string", "minLength": 1, "maxLength": 80}} | properties
        if above and not owner and chance.random() < 0.4:
            properties[above.id] = above.key
        made = _Resource(
            name,
            key,
            f"{owner.one}/{segment}" if owner else f"/{segment}",
            tuple(owner.all_parameters) if owner else (),
            tuple(_query(field, properties[field]) for field in ("priority", "urgent") if field in properties),
            has_states=chance.random() < 0.4,
            enveloped=chance.random() < 0.3,
        )
        _describe(made, properties, schemas)
        yield made
        above = made if not owner or len(owner.parameters) == 0 else None


def _describe(made: _Resource, properties: Node, schemas: Node) -> None:
    required = [
        "name",
        *(field for field in properties if field != "name" and field in ("quantity", "startsOn", "code")),
    ]
    schemas[f"{made.name}Input"] = _object(properties, required)
    schemas[f"{made.name}Patch"] = _object({field: _undefaulted(shape) for field, shape in properties.items()}, [])
    own: Node = {
        made.id: made.key | {"readOnly": True},
        "createdAt": {"type": "string", "format": "date-time", "readOnly": True},
    }
    if made.has_states:
        own["state"] = {"type": "string", "enum": ["open", *(state for _, state in _MOVES)], "readOnly": True}
    schemas[made.name] = {"allOf": [_ref(f"{made.name}Input"), _object(own, list(own))]}


def _undefaulted(shape: Node) -> Node:
    return {key: value for key, value in shape.items() if key != "default"}


def _plural(word: str) -> str:
    if word.endswith("y") and word[-2] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "ch", "x")) else f"{word}s"


def _ref(name: str) -> Node:
    return {"$ref": f"#/components/schemas/{name}"}


def _reply(name: str) -> Node:
    return {"$ref": f"#/components/responses/{name}"}


def _json(schema: Node) -> Node:
    return {"application/json": {"schema": schema}}


def _body(schema: Node) -> Node:
    return {"required": True, "content": _json(schema)}


def _bytes() -> Node:
    return {"required": True, "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}}}


def _object(properties: Node, required: list[str]) -> Node:
    return {"type": "object", "properties": properties} | ({"required": required} if required else {})


def _query(name: str, schema: Node) -> Node:
    return {"name": name, "in": "query", "schema": _undefaulted(schema) if name not in ("limit", "offset") else schema}


def _in_path(name: str, schema: Node) -> Node:
    return {"name": name, "in": "path", "required": True, "schema": schema}
