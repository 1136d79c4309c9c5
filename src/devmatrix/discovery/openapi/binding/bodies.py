"""What bodies write: attributes by their place in the body, references by the key that the body gives."""

from devmatrix.discovery.document import Attribute, FieldType, OperationKind
from devmatrix.discovery.interface import Lookup, Source, Write
from devmatrix.discovery.openapi.apart import spread
from devmatrix.discovery.openapi.binding.attributes import is_repetition
from devmatrix.discovery.openapi.binding.drafts import Desk, EntityDraft, Unexplained
from devmatrix.discovery.openapi.binding.gathering import CREATES, body_shape, record_in_body
from devmatrix.discovery.openapi.binding.lookups import composites
from devmatrix.discovery.openapi.binding.references import parent_reference
from devmatrix.discovery.openapi.classified import Classified
from devmatrix.discovery.shapes import Property, Shape, ShapeKind


def writes_of(desk: Desk, draft: EntityDraft, operation: Classified) -> tuple[Write, ...]:
    """What the body sets, and besides: the parent, the caller. Raises Unexplained for a needed part without meaning."""
    shape = record_in_body(desk, operation)
    found: dict[str, Write] = {}
    prefix = "" if operation.kind is OperationKind.BULK_CREATE else (operation.body_at or "")
    owner = desk.shapes.object_of(shape, answer=False) if shape is not None else None
    for pointer, item in spread(desk.shapes, owner) if owner else ():
        if not item.read_only:
            write = _write(desk, draft, operation, item, f"{prefix}{pointer}")
            if write is not None:
                found.setdefault(write.attribute, write)
    writes = list(found.values())
    if owner is None:
        _require_nothing(desk, operation)
        writes += _query_writes(draft, operation)
    draft.settable.update(write.attribute for write in writes)
    return tuple(writes)


def _require_nothing(desk: Desk, operation: Classified) -> None:
    """A body in which no record was found must not be needed."""
    shape = body_shape(operation)
    whole = desk.shapes.object_of(shape, answer=False) if shape is not None else None
    if shape is None or operation.key_at.startswith("/"):
        return
    if whole is None:
        if operation.operation.endpoint.body_required:
            raise Unexplained("nothing says what its body does")
        return
    needed = [item.name for item in whole.properties if item.required]
    if needed:
        raise Unexplained(f"nothing says what {needed[0]} in its body does")


def ignore(desk: Desk, operation: Classified, name: str, why: str) -> None:
    """Note that a part of the request has no effect."""
    desk.ignored[f"{operation.operation.endpoint.pointer}#{name}"] = why


def _write(desk: Desk, draft: EntityDraft, operation: Classified, item: Property, pointer: str) -> Write | None:
    meaning = draft.meanings.get(item.name)
    if operation.key_at == pointer or is_repetition(item.name):
        return None
    attribute = draft.attributes.get(meaning.attribute if meaning and meaning.attribute else item.name)
    if attribute is None or (meaning is not None and meaning.source in (Source.TOKEN, Source.CHILDREN, Source.LINKED)):
        return _unwritten(desk, draft, operation, item, "it is nothing that a record keeps")
    if item.name in draft.keys and attribute.generated and operation.kind not in CREATES:
        return None
    if draft.states is not None and attribute.name == draft.states.field:
        return _unwritten(desk, draft, operation, item, "the state moves by its transitions only")
    if attribute.type is FieldType.REFERENCE:
        return _reference(desk, draft, operation, item, (pointer, attribute))
    if attribute.type is FieldType.REFERENCES:
        return _references(desk, draft, operation, item, (pointer, attribute))
    return Write(attribute=attribute.name, place="body", name=pointer)


def _unwritten(desk: Desk, draft: EntityDraft, operation: Classified, item: Property, why: str) -> Write | None:
    if item.required and not desk.shapes.is_scalar(item.shape):
        raise Unexplained(f"{draft.name}.{item.name} in its body cannot be kept: {why}")
    ignore(desk, operation, item.name, why)
    return None


def _reference(
    desk: Desk, draft: EntityDraft, operation: Classified, item: Property, at: tuple[str, Attribute]
) -> Write | None:
    pointer, attribute = at
    target = desk.drafts[attribute.target or ""]
    meaning = draft.meanings.get(item.name)
    owner = desk.shapes.object_of(item.shape, answer=False)
    if owner is not None:
        for name in target.keys:
            if owner.property(name) is not None:
                return Write(attribute=attribute.name, place="body", name=f"{pointer}/{name}", match=name)
        return _unwritten(desk, draft, operation, item, f"it does not name a {target.name} by its key")
    if not desk.shapes.is_scalar(item.shape):
        return _unwritten(desk, draft, operation, item, f"it does not name a {target.name} by its key")
    said = meaning.target_attribute if meaning is not None else ""
    matched = said or _alike(desk, target, item.shape)
    if not matched:
        return _unwritten(desk, draft, operation, item, f"{target.name} has no key like it")
    return Write(attribute=attribute.name, place="body", name=pointer, match=matched)


def _references(
    desk: Desk, draft: EntityDraft, operation: Classified, item: Property, at: tuple[str, Attribute]
) -> Write | None:
    pointer, attribute = at
    target = desk.drafts[attribute.target or ""]
    meaning = draft.meanings.get(item.name)
    items = desk.shapes.items_of(item.shape)
    if items is None or not desk.shapes.is_scalar(items):
        return _unwritten(desk, draft, operation, item, f"it does not name {target.name} records by their keys")
    said = meaning.target_attribute if meaning is not None else ""
    matched = said or _alike(desk, target, items)
    if not matched:
        return _unwritten(desk, draft, operation, item, f"{target.name} has no key like its values")
    return Write(attribute=attribute.name, place="body", name=pointer, match=matched)


def _alike(desk: Desk, target: EntityDraft, shape: Shape) -> str:
    """The key of the target that a value of that shape may be."""
    whole = desk.shapes.resolve(shape).kind in (ShapeKind.INTEGER, ShapeKind.NUMBER)
    for name in target.keys:
        if (target.attributes[name].type is FieldType.INTEGER) is whole:
            return name
    return ""


def _query_writes(draft: EntityDraft, operation: Classified) -> list[Write]:
    """Attributes that are given in the query, where there is no body."""
    if operation.operation.method == "GET" or body_shape(operation) is not None:
        return []
    names = [one.name for one in operation.operation.endpoint.parameters if one.place == "query"]
    return [
        Write(attribute=name, place="query", name=name)
        for name in names
        if name in draft.attributes and name not in draft.keys and not draft.attributes[name].server_set
    ]


def surroundings(
    desk: Desk, draft: EntityDraft, operation: Classified, lookups: tuple[Lookup, ...], written: set[str]
) -> list[Write]:
    """What a new record gets from where it is made and by whom."""
    found: list[Write] = []
    records = [one for one in lookups if one.place == "path"]
    if records:
        parent = parent_reference(desk, draft, records[-1].entity)
        if parent is None:
            raise Unexplained(f"nothing says how a {draft.name} belongs to a {records[-1].entity}")
        found.append(Write(attribute=parent, place="parent"))
    composite = composites(desk, operation)
    for lookup in records[:-1]:
        if lookup.name in composite:
            continue
        above = parent_reference(desk, draft, lookup.entity)
        if above is not None and above not in written and all(one.attribute != above for one in found):
            found.append(Write(attribute=above, place="path", name=lookup.name, match=lookup.attribute))
    signed_in = operation.operation.secured or operation.of_caller
    owner = draft.owner
    if owner is None and operation.of_caller and desk.account is not None:
        owner = parent_reference(desk, draft, desk.account.name)
    if owner and signed_in and owner not in written and all(one.attribute != owner for one in found):
        found.append(Write(attribute=owner, place="caller"))
    return found
