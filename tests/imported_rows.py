"""The rows behind the reference interpreter of imported APIs."""

# ruff: noqa: ANN401 - JSON comes as it comes

import re
from collections.abc import Collection, Mapping
from itertools import count
from typing import Any

from devmatrix.discovery.document import Attribute, DiscoveryDocument, FieldType
from devmatrix.discovery.interface import Effect, Filter, Source, Value

Row = dict[str, Any]


class Taken(Exception):
    def __init__(self, attribute: str) -> None:
        super().__init__(attribute)
        self.attribute = attribute


class Full(Exception):
    pass


class Rows:
    def __init__(self, document: DiscoveryDocument, flaws: Collection[str]) -> None:
        self.document, self.flaws = document, flaws
        self._tables: dict[str, list[Row]] = {one.name: [] for one in document.entities}
        self._last: dict[str, int] = {}
        self.tokens_are_issued = _issues(document)

    def state(self) -> Any:
        return (self._tables, self._last)

    def load(self, state: Any) -> None:
        self._tables, self._last = state

    def of(self, entity: str) -> list[Row]:
        return list(self._tables[entity])

    def token(self, row: Row) -> str:
        return f"token-{row['row']}-{self._last.get(_void(row), 0)}"

    def void(self, row: Row) -> None:
        """Make the tokens of an account void."""
        self._last[_void(row)] = self._last.get(_void(row), 0) + 1

    def account_of(self, token: str) -> Row | None:
        account = self.document.account_entity
        rows = self._tables[account.name] if account is not None else []
        return next((row for row in rows if self.token(row) == token), None)

    def default(self, entity: str, name: str) -> Any:
        default = self.document.entity(entity).attribute(name).default
        return default.value if default is not None else None

    def insert(self, entity: str, values: Mapping[str, Any]) -> Row:
        number = self._last[entity] = self._last.get(entity, 0) + 1
        row: Row = {"row": number}
        found = self.document.entity(entity)
        for attribute in found.attributes:
            row[attribute.name] = [] if attribute.type is FieldType.REFERENCES else self.default(entity, attribute.name)
        if found.states is not None:
            row[found.states.field] = found.states.initial
        row |= values
        for attribute in found.attributes:
            if attribute.generated is not None and attribute.name not in values:
                row[attribute.name] = self._generated(entity, attribute, row, number)
        self._check(entity, row)
        self._tables[entity].append(row)
        return row

    def _generated(self, entity: str, attribute: Attribute, row: Row, number: int) -> Any:
        match attribute.generated:
            case "sequence":
                return number if attribute.type is FieldType.INTEGER else str(number)
            case "uuid":
                return f"{number:08x}-0000-4000-8000-000000000000"
            case "text":
                return f"text{number:08}"
            case "slug":
                stem = re.sub(r"[^a-z0-9]+", "-", str(row[attribute.slug_of]).lower()).strip("-") or "record"
                stem = stem[: min(100, (attribute.max_length or 106) - 6)].rstrip("-")
                taken = {one[attribute.name] for one in self._tables[entity]}
                return next(name for n in count(1) if (name := stem if n == 1 else f"{stem}-{n}") not in taken)
            case _ if attribute.type is FieldType.INTEGER:
                return 1_700_000_000 + number
            case _ if attribute.type is FieldType.DATE:
                return "2026-01-31"
            case _:
                return f"2026-01-31T12:00:00.{number:03}Z"

    def update(self, entity: str, row: Row, values: Mapping[str, Any]) -> None:
        self._check(entity, {**row, **values})
        row |= values

    def _check(self, entity: str, row: Row) -> None:
        found = self.document.entity(entity)
        groups = [(one.name,) for one in found.attributes if one.unique] + list(found.unique_together)
        for group in groups:
            values = [row[name] for name in group]
            for other in self._tables[entity]:
                same = other["row"] != row["row"] and [other[name] for name in group] == values
                if same and None not in values and "unique" not in self.flaws:
                    raise Taken(group[0])
        for quota in found.quotas:
            if row[quota.per] is None or (quota.field and row[quota.field] not in quota.values):
                continue
            others = [one for one in self._tables[entity] if one["row"] != row["row"]]
            same = [one for one in others if one[quota.per] == row[quota.per] or "quota of all" in self.flaws]
            counted = [one for one in same if quota.field is None or one[quota.field] in quota.values]
            if len(counted) >= quota.most + ("quota late" in self.flaws):
                raise Full

    def delete(self, entity: str, row: Row) -> None:
        self._tables[entity] = [one for one in self._tables[entity] if one["row"] != row["row"]]
        for other in self.document.entities:
            for attribute in other.attributes:
                if attribute.target != entity:
                    continue
                for one in self.of(other.name):
                    if attribute.type is FieldType.REFERENCES and row["row"] in one[attribute.name]:
                        one[attribute.name].remove(row["row"])
                    elif attribute.type is FieldType.REFERENCE and one[attribute.name] == row["row"]:
                        if attribute.on_delete == "cascade":
                            self.delete(other.name, one)
                        else:
                            one[attribute.name] = None

    # Lists

    def matching(self, effect: Effect, query: Mapping[str, Any], parent: Row | None, caller: Row | None) -> list[Row]:
        rows = self.of(effect.entity)
        if effect.association:
            account = self.document.account_entity
            own = account is not None and effect.holder == account.name and parent is None
            holder = caller if own else parent
            rows = [row for row in rows if holder is not None and row["row"] in holder[effect.association]]
        if effect.parent and parent is not None and "all parents" not in self.flaws:
            rows = [row for row in rows if row[effect.parent] == parent["row"]]
        for one in effect.filters:
            if "filters" in self.flaws or (one.parameter and query.get(one.parameter) is None):
                continue
            value = query.get(one.parameter)
            rows = [row for row in rows if self._fits(effect.entity, row, one, value, caller)]
        return rows

    def _fits(self, entity: str, row: Row, one: Filter, value: Any, caller: Row | None) -> bool:
        if one.operator == "of_caller":
            target = row[one.path[0]] if len(one.path) == 2 else row["row"]
            return caller is not None and target in caller[one.path[-1]]
        if one.operator == "linked_by":
            account = self.document.account_entity
            holders = self.of(account.name) if account is not None else []
            return any(row["row"] in each[one.path[0]] for each in holders if each[one.path[1]] == value)
        if one.operator == "search":
            return any(str(value).lower() in str(row[name] or "").lower() for name in one.path)
        if one.operator in ("links", "member") and len(one.path) == 2:
            wanted = value if isinstance(value, list) else [value]
            return any(each.get(one.path[1]) in wanted for each in self._held(entity, row, one.path[0]))
        return self._compares(one, self._at(entity, row, one.path), value)

    def _compares(self, one: Filter, held: Any, value: Any) -> bool:
        if held is None:
            return False
        match one.operator:
            case "equals":
                return bool(held == value)
            case "one_of":
                return held in value
            case "contains":
                return str(value).lower() in str(held).lower()
            case "member":
                wanted = value if isinstance(value, list) else [value]
                return any(each in held for each in wanted)
            case "minimum":
                return bool(held >= value)
            case "maximum":
                return bool(held <= value)
            case "after":
                return bool(held > value)
            case _:
                return bool(held < value)

    def _held(self, entity: str, row: Row, name: str) -> list[Row]:
        """What a list of references refers to, or the objects in a list."""
        target = self.document.entity(entity).attribute(name).target
        held: list[Any] = row[name] or []
        return [each for each in self.of(target) if each["row"] in held] if target else held

    def _at(self, entity: str, row: Row, path: tuple[str, ...]) -> Any:
        for name in path[:-1]:
            target = self.document.entity(entity).attribute(name).target
            if target is None:  # a list of objects, and what each has there
                return [each.get(path[-1]) for each in row[name] or []]
            found = next((one for one in self.of(target) if one["row"] == row[name]), None)
            if found is None:
                return None
            entity, row = target, found
        return row[path[-1]]

    def ordered(self, effect: Effect, rows: list[Row], query: Mapping[str, Any]) -> list[Row]:
        sorting = effect.sorting
        attribute, descending = sorting.attribute, sorting.descending
        for value, name, down in sorting.choices:
            if query.get(sorting.parameter) == value:
                attribute, descending = name, down
        if "order" in self.flaws:
            descending = not descending
        if not attribute:
            return rows[::-1] if descending else rows
        return sorted(rows, key=lambda row: (row[attribute], row["row"]), reverse=descending)


def _void(row: Row) -> str:
    return f"void {row['row']}"


def _issues(document: DiscoveryDocument) -> bool:
    interface = document.interface
    assert interface is not None
    with_token = {view.name for view in interface.views if any(m.value.source is Source.TOKEN for m in view.members)}

    def gives(value: Value) -> bool:
        own = value.source is Source.TOKEN or (value.source is Source.RECORD and value.view in with_token)
        return own or any(gives(one.value) for one in value.fields)

    effects = [one.effect for one in interface.endpoints if one.effect is not None]
    return any(effect.cookie or (effect.answer is not None and gives(effect.answer)) for effect in effects)
