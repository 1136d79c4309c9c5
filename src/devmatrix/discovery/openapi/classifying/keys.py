"""Which property of a record a parameter of the path is compared with."""

from collections.abc import Iterable, Sequence

from devmatrix.discovery.naming import split_words
from devmatrix.discovery.openapi.classifying.words import ID_WORDS, joined
from devmatrix.discovery.shapes import Property, Shape

_USUAL = ("id", "_id", "uuid", "guid", "key", "code", "slug", "number")


def key_property(parameter: str, owner: Iterable[str], shapes: Sequence[Shape]) -> str:
    """The property, by its name; a new one where no shape has it. `owner`: words that mean the record's kind."""
    items = list({item.name: item for shape in shapes for item in shape.properties}.values())
    words = split_words(parameter)
    wanted = "_".join(words)
    exact = [item.name for item in items if item.name == parameter] or [
        item.name for item in items if joined(item.name) == wanted or "".join(split_words(item.name)) == "".join(words)
    ]
    if exact:
        return exact[0]
    owners = {tuple(name.split("_")) for name in owner} | {(name.split("_")[-1],) for name in owner}
    bare = _without_owner(words, owners)
    for name in (bare, words):
        found = _same(items, "_".join(name))
        if found:
            return found
    found = _prefixed(items, bare, owners)
    if found:
        return found
    if bare in (("id",), ()) or words[-1:] == ("id",):
        return _usual(items, owners) or "id"
    last = _same(items, words[-1]) if words and words[-1] in ID_WORDS else ""
    return last or ("_".join(bare) if bare and "_".join(bare) in ID_WORDS else parameter)


def _without_owner(words: tuple[str, ...], owners: set[tuple[str, ...]]) -> tuple[str, ...]:
    for own in sorted(owners, key=len, reverse=True):
        if own and words[: len(own)] == own:
            return words[len(own) :]
    return words


def _same(items: Sequence[Property], name: str) -> str:
    plain = name.replace("_", "")
    return next((item.name for item in items if joined(item.name).replace("_", "") == plain), "") if name else ""


def _prefixed(items: Sequence[Property], bare: tuple[str, ...], owners: set[tuple[str, ...]]) -> str:
    """A property that is the key with its owner before: {id} and projectId."""
    for own in owners:
        found = _same(items, "_".join((*own, *(bare or ("id",)))))
        if found:
            return found
    return ""


def _usual(items: Sequence[Property], owners: set[tuple[str, ...]]) -> str:
    for name in _USUAL:
        found = next((item.name for item in items if item.name == name or joined(item.name) == name), "")
        if found:
            return found
    return ""
