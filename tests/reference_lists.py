"""What docs/conventions.md says of lists: pages, filters, ranges, sorting, search."""

# ruff: noqa: ANN401 - JSON comes as it comes

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from devmatrix.discovery.document import Attribute, Entity, FieldType
from tests.reference_values import Wrong, accept, key

EQUAL = {
    FieldType.ENUM,
    FieldType.BOOLEAN,
    FieldType.REFERENCE,
    FieldType.INTEGER,
    FieldType.DATE,
    FieldType.UUID,
    FieldType.EMAIL,
    FieldType.STRING,
}
RANGED = {FieldType.INTEGER, FieldType.DECIMAL, FieldType.FLOAT, FieldType.DATE, FieldType.DATETIME}
SEARCHED = {FieldType.STRING, FieldType.TEXT, FieldType.EMAIL, FieldType.URL}
UNSORTED = {FieldType.PASSWORD, FieldType.TEXT, FieldType.REFERENCES}


@dataclass
class PageQuery:
    limit: int = 20
    offset: int = 0
    sort: str = "created_at"
    search: str | None = None
    filters: list[tuple[str, str, Any]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, entity: Entity, pairs: list[tuple[str, str]], without: str | None) -> "PageQuery":
        query = cls()
        attributes = {item.name: item for item in entity.attributes if item.name != without}
        for name, text in pairs:
            try:
                query._take(attributes, name, text)
            except (Wrong, ValueError):
                query.wrong.append(name)
        return query

    def _take(self, attributes: dict[str, Attribute], name: str, text: str) -> None:
        stem, _, ending = name.rpartition("_")
        if name in {"limit", "offset"}:
            value = int(text)
            low, high = (1, 100) if name == "limit" else (0, 10**9)
            if not low <= value <= high:
                raise Wrong(name)
            setattr(self, name, value)
        elif name == "sort":
            item = attributes.get(text.removeprefix("-"))
            plain = text.removeprefix("-") in {"id", "created_at", "updated_at"}
            if not plain and (item is None or item.type in UNSORTED):
                raise Wrong(name)
            self.sort = text
        elif name == "search":
            if not any(item.type in SEARCHED for item in attributes.values()) or not 1 <= len(text) <= 100:
                raise Wrong(name)
            self.search = text
        elif name in attributes and attributes[name].type in EQUAL:
            self.filters.append((name, "==", _from_text(attributes[name], text)))
        elif ending in {"min", "max"} and stem in attributes and attributes[stem].type in RANGED:
            self.filters.append((stem, ending, _from_text(attributes[stem], text)))
        else:
            raise Wrong(name)


def _from_text(item: Attribute, text: str) -> Any:
    loose = item.model_copy(update={"min_length": 0, "max_length": 10_000, "pattern": None, "minimum": None})
    loose = loose.model_copy(update={"maximum": None, "exclusive_minimum": None, "exclusive_maximum": None})
    if item.type is FieldType.BOOLEAN:
        return {"true": True, "false": False}[text] if text in {"true", "false"} else accept(loose, text)
    if item.type is FieldType.INTEGER:
        return int(text)
    return accept(loose, float(text) if item.type is FieldType.FLOAT else text)


def answer_page(entity: Entity, rows: list[dict[str, Any]], query: PageQuery, flaws: Collection[str]) -> dict[str, Any]:
    attributes = {item.name: item for item in entity.attributes}
    if "filters-ignored" not in flaws:
        for name, how, value in query.filters:
            rows = [row for row in rows if _passes(attributes[name], row.get(name), how, value, flaws)]
    if query.search is not None:
        texts = [item.name for item in entity.attributes if item.type in SEARCHED]
        rows = [row for row in rows if any(_contains(row.get(name), query.search, flaws) for name in texts)]
    name = query.sort.removeprefix("-")
    if "sort-ignored" not in flaws:
        item = attributes.get(name)
        last = "nulls-first" not in flaws
        rows = sorted(rows, key=lambda row: row["id"])
        rows.sort(
            key=lambda row: (
                (row.get(name) is None) is last,
                key(item, row.get(name)) if row.get(name) is not None else 0,
            ),
            reverse=query.sort.startswith("-"),
        )
    start = query.offset + (1 if "offset-off" in flaws and query.offset else 0)
    items = rows[start : start + query.limit]
    total = len(items) if "total-of-page" in flaws else len(rows)
    return {"items": items, "total": total, "limit": query.limit, "offset": query.offset}


def _passes(item: Attribute, value: Any, how: str, wanted: Any, flaws: Collection[str]) -> bool:
    if value is None:
        return False
    if how == "==":
        return bool(value == wanted)
    left, right = key(item, value), key(item, wanted)
    if "ranges-exclusive" in flaws:
        return bool(left > right if how == "min" else left < right)
    return bool(left >= right if how == "min" else left <= right)


def _contains(value: Any, wanted: str, flaws: Collection[str]) -> bool:
    if not isinstance(value, str):
        return False
    if "wildcards" in flaws and wanted in {"%", "_"}:
        return True
    return wanted in value if "search-strict" in flaws else wanted.lower() in value.lower()
