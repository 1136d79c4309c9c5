"""How lists are cut and ordered, as their parameters and words say."""

import re
from collections.abc import Iterable

from devmatrix.discovery.document import FieldType
from devmatrix.discovery.interface import Paging, Parameter, Sorting
from devmatrix.discovery.naming import split_words
from devmatrix.discovery.openapi.binding.drafts import Desk, EntityDraft
from devmatrix.discovery.openapi.binding.words import (
    ASCENDING,
    CURSOR,
    DESCENDING,
    DIRECTION,
    NEWEST,
    OFFSET,
    OLDEST,
    PAGE,
    SIZE,
    SORT,
    key,
    says,
)
from devmatrix.discovery.shapes import Shape, ShapeKind

_DEFAULT = re.compile(r"\bdefaults?\b(?: (?:is|to|of|value))*[ :=(`]*(\d{1,5})\b|\b(\d{1,5}) by default", re.I)
_MOST = re.compile(r"\b(?:max(?:imum)?|at most|up to|no more than)\b[^\d.]{0,20}(\d{1,5})\b", re.I)
_PER_PAGE = re.compile(r"\b(\d{1,4}) (?:\w+ )?per page", re.I)
_USUAL_SIZE = 20
_USUAL_MOST = 100


def _number(text: str, pattern: re.Pattern[str]) -> int | None:
    found = pattern.search(text)
    return int(next(one for one in found.groups() if one)) if found else None


def _name(parameter: Parameter) -> str:
    words = split_words(parameter.name)
    if len(words) > 1 and words[0] in ("page", "paging", "pagination") and words[1] in ("size", "limit", "offset"):
        return words[1]
    return key(parameter.name)


def paging_of(desk: Desk, parameters: Iterable[Parameter], texts: Iterable[str]) -> Paging | None:
    """The paging that the query parameters make; none where there is none."""
    found: dict[str, Parameter] = {}
    shapes = desk.shapes
    for one in parameters:
        kind = shapes.resolve(one.shape).kind
        for role, names in (("size", SIZE), ("offset", OFFSET), ("page", PAGE)):
            if one.place == "query" and _name(one) in names and kind in (ShapeKind.INTEGER, ShapeKind.NUMBER):
                found.setdefault(role, one)
        if one.place == "query" and _name(one) in CURSOR and shapes.is_scalar(one.shape) and not _is_moment(desk, one):
            found.setdefault("cursor", one)
    position = next((role for role in ("offset", "page", "cursor") if role in found), None)
    if position is None and "size" not in found:
        return None
    size = found.get("size")
    default, most = _sizes(shapes.resolve(size.shape) if size else None, size, texts)
    if position is None:
        return Paging(style="limit", size=size.name if size else "", default_size=default, maximum_size=most)
    first = 0
    if position == "page":
        shape = shapes.resolve(found["page"].shape)
        zero = shape.default == 0 if shape.has_default else shape.minimum == 0
        first = 0 if zero or "0-based" in found["page"].description or "zero" in found["page"].description else 1
    return Paging(
        style="offset" if position == "offset" else "page" if position == "page" else "cursor",
        size=size.name if size else "",
        position=found[position].name,
        first=first,
        default_size=default,
        maximum_size=most,
    )


def _is_moment(desk: Desk, parameter: Parameter) -> bool:
    return desk.shapes.resolve(parameter.shape).format.startswith("date")


def _sizes(shape: Shape | None, size: Parameter | None, texts: Iterable[str]) -> tuple[int, int]:
    said = size.description if size else " ".join(texts)
    default = _number(said, _DEFAULT) or _number(said, _PER_PAGE)
    most = _number(said, _MOST)
    if shape is not None and shape.has_default and isinstance(shape.default, int):
        default = shape.default
    if shape is not None and shape.maximum is not None:
        most = int(shape.maximum)
    default = default or min(_USUAL_SIZE, most or _USUAL_SIZE)
    return default, max(most or _USUAL_MOST, default)


def sorting_of(desk: Desk, draft: EntityDraft, parameters: Iterable[Parameter], texts: Iterable[str]) -> Sorting:
    """The order of a list: by a parameter, by a second one for the direction, by what its words say."""
    sort: Parameter | None = None
    direction: Parameter | None = None
    for one in parameters:
        if one.place != "query" or desk.shapes.resolve(one.shape).kind is not ShapeKind.STRING:
            continue
        if key(one.name) in DIRECTION and _is_direction(desk.shapes.resolve(one.shape)):
            direction = direction or one
        elif key(one.name) in SORT and sort is None:
            sort = one
    created = next((one.name for one in draft.attributes.values() if one.generated == "now"), "")
    attribute, descending = ("", False)
    if says(NEWEST, texts) and not says(OLDEST, texts):
        attribute, descending = created, True
    choices: tuple[tuple[str, str, bool], ...] = ()
    if sort is not None:
        shape = desk.shapes.resolve(sort.shape)
        choices = _choices(draft, shape, created, sort.description)
        if shape.has_default:
            for value, name, down in choices:
                if value == shape.default:
                    attribute, descending = name, down
    if direction is not None:
        shape = desk.shapes.resolve(direction.shape)
        if shape.has_default and isinstance(shape.default, str):
            descending = key(shape.default) in DESCENDING
    return Sorting(
        parameter=sort.name if sort is not None and choices else "",
        choices=choices,
        direction=direction.name if direction is not None else "",
        attribute=attribute,
        descending=descending,
    )


def _is_direction(shape: Shape) -> bool:
    return bool(shape.choices) and all(key(str(one)) in ASCENDING | DESCENDING for one in shape.choices)


_SUFFIXED = re.compile(r"([,:. _])\(?(?:asc|desc)", re.I)


def _choices(draft: EntityDraft, shape: Shape, created: str, description: str) -> tuple[tuple[str, str, bool], ...]:
    """The values of the parameter: as listed, else every attribute, with the sign or the ending that is said."""
    if shape.choices:
        found = [(str(one), _ordered_by(draft, str(one), created)) for one in shape.choices]
        return tuple((value, *order) for value, order in found if order is not None)
    names = [
        one.name
        for one in draft.attributes.values()
        if one.type
        not in (FieldType.JSON, FieldType.REFERENCE, FieldType.REFERENCES, FieldType.PASSWORD, FieldType.BINARY)
    ]
    shown = " ".join((description, shape.description, str(shape.default or ""), *map(str, shape.examples)))
    suffixed = _SUFFIXED.search(shown)
    if suffixed is not None:
        mark = suffixed[1]
        endings = (("", False), (f"{mark}asc", False), (f"{mark}desc", True))
        return tuple((f"{name}{end}", name, down) for name in names for end, down in endings)
    return tuple((f"{sign}{name}", name, bool(sign)) for name in names for sign in ("", "-"))


def _ordered_by(draft: EntityDraft, value: str, created: str) -> tuple[str, bool] | None:
    """The attribute and direction that a value of the sorting parameter means."""
    words = split_words(value)
    if "_".join(words) in ("newest", "latest", "recent", "most_recent", "newest_first", "new"):
        return created, True
    if "_".join(words) in ("oldest", "oldest_first", "old"):
        return created, False
    descending = value.strip().startswith("-")
    if words and words[-1] in ASCENDING | DESCENDING:
        descending = words[-1] in DESCENDING
        words = words[:-1]
    elif words and words[0] in ASCENDING | DESCENDING:
        descending = words[0] in DESCENDING
        words = words[1:]
    for name, attribute in draft.attributes.items():
        parts = split_words(name)
        short = parts[:-1] if len(parts) > 1 and parts[-1] in ("at", "on", "date") else parts
        if words in (parts, short) and attribute.type not in (FieldType.JSON, FieldType.PASSWORD):
            return name, descending
    return None
