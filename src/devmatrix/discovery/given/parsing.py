"""From a source to a validated document; and all its faults as one error."""

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from pydantic import ValidationError

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.discovery.given.entities import entity_faults
from devmatrix.discovery.given.faults import Fault
from devmatrix.discovery.given.operations import operation_faults
from devmatrix.discovery.given.requirements import requirement_faults
from devmatrix.discovery.given.wording import rule_faults
from devmatrix.discovery.openapi.loading.nodes import escaped, read_tree
from devmatrix.discovery.sources import Source
from devmatrix.errors import RequestError

_SHOWN = 50
_OFTEN = {
    "missing": "it is required",
    "extra_forbidden": "nothing of that name is known here",
}


def parse(source: Source) -> DiscoveryDocument:
    """The document; see `devmatrix.discovery.given.read_document`."""
    name = source.name or "the document"
    lines: Callable[[str], int] = lambda pointer: read_tree(source.text, name).line(pointer)  # noqa: E731
    is_json = source.text.lstrip("\ufeff \t\r\n").startswith("{")
    value = _fast_json(source.text) if is_json else None
    if value is None:
        tree = read_tree(source.text, name)
        value, lines = tree.value, tree.line
    if not isinstance(value, dict):
        raise RequestError(
            f"{name}:1: this is no DiscoveryDocument", mend="it is an object with schema_version, title, entities, ..."
        )
    try:
        document = DiscoveryDocument.model_validate(_completed(value))
    except ValidationError as error:
        raise _refused(name, list(_schema_faults(error, value)), lines) from error
    faults = list(all_faults(document))
    if faults:
        raise _refused(name, faults, lines)
    return document


def require_faultless(document: DiscoveryDocument) -> None:
    """See `devmatrix.discovery.given.require_sound`."""
    faults = list(all_faults(document))
    if faults:
        raise _refused("the document", faults, None)


def _fast_json(text: str) -> object:
    """The value of JSON without repeated keys; none where the slower reader has to say what is wrong."""

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise ValueError("a key is there twice")
        return found

    def refuse(constant: str) -> object:
        raise ValueError(constant)

    try:
        value: object = json.loads(text, object_pairs_hook=once, parse_constant=refuse)
    except (ValueError, RecursionError):
        return None
    return value


def _completed(value: dict[str, object]) -> dict[str, object]:
    """With what a person may leave out, because it follows."""
    return {"request": "", "contexts": [], **value}


def all_faults(document: DiscoveryDocument) -> Iterator[Fault]:
    """All that does not fit together in a document."""
    return chain(
        entity_faults(document),
        rule_faults(document),
        operation_faults(document),
        requirement_faults(document),
    )


def _schema_faults(error: ValidationError, value: object) -> Iterator[Fault]:
    for one in error.errors(include_url=False, include_context=False):
        pointer, _ = _pointer(one["loc"], value)
        if one["type"] == "too_short" and one["input"]:
            continue  # counted without the items that have faults of their own
        what = _OFTEN.get(one["type"], one["msg"][:1].lower() + one["msg"][1:])
        given = one["input"]
        shown = (
            f", and not {given!r:.60}"
            if isinstance(given, str | int | float | None) and one["type"] not in _OFTEN
            else ""
        )
        mend = (
            "take it out, or correct its name"
            if one["type"] == "extra_forbidden"
            else "see the JSON Schema of the document"
        )
        yield Fault(pointer, f"{what}{shown}", mend)


def _pointer(location: Sequence[int | str], value: object) -> tuple[str, object]:
    """The JSON pointer; parts that name a variant of a union, and stand for nothing in the text, are left out."""
    pointer = ""
    for number, part in enumerate(location):
        last = number == len(location) - 1
        if isinstance(value, dict) and (part in value or last):
            value, pointer = value.get(str(part)), f"{pointer}/{escaped(str(part))}"
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value, pointer = value[part], f"{pointer}/{part}"
    return pointer, value


def _refused(name: str, faults: Sequence[Fault], line: Callable[[str], int] | None) -> RequestError:
    told = []
    for fault in faults[:_SHOWN]:
        where = f"{name}:{line(fault.pointer)} {fault.pointer or '/'}" if line else fault.pointer or "/"
        told.append(f"{where}: {fault.what}: {fault.mend}")
    more = [f"… and {len(faults) - _SHOWN:,} more"] if len(faults) > _SHOWN else []
    head = f"{name} has {len(faults):,} {'fault' if len(faults) == 1 else 'faults'}"
    return RequestError(
        "\n  ".join([f"{head}:", *told, *more]), mend="mend what is listed, and give the document again"
    )
