"""One table as an entity of the draft: its columns in order, then its keys and conditions."""

from devmatrix.discovery.document import FieldType
from devmatrix.discovery.drafts import Draft, EntityDraft, FieldDraft
from devmatrix.discovery.sql.column_types import Reading
from devmatrix.discovery.sql.conditions import Comparison, Lost, facts
from devmatrix.discovery.sql.fields import field_of, give_default, suggested
from devmatrix.discovery.sql.names import name_of_entity, name_of_field, name_of_reference
from devmatrix.discovery.sql.roles import LOGINS, OTHER_LOGINS, Role, is_password, signs_in
from devmatrix.discovery.sql.rules import ORDERED, apply_fact, described, settle
from devmatrix.discovery.sql.schema import CheckRule, Column, ForeignKey, Schema, Table, Unique

_KEPT = {Role.ID: "ids", Role.CREATED: "moments", Role.UPDATED: "moments", Role.DELETED: "deletion",
         Role.VERSION: "versions"}  # fmt: skip
_NO_NAME = "no name can be made of it: a field's name has letters a to z, and at most 60 characters; it is left out"


class TableReader:
    """Reads one table."""

    def __init__(
        self,
        schema: Schema,
        draft: Draft,
        names: dict[tuple[str, str], str],
        noted: dict[str, list[str]],
        table: Table,
    ) -> None:
        self._schema, self._draft, self._names, self._noted, self._table = schema, draft, names, noted, table
        self._entity = EntityDraft("", "")
        self._fields: dict[str, FieldDraft] = {}
        """By name without regard to case of the column, or of the first of the columns of a reference."""
        self._readings: dict[str, Reading] = {}
        self._roles: dict[str, Role] = {}
        self._account = signs_in(table)
        self._taken: set[str] = set()
        """Names of fields."""
        self._own = {id(column.remark) for column in table.columns.values()}
        """The remarks on columns: what stands in a column needs no remark of its own."""
        self._stands_for: dict[str, str] = {}
        """Columns that a reference by several columns replaces, and the first of them."""

    def read(self, name: str, readings: dict[str, Reading], roles: dict[str, Role]) -> None:
        """Declare the entity, and give it everything that the table says."""
        entity = self._entity = self._draft.declare(name)
        entity.declared = True
        self._readings, self._roles = readings, roles
        entity.description = entity.description or self._table.comment
        self._table.remark.became.insert(0, f"entity {name}")
        self._table.remark.is_about(name)
        for foreign in self._table.foreign_keys:
            if len(foreign.columns) > 1:
                self._refer_by_many(foreign)
        for key, column in self._table.columns.items():
            column.remark.is_about(name)
            self._column(key, column)
        self._conditions()
        for key, field in self._fields.items():
            wrong = settle(field, self._readings.get(key, Reading(None)))
            self._table.columns[key].remark.lost += [wrong] if wrong else []
        self._apply_defaults()
        self._primary()
        for unique in self._table.uniques:
            unique.remark.is_about(name)
            self._unique(unique)
        self._commit()

    def _label(self, field: str) -> str:
        return f"{self._entity.name}.{field}"

    def _free(self, wished: str) -> str:
        name, number = wished, 2
        stem, end = (wished[:-3], "_id") if wished.endswith("_id") else (wished, "")
        while name in self._taken:
            name, number = f"{stem}_{number}{end}", number + 1
        self._taken.add(name)
        return name

    def _column(self, key: str, column: Column) -> None:
        if key in self._stands_for and key not in self._fields:
            field = self._fields[self._stands_for[key]]
            column.remark.became.append(f"a part of {self._label(field.name)}")
            return
        if key in self._fields:
            return
        role = self._roles[key]
        if role is Role.ORDINARY:
            self._ordinary(key, column)
        elif role in _KEPT:
            self._noted[_KEPT[role]].append(self._label(column.name))
            self._entity.soft_delete |= role is Role.DELETED
            self._entity.versioned |= role is Role.VERSION
            column.remark.became.append(f"{role.value}, kept by the service")
        elif role is Role.PASSWORD:
            self._password(key, column)
        elif role is Role.SALT:
            column.remark.became.append("of no meaning for the API: the service salts passwords by itself")
        elif role is Role.ADMIN:
            self._noted["admins"].append(self._label(column.name))
            self._admin(key, column)

    def _password(self, key: str, column: Column) -> None:
        if any(field.type is FieldType.PASSWORD for field in self._fields.values()):
            column.remark.lost.append("a second password; it is left out")
            return
        self._fields[key] = FieldDraft(
            self._free("password"), FieldType.PASSWORD, required=True, description=column.comment
        )
        self._noted["passwords"].append(self._label(column.name))

    def _admin(self, key: str, column: Column) -> None:
        if self._table.column("role") is None and "role" not in self._taken:
            self._fields[key] = FieldDraft(self._free("role"), FieldType.ENUM, choices=("member", "admin"))
        else:
            column.remark.became.append("the role admin says it")

    def _ordinary(self, key: str, column: Column) -> None:
        keys = [item for item in self._table.foreign_keys if [name.casefold() for name in item.columns] == [key]]
        if column.computed:
            column.remark.lost.append("a column that the database computes; it is left out")
            return
        if keys:
            self._refer(key, column, keys[0])
            for other in keys[1:]:
                other.remark.lost.append("a second reference of one column")
            return
        name = name_of_field(column.name)
        if not name:
            column.remark.lost.append(_NO_NAME)
            return
        if self._account and name in OTHER_LOGINS and not self._has_login():
            name = OTHER_LOGINS[name]
        reading = self._readings[key] = self._suggested(name, self._readings[key])
        if reading.lost:
            column.remark.lost.append(reading.lost)
        if reading.kind is None:
            return
        name = self._renamed(column.name, self._free(name))
        self._fields[key] = field_of(column, name, reading, required=not column.nullable)
        if is_password(column.name):
            self._noted["plain"].append(self._label(name))

    def _has_login(self) -> bool:
        return any(self._table.column(name) is not None for name in LOGINS)

    def _suggested(self, name: str, given: Reading) -> Reading:
        reading = suggested(name, given)
        if reading.kind is not given.kind and reading.kind is not None:
            self._noted[str(reading.kind)].append(self._label(name))
        return reading

    def _renamed(self, column: str, name: str) -> str:
        if column != name:
            self._draft.renamed.append(f"{column} → {name}")
        return name

    def _refer(self, key: str, column: Column, foreign: ForeignKey) -> None:
        target = self._target(foreign)
        if target is None:
            return
        pointed = self._schema.find(foreign.target)
        keys = foreign.target_columns or (pointed.primary if pointed else ())
        name = self._free(name_of_reference(column.name, keys, target))
        name = self._renamed(column.name, name)
        self._fields[key] = self._reference(foreign, name, target, required=not column.nullable)
        self._fields[key].description = column.comment

    def _refer_by_many(self, foreign: ForeignKey) -> None:
        """A reference by several columns takes the place of those that say nothing else."""
        columns = [self._table.column(name) for name in foreign.columns]
        target = self._target(foreign) if all(columns) else None
        if target is None:
            foreign.remark.lost += [] if all(columns) else ["columns that the table has not"]
            return
        alone = {key.columns[0].casefold() for key in self._table.foreign_keys if len(key.columns) == 1}
        keys = [name.casefold() for name in foreign.columns]
        replaced = [key for key in keys if key not in alone and key not in self._stands_for]
        if not replaced:
            foreign.remark.lost.append("a reference by columns that are references on their own")
            return
        first = replaced[0]
        required = all(column is not None and not column.nullable for column in columns)
        name = self._free(name_of_reference("id", (), target))
        self._fields[first] = self._reference(foreign, name, target, required=required)
        self._noted["references"].append(self._label(name))
        for key in replaced:
            self._stands_for[key] = first

    def _target(self, foreign: ForeignKey) -> str | None:
        """The entity that a foreign key points to."""
        foreign.remark.is_about(self._entity.name)
        table = self._schema.find(foreign.target)
        if table is None:
            return self._missing(foreign)
        found = self._names.get(table.name.key)
        if found is None:
            foreign.remark.lost.append("a reference to what no entity could be made of; it is left out")
        return found

    def _missing(self, foreign: ForeignKey) -> str | None:
        """The entity of a table that the script does not create: another source may say what it has."""
        name = name_of_entity(foreign.target.table)
        if not name:
            foreign.remark.lost.append("a reference to what no entity can be made of; it is left out")
            return None
        if name not in self._draft.entities and name not in self._names.values():
            self._draft.declare(name)
            self._draft.assume(f"{name} is kept as an entity", f"{self._entity.name} refers to it")
        foreign.remark.became.append(f"{foreign.target.table} is not among the tables")
        return name

    def _reference(self, foreign: ForeignKey, name: str, target: str, *, required: bool) -> FieldDraft:
        field = FieldDraft(name, FieldType.REFERENCE, target=target, required=required, on_delete="restrict")
        match foreign.on_delete:
            case "CASCADE":
                field.on_delete = "cascade"
            case "SET NULL" if not required:
                field.on_delete = "set_null"
            case "SET NULL":
                foreign.remark.lost.append("ON DELETE SET NULL of a column that is never null: deletion is refused")
            case "SET DEFAULT":
                foreign.remark.lost.append("ON DELETE SET DEFAULT: deletion is refused")
        foreign.remark.is_about(target)
        if id(foreign.remark) not in self._own:
            foreign.remark.became.append(f"{self._label(name)}: one {target}")
        return field

    def _conditions(self) -> None:
        for key, column in self._table.columns.items():
            for condition in column.checks:
                self._check(CheckRule(condition, column.remark), key)
        for rule in self._table.checks:
            rule.remark.is_about(self._entity.name)
            self._check(rule, "")

    def _check(self, rule: CheckRule, own: str) -> None:
        """A condition; `value` in it is the column itself, as conditions of a domain have it."""
        said = 0
        for fact in facts(rule.condition):
            if isinstance(fact, Lost):
                rule.remark.lost.append(f"a condition: {fact.why}")
                continue
            names = (fact.left, fact.right) if isinstance(fact, Comparison) else (fact.column,)
            keys = [own if own and name.casefold() == "value" else name.casefold() for name in names]
            fields = [self._fields.get(self._stands_for.get(key, key)) for key in keys]
            if any(field is None for field in fields):
                kept = all(self._roles.get(key, Role.ORDINARY) in _KEPT for key in keys)
                text = "the service keeps it" if kept else f"a condition on {' and '.join(names)}, which is left out"
                (rule.remark.became if kept else rule.remark.lost).append(text)
                continue
            known = [field for field in fields if field is not None]
            why = self._compare(fact, known) if isinstance(fact, Comparison) else apply_fact(known[0], fact)
            rule.remark.lost += [f"a condition: {why}"] if why else []
            said += not why
        if not own and said:
            rule.remark.became.append(f"a rule of {self._entity.name}")

    def _compare(self, fact: Comparison, fields: list[FieldDraft]) -> str:
        left, right = fields
        same = left.type is right.type and left is not right
        if not same or (fact.operator != "!=" and left.type not in ORDERED):
            return f"{fact.left} {fact.operator} {fact.right} compares what has no order, or two types"
        self._entity.checks.append((left.name, fact.operator, right.name))
        return ""

    def _apply_defaults(self) -> None:
        for key, field in self._fields.items():
            column = self._table.columns[key]
            if self._roles[key] is Role.ORDINARY and key not in self._stands_for:
                give_default(field, column, self._readings[key])

    def _primary(self) -> None:
        group = self._group(self._table.primary)
        for key in self._table.primary:
            field = self._fields.get(self._stands_for.get(key.casefold(), key.casefold()))
            if field is not None and field.required is False and field.default is None and field.raw_default is None:
                field.required = True
        if group is not None and len(group) == 1:
            next(field for field in self._fields.values() if field.name == group[0]).unique = True
        elif group:
            self._entity.unique_together.append(group)
        if group:
            self._noted["keys"].append(self._label(" + ".join(group)))

    def _group(self, columns: tuple[str, ...]) -> tuple[str, ...] | None:
        """Names of the fields that columns became, without marks of deletion; none where one became no field."""
        names = []
        for column in columns:
            key = column.casefold()
            if self._roles.get(key) is Role.DELETED:
                continue
            field = self._fields.get(self._stands_for.get(key, key))
            if field is None or field.type is FieldType.PASSWORD:
                return None
            names.append(field.name)
        return tuple(dict.fromkeys(names)) or None

    def _unique(self, unique: Unique) -> None:
        keys = [name.casefold() for name in unique.columns]
        if any(self._roles.get(key) is Role.ID for key in keys):
            unique.remark.became.append("holds anyway: ids are unique")
            return
        if unique.except_deleted and self._roles.get(unique.except_deleted.casefold()) is not Role.DELETED:
            unique.remark.lost.append("uniqueness among some of the records")
            return
        group = self._group(unique.columns)
        if group is None:
            unique.remark.lost.append("uniqueness of what is left out")
            return
        if len(group) < len(dict.fromkeys(keys)) or unique.except_deleted:
            self._noted["among"].append(self._label(" + ".join(group)))
        if len(group) == 1:
            next(field for field in self._fields.values() if field.name == group[0]).unique = True
        else:
            self._entity.unique_together.append(group)
        if id(unique.remark) not in self._own:
            unique.remark.became.append(f"{self._label(' + '.join(group))} is unique")

    def _commit(self) -> None:
        for key, field in self._fields.items():
            remark = self._table.columns[key].remark
            remark.became.insert(0, described(self._entity.name, field))
            if field.type is FieldType.STRING and field.max_length is None:
                self._noted["lengths"].append(self._label(field.name))
            if field.type is FieldType.DECIMAL and field.scale is None:
                self._noted["scales"].append(self._label(field.name))
            if field.target:
                remark.is_about(field.target)
            contradiction = self._draft.add_field(self._entity, field)
            remark.lost += [contradiction] if contradiction else []
