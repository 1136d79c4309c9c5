"""How routes take their bodies, and where a JSON pointer into them leads in Python."""

from devmatrix.discovery.interface import Content, Endpoint
from devmatrix.discovery.shapes import Shape, ShapeKind
from devmatrix.stacks.fastapi.features.text import literal
from devmatrix.stacks.fastapi.imported.wire.annotations import (
    Writing,
    import_of,
    is_annotated,
    is_record,
    is_scalar,
)
from devmatrix.stacks.fastapi.imported.wire.classes import Classes, properties_of
from devmatrix.stacks.fastapi.imported.wire.contents import (
    MULTIPART,
    body_content,
    essence,
    is_binary,
    is_form,
    is_json,
)
from devmatrix.stacks.fastapi.imported.wire.identifiers import free, snake
from devmatrix.stacks.fastapi.imported.wire.parameters import python_names
from devmatrix.stacks.fastapi.imported.wire.plans import Access, BodyPlan, Declared, Side

_FILE = "from fastapi import UploadFile"


class Bodies:
    """Plans of bodies."""

    def __init__(self, classes: Classes) -> None:
        self._classes = classes
        self._annotations = classes.annotations

    def plan(self, endpoint: Endpoint) -> BodyPlan | None:
        """How the route takes its body; None where it takes none."""
        content = body_content(endpoint)
        if content is None:
            return None
        parameters: tuple[Declared, ...]
        if is_binary(content):
            parameters = (self._bytes(content, required=endpoint.body_required),)
        elif self._has_parts(content):
            parameters = tuple(self._parts(endpoint, content))
        else:
            parameters = (self._whole(content, required=endpoint.body_required),)
        return BodyPlan(content.media_type, parameters, endpoint.body_required, is_binary(content))

    def access(self, endpoint: Endpoint, pointer: str) -> Access:
        """Where the pointer leads; KeyError where the body has no such property."""
        content = body_content(endpoint)
        if content is None:
            raise KeyError(f"{endpoint.operation} takes no body")
        side: Side = "text" if is_form(content.media_type) else "request"
        tokens = _tokens(pointer)
        if self._has_parts(content) and tokens:
            return self._part_access(endpoint, content, tokens)
        return self._walk("body", content.shape, tokens, side, optional=not endpoint.body_required)

    def item_access(self, endpoint: Endpoint, batch: str, pointer: str) -> Access:
        """Where the pointer leads in one item of the list at `batch`."""
        content = body_content(endpoint)
        if content is None:
            raise KeyError(f"{endpoint.operation} takes no body")
        shape = self._shape_at(content.shape, _tokens(batch))
        items = self._annotations.target(shape).items or Shape(kind=ShapeKind.ANY)
        return self._walk("item", items, _tokens(pointer), "request", optional=False)

    def _bytes(self, content: Content, *, required: bool) -> Declared:
        media = essence(content.media_type)
        text = "bytes" if required else "bytes | None"
        declaration = f"body: Annotated[{text}, Body(media_type={literal(media)})]{'' if required else ' = None'}"
        imports = ("from typing import Annotated", "from fastapi import Body")
        return Declared("body", declaration, imports, "", "body", required)

    def _whole(self, content: Content, *, required: bool) -> Declared:
        writing = Writing()
        form = is_form(content.media_type)
        side: Side = "text" if form else "request"
        text = self._annotations.write(content.shape, side, writing)
        marker = ""
        media = essence(content.media_type)
        if form:
            marker = "Form()"
        elif not is_json(media):
            marker = f"Body(media_type={literal(media)})"
            # The text comes as bytes, which strict types refuse.
            text = text.replace("Text", f"Annotated[str, {writing.use('SafeText')}]") if text == "Text" else text
            writing.names.discard("Text")
        elif media not in ("application/json", "*/*", "application/*"):
            marker = f"Body(media_type={literal(media)})"
        elif not is_record(self._annotations.target(content.shape)):
            marker = "Body()"
        if not required and not text.endswith("| None"):
            text = f"{text} | None"
        if marker:
            inner = text.removeprefix("Annotated[").removesuffix("]") if is_annotated(text) else text
            text = f"{writing.use('Annotated')}[{inner}, {marker}]"
        imports = (
            *(import_of(name) for name in sorted(writing.names)),
            *(self._classes.import_of(name) for name in sorted(writing.classes)),
            *([f"from fastapi import {marker.partition('(')[0]}"] if marker else []),
        )
        return Declared("body", f"body: {text}{'' if required else ' = None'}", imports, "", "body", required)

    def _has_parts(self, content: Content) -> bool:
        return essence(content.media_type) == MULTIPART and is_record(self._annotations.target(content.shape))

    def _part_names(self, endpoint: Endpoint, shape: Shape) -> dict[str, str]:
        taken = {*python_names(endpoint).values(), "body", "caller", "session", "request", "response", "item"}
        found: dict[str, str] = {}
        for one in properties_of(shape, "text"):
            found[one.name] = free(snake(one.name), {*taken, *found.values()})
        return found

    def _parts(self, endpoint: Endpoint, content: Content) -> list[Declared]:
        shape = self._annotations.target(content.shape)
        names = self._part_names(endpoint, shape)
        # A form without files would be one of another media type.
        plain = "Form" if any(self._has_files(one.shape) for one in properties_of(shape, "text")) else "File"
        found = []
        for one in properties_of(shape, "text"):
            required = one.required and endpoint.body_required
            name, target = names[one.name], self._annotations.target(one.shape)
            alias = "" if name == one.name else f"alias={literal(one.name)}"
            writing = Writing()
            if self._has_files(one.shape):
                text, marker = ("UploadFile" if _is_file(target) else "list[UploadFile]"), "File"
                imports: tuple[str, ...] = (_FILE, "from fastapi import File", "from typing import Annotated")
            else:
                text, marker = self._part_text(one.shape, writing), plain
                imports = (f"from fastapi import {plain}", "from typing import Annotated")
            text = text if required else f"{text} | None"
            inner = text.removeprefix("Annotated[").removesuffix("]") if is_annotated(text) else text
            declaration = f"{name}: Annotated[{inner}, {marker}({alias})]{'' if required else ' = None'}"
            needed = (
                *imports,
                *(import_of(each) for each in sorted(writing.names)),
                *(self._classes.import_of(each) for each in sorted(writing.classes)),
            )
            found.append(Declared(name, declaration, needed, one.name, "body", required))
        return sorted(found, key=lambda each: not each.required)

    def _part_text(self, shape: Shape, writing: Writing) -> str:
        """The type of a part. The framework takes fields of classes for parts of their own."""
        target = self._annotations.target(shape)
        if target.kind is ShapeKind.UNION:
            shape = Shape(kind=ShapeKind.ANY)
        text = self._annotations.write(shape, "text", writing, null=False)
        if not is_record(target):
            return text
        return f"{writing.use('Annotated')}[{writing.use('Any')}, {writing.use('JsonOf')}({text})]"

    def _has_files(self, shape: Shape) -> bool:
        target = self._annotations.target(shape)
        return _is_file(target) or (target.items is not None and _is_file(self._annotations.target(target.items)))

    def _part_access(self, endpoint: Endpoint, content: Content, tokens: list[str]) -> Access:
        shape = self._annotations.target(content.shape)
        one = shape.property(tokens[0])
        if one is None:
            raise KeyError(f"{endpoint.operation} has no part {tokens[0]}")
        name = self._part_names(endpoint, shape)[one.name]
        target = self._annotations.target(one.shape)
        required = one.required and endpoint.body_required
        return Access(
            expression=name,
            sent="" if required else f"{name} is not None",
            nullable=False,
            scalar=is_scalar(target),
            upload=_is_file(target),
        )

    def _walk(self, root: str, shape: Shape, tokens: list[str], side: Side, *, optional: bool) -> Access:
        expression, conditions = root, [f"{root} is not None"] if optional else []
        nullable = self._annotations.is_nullable(shape)
        for token in tokens:
            record = self._annotations.target(shape)
            one = record.property(token) if is_record(record) else None
            if one is None:
                raise KeyError(f"no property {token}")
            if nullable and f"{expression} is not None" not in conditions:
                conditions.append(f"{expression} is not None")
            if not one.required:
                conditions.append(f"{literal(self._classes.fields(record)[token])} in {expression}.model_fields_set")
            expression = f"{expression}.{self._classes.fields(record)[token]}"
            shape, nullable = one.shape, self._annotations.is_nullable(one.shape)
        target = self._annotations.target(shape)
        return Access(expression, " and ".join(conditions), nullable, is_scalar(target))

    def _shape_at(self, shape: Shape, tokens: list[str]) -> Shape:
        for token in tokens:
            one = self._annotations.target(shape).property(token)
            if one is None:
                raise KeyError(f"no property {token}")
            shape = one.shape
        return shape


def _is_file(shape: Shape) -> bool:
    return shape.kind is ShapeKind.BINARY or (shape.kind is ShapeKind.STRING and shape.format == "binary")


def _tokens(pointer: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
