"""What became of each part of the document: operations, parameters, properties, schemas, schemes."""

from collections.abc import Iterator

from devmatrix.discovery.document import Operation, Statement
from devmatrix.discovery.interface import Effect, Endpoint, Filter, Source, Value
from devmatrix.discovery.openapi.binding.drafts import Desk, EntityDraft
from devmatrix.discovery.openapi.binding.gathering import json_content
from devmatrix.discovery.openapi.classified import Classified
from devmatrix.discovery.shapes import Property, Shape

_SOURCES: dict[Source, str] = {
    Source.RELATED: "the record that {attribute} points to",
    Source.RELATED_VALUE: "{target_attribute} of what {attribute} points to",
    Source.CHILDREN: "the {entity} records that belong to it",
    Source.CHILD_COUNT: "the number of its {entity} records",
    Source.LINKS: "the records that {attribute} holds",
    Source.LINK_VALUES: "{target_attribute} of the records that {attribute} holds",
    Source.LINKED: "whether the caller's {attribute} hold it",
    Source.LINK_COUNT: "how many accounts have it in {attribute}",
    Source.HELD_COUNT: "how many records {attribute} holds",
    Source.ADDRESS: "the URL that it is read under",
    Source.TOKEN: "a new token",
    Source.OBJECT: "a group of counts",
}


class Statements:
    """Writes the statements of one document."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def all(self, bound: list[tuple[Classified, Operation, Endpoint]]) -> tuple[Statement, ...]:
        """In the order of the document, as far as places are known."""
        found = [*self._schemes(), *self._schemas(), *self._unread()]
        for classified, operation, endpoint in bound:
            found.append(self._operation(classified, operation, endpoint))
            found += self._parameters(operation, endpoint)
            found += self._inline(operation, endpoint)
        order = sorted(range(len(found)), key=lambda index: (found[index].span.start, index))
        return tuple(found[index] for index in order)

    def _say(
        self, pointer: str, text: str, became: str, entities: tuple[str, ...] = (), *, understood: bool = True
    ) -> Statement:
        span = self._desk.given.span(pointer, text)
        return Statement(span=span, understood=understood, became=became, entities=entities)

    def _operation(self, classified: Classified, operation: Operation, endpoint: Endpoint) -> Statement:
        text = f"{operation.method} {classified.operation.path}"
        entities = (operation.entity,) if operation.entity else ()
        if endpoint.effect is None:
            became = f"not understood: {endpoint.why_not}; it is served and answers 501"
            return self._say(endpoint.pointer, text, became, entities, understood=False)
        kind = str(operation.kind).replace("_", " ")
        return self._say(endpoint.pointer, text, f"{kind} of {operation.entity}", entities)

    def _parameters(self, operation: Operation, endpoint: Endpoint) -> Iterator[Statement]:
        for index, one in enumerate(endpoint.parameters):
            pointer = f"{endpoint.pointer}/parameters/{index}"
            text = f"{one.place} parameter {one.name}"
            became = _use(endpoint.effect, one.name) if endpoint.effect else "checked, and without effect"
            if one.place in ("header", "cookie") and not became:
                became = "checked, and without effect"
            entities = (operation.entity,) if operation.entity else ()
            if became:
                yield self._say(pointer, text, became, entities)
            else:
                why = self._desk.ignored.get(f"{endpoint.pointer}#{one.name}", "nothing says what it does")
                yield self._say(pointer, text, f"not understood: {why}", entities, understood=False)

    def _inline(self, operation: Operation, endpoint: Endpoint) -> Iterator[Statement]:
        """Properties of bodies and answers that have no name."""
        content = json_content(endpoint.bodies)
        media = content.media_type.replace("/", "~1") if content else ""
        entities = (operation.entity,) if operation.entity else ()
        written = {write.name: write.attribute for write in endpoint.effect.writes} if endpoint.effect else {}
        base = f"{endpoint.pointer}/requestBody/content/{media}/schema"
        for path, item in self._unnamed(content.shape if content else None):
            at = base + path.replace("/", "/properties/")
            became = self._body_part(endpoint, path, item, written)
            understood = not became.startswith("not understood")
            yield self._say(at, f"body property {path}", became, entities, understood=understood)
        reply = next((one for one in endpoint.replies if one.status == operation.success_status), None)
        shown = json_content(reply.contents) if reply else None
        media = shown.media_type.replace("/", "~1") if shown else ""
        base = f"{endpoint.pointer}/responses/{operation.success_status}/content/{media}/schema"
        for path, _ in self._unnamed(shown.shape if shown else None):
            became = "part of the answer" if endpoint.effect else f"not understood: {endpoint.why_not}"
            at = base + path.replace("/", "/properties/")
            understood = endpoint.effect is not None
            yield self._say(at, f"answer property {path}", became, entities, understood=understood)

    def _body_part(self, endpoint: Endpoint, path: str, item: Property, written: dict[str, str]) -> str:
        if endpoint.effect is None:
            return f"not understood: {endpoint.why_not}"
        if path in written:
            return f"sets {written[path]}"
        if any(place.startswith(f"{path}/") for place in written):
            return "holds what is set"
        credentials = endpoint.effect.credentials
        if credentials is not None and path in (credentials.login, credentials.password):
            return "what callers sign in by"
        if path == endpoint.effect.refresh:
            return "the token that gives new ones"
        why = self._desk.ignored.get(f"{endpoint.pointer}#{item.name}")
        if why is None and any(one.name == path for one in endpoint.effect.lookups):
            return "finds the record"
        return f"not understood: {why}" if why else "checked, and without effect"

    def _unnamed(self, shape: Shape | None, pointer: str = "", depth: int = 0) -> Iterator[tuple[str, Property]]:
        if shape is None or self._desk.shapes.name_of(shape) or depth > 2:
            return
        owner = self._desk.shapes.object_of(shape)
        for item in owner.properties if owner else ():
            here = f"{pointer}/{item.name.replace('~', '~0').replace('/', '~1')}"
            yield here, item
            yield from self._unnamed(item.shape, here, depth + 1)

    def _schemes(self) -> Iterator[Statement]:
        for scheme in self._desk.given.schemes:
            pointer = f"/components/securitySchemes/{scheme.name}"
            issued = "tokens issued here" if self._desk.issues_tokens else "keys of the setting API_KEYS"
            became = f"{scheme.place} {scheme.parameter}: {'name and password' if scheme.kind == 'basic' else issued}"
            yield self._say(pointer, f"security scheme {scheme.name}", became)

    def _schemas(self) -> Iterator[Statement]:
        for name, shape in self._desk.given.shapes.items():
            pointer = f"/components/schemas/{name.replace('~', '~0').replace('/', '~1')}"
            entity = self._desk.by_shape.get(name)
            draft = self._desk.drafts.get(entity or "")
            became = f"how a {entity} looks" if draft else "the shape of a value"
            entities = (draft.name,) if draft else ()
            yield self._say(pointer, f"schema {name}", became, entities)
            owner = self._desk.shapes.object_of(shape)
            for item in owner.properties if owner else ():
                at = f"{pointer}/properties/{item.name.replace('~', '~0').replace('/', '~1')}"
                meaning = _meaning(draft, item.name) if draft else "part of a value"
                yield self._say(at, f"property {name}.{item.name}", meaning, entities)

    def _unread(self) -> Iterator[Statement]:
        for pointer, why in self._desk.given.unread:
            yield self._say(pointer, pointer.rpartition("/")[2] or pointer, f"not understood: {why}", understood=False)


def _meaning(draft: EntityDraft, name: str) -> str:
    value = draft.meanings.get(name)
    if value is None or value == Value(source=Source.CONSTANT):
        return f"{name} of requests"
    if value.source is Source.CONSTANT:
        return f"always {value.value}"
    if value.source in _SOURCES:
        told = _SOURCES[value.source].format(
            attribute=value.attribute, entity=value.entity, target_attribute=value.target_attribute
        )
        return f"{draft.name}: {told}"
    return f"attribute {value.attribute} of {draft.name}"


def _use(effect: Effect, name: str) -> str:
    """What a parameter does."""
    if any(one.name == name and one.place in ("path", "query") for one in effect.lookups):
        return "finds the record"
    if any(write.name == name for write in effect.writes):
        return "sets an attribute"
    for one in effect.filters:
        if one.parameter == name:
            return f"narrows the list: {_filtered(one)}"
    if effect.paging is not None and name in (effect.paging.size, effect.paging.position):
        return "cuts the list into pages"
    if name in (effect.sorting.parameter, effect.sorting.direction):
        return "orders the list"
    credentials = effect.credentials
    if credentials is not None and name in (credentials.login, credentials.password):
        return "what callers sign in by"
    return ""


def _filtered(one: Filter) -> str:
    return f"{' or '.join(one.path) if one.operator == 'search' else '.'.join(one.path)} {one.operator}"
