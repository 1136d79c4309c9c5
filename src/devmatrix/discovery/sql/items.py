"""One item of a CREATE TABLE, or of an ALTER TABLE ... ADD: a column or a constraint, noted in its table."""

import re

from sqlglot import exp

from devmatrix.discovery.sql.dialects import Dialect
from devmatrix.discovery.sql.names import IDENTIFIER, readable, unquoted
from devmatrix.discovery.sql.parsing import UnparsableError, parse_item
from devmatrix.discovery.sql.schema import CheckRule, Column, ForeignKey, Name, Remark, Table, Unique

_TYPE_WORDS = re.compile(rf"\s*{IDENTIFIER}\s+([A-Za-z_][\w ]*\w|\w)")
_TYPE_END = re.compile(
    r"\s+(?:NOT|NULL|DEFAULT|PRIMARY|UNIQUE|CHECK|REFERENCES|CONSTRAINT|COLLATE|GENERATED|AS|COMMENT|AUTO_?INCREMENT"
    r"|CHARACTER\s+SET|ON)\b.*",
    re.I | re.S,
)


def add_item(table: Table, remark: Remark, text: str, bare: str, dialect: Dialect) -> Column | None:
    """Note what an item says; gives the column where it is one. What cannot be read is noted as lost."""
    try:
        found = parse_item(text, bare, dialect)
    except UnparsableError as error:
        remark.lost.append(str(error))
        return None
    if isinstance(found, exp.ColumnDef | exp.Identifier):
        column = read_column(found, remark, text, table)
        if table.column(column.name) is not None:
            remark.lost.append("a column of that name was declared before")
            return None
        table.columns[column.name.casefold()] = column
        return column
    add_constraint(table, remark, found)
    return None


def read_column(found: exp.ColumnDef | exp.Identifier, remark: Remark, text: str, table: Table) -> Column:
    """A column, with its constraints noted in the table."""
    column = Column(found.name, remark)
    if isinstance(found, exp.Identifier):
        return column
    kind = found.args.get("kind")
    column.data_type = kind if isinstance(kind, exp.DataType) else None
    words = _TYPE_WORDS.match(text)
    column.written_type = _TYPE_END.sub("", words[1]).strip() if words and kind is not None else ""
    if column.data_type is not None and column.data_type.this is exp.DType.USERDEFINED:
        named = column.data_type.args.get("kind")
        column.written_type = named.name if isinstance(named, exp.Expr) else str(named or column.written_type)
    elif column.data_type is not None and column.data_type.this is exp.DType.ARRAY:
        column.written_type = f"a list of {column.written_type}"
    for constraint in found.args.get("constraints") or ():
        _constrain(table, column, constraint.args.get("kind") or constraint)
    return column


def _constrain(table: Table, column: Column, kind: exp.Expr) -> None:
    own = (column.name,)
    match kind:
        case exp.NotNullColumnConstraint():
            column.nullable = bool(kind.args.get("allow_null"))
        case exp.PrimaryKeyColumnConstraint():
            table.primary = own
        case exp.UniqueColumnConstraint():
            table.uniques.append(Unique(own, column.remark))
            _note_nulls(kind, column.remark)
        case exp.AutoIncrementColumnConstraint() | exp.GeneratedAsIdentityColumnConstraint():
            column.counted = True
        case exp.DefaultColumnConstraint():
            column.default = kind.this
        case exp.CheckColumnConstraint():
            column.checks.append(kind.this)
        case exp.Reference():
            table.foreign_keys.append(_foreign_key(own, kind, column.remark))
        case exp.ComputedColumnConstraint():
            column.computed = True
        case _:
            _constrain_further(column, kind)


def _constrain_further(column: Column, kind: exp.Expr) -> None:
    match kind:
        case exp.OnUpdateColumnConstraint():
            column.touched = True
        case exp.CommentColumnConstraint():
            column.comment = readable(kind.this.name)
        case exp.CollateColumnConstraint() | exp.CharacterSetColumnConstraint() | exp.ZeroFillColumnConstraint():
            pass
        case exp.InvisibleColumnConstraint() | exp.CompressColumnConstraint():
            pass
        case _:
            column.remark.lost.append(f"`{kind.key}`, which is not known here")


def _note_nulls(kind: exp.Expr, remark: Remark) -> None:
    if kind.args.get("nulls"):
        remark.lost.append("nulls are never duplicates")


def add_constraint(table: Table, remark: Remark, found: exp.Expr) -> None:
    """Note a constraint of the table."""
    match found:
        case exp.Constraint():
            for inner in found.expressions:
                add_constraint(table, remark, inner)
        case exp.PrimaryKey():
            table.primary = _columns(found)
            remark.became.append(f"the key ({', '.join(table.primary)})")
        case exp.UniqueColumnConstraint() if isinstance(found.this, exp.Schema):
            _note_nulls(found, remark)
            add_unique(table, remark, _columns(found.this))
        case exp.ForeignKey() if isinstance(reference := found.args.get("reference"), exp.Reference):
            table.foreign_keys.append(_foreign_key(_columns(found), reference, remark))
        case exp.CheckColumnConstraint():
            table.checks.append(CheckRule(found.this, remark))
        case exp.IndexColumnConstraint():
            remark.became.append("of no meaning for the API: an index")
        case exp.LikeProperty():
            remark.lost.append("columns taken over from another table: write them out")
        case exp.ExcludeColumnConstraint():
            remark.lost.append("an exclusion of records that overlap")
        case _:
            remark.lost.append(f"`{found.key}`, which is not known here")


def add_unique(table: Table, remark: Remark, columns: tuple[str, ...]) -> None:
    """Note that columns are unique together."""
    if columns and all(columns):
        table.uniques.append(Unique(columns, remark))
    else:
        remark.lost.append("uniqueness of an expression")


def _columns(found: exp.Expr) -> tuple[str, ...]:
    """Names of the columns that a constraint lists; an empty one for what is none."""
    names = []
    for item in found.expressions:
        inner = item.this if isinstance(item, exp.Ordered | exp.ColumnPrefix) else item
        inner = inner.this if isinstance(inner, exp.ColumnPrefix) else inner
        names.append(inner.name if isinstance(inner, exp.Identifier | exp.Column) else "")
    return tuple(names)


def _foreign_key(columns: tuple[str, ...], reference: exp.Reference, remark: Remark) -> ForeignKey:
    target = reference.this
    named = target.this if isinstance(target, exp.Schema) else target
    listed = _columns(target) if isinstance(target, exp.Schema) else ()
    schema = named.args.get("db") if isinstance(named, exp.Table) else None
    name = Name(schema.name if isinstance(schema, exp.Expr) else "", named.name)
    options = [str(option).upper() for option in reference.args.get("options") or ()]
    deleted = next((option for option in options if option.startswith("ON DELETE")), "")
    return ForeignKey(columns, name, listed, deleted.removeprefix("ON DELETE").strip(), remark)


def name_at(text: str) -> tuple[str, str]:
    """The name that a text begins with, and the rest."""
    found = re.match(rf"\s*({IDENTIFIER})", text)
    return (unquoted(found[1]), text[found.end() :]) if found else ("", text)
