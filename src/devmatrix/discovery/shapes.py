"""Shapes: the JSON schemas of an imported document, normalised (references by name, allOf merged, null apart)."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, JsonValue

from devmatrix.discovery.finding import find_part


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ShapeKind(StrEnum):
    """What a value is."""

    OBJECT = "object"
    ARRAY = "array"
    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    NULL = "null"  # nothing but null
    BINARY = "binary"  # bytes: an upload or a download, never inside JSON
    ANY = "any"  # nothing is said about it
    UNION = "union"  # one of `alternatives` (oneOf and anyOf alike)
    NAMED = "named"  # the shape of that `name` in the interface


class Property(_Part):
    """One property of an object."""

    name: str
    shape: "Shape"
    required: bool = False
    read_only: bool = False
    """In answers only: in a request it is ignored."""
    write_only: bool = False
    """In requests only."""


class Shape(_Part):
    """What a JSON value may be."""

    kind: ShapeKind
    name: str = ""
    nullable: bool = False
    """Null is allowed besides."""
    description: str = ""
    format: str = ""
    """As written: date-time, uuid, int64, email, binary, byte, password, ..."""
    choices: tuple[JsonValue, ...] = ()
    """enum or const, without null."""
    has_default: bool = False
    default: JsonValue = None
    examples: tuple[JsonValue, ...] = ()
    minimum: float | None = None
    exclusive_minimum: float | None = None
    maximum: float | None = None
    exclusive_maximum: float | None = None
    multiple_of: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    items: "Shape | None" = None
    """Of an array; none: any."""
    min_items: int | None = None
    max_items: int | None = None
    unique_items: bool = False
    properties: tuple[Property, ...] = ()
    closed: bool = False
    """No property but the listed ones (additionalProperties: false)."""
    additional: "Shape | None" = None
    """What further properties must be, where the document says so (a map, where there are no `properties`)."""
    min_properties: int | None = None
    max_properties: int | None = None
    alternatives: tuple["Shape", ...] = ()
    discriminator: str = ""
    """The property that tells the alternatives apart."""

    def property(self, name: str) -> Property | None:
        """The property of that name, if it is listed."""
        return find_part(self, self.properties, name)
