"""Checks that a bound document hangs together: names exist, answers fit their shapes, refusals are there."""

from collections.abc import Iterator

from devmatrix.discovery.document import DiscoveryDocument, Entity, FieldType, Operation, OperationKind
from devmatrix.discovery.interface import (
    Content,
    Effect,
    Endpoint,
    Fault,
    FaultValue,
    Interface,
    Reason,
    Source,
    Value,
)
from devmatrix.discovery.shapes import Shape, ShapeKind

_MAX_DEPTH = 12
_SCALARS: dict[Source, tuple[ShapeKind, ...]] = {
    Source.TOTAL: (ShapeKind.INTEGER, ShapeKind.NUMBER),
    Source.SIZE: (ShapeKind.INTEGER, ShapeKind.NUMBER),
    Source.LENGTH: (ShapeKind.INTEGER, ShapeKind.NUMBER),
    Source.OFFSET: (ShapeKind.INTEGER, ShapeKind.NUMBER),
    Source.PAGE: (ShapeKind.INTEGER, ShapeKind.NUMBER),
    Source.PAGES: (ShapeKind.INTEGER, ShapeKind.NUMBER),
    Source.COUNT: (ShapeKind.INTEGER, ShapeKind.NUMBER),
    Source.CHILD_COUNT: (ShapeKind.INTEGER, ShapeKind.NUMBER),
    Source.LINK_COUNT: (ShapeKind.INTEGER, ShapeKind.NUMBER),
    Source.HELD_COUNT: (ShapeKind.INTEGER, ShapeKind.NUMBER),
    Source.EXPIRES: (ShapeKind.INTEGER, ShapeKind.NUMBER),
    Source.LINKED: (ShapeKind.BOOLEAN,),
    Source.HAS_MORE: (ShapeKind.BOOLEAN,),
    Source.HAS_PREVIOUS: (ShapeKind.BOOLEAN,),
    Source.TOKEN: (ShapeKind.STRING,),
    Source.REFRESH_TOKEN: (ShapeKind.STRING,),
    Source.ADDRESS: (ShapeKind.STRING,),
    Source.CURSOR: (ShapeKind.STRING,),
    Source.NEXT_LINK: (ShapeKind.STRING,),
    Source.PREVIOUS_LINK: (ShapeKind.STRING,),
    Source.COUNTS: (ShapeKind.OBJECT,),
    Source.RECORDS: (ShapeKind.ARRAY,),
    Source.CHILDREN: (ShapeKind.ARRAY,),
    Source.LINKS: (ShapeKind.ARRAY,),
    Source.LINK_VALUES: (ShapeKind.ARRAY,),
    Source.VALUES: (ShapeKind.ARRAY,),
}


def check_bound(document: DiscoveryDocument) -> list[str]:
    """What is wrong with a bound document, one sentence each; empty: nothing."""
    interface = document.interface
    if interface is None:
        return ["it has no interface"]
    checker = Checker(interface, document.entities)
    found = list(checker.views())
    ids = [operation.id for operation in document.operations]
    if len(ids) != len(set(ids)):
        found.append("operation ids repeat")
    if [endpoint.operation for endpoint in interface.endpoints] != ids:
        found.append("operations and endpoints are not the same")
        return found
    for operation, endpoint in zip(document.operations, interface.endpoints, strict=True):
        found += [f"{operation.id}: {one}" for one in checker.endpoint(operation, endpoint)]
    return found


def json_of(contents: tuple[Content, ...]) -> Content | None:
    """The content that is JSON."""
    return next((one for one in contents if "json" in one.media_type or one.media_type == "*/*"), None)


class Checker:
    """Checks one endpoint at a time."""

    def __init__(self, interface: Interface, entities: tuple[Entity, ...]) -> None:
        self._interface = interface
        self._entities = {entity.name: entity for entity in entities}
        self._attributes = {entity.name: {one.name: one for one in entity.attributes} for entity in entities}
        self._views = {view.name: view for view in interface.views}
        self._schemes = {scheme.name for scheme in interface.schemes}

    def views(self) -> Iterator[str]:
        """What is wrong with views and entities."""
        for entity in self._entities.values():
            for attribute in entity.attributes:
                if attribute.target is not None and attribute.target not in self._entities:
                    yield f"{entity.name}.{attribute.name} points to {attribute.target}, which is not there"
        for view in self._views.values():
            for member in view.members:
                yield from (f"view {view.name}: {one}" for one in self._names(view.entity, member.value))

    def _names(self, entity: str, value: Value) -> Iterator[str]:
        """Names in a value of a record that do not exist."""
        known = self._attributes.get(entity, {})
        match value.source:
            case Source.ATTRIBUTE | Source.RELATED | Source.RELATED_VALUE | Source.LINKS | Source.LINK_VALUES:
                if value.attribute not in known:
                    yield f"{entity} has no {value.attribute}"
                elif value.target_attribute:
                    target = known[value.attribute].target or ""
                    if value.target_attribute not in self._attributes.get(target, {}):
                        yield f"{target} has no {value.target_attribute}"
            case Source.CHILDREN | Source.CHILD_COUNT:
                if value.attribute not in self._attributes.get(value.entity, {}):
                    yield f"{value.entity} has no {value.attribute}"
            case Source.LINKED | Source.LINK_COUNT | Source.HELD_COUNT:
                if not any(value.attribute in one for one in self._attributes.values()):
                    yield f"nobody has {value.attribute}"
            case _:
                pass
        if value.view and value.view not in self._views:
            yield f"there is no view {value.view}"
        for member in value.fields:
            yield from self._names(entity, member.value)

    def endpoint(self, operation: Operation, endpoint: Endpoint) -> Iterator[str]:
        """What is wrong with an operation."""
        for scheme in endpoint.schemes:
            if scheme not in self._schemes:
                yield f"there is no scheme {scheme}"
        if operation.access.authenticated and not endpoint.schemes:
            yield "it needs credentials, and has no scheme"
        if endpoint.effect is None:
            if not endpoint.why_not:
                yield "it has no effect, and does not say why"
            if all(one.reason is not Reason.UNWRITTEN for one in endpoint.refusals):
                yield "nobody writes it, and it does not say so"
            return
        yield from self._effect(endpoint, endpoint.effect)
        yield from self._answer(operation, endpoint, endpoint.effect)
        yield from self._refusals(endpoint)

    def _effect(self, endpoint: Endpoint, effect: Effect) -> Iterator[str]:
        known = self._attributes.get(effect.entity)
        if known is None:
            yield f"there is no entity {effect.entity}"
            return
        named = {place: {one.name for one in endpoint.parameters if one.place == place} for place in ("path", "query")}
        yield from self._lookups(effect, named)
        yield from self._writes(effect, named)
        for one in effect.filters:
            yield from self._path(effect.entity, one.operator, one.path)
            if one.place == "parameter" and one.parameter and one.parameter not in named["query"] | named["path"]:
                yield f"it has no parameter {one.parameter}"
        if effect.parent and effect.parent not in known:
            yield f"{effect.entity} has no {effect.parent}"
        if effect.association and effect.association not in self._attributes.get(effect.holder, {}):
            yield f"{effect.holder} has no {effect.association}"
        yield from self._order(effect, named["query"])

    def _lookups(self, effect: Effect, named: dict[str, set[str]]) -> Iterator[str]:
        for lookup in effect.lookups:
            if lookup.entity not in self._attributes:
                yield f"there is no entity {lookup.entity}"
            elif lookup.place not in ("caller", "only") and lookup.attribute not in self._attributes[lookup.entity]:
                yield f"{lookup.entity} has no {lookup.attribute}"
            elif lookup.within and lookup.within not in self._attributes[lookup.entity]:
                yield f"{lookup.entity} has no {lookup.within}"
            if lookup.place in named and lookup.name not in named[lookup.place]:
                yield f"it has no parameter {lookup.name}"

    def _writes(self, effect: Effect, named: dict[str, set[str]]) -> Iterator[str]:
        known = self._attributes[effect.entity]
        for write in effect.writes:
            if write.attribute not in known:
                yield f"{effect.entity} has no {write.attribute}"
            elif write.match and write.match not in self._attributes.get(known[write.attribute].target or "", {}):
                yield f"{known[write.attribute].target} has no {write.match}"
            if write.place in named and write.name not in named[write.place]:
                yield f"it has no parameter {write.name}"

    def _order(self, effect: Effect, query: set[str]) -> Iterator[str]:
        sorting, known = effect.sorting, self._attributes[effect.entity]
        used = [sorting.parameter, sorting.direction]
        used += [effect.paging.size, effect.paging.position] if effect.paging else []
        for name in used:
            if name and name not in query:
                yield f"it has no parameter {name}"
        for name in (sorting.attribute, *(attribute for _, attribute, _ in sorting.choices)):
            if name and name not in known:
                yield f"{effect.entity} has no {name}"

    def _path(self, entity: str, operator: str, path: tuple[str, ...]) -> Iterator[str]:
        known = self._attributes[entity]
        if operator == "linked_by":
            if not any(path[0] in one for one in self._attributes.values()):
                yield f"nobody has {path[0]}"
            return
        if operator == "of_caller" and len(path) == 1:
            if not any(path[0] in one for one in self._attributes.values()):
                yield f"nobody has {path[0]}"
            return
        if operator == "search":
            for name in path:
                if name not in known:
                    yield f"{entity} has no {name}"
            return
        if path[0] not in known:
            yield f"{entity} has no {path[0]}"
        elif len(path) > 1 and known[path[0]].target is not None:
            target = known[path[0]].target or ""
            if operator != "of_caller" and path[1] not in self._attributes.get(target, {}):
                yield f"{target} has no {path[1]}"

    def _answer(self, operation: Operation, endpoint: Endpoint, effect: Effect) -> Iterator[str]:
        reply = next((one for one in endpoint.replies if one.status == operation.success_status), None)
        content = json_of(reply.contents) if reply is not None else None
        if operation.kind is OperationKind.DOWNLOAD:
            return
        if content is None:
            plain = reply is not None and any(one.media_type.startswith("text/plain") for one in reply.contents)
            if effect.answer is not None and reply is not None and not plain:
                yield "it answers what is not documented"
            return
        if effect.answer is None:
            yield "it does not answer what is documented"
            return
        yield from self._names(effect.entity, effect.answer)
        yield from self._fits(effect.entity, effect.answer, content.shape, "", 0)

    def _resolve(self, shape: Shape) -> Shape:
        for _ in range(_MAX_DEPTH):
            try:
                shape = self._interface.resolve(shape)
            except KeyError:
                return Shape(kind=ShapeKind.ANY)
            inner = [one for one in shape.alternatives if one.kind is not ShapeKind.NULL]
            if shape.kind is not ShapeKind.UNION or not inner:
                return shape
            objects = [one for one in inner if self._interface.resolve(one).kind is ShapeKind.OBJECT]
            if len(inner) > 1 and not objects:
                return Shape(kind=ShapeKind.ANY)
            shape = objects[0] if objects else inner[0]
        return Shape(kind=ShapeKind.ANY)

    def _fits(self, entity: str, value: Value, shape: Shape, at: str, depth: int) -> Iterator[str]:
        """Where an answer cannot be what the document says."""
        resolved = self._resolve(shape)
        if resolved.kind is ShapeKind.ANY or depth > _MAX_DEPTH:
            return
        if value.source is Source.OBJECT or value.source in (Source.RECORD, Source.RELATED):
            view = self._views.get(value.view)
            fields = value.fields if value.source is Source.OBJECT else view.members if view else ()
            if resolved.kind is not ShapeKind.OBJECT:
                yield f"{at or '/'}: an object stands for {resolved.kind}"
                return
            names = {member.name for member in fields}
            for item in resolved.properties:
                if item.required and not item.write_only and item.name not in names:
                    yield f"{at}/{item.name} is required, and is not answered"
            for member in fields:
                found = resolved.property(member.name)
                if found is not None:
                    inner = view.entity if view is not None else entity
                    yield from self._fits(inner, member.value, found.shape, f"{at}/{member.name}", depth + 1)
            return
        wanted = _SCALARS.get(value.source)
        if wanted is not None and resolved.kind not in wanted:
            yield f"{at or '/'}: {value.source} stands for {resolved.kind}"
        if value.view and resolved.items is not None:
            one = Value(source=Source.RECORD, view=value.view)
            yield from self._fits(entity, one, resolved.items, f"{at}/*", depth + 1)
        if value.source is Source.ATTRIBUTE and value.attribute in self._attributes.get(entity, {}):
            kind = self._attributes[entity][value.attribute].type
            if (kind is FieldType.BOOLEAN) is not (resolved.kind is ShapeKind.BOOLEAN):
                yield f"{at or '/'}: {kind} stands for {resolved.kind}"

    def _refusals(self, endpoint: Endpoint) -> Iterator[str]:
        reasons = [one.reason for one in endpoint.refusals]
        if len(reasons) != len(set(reasons)):
            yield "it refuses twice for one reason"
        if endpoint.schemes and Reason.UNAUTHENTICATED not in reasons:
            yield "it takes credentials, and does not say how it refuses wrong ones"
        if endpoint.bodies and Reason.INVALID_BODY not in reasons:
            yield "it takes a body, and does not say how it refuses wrong ones"
        for one in endpoint.refusals:
            reply = next((each for each in endpoint.replies if each.status in (one.status, 0)), None)
            if one.documented and reply is None:
                yield f"it says that {one.status} is documented, and it is not"
            content = json_of(reply.contents) if reply is not None and reply.status == one.status else None
            if one.documented and one.body is not None and content is not None:
                yield from self._fault(one.body, content.shape, f"refusal {one.status} ", 0)

    def _fault(self, value: FaultValue, shape: Shape, at: str, depth: int) -> Iterator[str]:
        resolved = self._resolve(shape)
        if resolved.kind is not ShapeKind.OBJECT or depth > _MAX_DEPTH:
            return
        if value.source is not Fault.OBJECT:
            if value.source not in (Fault.BY_FIELD, Fault.CONSTANT):
                yield f"{at}: {value.source} stands for an object"
            return
        names = {member.name: member.value for member in value.fields}
        for item in resolved.properties:
            if item.name not in names:
                if item.required and not item.write_only:
                    yield f"{at}/{item.name} is required, and is not answered"
                continue
            yield from self._fault(names[item.name], item.shape, f"{at}/{item.name}", depth + 1)
