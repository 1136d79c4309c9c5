"""JSON schemas to shapes: references by name, allOf merged, null apart; what cannot be kept is noted."""

from collections.abc import Callable
from dataclasses import dataclass, field

from pydantic import JsonValue

from devmatrix.discovery.openapi.loading.files import At, Files
from devmatrix.discovery.openapi.loading.merging import merged
from devmatrix.discovery.openapi.loading.numbers import bounds
from devmatrix.discovery.shapes import Property, Shape, ShapeKind

MAX_SHAPES = 500_000
MAX_DEPTH = 100

_KINDS = {
    "object": ShapeKind.OBJECT,
    "array": ShapeKind.ARRAY,
    "string": ShapeKind.STRING,
    "integer": ShapeKind.INTEGER,
    "number": ShapeKind.NUMBER,
    "boolean": ShapeKind.BOOLEAN,
    "null": ShapeKind.NULL,
    "file": ShapeKind.BINARY,
}
_UNKEPT = ("not", "if", "patternProperties", "dependentRequired", "dependentSchemas", "prefixItems", "contains")
_SAYS_NOTHING = frozenset("$ref description title summary example examples deprecated externalDocs xml".split())
_COUNTS = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")


@dataclass
class Shapes:
    """Makes shapes, and keeps the named ones."""

    files: Files
    note: Callable[[At, str], None]
    named: dict[str, Shape] = field(default_factory=dict)
    _names: dict[tuple[str, str], str] = field(default_factory=dict)
    _waiting: list[tuple[str, At]] = field(default_factory=list)
    _made: int = 0

    def shape(self, at: At) -> Shape:
        """The shape of a schema; all that it names is in `named` afterwards."""
        found = self._shape(at, 0)
        self.finish()
        return found

    def finish(self) -> None:
        """Make what has been named. Raises RequestError where a name stands for nothing but itself."""
        made: list[tuple[str, At]] = []
        while self._waiting:
            name, target = self._waiting.pop()
            self._opening.append(name)
            self.named[name] = self._shape(target, 0)
            self._opening.remove(name)
            made.append((name, target))
        for name, target in made:
            seen = {name}
            shape = self.named[name]
            while shape.kind is ShapeKind.NAMED:
                if shape.name in seen:
                    raise target.fail(f"the schema {name} leads back to itself and says nothing")
                seen.add(shape.name)
                shape = self.named[shape.name]

    def declare(self, name: str, at: At) -> None:
        """Keep the schema at a place under its own name, used or not."""
        self._names.setdefault(at.identity, name)
        if name not in self.named:
            self.named[name] = Shape(kind=ShapeKind.ANY)
            self._waiting.append((name, at))

    def _shape(self, at: At, depth: int) -> Shape:
        self._made += 1
        if self._made > MAX_SHAPES:
            raise at.fail(f"the schemas hold more than {MAX_SHAPES:,} parts")
        if depth > MAX_DEPTH:
            raise at.fail(f"this schema is nested more than {MAX_DEPTH} levels deep")
        if isinstance(at.value, bool):
            return Shape(kind=ShapeKind.ANY)
        schema = at.mapping
        if "$ref" in schema:
            return self._reference(at, depth)
        for key in _UNKEPT:
            if key in schema:
                self.note(at.child(key), f"{key} is not checked")
        parts = at.get("allOf")
        if parts is not None:
            return self._all_of(at, parts, depth)
        for key in ("oneOf", "anyOf"):
            found = at.get(key)
            if found is not None:
                return self._one_of(at, found, depth)
        return self._own(at, depth)

    def _reference(self, at: At, depth: int) -> Shape:
        beside = [key for key in at.mapping if key not in _SAYS_NOTHING and not key.startswith("x-")]
        named = Shape(kind=ShapeKind.NAMED, name=self._name(at), description=at.text_of("description"))
        if not beside:
            return named
        if beside == ["nullable"] or beside == ["default"]:
            return named.model_copy(update=self._common(at))
        own = {key: value for key, value in at.mapping.items() if key != "$ref"}
        return self._combined(at, [named, self._shape(At(at.tree, at.pointer, own), depth + 1)])

    def _name(self, at: At) -> str:
        target = self.files.target(at)
        seen = {at.identity}
        while isinstance(target.value, dict) and set(target.value) == {"$ref"}:
            if target.identity in seen:
                raise at.child("$ref").fail("this $ref leads back to itself")
            seen.add(target.identity)
            if target.identity in self._names:
                break
            target = self.files.target(target)
        known = self._names.get(target.identity)
        if known is None:
            last = target.pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
            stem = last if last and not last.isdigit() else target.tree.name.rpartition("/")[2].partition(".")[0]
            known, number = stem or "Schema", 2
            taken = set(self._names.values())
            while known in taken:
                known, number = f"{stem}{number}", number + 1
            self._names[target.identity] = known
            self.named[known] = Shape(kind=ShapeKind.ANY)
            self._waiting.append((known, target))
        return known

    def _all_of(self, at: At, parts: At, depth: int) -> Shape:
        shapes = [self._shape(part, depth + 1) for part in parts.each()]
        own = {key: value for key, value in at.mapping.items() if key != "allOf"}
        says = [key for key in own if key not in _SAYS_NOTHING and not key.startswith("x-")]
        wrapper = len(shapes) == 1 and set(says) <= {"nullable", "default", "readOnly", "writeOnly"}
        if wrapper:
            return shapes[0].model_copy(update=self._common(at))
        if says:
            shapes.append(self._own(At(at.tree, at.pointer, own), depth))
        return self._combined(at, shapes).model_copy(update=self._common(at))

    def _combined(self, at: At, shapes: list[Shape]) -> Shape:
        return merged([self._opened(at, shape, ()) for shape in shapes], lambda what: self.note(at, what))

    def _opened(self, at: At, shape: Shape, path: tuple[str, ...]) -> Shape:
        """The shape behind a name: what allOf merges must be known now."""
        if shape.kind is not ShapeKind.NAMED:
            return shape
        if shape.name in path or len(path) > MAX_DEPTH:
            raise at.fail(f"allOf leads back to itself by way of {shape.name}")
        for index, (name, target) in enumerate(self._waiting):
            if name == shape.name:
                del self._waiting[index]
                # Whoever comes back here while this one is being made goes in a circle.
                self._opening.append(name)
                self.named[name] = self._shape(target, len(self._opening))
                self._opening.remove(name)
                break
        else:
            if shape.name in self._opening:
                raise at.fail(f"allOf leads back to itself by way of {shape.name}")
        return self._opened(at, self.named[shape.name], (*path, shape.name))

    _opening: list[str] = field(default_factory=list)

    def _one_of(self, at: At, found: At, depth: int) -> Shape:
        parts = list(found.each())
        real = [part for part in parts if not _is_null(part.value)]
        shapes = tuple(self._shape(part, depth + 1) for part in real)
        common = self._common(at)
        if len(real) < len(parts):
            common["nullable"] = True
        if any(shape.nullable for shape in shapes):
            common["nullable"] = True
        if len(shapes) == 1:
            return shapes[0].model_copy(update=common)
        tells = at.get("discriminator")
        union = Shape(
            kind=ShapeKind.UNION, alternatives=shapes, discriminator=tells.text_of("propertyName") if tells else ""
        ).model_copy(update=common)
        if not {"properties", "required"} & set(at.mapping):
            return union
        own = {key: value for key, value in at.mapping.items() if key not in ("oneOf", "anyOf")}
        base = self._own(At(at.tree, at.pointer, own), depth)
        if any(self._is_only_required(part) for part in real):
            self.note(found, "which properties go together is not checked")
            return base
        joined = tuple(self._combined(at, [base, shape]) for shape in shapes)
        return union.model_copy(update={"alternatives": joined})

    def _is_only_required(self, part: At) -> bool:
        return isinstance(part.value, dict) and set(part.value) <= {"required", "not", "title", "description"}

    def _own(self, at: At, depth: int) -> Shape:
        """A schema without references and combinations."""
        common = self._common(at)
        kinds = self._kinds(at)
        if ShapeKind.NULL in kinds and len(kinds) > 1:
            kinds = [kind for kind in kinds if kind is not ShapeKind.NULL]
            common["nullable"] = True
        if len(kinds) > 1:
            options = tuple(self._of_kind(at, kind, depth) for kind in kinds)
            return Shape(kind=ShapeKind.UNION, alternatives=options).model_copy(update=common)
        return self._of_kind(at, kinds[0], depth).model_copy(update=common)

    def _kinds(self, at: At) -> list[ShapeKind]:
        written = at.mapping.get("type")
        names = written if isinstance(written, list) else [written] if written is not None else []
        for name in names:
            if name not in _KINDS:
                raise at.child("type").fail(f"{str(name)[:60]!r} is no type")
        if names:
            return [self._binary_or(_KINDS[str(name)], at) for name in dict.fromkeys(names)]
        return [self._implied(at)]

    def _binary_or(self, kind: ShapeKind, at: At) -> ShapeKind:
        binary = (
            at.mapping.get("format") == "binary" or at.mapping.get("contentMediaType") == "application/octet-stream"
        )
        return ShapeKind.BINARY if kind is ShapeKind.STRING and binary else kind

    def _implied(self, at: At) -> ShapeKind:
        schema = at.mapping
        choices = self._choices(at)
        for keys, kind in (
            (("properties", "additionalProperties", "required"), ShapeKind.OBJECT),
            (("items",), ShapeKind.ARRAY),
            (("pattern", "minLength", "maxLength"), ShapeKind.STRING),
            (("minimum", "maximum"), ShapeKind.NUMBER),
        ):
            if any(key in schema for key in keys):
                return kind
        if choices and all(isinstance(choice, str) for choice in choices):
            return ShapeKind.STRING
        if "contentMediaType" in schema:
            return ShapeKind.BINARY
        return ShapeKind.ANY

    def _of_kind(self, at: At, kind: ShapeKind, depth: int) -> Shape:
        made = Shape(kind=kind, choices=self._choices(at) if kind is not ShapeKind.NULL else ())
        match kind:
            case ShapeKind.STRING:
                pattern = at.mapping.get("pattern")
                return made.model_copy(
                    update={**self._count(at, "minLength", "maxLength"), "pattern": pattern and str(pattern)}
                )
            case ShapeKind.INTEGER | ShapeKind.NUMBER:
                return made.model_copy(update=bounds(at))
            case ShapeKind.ARRAY:
                items = at.get("items")
                found = {"items": self._shape(items, depth + 1) if items else None}
                unique = {"unique_items": at.flag("uniqueItems")}
                return made.model_copy(update=found | unique | self._count(at, "minItems", "maxItems"))
            case ShapeKind.OBJECT:
                return self._object(at, made, depth)
            case _:
                return made

    def _object(self, at: At, made: Shape, depth: int) -> Shape:
        listed = at.get("properties")
        needed = at.get("required")
        required = {one.text for one in needed.each()} if needed and not isinstance(needed.value, bool) else set()
        found = [
            self._property(name, part, name in required, depth) for name, part in (listed.items() if listed else ())
        ]
        found += [
            Property(name=name, shape=Shape(kind=ShapeKind.ANY), required=True)
            for name in sorted(required - {one.name for one in found})
        ]
        more = at.mapping.get("additionalProperties", at.mapping.get("unevaluatedProperties"))
        further = at.get("additionalProperties") if isinstance(more, dict) else None
        additional = self._shape(further, depth + 1) if further else None
        if more is True or "patternProperties" in at.mapping:
            additional = additional or Shape(kind=ShapeKind.ANY)
        return made.model_copy(
            update={
                "properties": tuple(found),
                "closed": more is False and "patternProperties" not in at.mapping,
                "additional": additional,
                **self._count(at, "minProperties", "maxProperties"),
            }
        )

    def _property(self, name: str, at: At, required: bool, depth: int) -> Property:
        flags = at.value if isinstance(at.value, dict) else {}
        return Property(
            name=name,
            shape=self._shape(at, depth + 1),
            required=required,
            read_only=flags.get("readOnly") is True,
            write_only=flags.get("writeOnly") is True,
        )

    def _choices(self, at: At) -> tuple[JsonValue, ...]:
        if "const" in at.mapping:
            value = at.mapping["const"]
            return () if value is None else (value,)  # type: ignore[return-value]
        listed = at.get("enum")
        found = {repr(one.value): one.value for one in listed.each() if one.value is not None} if listed else {}
        return tuple(found.values())  # type: ignore[arg-type]

    def _common(self, at: At) -> dict[str, object]:
        """What any schema may say of itself."""
        schema = at.mapping
        found: dict[str, object] = {}
        for key in ("description", "format"):
            if schema.get(key) is not None:
                found[key] = str(schema[key])
        listed = schema.get("enum")
        if at.flag("nullable") or (isinstance(listed, list) and None in listed and "type" in schema):
            found["nullable"] = True
        if "default" in schema:
            found |= {"has_default": True, "default": schema["default"]}
        examples = schema.get("examples")
        shown = [schema["example"]] if "example" in schema else list(examples) if isinstance(examples, list) else []
        if shown:
            found["examples"] = tuple(shown)
        return found

    def _count(self, at: At, *keys: str) -> dict[str, int]:
        found = {}
        for key in keys:
            value = at.mapping.get(key)
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, int | float) or value < 0 or value != value // 1:
                raise at.child(key).fail(f"{key} takes a whole number, not {str(value)[:40]!r}")
            found[_snake(key)] = int(value)
        return found


def _snake(key: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in key)


def _is_null(value: object) -> bool:
    return isinstance(value, dict) and (value.get("type") == "null" or value.get("enum") == [None])
