"""What docs/conventions.md says of records: defaults, references, checks, unique values, cascades."""

# ruff: noqa: ANN401 - JSON comes as it comes

import operator
import uuid
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from devmatrix.discovery.document import Attribute, Check, DiscoveryDocument, Entity, FieldType
from tests.reference_values import accept, key, moment

Row = dict[str, Any]
COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "!=": operator.ne}


class Refusal(Exception):
    def __init__(self, status: int, *pointers: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status)
        self.status, self.pointers, self.headers = status, pointers, dict(headers or {})


class ReferenceRows:
    """The tables, and the rules that hold for their rows."""

    def __init__(self, document: DiscoveryDocument, flaws: Collection[str] = ()) -> None:
        self.document, self.flaws = document, frozenset(flaws)
        self.tables: dict[str, dict[str, Row]] = {entity.name: {} for entity in document.entities}
        self._clock = datetime.now(UTC)

    def _insert(self, entity: Entity, values: Row) -> Row:
        now = self._now()
        row = {"id": str(uuid.uuid4()), "created_at": now, "updated_at": now, "version": 1, "deleted": False, **values}
        self.tables[entity.name][row["id"]] = row
        return row

    def _now(self) -> str:
        self._clock = max(datetime.now(UTC), self._clock + timedelta(microseconds=1))
        return moment(self._clock)

    def _live(self, entity: str, id_: str) -> Row | None:
        row = self.tables[entity].get(id_)
        return row if row is not None and not row["deleted"] else None

    def _is_role(self, entity: Entity, item: Attribute) -> bool:
        return entity.account is not None and item.name == entity.account.role_field

    def _defaults(self, entity: Entity) -> Row:
        values: Row = {}
        for item in entity.attributes:
            default = item.default
            values[item.name] = [] if item.type is FieldType.REFERENCES else None
            if default is None:
                if self._is_role(entity, item):
                    values[item.name] = item.choices[0]
            elif default.kind == "literal":
                values[item.name] = accept(item, default.value) if default.value is not None else None
            else:
                days = timedelta(days=default.days - (3 if "early-default" in self.flaws else 0))
                later = datetime.now(UTC) + days
                values[item.name] = later.date().isoformat() if item.type is FieldType.DATE else moment(later)
        if entity.states:
            values[entity.states.field] = entity.states.initial
        return values

    def _judge(self, entity: Entity, row: Row, own: str | None = None) -> None:
        if "references-unchecked" not in self.flaws:
            missing = [item.name for item in entity.attributes if not self._refers(item, row.get(item.name))]
            if missing:
                raise Refusal(422, *(f"/{name}" for name in missing))
        broken = [check.left for check in entity.checks if not self._holds(entity, check, row)]
        if broken and not (own and "patches-unchecked" in self.flaws):
            raise Refusal(422, *(f"/{name}" for name in broken))
        groups = [(item.name,) for item in entity.attributes if item.unique] + list(entity.unique_together)
        for names in [] if "no-unique" in self.flaws else groups:
            wanted = [row.get(name) for name in names]
            for other in self.tables[entity.name].values():
                if other["id"] == own or (other["deleted"] and "deleted-forgotten" in self.flaws):
                    continue
                if None not in wanted and [other.get(name) for name in names] == wanted:
                    raise Refusal(409)

        self._judge_quotas(entity, row, own)

    def _judge_quotas(self, entity: Entity, row: Row, own: str | None = None) -> None:
        for quota in entity.quotas:
            parent = row.get(quota.per)
            if parent is None or (quota.field and row.get(quota.field) not in quota.values):
                continue
            if own and "quota-at-birth" in self.flaws:
                continue
            others = [other for other in self.tables[entity.name].values() if other["id"] != own]
            others = [other for other in others if not other["deleted"] or "quota-of-deleted" in self.flaws]
            others = [other for other in others if other.get(quota.per) == parent or "quota-of-all" in self.flaws]
            if quota.field and "quota-of-any" not in self.flaws:
                others = [other for other in others if other.get(quota.field) in quota.values]
            shift = 1 if "quota-late" in self.flaws else -1 if "quota-early" in self.flaws else 0
            if len(others) >= quota.most + shift:
                raise Refusal(409)

    def _refers(self, item: Attribute, value: Any) -> bool:
        if value is None or item.target is None:
            return True
        ids = value if isinstance(value, list) else [value]
        return all(self._live(item.target, id_) is not None for id_ in ids)

    def _holds(self, entity: Entity, check: Check, row: Row) -> bool:
        left, right = row.get(check.left), row.get(check.right)
        if left is None or right is None:
            return True
        first, second = entity.attribute(check.left), entity.attribute(check.right)
        return bool(COMPARE[check.operator](key(first, left), key(second, right)))

    def _doom(self, entity: Entity, row: Row, doomed: list[tuple[Entity, Row]]) -> None:
        if any(other["id"] == row["id"] for _, other in doomed):
            return
        doomed.append((entity, row))
        for child in self.document.entities:
            for item in child.attributes:
                if item.target != entity.name or item.type is not FieldType.REFERENCE or item.on_delete == "set_null":
                    continue
                for other in list(self.tables[child.name].values()):
                    if other.get(item.name) != row["id"] or other["deleted"]:
                        continue
                    if item.on_delete == "restrict" and "restrict-ignored" not in self.flaws:
                        raise Refusal(409)
                    if item.on_delete == "cascade" and "cascade-ignored" not in self.flaws:
                        self._doom(child, other, doomed)

    def _detach(self, gone: set[str]) -> None:
        for entity in self.document.entities:
            for item in entity.attributes:
                for row in self.tables[entity.name].values():
                    value = row.get(item.name)
                    if item.type is FieldType.REFERENCES:
                        row[item.name] = [id_ for id_ in value or [] if id_ not in gone]
                    elif item.on_delete == "set_null" and value in gone and "null-not-set" not in self.flaws:
                        row[item.name] = None
