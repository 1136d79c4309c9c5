"""From a source to `Given`."""

import re

from devmatrix.discovery.openapi.given import Given, Place
from devmatrix.discovery.openapi.loading.files import At, Files
from devmatrix.discovery.openapi.loading.operations import Operations
from devmatrix.discovery.openapi.loading.schemas import Shapes
from devmatrix.discovery.openapi.loading.servers import base_path, schemes
from devmatrix.discovery.openapi.loading.swagger import SWAGGER, converted
from devmatrix.discovery.sources import Source


def load(source: Source, *, allow_remote: bool = False) -> Given:
    """The document of a source. Raises RequestError, with file, line and pointer, where it is none or not sound.

    References to files beside the document are followed, never out of its folder; to elsewhere only if `allow_remote`.
    """
    files = Files(source, allow_remote=allow_remote)
    version = _version(files.root)
    if version == SWAGGER:
        files.root = converted(files.root)
    root = files.root
    unread: list[tuple[At, str]] = []

    def note(at: At, why: str) -> None:
        unread.append((at, why))

    shapes = Shapes(files, note)
    components = root.get("components")
    listed = components.get("schemas") if components else None
    if version == SWAGGER:
        listed = root.get("definitions")
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
        openapi=version,
        base_path=base_path(root) or "",
        shapes=dict(shapes.named),
        schemes=found,
        operations=read,
        tags=_tags(root),
        unread=tuple(dict.fromkeys((_pointer(at, root), why) for at, why in unread)),
        places=_places(files),
    )


def _version(root: At) -> str:
    """The version of the format; a number stands for what it looks like."""
    if not isinstance(root.value, dict):
        raise root.fail("this is no OpenAPI document: it holds no object", mend="give an OpenAPI 3 document")
    version = root.mapping.get("openapi")
    if isinstance(version, str | int | float) and re.fullmatch(r"3\.[012](\.\d+([-+.].*)?)?", str(version)):
        return str(version)
    if version is None and "swagger" in root.mapping:
        if str(root.mapping["swagger"]) in (SWAGGER, "2"):
            return SWAGGER
        raise At(root.tree, "/swagger", root.mapping["swagger"]).fail(
            f"Swagger {str(root.mapping['swagger'])[:20]} is not read; Swagger 2.0 and OpenAPI 3.0 to 3.2 are",
            mend="convert it to OpenAPI 3 (most editors and generators of OpenAPI do that)",
        )
    if version is None:
        raise root.fail(
            "this is no OpenAPI document: `openapi` is missing",
            mend='write the version of the format at its top, such as `openapi: "3.1.0"`',
        )
    mend = 'write the version that the document follows as text, such as `openapi: "3.1.0"`'
    if isinstance(version, str) and re.match(r"3\.\d|[4-9]", version):
        mend = "save it as OpenAPI 3.1, where the tool that wrote it can"
    raise At(root.tree, "/openapi", version).fail(
        f"OpenAPI {str(version)[:20]} is not read; 3.0, 3.1, 3.2 and Swagger 2.0 are", mend=mend
    )


def _tags(root: At) -> dict[str, str]:
    listed = root.get("tags")
    return {one.text_of("name"): one.text_of("description") for one in listed.each()} if listed else {}


def _pointer(at: At, root: At) -> str:
    return at.pointer if at.tree is root.tree else f"{at.tree.name}#{at.pointer}"


def _places(files: Files) -> dict[str, Place]:
    return dict(files.root.tree.places)
