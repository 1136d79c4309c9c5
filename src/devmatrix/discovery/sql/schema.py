"""What a script says of its tables, before it is asked what that means for an API."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlglot import exp


@dataclass
class Remark:
    """What became of the characters [start, end) of a source."""

    start: int
    end: int
    became: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    """What of it was not understood, and why."""
    entities: list[str] = field(default_factory=list)

    def is_about(self, entity: str) -> None:
        """Note the entity that it speaks of."""
        if entity and entity not in self.entities:
            self.entities.append(entity)


@dataclass(frozen=True)
class Name:
    """A table's name, with its schema where one is given."""

    schema: str
    table: str

    @property
    def key(self) -> tuple[str, str]:
        """The name without regard to case: nobody keeps two tables apart by it."""
        return self.schema.casefold(), self.table.casefold()


@dataclass
class ForeignKey:
    """Columns that point to a record of another table."""

    columns: tuple[str, ...]
    target: Name
    target_columns: tuple[str, ...]
    on_delete: str
    """Such as CASCADE; empty where nothing is said."""
    remark: Remark


@dataclass
class Unique:
    """Columns that no two records have the same values in."""

    columns: tuple[str, ...]
    remark: Remark
    except_deleted: str = ""
    """A column: only where it is null."""


@dataclass
class CheckRule:
    """A condition on a record."""

    condition: "exp.Expr"
    remark: Remark


@dataclass
class Column:
    """One column, as declared."""

    name: str
    remark: Remark
    data_type: "exp.DataType | None" = None
    """None where SQLite has none."""
    written_type: str = ""
    """The type's first words as they stand in the source."""
    nullable: bool = True
    default: "exp.Expr | None" = None
    counted: bool = False
    """The database counts it up."""
    computed: bool = False
    touched: bool = False
    """The database sets it at each change of the record."""
    checks: list["exp.Expr"] = field(default_factory=list)
    comment: str = ""


@dataclass
class Table:
    """One table, as declared."""

    name: Name
    remark: Remark
    columns: dict[str, Column] = field(default_factory=dict)
    """By name without regard to case."""
    primary: tuple[str, ...] = ()
    uniques: list[Unique] = field(default_factory=list)
    foreign_keys: list[ForeignKey] = field(default_factory=list)
    checks: list[CheckRule] = field(default_factory=list)
    comment: str = ""

    def column(self, name: str) -> Column | None:
        """The column of that name, if there is one."""
        return self.columns.get(name.casefold())


class Schema:
    """All tables and types of a script."""

    def __init__(self) -> None:
        self.tables: dict[tuple[str, str], Table] = {}
        self.enums: dict[str, tuple[str, ...]] = {}
        self.domains: dict[str, Column] = {}
        """Types that are a type with conditions: a column called `value`."""
        self.remarks: list[Remark] = []
        self._by_table: dict[str, list[Table]] = {}

    def remark(self, start: int, end: int) -> Remark:
        """A new remark about that span."""
        self.remarks.append(Remark(start, end))
        return self.remarks[-1]

    def add(self, table: Table) -> None:
        """Note a table."""
        self.tables[table.name.key] = table
        self._by_table.setdefault(table.name.key[1], []).append(table)

    def find(self, name: Name) -> Table | None:
        """The table of that name; without its schema where only one table bears it."""
        exact = self.tables.get(name.key)
        named = self._by_table.get(name.key[1], [])
        return exact or (named[0] if len(named) == 1 else None)

    def is_ambiguous(self, name: Name) -> bool:
        """Whether several schemas have a table of that name."""
        return len(self._by_table.get(name.key[1], [])) > 1
