"""What an ALTER TABLE does to a table that was created before."""

import re

from devmatrix.discovery.sql.dialects import Dialect
from devmatrix.discovery.sql.items import add_item, name_at
from devmatrix.discovery.sql.schema import Name, Remark, Table

_ADD = re.compile(r"ADD\s+(?:COLUMN\s+)?(?:IF\s+NOT\s+EXISTS\s+)?", re.I)
_PLACED = re.compile(r"\s+(?:FIRST|AFTER\s+\S+)\s*$", re.I)
_MODIFY = re.compile(r"MODIFY\s+(?:COLUMN\s+)?", re.I)
_COLUMN = re.compile(r"ALTER\s+(?:COLUMN\s+)?", re.I)
_CHANGES = re.compile(r"(?:RENAME|DROP|CHANGE)\b", re.I)
_GUARDED = re.compile(r"(?:ENABLE|FORCE)\s+ROW\s+LEVEL\s+SECURITY", re.I)
_INHERITED = re.compile(r"(?:INHERIT|OF)\b", re.I)


def alter(table: Table, remark: Remark, text: str, bare: str, dialect: Dialect) -> None:
    """Do one action of an ALTER TABLE to the table, and say so."""
    added, modified, changed = _ADD.match(bare), _MODIFY.match(bare), _COLUMN.match(bare)
    if added is not None:
        end = len(bare) if (placed := _PLACED.search(bare)) is None else placed.start()
        _add(table, remark, text[added.end() : end], bare[added.end() : end], dialect)
    elif modified is not None:
        _modify(table, remark, text[modified.end() :], bare[modified.end() :], dialect)
    elif changed is not None:
        _change(table, remark, text[changed.end() :], bare[changed.end() :], dialect)
    elif _CHANGES.match(bare):
        remark.lost.append("a change of what was created before: give the tables as they are in the end")
    elif _GUARDED.match(bare):
        remark.lost.append("policies on records: say who may do what in words")
    elif _INHERITED.match(bare):
        remark.lost.append("columns taken over from another table: write them out")
    else:
        remark.became.append("of no meaning for the API: set-up of the table")


def _add(table: Table, remark: Remark, text: str, bare: str, dialect: Dialect) -> None:
    if re.search(r"\bUSING\s+INDEX\b(?!\s+TABLESPACE)", bare, re.I):
        remark.lost.append("a constraint that takes over an index")
        return
    add_item(table, remark, text, bare, dialect)


def _modify(table: Table, remark: Remark, text: str, bare: str, dialect: Dialect) -> None:
    """MySQL gives the column anew; constraints of the table stay."""
    scratch = Table(table.name, remark)
    placed = _PLACED.search(bare)
    end = placed.start() if placed else len(bare)
    new = add_item(scratch, remark, text[:end], bare[:end], dialect)
    old = table.column(new.name) if new else None
    if new is None or old is None:
        remark.lost.append("no such column was created before")
        return
    old.data_type, old.written_type, old.nullable = new.data_type, new.written_type, new.nullable
    old.default, old.counted, old.comment = new.default, new.counted, new.comment or old.comment
    old.checks += new.checks
    remark.became.append(f"the column {old.name} as it is in the end")


def _change(table: Table, remark: Remark, text: str, bare: str, dialect: Dialect) -> None:
    name, rest = name_at(text)
    column = table.column(name)
    action = " ".join(bare[len(text) - len(rest) :].split()).upper()
    if column is None:
        remark.lost.append(f"no column {name} was created before")
    elif action in ("SET NOT NULL", "DROP NOT NULL"):
        column.nullable = action.startswith("DROP")
        remark.became.append(f"{name} may be left out" if column.nullable else f"{name} must be given")
    elif action.startswith(("ADD GENERATED", "RESTART", "SET GENERATED")) or "NEXTVAL" in action:
        column.counted = True
        remark.became.append(f"the database counts {name} up")
    elif action == "DROP DEFAULT":
        column.default = None
        remark.became.append(f"{name} has no default")
    elif action.startswith("SET DEFAULT"):
        scratch = Table(Name("", ""), remark)
        item = f'"value" TEXT {rest.strip()[len("SET") :]}'
        new = add_item(scratch, remark, item, item, dialect)
        column.default = new.default if new else None
        remark.became.append(f"the default of {name}")
    elif action.startswith(("SET STATISTICS", "SET STORAGE", "SET COMPRESSION", "SET (", "RESET")):
        remark.became.append("of no meaning for the API: how the column is stored")
    else:
        remark.lost.append("a change of what was created before: give the tables as they are in the end")
