"""Files: the attribute that keeps the bytes, and where they stand in a body."""

from devmatrix.discovery.document import Attribute, FieldType, OperationKind
from devmatrix.discovery.interface import Write
from devmatrix.discovery.naming import split_words
from devmatrix.discovery.openapi.binding.drafts import Desk, EntityDraft, Unexplained
from devmatrix.discovery.openapi.binding.words import key, singular_key
from devmatrix.discovery.openapi.classified import Classified
from devmatrix.discovery.shapes import Shape, ShapeKind

_DEEDS = frozenset("upload download uploads downloads get set put add attach raw content file".split())


def is_file(desk: Desk, shape: Shape) -> bool:
    """Whether the shape is bytes."""
    resolved = desk.shapes.resolve(shape)
    return resolved.kind is ShapeKind.BINARY or (resolved.kind is ShapeKind.STRING and resolved.format == "binary")


def keeps_files(desk: Desk, draft: EntityDraft) -> bool:
    """Whether some operation takes in a file of such a record."""
    for operation in desk.about[draft.name]:
        if operation.kind is OperationKind.UPLOAD:
            return True
    return any(one.type is FieldType.BINARY and not one.server_set for one in draft.attributes.values())


def file_attribute(desk: Desk, draft: EntityDraft, operation: Classified) -> str:
    """The attribute that keeps the file; made where there is none."""
    known = [one.name for one in draft.attributes.values() if one.type is FieldType.BINARY]
    wished = _name(desk, draft, operation)
    if known:
        return wished if wished in known else known[0]
    name = draft.free_name(wished)
    draft.attributes[name] = Attribute(name=name, type=FieldType.BINARY, required=False, server_set=True)
    return name


def _name(desk: Desk, draft: EntityDraft, operation: Classified) -> str:
    part = _part(desk, operation)
    if part and part not in ("file", "body", "upload"):
        return part
    literal = [one for one in operation.operation.path.split("/") if one and not one.startswith("{")]
    words = [word for word in split_words(literal[-1] if literal else "") if word not in _DEEDS]
    name = singular_key("_".join(words))
    return name if name and len(literal) > 1 and name != key(draft.name) else "file"


def _part(desk: Desk, operation: Classified) -> str:
    """The part of a form that is the file."""
    for content in operation.operation.endpoint.bodies:
        if content.media_type.startswith("multipart/"):
            owner = desk.shapes.object_of(content.shape, answer=False)
            for item in owner.properties if owner else ():
                if is_file(desk, item.shape):
                    return item.name
    return ""


def file_write(desk: Desk, operation: Classified, attribute: str) -> Write:
    """Where the file stands in the body. Raises Unexplained where there is none."""
    part = _part(desk, operation)
    if part:
        return Write(attribute=attribute, place="body", name=f"/{part}")
    if any(is_file(desk, content.shape) for content in operation.operation.endpoint.bodies):
        return Write(attribute=attribute, place="body", name="")
    raise Unexplained("it takes a file, and its body has none")
