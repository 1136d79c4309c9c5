"""From a source to `Given`."""

import re

from devmatrix.discovery.openapi.given import Given, Place
from devmatrix.discovery.openapi.loading.files import At, Files
from devmatrix.discovery.openapi.loading.operations import Operations
from devmatrix.discovery.openapi.loading.schemas import Shapes
from devmatrix.discovery.openapi.loading.servers import base_path, schemes
from devmatrix.discovery.sources import Source


def load(source: Source, *, allow_remote: bool = False) -> Given:
    """The document of a source. Raises RequestError, with file, line and pointer, where it is none or not sound.

    References to files beside the document are followed, never out of its folder; to elsewhere only if `allow_remote`.
    """
    files = Files(source, allow_remote=allow_remote)
    root = files.root
    _check_version(root)
    unread: list[tuple[At, str]] = []

    def note(at: At, why: str) -> None:
        unread.append((at, why))

    shapes = Shapes(files, note)
    components = root.get("components")
    listed = components.get("schemas") if components else None
    for name, one in listed.items() if listed else ():
        shapes.declare(name, one)
    shapes.finish()
    found = schemes(root, files, note)
    operations = Operations(files, shapes, found, unread)
    read = operations.read(root)
    for key in ("webhooks",):
        if root.get(key) is not None:
            note(root.child(key), "webhooks are not sent")
    info = root.get("info")
    return Given(
        file=root.tree.name,
        title=info.text_of("title") if info else "",
        description=info.text_of("description") if info else "",
        version=str(info.mapping.get("version", "")) if info else "",
        openapi=root.text_of("openapi"),
        base_path=base_path(root) or "",
        shapes=dict(shapes.named),
        schemes=found,
        operations=read,
        tags=_tags(root),
        unread=tuple(dict.fromkeys((_pointer(at, root), why) for at, why in unread)),
        places=_places(files),
    )


def _check_version(root: At) -> None:
    if not isinstance(root.value, dict):
        raise root.fail("this is no OpenAPI document: it holds no object", mend="give an OpenAPI 3 document")
    version = root.mapping.get("openapi")
    if isinstance(version, str) and re.fullmatch(r"3\.[01]\.\d+([-+.].*)?", version):
        return
    if "swagger" in root.mapping:
        raise root.fail(
            f"this is Swagger {str(root.mapping['swagger'])[:20]}, and OpenAPI 3.0 and 3.1 are read",
            mend="convert it to OpenAPI 3 (most editors and generators of OpenAPI do that)",
        )
    if version is None:
        raise root.fail("this is no OpenAPI document: `openapi` is missing", mend="give an OpenAPI 3 document")
    raise At(root.tree, "/openapi", version).fail(
        f"OpenAPI {str(version)[:20]} is not read; 3.0 and 3.1 are", mend='write the version as text, such as "3.1.0"'
    )


def _tags(root: At) -> dict[str, str]:
    listed = root.get("tags")
    return {one.text_of("name"): one.text_of("description") for one in listed.each()} if listed else {}


def _pointer(at: At, root: At) -> str:
    return at.pointer if at.tree is root.tree else f"{at.tree.name}#{at.pointer}"


def _places(files: Files) -> dict[str, Place]:
    return dict(files.root.tree.places)
