"""Answers of the reference interpreter of imported APIs."""

# ruff: noqa: ANN401 - JSON comes as it comes

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.discovery.interface import Source, Value
from devmatrix.discovery.shapes import Property, Shape, ShapeKind
from tests.imported_rows import Row, Rows

EMPTY: dict[ShapeKind, Any] = {
    ShapeKind.STRING: "",
    ShapeKind.INTEGER: 0,
    ShapeKind.NUMBER: 0,
    ShapeKind.BOOLEAN: False,
    ShapeKind.ARRAY: [],
    ShapeKind.OBJECT: {},
}


@dataclass(frozen=True)
class Scene:
    record: Row | None = None
    caller: Row | None = None
    listed: list[Row] = field(default_factory=list)
    total: int = 0
    size: int = 20
    offset: int = 0
    first: int = 0


class Answers:
    def __init__(self, document: DiscoveryDocument, rows: Rows, flaws: Collection[str]) -> None:
        assert document.interface is not None
        self.document, self.interface, self.rows, self.flaws = document, document.interface, rows, flaws

    def make(self, value: Value, shape: Shape | None, scene: Scene, entity: str = "") -> Any:
        resolved = self.interface.resolve(shape) if shape is not None else None
        if value.source is Source.OBJECT:
            return self._object([(one.name, one.value) for one in value.fields], resolved, scene, entity)
        if value.source in (Source.RECORD, Source.RECORDS):
            items = resolved.items if resolved is not None else None
            if value.source is Source.RECORD:
                return self._view(value.view, scene.record, shape, scene)
            return [self._view(value.view, row, items, scene) for row in scene.listed]
        if scene.record is not None:
            found = self._of_record(value, scene.record, resolved, scene, entity)
            if found is not ...:
                return found
        return self._of_list(value, scene)

    def _object(self, members: list[tuple[str, Value]], shape: Shape | None, scene: Scene, entity: str) -> Any:
        found: dict[str, Any] = {}
        for name, value in members:
            prop = shape.property(name) if shape is not None else None
            made = self.make(value, prop.shape if prop is not None else None, scene, entity)
            if made is None and prop is not None and not self._nullable(prop):
                if not prop.required:
                    continue
                inner = self.interface.resolve(prop.shape)
                made = inner.choices[0] if inner.choices else EMPTY.get(inner.kind)
            found[name] = made
        return found

    def _nullable(self, prop: Property) -> bool:
        inner = self.interface.resolve(prop.shape)
        return prop.shape.nullable or inner.nullable or inner.kind in (ShapeKind.NULL, ShapeKind.ANY)

    def _view(self, name: str, row: Row | None, shape: Shape | None, scene: Scene) -> Any:
        assert row is not None
        view = self.interface.view(name)
        named = self.interface.shapes.get(view.shape) or shape
        inner = Scene(record=row, caller=scene.caller)
        resolved = self.interface.resolve(named) if named is not None else None
        return self._object([(one.name, one.value) for one in view.members], resolved, inner, view.entity)

    def _of_record(  # noqa: C901 - one case a source
        self, value: Value, row: Row, shape: Shape | None, scene: Scene, entity: str
    ) -> Any:
        items = shape.items if shape is not None else None
        match value.source:
            case Source.ATTRIBUTE:
                return row[value.attribute]
            case Source.TOKEN:
                return self.rows.token(row)
            case Source.ADDRESS:
                return f"https://there{str(value.value).format(row[value.attribute])}"
            case Source.REFRESH_TOKEN:
                return f"refresh-{self.rows.token(row)}"
            case Source.EXPIRES:
                return 3600
            case Source.RELATED | Source.RELATED_VALUE:
                target = self.document.entity(entity).attribute(value.attribute).target or ""
                found = next((one for one in self.rows.of(target) if one["row"] == row[value.attribute]), None)
                if found is None or value.source is Source.RELATED_VALUE:
                    return found[value.target_attribute] if found is not None else None
                return self._view(value.view, found, shape, scene)
            case Source.CHILDREN | Source.CHILD_COUNT:
                children = [one for one in self.rows.of(value.entity) if one[value.attribute] == row["row"]]
                if value.source is Source.CHILD_COUNT:
                    return len(children)
                return [self._view(value.view, one, items, scene) for one in children]
            case Source.LINKED:
                linked = scene.caller is not None and row["row"] in scene.caller[value.attribute]
                return linked != ("linked" in self.flaws)
            case Source.LINK_COUNT:
                account = self.document.account_entity
                holders = self.rows.of(account.name) if account is not None else []
                return sum(one[value.attribute].count(row["row"]) for one in holders)
            case Source.HELD_COUNT:
                return len(row[value.attribute])
            case Source.LINKS | Source.LINK_VALUES:
                target = self.document.entity(entity).attribute(value.attribute).target or ""
                by_row = {one["row"]: one for one in self.rows.of(target)}
                found_all = [by_row[number] for number in row[value.attribute]]
                if value.source is Source.LINK_VALUES:
                    return [one[value.target_attribute] for one in found_all]
                return [self._view(value.view, one, items, scene) for one in found_all]
            case _:
                return ...

    def _of_list(self, value: Value, scene: Scene) -> Any:
        pages = -(-scene.total // scene.size) if scene.size else 1
        page = scene.first + (scene.offset // scene.size if scene.size else 0)
        more = scene.offset + scene.size < scene.total
        match value.source:
            case Source.COUNTS:
                found: dict[str, int] = {}
                for row in scene.listed:
                    found[str(row[value.attribute])] = found.get(str(row[value.attribute]), 0) + 1
                return found
            case Source.VALUES:
                held = [row[value.attribute] for row in self.rows.of(value.entity)]
                flat = {one for each in held for one in (each if isinstance(each, list) else [each])}
                return sorted(one for one in flat if one is not None)
            case _:
                return {
                    Source.CONSTANT: value.value,
                    Source.TOTAL: scene.total,
                    Source.COUNT: scene.total,
                    Source.SIZE: scene.size,
                    Source.LENGTH: len(scene.listed),
                    Source.OFFSET: scene.offset,
                    Source.PAGE: page,
                    Source.PAGES: pages,
                    Source.HAS_MORE: more is not value.negated,
                    Source.HAS_PREVIOUS: (scene.offset > 0) is not value.negated,
                    Source.NEXT_PAGE: page + 1 if more else None,
                    Source.PREVIOUS_PAGE: page - 1 if page > scene.first else None,
                    Source.CURSOR: str(scene.offset + scene.size) if more else None,
                    Source.NEXT_LINK: "https://next" if more else None,
                    Source.PREVIOUS_LINK: "https://previous" if scene.offset > 0 else None,
                }[value.source]
