"""Collects every property of every kind of record, with the places where it occurs."""

from devmatrix.discovery.document import OperationKind
from devmatrix.discovery.interface import Content
from devmatrix.discovery.openapi.apart import spread
from devmatrix.discovery.openapi.binding.drafts import Desk, EntityDraft, Seen, Side
from devmatrix.discovery.openapi.classified import Classified
from devmatrix.discovery.shapes import Shape, ShapeKind

CREATES = frozenset(
    {OperationKind.CREATE, OperationKind.NESTED_CREATE, OperationKind.REGISTER, OperationKind.BULK_CREATE}
)
CHANGES = frozenset(
    {
        OperationKind.REPLACE,
        OperationKind.PATCH,
        OperationKind.NESTED_REPLACE,
        OperationKind.NESTED_PATCH,
        OperationKind.CURRENT_REPLACE,
        OperationKind.CURRENT_PATCH,
        OperationKind.TRANSITION,
    }
)
DELETES = frozenset({OperationKind.DELETE, OperationKind.NESTED_DELETE})
RECORD_KINDS = CREATES | CHANGES | {OperationKind.READ, OperationKind.NESTED_READ, OperationKind.CURRENT}


def json_content(contents: tuple[Content, ...]) -> Content | None:
    """The JSON among the media types; a form, where there is no JSON."""
    for wanted in ("application/json", "+json", "*/*", "application/x-www-form-urlencoded", "multipart/form-data"):
        for content in contents:
            media = content.media_type.split(";")[0].strip().lower()
            if media == wanted or (wanted.startswith("+") and media.endswith(wanted)):
                return content
    return None


def body_shape(operation: Classified) -> Shape | None:
    """The shape of the body that is read."""
    content = json_content(operation.operation.endpoint.bodies)
    return content.shape if content else None


def answer_shape(operation: Classified) -> Shape | None:
    """The shape of the documented success."""
    reply = operation.operation.success
    content = json_content(reply.contents) if reply else None
    return content.shape if content else None


def record_in_body(desk: Desk, operation: Classified) -> Shape | None:
    """The shape of the record that the body gives, with its name."""
    shape = body_shape(operation)
    if shape is None or operation.body_at is None:
        return None
    found = desk.shapes.at(shape, operation.body_at, answer=False)
    if found is not None and operation.kind is OperationKind.BULK_CREATE:
        return desk.shapes.items_of(found) or found
    return found


def record_in_answer(desk: Desk, operation: Classified) -> Shape | None:
    """The shape of the record that the answer shows (of a list: of each), with its name."""
    shape = answer_shape(operation)
    if shape is None:
        return None
    if operation.record_at is not None:
        return desk.shapes.at(shape, operation.record_at)
    if operation.records_at is not None:
        found = desk.shapes.at(shape, operation.records_at)
        return desk.shapes.items_of(found) if found else None
    return None


def gather(desk: Desk) -> None:
    """Fill the drafts with what is seen of them, and learn which named shapes show which records."""
    claims: dict[str, set[str]] = {}
    for draft in desk.drafts.values():
        _see(desk, draft, draft.resource.shape, "answer")
        if draft.resource.shape_name:
            desk.by_shape[draft.resource.shape_name] = draft.name
    for operation in desk.operations:
        found = desk.draft_of(operation)
        if found is None:
            continue
        given, answered = record_in_body(desk, operation), record_in_answer(desk, operation)
        if answered is not None:
            _see(desk, found, answered, "answer")
            claims.setdefault(desk.shapes.name_of(answered), set()).add(found.name)
        if given is not None and operation.kind in CREATES | CHANGES:
            _see(desk, found, given, "create" if operation.kind in CREATES else "change")
            claims.setdefault(desk.shapes.name_of(given), set()).add(found.name)
        elif operation.kind in CHANGES and body_shape(operation) is None:
            _see_asked(found, operation)
        if operation.kind is OperationKind.UPLOAD and all(step.resource != found.name for step in operation.steps):
            form = body_shape(operation)
            if form is not None:
                _see(desk, found, form, "create")
            found.created = True
        found.created = found.created or operation.kind in CREATES
    for name, owners in claims.items():
        if name and len(owners) == 1:
            desk.by_shape.setdefault(name, next(iter(owners)))


def _see_asked(draft: EntityDraft, operation: Classified) -> None:
    """What stands in the query of a change without a body, and is called like a property of the record."""
    for one in operation.operation.endpoint.parameters:
        shown = [each.property for each in draft.seen.get(one.name, ()) if one.place == "query"]
        if shown:
            item = shown[0].model_copy(update={"shape": one.shape, "required": one.required, "read_only": False})
            draft.seen[one.name].append(Seen(item, "change"))


def _see(desk: Desk, draft: EntityDraft, shape: Shape, side: Side) -> None:
    owner = desk.shapes.object_of(shape, answer=side == "answer")
    for _, item in spread(desk.shapes, owner) if owner else ():
        if (side == "answer" and item.write_only) or desk.shapes.resolve(item.shape).kind is ShapeKind.BINARY:
            continue
        if side != "answer" and item.read_only:
            continue
        seen = Seen(item, side)
        places = draft.seen.setdefault(item.name, [])
        if seen not in places:
            places.append(seen)
