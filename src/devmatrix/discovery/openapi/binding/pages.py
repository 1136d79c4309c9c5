"""What lists say of themselves: totals, pages, cursors; and what other envelopes say: success, a message, a status."""

from pydantic import JsonValue

from devmatrix.discovery.interface import Paging, Source, Value
from devmatrix.discovery.naming import split_words
from devmatrix.discovery.openapi.binding.navigation import Shapes
from devmatrix.discovery.openapi.binding.words import key
from devmatrix.discovery.shapes import Shape, ShapeKind

_NAMES: dict[Source, str] = {
    Source.TOTAL: """total count total_count total_items total_results total_records total_elements num_found
        total_hits hits total_size total_number record_count total_rows overall""",
    Source.LENGTH: "number_of_elements items_count page_total returned result_count results_count length shown",
    Source.SIZE: "size limit per_page page_size items_per_page page_limit results_per_page pagesize",
    Source.OFFSET: "offset skip start start_index from",
    Source.PAGE: "page current_page page_number number current page_num page_index",
    Source.PAGES: "pages total_pages last_page page_count num_pages number_of_pages pages_count max_page",
    Source.HAS_MORE: "has_more has_next has_next_page more is_more next_available has_more_items truncated",
    Source.HAS_PREVIOUS: "has_previous has_prev has_previous_page has_prev_page",
    Source.CURSOR: """next_cursor cursor next_page_token next_token page_token end_cursor continuation_token
        continuation next_page_cursor after""",
    Source.NEXT_PAGE: "next_page next",
    Source.PREVIOUS_PAGE: "previous_page prev_page previous prev",
    Source.NEXT_LINK: "next next_url next_link next_page_url next_href next_page",
    Source.PREVIOUS_LINK: "previous prev previous_url prev_url previous_link prev_link previous_page prev_page_url",
}
_TYPES: dict[Source, ShapeKind] = {
    Source.HAS_MORE: ShapeKind.BOOLEAN,
    Source.HAS_PREVIOUS: ShapeKind.BOOLEAN,
    Source.CURSOR: ShapeKind.STRING,
    Source.NEXT_LINK: ShapeKind.STRING,
    Source.PREVIOUS_LINK: ShapeKind.STRING,
}
_UNPAGED: dict[Source, Value] = {
    Source.SIZE: Value(source=Source.LENGTH),
    Source.OFFSET: Value(source=Source.CONSTANT, value=0),
    Source.PAGE: Value(source=Source.CONSTANT, value=1),
    Source.PAGES: Value(source=Source.CONSTANT, value=1),
    Source.HAS_MORE: Value(source=Source.CONSTANT, value=False),
    Source.HAS_PREVIOUS: Value(source=Source.CONSTANT, value=False),
}
_ENDS = {
    **dict.fromkeys(("last", "is_last", "last_page", "is_last_page"), Source.HAS_MORE),
    **dict.fromkeys(("first", "is_first", "first_page", "is_first_page"), Source.HAS_PREVIOUS),
}
"""Flags that are up where a page has none after it, or before it."""
_MESSAGES = frozenset("message msg detail description info note text result".split())
_GOOD = frozenset(
    "success ok succeeded deleted created updated removed done acknowledged valid authenticated authorized".split()
)
_STATUS = frozenset("code status status_code http_status".split())


def page_value(
    shapes: Shapes, name: str, shape: Shape, paging: Paging | None, siblings: frozenset[str] = frozenset()
) -> Value | None:
    """What a property beside (or around) a list of records is, by its name and type."""
    words = key(name)
    kind = shapes.resolve(shape).kind
    if kind not in (ShapeKind.INTEGER, ShapeKind.NUMBER, ShapeKind.BOOLEAN, ShapeKind.STRING):
        return None
    if kind is ShapeKind.NUMBER:
        kind = ShapeKind.INTEGER
    if kind is ShapeKind.BOOLEAN and words in _ENDS:
        found = _paged(_ENDS[words], paging, shape, shapes)
        if found.source is Source.CONSTANT:
            return Value(source=Source.CONSTANT, value=not found.value)
        return found.model_copy(update={"negated": True})
    if words == "count" and any(one != words and one in _NAMES[Source.TOTAL].split() for one in siblings):
        return Value(source=Source.LENGTH)
    for source, names in _NAMES.items():
        if words in names.split() and _TYPES.get(source, ShapeKind.INTEGER) is kind:
            return _paged(source, paging, shape, shapes)
    parts = split_words(name)
    if kind is ShapeKind.INTEGER and (parts[-1:] == ("count",) or parts[:1] == ("total",)):
        return Value(source=Source.TOTAL)
    return None


def _paged(source: Source, paging: Paging | None, shape: Shape, shapes: Shapes) -> Value:
    positioned = paging is not None and paging.style in ("offset", "page", "cursor")
    if source is Source.CURSOR and shapes.resolve(shape).format in ("uri", "url", "uri-reference"):
        source = Source.NEXT_LINK
    if source in (Source.TOTAL, Source.LENGTH) or (positioned and paging is not None):
        if source is Source.CURSOR and paging is not None and paging.style != "cursor":
            return Value(source=Source.CONSTANT)
        if source in (Source.PAGE, Source.PAGES) and paging is not None and paging.style == "cursor":
            return _UNPAGED[source]
        return Value(source=source)
    if source in (Source.SIZE, Source.HAS_MORE) and paging is not None:
        return Value(source=source)
    return _UNPAGED.get(source, Value(source=Source.CONSTANT))


def remark(shapes: Shapes, name: str, shape: Shape, status: int, example: JsonValue) -> Value | None:
    """What an envelope says besides: that it went well, a message, the status; none where its name says nothing."""
    resolved, words = shapes.resolve(shape), key(name)
    if len(resolved.choices) == 1:
        return Value(source=Source.CONSTANT, value=resolved.choices[0])
    if example is not None and shapes.is_scalar(shape) and (words in _MESSAGES | _STATUS | _GOOD):
        return Value(source=Source.CONSTANT, value=example)
    if resolved.kind is ShapeKind.BOOLEAN and words in _GOOD:
        return Value(source=Source.CONSTANT, value=True)
    if resolved.kind is ShapeKind.BOOLEAN and words in ("error", "failed", "has_error"):
        return Value(source=Source.CONSTANT, value=False)
    if resolved.kind is ShapeKind.INTEGER and words in _STATUS:
        return Value(source=Source.CONSTANT, value=status)
    if resolved.kind is ShapeKind.STRING and words in _MESSAGES | _STATUS:
        chosen = next((one for one in resolved.choices if key(str(one)) in _GOOD), None)
        chosen = chosen or next(iter(resolved.choices), "success" if words in _STATUS else "OK")
        return Value(source=Source.CONSTANT, value=chosen)
    return None
