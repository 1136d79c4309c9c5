"""The values that a request gives to a record, as source."""

from dataclasses import dataclass

from devmatrix.discovery.document import Attribute, FieldType, OperationKind
from devmatrix.discovery.interface import Write
from devmatrix.discovery.shapes import ShapeKind
from devmatrix.errors import ContractError
from devmatrix.stacks.fastapi.features.text import literal
from devmatrix.stacks.fastapi.imported.records.changes import Changes
from devmatrix.stacks.fastapi.imported.records.collection import Collection, Served
from devmatrix.stacks.fastapi.imported.records.fields import tokens
from devmatrix.stacks.fastapi.imported.records.queries import body_shape
from devmatrix.stacks.fastapi.imported.records.showing import source_of
from devmatrix.stacks.fastapi.imported.records.writing import Writer
from devmatrix.stacks.fastapi.imported.wire.contents import MULTIPART, body_content, essence, is_binary

_REPLACING = (OperationKind.REPLACE, OperationKind.NESTED_REPLACE, OperationKind.CURRENT_REPLACE)


@dataclass(frozen=True)
class Surroundings:
    """What else the values come from."""

    caller: str
    """Source of the caller's row; `None` where nobody calls."""
    parent: str
    """Source of the parent's row."""
    parameters: dict[tuple[str, str], str]
    """Python names by place and wire name."""


class Inputs:
    """Writes the lines that make `values` of a request."""

    def __init__(self, served: Served, collection: Collection, writer: Writer, around: Surroundings) -> None:
        self._served = served
        self._collection = collection
        self._writer = writer
        self._around = around
        self._wire = collection.records.wire
        self._content = body_content(served.endpoint)

    def lines(self) -> list[str]:
        """The lines; the last leaves `values`."""
        if self._content is not None and self._by_parts:
            return self._of_parts()
        plain, later = self._sorted()
        sent = self._sent(plain, later)
        return [*sent, *(line for write in later for line in self._later(write))]

    @property
    def _by_parts(self) -> bool:
        content = self._content
        return content is not None and (essence(content.media_type) == MULTIPART or is_binary(content))

    def _sorted(self) -> tuple[list[Write], list[Write]]:
        """Writes of plain values of the body, and all others."""
        plain: list[Write] = []
        later: list[Write] = []
        for each in self._served.effect.writes:
            (plain if each.place == "body" and self._is_plain(each) else later).append(each)
        return plain, later

    def _is_plain(self, write: Write) -> bool:
        return self._attribute(write).type not in (FieldType.REFERENCE, FieldType.REFERENCES)

    def _attribute(self, write: Write) -> Attribute:
        return self._collection.attribute(write.attribute)

    def _name(self, write: Write) -> str:
        """Under which name the value is given; a password is not hashed yet."""
        name = self._collection.fields.names[write.attribute]
        return name.removesuffix("_hash") if self._attribute(write).type is FieldType.PASSWORD else name

    def _sent(self, plain: list[Write], later: list[Write]) -> list[str]:
        """Lines from the body to `values`, for each object in it that has some."""
        groups: dict[tuple[str, ...], list[Write]] = {}
        for write in plain:
            groups.setdefault(tuple(tokens(write.name))[:-1], []).append(write)
        constants = self._certain(later)
        parts = [f"{{{', '.join(self._blank(plain, later))}}}"] if self._blank(plain, later) else []
        for path, writes in groups.items():
            names = [(self._name(each), self._last(each)) for each in writes]
            same = [literal(wire) for name, wire in names if name == wire]
            other = ", ".join(f"{literal(name)}: {literal(wire)}" for name, wire in names if name != wire)
            renamed = [f"renamed={{{other}}}"] if other else []
            picked = ", ".join([self._object(path), *same, *renamed])
            parts.append(f"{self._writer.use('picked')}({picked})")
        parts += [f"{{{', '.join(constants)}}}"] if constants else []
        if not parts:
            return [f"values: dict[str, {self._writer.use('Any')}] = {{}}"]
        converted = [line for each in plain for line in self._convert(each)]
        if len(parts) == 1 and parts[0].startswith("{"):
            return [f"values: dict[str, {self._writer.use('Any')}] = {parts[0]}"]
        if parts[0].startswith("{"):
            # So that a type checker takes other values than those of the first.
            return [
                f"values: dict[str, {self._writer.use('Any')}] = {parts[0]}",
                f"values |= {' | '.join(parts[1:])}",
                *converted,
            ]
        return [f"values = {' | '.join(parts)}", *converted]

    def _convert(self, write: Write) -> list[str]:
        """Lines for what is kept in another form than it is sent in."""
        shape = body_shape(self._served, write.name, self._collection)
        field = self._collection.fields.of(write.attribute)
        value = f"values[{literal(self._name(write))}]"
        if shape is None:
            return []
        if field.python_type == "str" and shape.kind in (ShapeKind.INTEGER, ShapeKind.NUMBER):
            converted = f"str({value})"
        else:
            return []
        return [f"if values.get({literal(self._name(write))}) is not None:", f"    {value} = {converted}"]

    def _last(self, write: Write) -> str:
        return tokens(write.name)[-1] if tokens(write.name) else ""

    def _root(self) -> str:
        return f"{self._writer.use('plain')}({'item' if self._served.is_batch else 'body'})"

    def _object(self, path: tuple[str, ...]) -> str:
        """Source of the object at the path, as JSON."""
        if not path:
            return self._root()
        pointer = "".join(f"/{each.replace('~', '~0').replace('/', '~1')}" for each in path)
        try:
            if self._served.is_batch:
                access = self._wire.item_access(self._served.endpoint, self._served.effect.batch, pointer)
            else:
                access = self._wire.access(self._served.endpoint, pointer)
        except KeyError:
            access = None
        if access is not None and not access.sent:
            return f"{self._writer.use('plain')}({access.expression})"
        return f"{self._writer.use('inside')}({self._root()}, {', '.join(map(literal, path))})"

    def _blank(self, plain: list[Write], later: list[Write]) -> list[str]:
        """What attributes hold that a replacing body leaves out."""
        if self._served.operation.kind not in _REPLACING or self._served.effect.merges:
            return []
        changes, found = Changes(self._collection), []
        for write in [*plain, *(each for each in later if each.place == "body")]:
            attribute = self._attribute(write)
            if attribute.generated or attribute.type is FieldType.PASSWORD or not self._may_be_left_out(write):
                continue
            if attribute.type is FieldType.REFERENCES:
                found.append(f"{literal(self._name(write))}: []")
            elif changes.default(attribute) or self._collection.fields.of(write.attribute).nullable:
                found.append(f"{literal(self._name(write))}: {changes.default(attribute) or None}")
        return found

    def _may_be_left_out(self, write: Write) -> bool:
        try:
            access = self._wire.access(self._served.endpoint, write.name)
        except KeyError:
            return True
        return bool(access.sent)

    def _certain(self, later: list[Write]) -> list[str]:
        """Items for values that need nothing looked up."""
        found = []
        for write in later:
            name = literal(self._name(write))
            if write.place == "constant":
                found.append(f"{name}: {source_of(write.value)}")
            elif write.place == "caller":
                found.append(f"{name}: {self._around.caller}")
            elif write.place == "parent":
                found.append(f"{name}: {self._around.parent}")
            elif write.place == "path" and self._is_plain(write):
                found.append(f"{name}: {self._around.parameters['path', write.name]}")
        return found

    def _later(self, write: Write) -> list[str]:
        """Lines for values that may be missing, or refer to records."""
        name = literal(self._name(write))
        if write.place in ("query", "path") and not (write.place == "path" and self._is_plain(write)):
            parameter = self._around.parameters[write.place, write.name]
            value = parameter if self._is_plain(write) else self._row(write, parameter, write.name)
            return [f"if {parameter} is not None:", f"    values[{name}] = {value}"]
        if write.place != "body":
            return []
        path = tokens(write.name)
        holder = f"{self._object(tuple(path[:-1]))}" if path else self._root()
        if not path:
            return [f"values[{name}] = {self._row(write, holder, 'body')}"]
        field = ".".join(path[1:] if len(path) > 1 and self._is_enveloped(path[0]) else path)
        sent = f"{self._writer.use('picked')}({holder}, {literal(path[-1])})"
        return [
            f"for value in {sent}.values():",
            f"    values[{name}] = {self._row(write, 'value', field)}",
        ]

    def _is_enveloped(self, first: str) -> bool:
        shape = self._collection.records.interface.resolve(self._content.shape) if self._content else None
        return shape is not None and [one.name for one in shape.properties] == [first]

    def _row(self, write: Write, value: str, field: str) -> str:
        """Row (or rows) of what the value refers to."""
        attribute = self._attribute(write)
        target = self._collection.target(write.attribute)
        match = write.match or next((each.attribute.name for each in target.fields.all if each.unique), "")
        if not match:
            raise ContractError(f"{self._served.operation.id}: nothing says what {write.attribute} refers to by")
        kept = target.fields.of(match)
        model = self._writer.model(target)
        several = attribute.type is FieldType.REFERENCES
        find = self._writer.use("rows_with" if several else "row_with")
        return f"await {find}(session, {model}, {model}.{kept.name}, {value}, {literal(field)})"

    def _of_parts(self) -> list[str]:
        """Lines from a body that comes in parts, or is bytes, to `values`."""
        certain, later = self._certain(list(self._served.effect.writes)), []
        for write in self._served.effect.writes:
            if write.place != "body":
                later += self._later(write)
                continue
            items, sent = self._part(write)
            if sent:
                later += [f"if {sent}:", *(f"    values[{name}] = {value}" for name, value in items)]
            else:
                certain += [f"{name}: {value}" for name, value in items]
        return [f"values: dict[str, {self._writer.use('Any')}] = {{{', '.join(certain)}}}", *later]

    def _part(self, write: Write) -> tuple[list[tuple[str, str]], str]:
        """Names and sources of what one part gives, and whether it was sent (empty: it always is)."""
        name, media_type = literal(self._name(write)), ""
        if self._is_plain(write):
            media_type = literal(self._collection.fields.of(write.attribute).media_type)
        if self._content is not None and is_binary(self._content):
            sent = "" if self._served.endpoint.body_required else "body is not None"
            return [(name, "body"), (media_type, 'request.headers.get("content-type")')], sent
        access = self._wire.access(self._served.endpoint, write.name)
        if not self._is_plain(write):
            return [(name, self._row(write, access.expression, self._last(write)))], access.sent
        if access.upload:
            content = f"await {access.expression}.read()"
            return [(name, content), (media_type, f"{access.expression}.content_type")], access.sent
        return [(name, f"{self._writer.use('plain')}({access.expression})")], access.sent
