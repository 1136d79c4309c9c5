"""From tables to entities of the draft."""

from collections import defaultdict

from devmatrix.discovery.document import FieldType
from devmatrix.discovery.drafts import Draft, FieldDraft
from devmatrix.discovery.naming import enumerate_words
from devmatrix.discovery.sql.column_types import Reading, read_type
from devmatrix.discovery.sql.dialects import Dialect
from devmatrix.discovery.sql.joins import is_join, names_of_link
from devmatrix.discovery.sql.names import name_of_entity
from devmatrix.discovery.sql.roles import Role, role_of, signs_in
from devmatrix.discovery.sql.schema import Column, ForeignKey, Schema, Table
from devmatrix.discovery.sql.tables import TableReader
from devmatrix.discovery.sql.unsaid import is_bookkeeping, unsaid_references


class Entities:
    """Makes the entities of one schema."""

    def __init__(self, schema: Schema, draft: Draft, dialect: Dialect) -> None:
        self._schema, self._draft, self._dialect = schema, draft, dialect
        self._names: dict[tuple[str, str], str] = {}
        self._taken: set[str] = set()
        """Names of entities."""
        self._noted: dict[str, list[str]] = defaultdict(list)
        """Names of fields by what was decided about them."""
        self._accounts: set[tuple[str, str]] = set()
        self._owners: set[tuple[str, str]] = set()
        self._linked: dict[str, set[str]] = defaultdict(set)
        """Names of lists of references by their entity."""

    def make(self) -> None:
        """Give the draft every entity, field and rule of the schema."""
        tables = list(self._schema.tables.values())
        for table in tables:
            if is_bookkeeping(table):
                table.remark.became.append("of no meaning for the API: a tool keeps it for itself")
                for remark in (column.remark for column in table.columns.values()):
                    remark.became.append("of no meaning for the API: of a table of a tool")
            else:
                self._name(table)
        tables = [table for table in tables if table.name.key in self._names]
        readings = {table.name.key: self._readings(table) for table in tables}
        for table, column, key in [*unsaid_references(self._schema, self._names, readings)]:
            table.foreign_keys.append(key)
            self._noted["unsaid"].append(f"{table.name.table}.{column.name}")
        roles = {table.name.key: self._roles(table, readings[table.name.key]) for table in tables}
        targets = [(table, self._schema.find(key.target)) for table in tables for key in table.foreign_keys]
        referenced = {target.name.key for _, target in targets if target is not None}
        joins = [table for table in tables if is_join(table, roles[table.name.key], referenced, self._schema)]
        apart = {table.name.key for table in joins}
        for table in joins:
            del self._names[table.name.key]
        for table in tables:
            if table.name.key not in apart:
                reader = TableReader(self._schema, self._draft, self._names, self._noted, table)
                reader.read(self._names[table.name.key], readings[table.name.key], roles[table.name.key])
        for table in joins:
            self._link(table, roles[table.name.key])
        self._tell()

    def _name(self, table: Table) -> None:
        qualified = self._schema.is_ambiguous(table.name) and table.name.schema
        name = name_of_entity(f"{table.name.schema} {table.name.table}" if qualified else table.name.table)
        if not name:
            table.remark.lost.append(
                "no name can be made of it: an entity's name has letters a to z, and at most 60 characters"
            )
            return
        wished = name
        while name in self._taken:
            name = f"{name}Record"
        self._taken.add(name)
        if name != wished:
            self._draft.assume(f"{table.name.table} is kept as {name}", f"another table is kept as {wished}")
        self._names[table.name.key] = name

    def _readings(self, table: Table) -> dict[str, Reading]:
        return {key: self._reading(column) for key, column in table.columns.items()}

    def _reading(self, column: Column) -> Reading:
        domain = self._schema.domains.get(column.written_type.casefold())
        if domain is not None:
            column.checks = [*domain.checks, *column.checks]
            column.default = column.default or domain.default
            column.nullable = column.nullable and domain.nullable
            column.data_type, column.written_type = domain.data_type, domain.written_type
        mysql, sqlite = self._dialect is Dialect.MYSQL, self._dialect is Dialect.SQLITE
        return read_type(column, self._schema.enums, loose=sqlite, bounded_text=mysql)

    def _roles(self, table: Table, readings: dict[str, Reading]) -> dict[str, Role]:
        name, account = self._names[table.name.key], signs_in(table)
        if account:
            self._accounts.add(table.name.key)
        sqlite = self._dialect is Dialect.SQLITE
        return {
            key: role_of(table, column, readings[key], name, account=account, sqlite=sqlite)
            for key, column in table.columns.items()
        }

    def _link(self, table: Table, roles: dict[str, Role]) -> None:
        """A relation of many to many, kept at the entity of the first foreign key; never at an account."""
        first, second = table.foreign_keys
        if self._comes_first(second, first):
            first, second = second, first
        one, other = self._target(first), self._target(second)
        if one is None or other is None:
            table.remark.lost.append("it links a table of which no entity could be made")
            return
        owner = self._draft.entities[one]
        self._owners.add((one, other))
        keyed = self._schema.find(second.target)
        names = names_of_link(table, one, second, other, second.target_columns or (keyed.primary if keyed else ()))
        free = [name for name in names if name not in owner.fields and name not in self._linked[one]]
        if not free:
            table.remark.lost.append("a second relation of the same two, with no name of its own")
            return
        field = FieldDraft(free[0], FieldType.REFERENCES, target=other, description=table.comment)
        self._linked[one].add(field.name)
        self._draft.add_field(owner, field)
        table.remark.became.append(f"{one}.{field.name}: many {other}, many to many")
        self._noted["links"].append(f"{one}.{field.name}")
        columns = [column.remark for column in table.columns.values()]
        for remark in (table.remark, first.remark, second.remark):
            remark.is_about(one)
            remark.is_about(other)
        for foreign in (first, second):
            if all(foreign.remark is not remark for remark in columns):
                foreign.remark.became.append(f"an end of {one}.{field.name}")
        for unique in table.uniques:
            unique.remark.became.append("holds anyway: two records are linked once")
        for key, column in table.columns.items():
            part = f"an end of {one}.{field.name}"
            column.remark.became.append(part if roles[key] is Role.ORDINARY else "of no meaning for the API: of a link")

    def _comes_first(self, one: ForeignKey, other: ForeignKey) -> bool:
        targets = self._schema.find(one.target), self._schema.find(other.target)
        names = self._target(one), self._target(other)
        if targets[0] is not None and targets[1] is not None and names[0] != names[1]:
            if targets[1].name.key in self._accounts:
                return True
            if targets[0].name.key in self._accounts:
                return False
        return names[0] != names[1] and names in self._owners

    def _target(self, key: ForeignKey) -> str | None:
        table = self._schema.find(key.target)
        return self._names.get(table.name.key) if table else None

    def _tell(self) -> None:
        """Decisions that many fields share, as one assumption each."""
        for decided, why in _DECISIONS.items():
            names = self._noted.pop(decided.split(":", 1)[0], [])
            if names:
                text = decided.split(":", 1)[1].strip()
                self._draft.assume(f"{text}: {enumerate_words(names)}", why)
        for kind, names in self._noted.items():
            self._draft.assume(
                f"{kind}: {enumerate_words(names)}", "the names suggest it, where the type does not say it"
            )


_DECISIONS = {
    "ids: Records are known by an `id` (UUID) that the service chooses, in place of": "their keys mean nothing outside",
    "keys: Keys that mean something are unique fields beside the `id`": "records are known by an `id` in every path",
    "moments: Kept by the service, under its own names": "every record has `created_at` and `updated_at`",
    "deletion: Deleted records are hidden and kept": "the tables have columns for it",
    "versions: Versions are counted by the service": "the tables have columns for it",
    "passwords: Stored as a hash that the service makes, and given as `password`": "callers give passwords, not hashes",
    "plain: Kept and answered as written": "their tables have no name to sign in with: no account is meant",
    "admins: Administrators have the role admin, in place of": "nobody may make an administrator of himself",
    "references: References hold the `id` of the record": "the tables refer by other columns",
    "unsaid: Taken for references, though no foreign key says so": "their names and types are those of keys",
    "links: Deleting either side of these drops the links": "a link is nothing on its own",
    "scales: Decimals without a scale have 2 digits after the point": "a service needs a limit",
    "lengths: Texts without a length hold at most 200 characters": "a service needs a limit",
    "among: Unique among the deleted records, too": "so does the service keep what is unique",
}
