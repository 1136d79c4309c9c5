"""Lists: pages, filters, orders, what envelopes say of them."""

import pytest

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.discovery.interface import Effect, Source, Value
from tests.unit.discovery.openapi.binding.labelled import (
    MOMENT,
    NUMBER,
    TEXT,
    Json,
    bound,
    listed,
    operation,
    query,
    record,
    ref,
)

_STONE = record(
    "id",
    id=NUMBER,
    name=TEXT,
    notes=TEXT,
    weight={"type": "number"},
    kind={"type": "string", "enum": ["gem", "ore"]},
    tags=listed(TEXT),
    parts=listed(record(name=TEXT)),
    createdAt=MOMENT,
)
_NEW = record(name=TEXT, notes=TEXT, weight={"type": "number"}, tags=listed(TEXT), parts=listed(record(name=TEXT)))


def _list(answer: Json, *parameters: Json, summary: str = "") -> tuple[DiscoveryDocument, Effect]:
    found = bound(
        {
            "POST /stones | create Stone": operation(ref("Stone"), _NEW, status=201),
            "GET /stones | list Stone": operation(answer, parameters=parameters, summary=summary),
        },
        {"Stone": _STONE},
    )
    assert found.interface
    effect = found.interface.endpoint("get_stones").effect
    assert effect
    return found, effect


_STONES = listed(ref("Stone"))


@pytest.mark.parametrize(
    ("parameter", "path", "operator"),
    [
        (query("name"), ("name",), "equals"),
        (query("name", description="a part of the name, partial match"), ("name",), "contains"),
        (query("name_like"), ("name",), "contains"),
        (query("kind", listed({"type": "string", "enum": ["gem", "ore"]})), ("kind",), "one_of"),
        (query("min_weight", {"type": "number"}), ("weight",), "minimum"),
        (query("weightTo", {"type": "number"}), ("weight",), "maximum"),
        (query("weight[gte]", {"type": "number"}), ("weight",), "minimum"),
        (query("created_after", MOMENT), ("createdAt",), "after"),
        (query("createdBefore", MOMENT), ("createdAt",), "before"),
        (query("tag"), ("tags",), "member"),
        (query("part"), ("parts", "name"), "member"),
        (query("q"), ("name", "notes"), "search"),
        (query("filter[kind]"), ("kind",), "equals"),
    ],
    ids=lambda value: value["name"] if isinstance(value, dict) else "",
)
def test_parameters_narrow_by_their_names(parameter: Json, path: tuple[str, ...], operator: str) -> None:
    _, effect = _list(_STONES, parameter)
    assert [(one.parameter, one.path, one.operator) for one in effect.filters] == [(parameter["name"], path, operator)]


def test_a_flag_is_not_compared_with_a_number() -> None:
    _, effect = _list(_STONES, query("below_weight", {"type": "boolean"}), query("weight_max", {"type": "boolean"}))
    assert effect.filters == ()


def test_a_choice_that_means_all_of_them_is_no_value_to_look_for() -> None:
    _, effect = _list(_STONES, query("kind", {"type": "string", "enum": ["gem", "ore", "all"]}))
    assert effect.filters == ()


def test_a_parameter_that_says_nothing_is_without_effect_and_stands_in_the_statements() -> None:
    found, effect = _list(_STONES, query("expand"))
    assert effect.filters == ()
    assert [one.span.text for one in found.statements if not one.understood] == ["query parameter expand"]


def test_a_list_that_needs_what_nobody_understands_is_nobodys() -> None:
    found = bound(
        {
            "POST /stones | create Stone": operation(ref("Stone"), _NEW, status=201),
            "GET /stones | list Stone": operation(_STONES, parameters=[query("mood", required=True)]),
        },
        {"Stone": _STONE},
    )
    assert found.interface
    endpoint = found.interface.endpoint("get_stones")
    assert endpoint.effect is None
    assert "mood" in endpoint.why_not


@pytest.mark.parametrize(
    ("parameters", "style", "first", "default", "maximum"),
    [
        (
            [query("limit", {**NUMBER, "default": 10, "maximum": 50}), query("offset", NUMBER)],
            "offset",
            0,
            10,
            50,
        ),
        ([query("page", {**NUMBER, "minimum": 1}), query("per_page", {**NUMBER, "default": 30})], "page", 1, 30, 100),
        ([query("page", {**NUMBER, "default": 0}), query("size", NUMBER)], "page", 0, 20, 100),
        ([query("cursor"), query("limit", NUMBER, description="Up to 40, default 15")], "cursor", 0, 15, 40),
        ([query("limit", NUMBER)], "limit", 0, 20, 100),
    ],
)
def test_paging_is_read_from_its_parameters(
    parameters: list[Json], style: str, first: int, default: int, maximum: int
) -> None:
    _, effect = _list(_STONES, *parameters)
    paging = effect.paging
    assert paging is not None
    assert (paging.style, paging.first, paging.default_size, paging.maximum_size) == (style, first, default, maximum)


def _sources(value: Value, prefix: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for member in value.fields:
        if member.value.source is Source.OBJECT:
            found |= _sources(member.value, f"{prefix}{member.name}.")
        else:
            found[prefix + member.name] = str(member.value.source)
    return found


def test_envelopes_say_how_much_there_is() -> None:
    meta = record("page", page=NUMBER, perPage=NUMBER, totalPages=NUMBER, has_next={"type": "boolean"})
    envelope = record("data", data=_STONES, total=NUMBER, count=NUMBER, meta=meta, object={"enum": ["list"]})
    _, effect = _list(envelope, query("page", NUMBER), query("per_page", NUMBER))
    assert effect.answer
    assert _sources(effect.answer) == {
        "data": "records",
        "total": "total",
        "count": "length",
        "meta.page": "page",
        "meta.perPage": "size",
        "meta.totalPages": "pages",
        "meta.has_next": "has_more",
        "object": "constant",
    }


def test_envelopes_link_to_the_pages_around() -> None:
    link: Json = {"type": "string", "format": "uri", "nullable": True}
    envelope = record("count", "next", count=NUMBER, next=link, previous=link, results=_STONES)
    _, effect = _list(envelope, query("limit", NUMBER), query("offset", NUMBER))
    assert effect.answer
    assert _sources(effect.answer) == {
        "count": "total",
        "next": "next_link",
        "previous": "previous_link",
        "results": "records",
    }


def test_cursors_are_handed_on() -> None:
    envelope = record("items", items=_STONES, next_cursor={"type": "string", "nullable": True})
    _, effect = _list(envelope, query("cursor"), query("limit", NUMBER))
    assert effect.answer
    assert _sources(effect.answer)["next_cursor"] == "cursor"


def test_orders_are_read_from_values_directions_defaults_and_words() -> None:
    values: Json = {"type": "string", "enum": ["name", "-weight", "newest"], "default": "newest"}
    _, effect = _list(_STONES, query("sort", values))
    assert effect.sorting.choices == (
        ("name", "name", False),
        ("-weight", "weight", True),
        ("newest", "createdAt", True),
    )
    assert (effect.sorting.attribute, effect.sorting.descending) == ("createdAt", True)
    _, effect = _list(
        _STONES,
        query("sort_by", {"type": "string", "enum": ["name", "weight"]}),
        query("order", {"type": "string", "enum": ["asc", "desc"]}),
    )
    assert (effect.sorting.parameter, effect.sorting.direction) == ("sort_by", "order")
    _, effect = _list(_STONES, query("sort", {"type": "string", "default": "name,asc"}))
    assert ("weight,desc", "weight", True) in effect.sorting.choices
    _, effect = _list(_STONES, summary="Lists stones, newest first")
    assert (effect.sorting.attribute, effect.sorting.descending) == ("createdAt", True)


def test_all_values_in_use_are_a_list_of_their_own() -> None:
    found = bound(
        {
            "POST /stones | create Stone": operation(ref("Stone"), _NEW, status=201),
            "GET /tags | custom": operation(record("tags", tags=listed(TEXT))),
        },
        {"Stone": _STONE},
    )
    assert found.interface
    effect = found.interface.endpoint("get_tags").effect
    assert effect
    assert effect.answer
    value = effect.answer.fields[0].value
    assert (value.source, value.entity, value.attribute) == (Source.VALUES, "Stone", "tags")
