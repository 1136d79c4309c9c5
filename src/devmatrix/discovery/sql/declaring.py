"""From the statements of a script to its tables and types."""

import re
from collections.abc import Callable, Iterator

from devmatrix.discovery.sql.altering import alter
from devmatrix.discovery.sql.dialects import Dialect
from devmatrix.discovery.sql.items import add_item, name_at
from devmatrix.discovery.sql.names import IDENTIFIER, QUALIFIED, parts_of, readable, table_name, text_of
from devmatrix.discovery.sql.scanning import Script
from devmatrix.discovery.sql.schema import Name, Remark, Schema, Table, Unique
from devmatrix.discovery.sql.statements import Kind, classify

_TABLE = re.compile(rf"CREATE\s+(?:UNLOGGED\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?({QUALIFIED})\s*", re.I)
_ALTER = re.compile(rf"ALTER\s+(?:IGNORE\s+)?TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?({QUALIFIED})\s*", re.I)
_ENUM = re.compile(rf"CREATE\s+TYPE\s+({QUALIFIED})\s+AS\s+ENUM\s*\((.*)\)\s*$", re.I | re.S)
_DOMAIN = re.compile(rf"CREATE\s+DOMAIN\s+({QUALIFIED})\s+(?:AS\s+)?", re.I)
_INDEX = re.compile(
    rf"CREATE\s+UNIQUE\s+(?:\w+\s+)??INDEX\s+(?:CONCURRENTLY\s+)?(?:IF\s+NOT\s+EXISTS\s+)?(?:{QUALIFIED}\s+)??"
    rf"(?:USING\s+\w+\s+)?ON\s+(?:ONLY\s+)?({QUALIFIED})\s*(?:USING\s+\w+\s*)?\(",
    re.I,
)
_INDEXED = re.compile(
    rf"\s*(?P<lower>\(*\s*lower\s*\(\s*\(*)?\s*(?P<name>{IDENTIFIER})\s*\)*(?:\s*::\s*[\w ]+\)*)*(?:\s*\(\d+\))?"
    r"(?:\s+(?:ASC|DESC|NULLS\s+(?:FIRST|LAST)|COLLATE\s+\S+|\w+_ops))*\s*",
    re.I,
)
_WHERE = re.compile(
    rf"\s*(?:INCLUDE\s*\([^)]*\)\s*)?WHERE\s*\(*\s*({IDENTIFIER})\s*\)?\s+IS\s+(NOT\s+)?NULL\s*\)*\s*$", re.I
)
_COMMENT = re.compile(
    rf"COMMENT\s+ON\s+(TABLE|COLUMN)\s+({IDENTIFIER}(?:\s*\.\s*{IDENTIFIER}){{0,3}})\s+IS\s+(NULL\b|[eE]?'.*')\s*$",
    re.I | re.S,
)
_DROP = re.compile(r"DROP\s+TABLE\s+(?:IF\s+EXISTS\s+)?", re.I)
_NEXT = re.compile(r"^[ \t]*(?:CREATE|ALTER|COMMENT\s+ON|INSERT\s+INTO|DROP)\b", re.I | re.M)
_TAIL_COMMENT = re.compile(r"\bCOMMENT\s*=?\s*('(?:[^']|'')*')", re.I)
_STRUCTURE = re.compile(r"\b(AS\s+SELECT|SELECT|INHERITS|LIKE)\b", re.I)


def declare(script: Script, dialect: Dialect) -> Schema:
    """All tables of a script, with a remark on each part of it."""
    return _Declarer(script, dialect).schema()


def items_between(bare: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Spans of what stands between commas, outside of brackets, without the white space around."""
    depth, begin = 0, start
    for sign in re.compile(r"[(),]").finditer(bare, start, end):
        if sign[0] == "," and depth == 0:
            yield _stripped(bare, begin, sign.start())
            begin = sign.end()
        depth += {"(": 1, ")": -1}.get(sign[0], 0)
    yield _stripped(bare, begin, end)


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), start + len(part.rstrip())


def _closing(bare: str, start: int, end: int) -> int:
    """Where the bracket opened before `start` is closed; -1 where it never is."""
    depth = 1
    for sign in re.compile(r"[()]").finditer(bare, start, end):
        depth += 1 if sign[0] == "(" else -1
        if depth == 0:
            return sign.start()
    return -1


class _Declarer:
    def __init__(self, script: Script, dialect: Dialect) -> None:
        self._text, self._bare = script.text, script.bare
        self._script, self._dialect = script, dialect
        self._schema = Schema()

    def schema(self) -> Schema:
        """The schema, read statement by statement."""
        read: dict[Kind, Callable[[int, int], None]] = {
            Kind.ALTER: self._alter,
            Kind.ENUM: self._enum,
            Kind.DOMAIN: self._domain,
            Kind.UNIQUE_INDEX: self._index,
            Kind.COMMENT: self._comment,
        }
        waiting = list(reversed(self._script.statements))
        while waiting:
            start, end = waiting.pop()
            kind, name = classify(self._bare[start : min(end, start + 500)])
            if kind is Kind.TABLE:
                rest = self._table(start, end)
                waiting += [rest] if rest else []
            elif kind in read:
                read[kind](start, end)
            elif self._drops(start, end):
                self._lost(start, end, "a change of what was created before: give the tables as they are in the end")
            elif kind is Kind.WITHOUT_MEANING:
                self._pass_over(start, end, name)
            else:
                self._schema.remark(start, end).lost.append(name)
        return self._schema

    def _pass_over(self, start: int, end: int, name: str) -> None:
        """A statement without meaning; the lines of data of a dump are one."""
        became = f"of no meaning for the API: {name}"
        last = self._schema.remarks[-1] if self._schema.remarks else None
        between = self._bare[last.end : start] if last else ""
        if name == "data" and last and last.became == [became] and not between.strip("; \t\r\n"):
            last.end = end
        else:
            self._schema.remark(start, end).became.append(became)

    def _drops(self, start: int, end: int) -> bool:
        """Whether a statement drops a table that was created before it."""
        found = _DROP.match(self._text, start, end)
        names = re.findall(QUALIFIED, self._text[found.end() : end]) if found else []
        return any(self._schema.find(table_name(name)) is not None for name in names)

    def _lost(self, start: int, end: int, why: str) -> None:
        self._schema.remark(start, end).lost.append(why)

    def _table(self, start: int, end: int) -> tuple[int, int] | None:
        head = _TABLE.match(self._text, start, end)
        opened = head is not None and self._bare.startswith("(", head.end())
        if head is None or not opened or head.end() >= end:
            partition = re.search(r"\bPARTITION\s+OF\b", self._bare[start:end], re.I)
            remark = self._schema.remark(start, end)
            if partition:
                remark.became.append("of no meaning for the API: a partition of another table")
            else:
                remark.lost.append("a table without a list of columns")
            return None
        closed = _closing(self._bare, head.end() + 1, end)
        if closed < 0:
            self._lost(start, end, "a ( is never closed")
            return None
        table = Table(table_name(head[1]), self._schema.remark(start, head.end() + 1))
        if table.name.key in self._schema.tables:
            table.remark.end = end
            table.remark.lost.append("a table of that name was created before")
            return None
        self._schema.add(table)
        for begin, stop in items_between(self._bare, head.end() + 1, closed):
            if begin < stop:
                self._item(table, begin, stop)
        return self._tail(table, closed + 1, end)

    def _item(self, table: Table, start: int, end: int) -> None:
        add_item(table, self._schema.remark(start, end), self._text[start:end], self._bare[start:end], self._dialect)

    def _tail(self, table: Table, start: int, end: int) -> tuple[int, int] | None:
        """What stands behind the columns; gives the statement that begins there, where a `;` was forgotten."""
        following = _NEXT.search(self._bare, start, end)
        begin, stop = _stripped(self._bare, start, following.start() if following else end)
        if begin < stop:
            remark = self._schema.remark(begin, stop)
            comment = _TAIL_COMMENT.search(self._text, begin, stop)
            if comment:
                table.comment = readable(text_of(comment[1]))
            structure = _STRUCTURE.search(self._bare[begin:stop])
            if structure:
                remark.lost.append(f"{structure[1].upper()}: columns taken over from elsewhere: write them out")
            else:
                remark.became.append("of no meaning for the API: how the table is stored")
        return _stripped(self._bare, following.start(), end) if following else None

    def _alter(self, start: int, end: int) -> None:
        head = _ALTER.match(self._text, start, end)
        table = self._schema.find(table_name(head[1])) if head else None
        if head is None or table is None:
            inherited = re.search(r"\bATTACH\s+PARTITION\b|\bOWNER\s+TO\b", self._bare[start:end], re.I)
            remark = self._schema.remark(start, end)
            if inherited:
                remark.became.append("of no meaning for the API: set-up of the database")
            else:
                remark.lost.append(
                    f"no table {table_name(head[1]).table} was created before" if head else "no table is named"
                )
            return
        first = True
        for begin, stop in items_between(self._bare, head.end(), end):
            # The first action takes the head of the statement with it, so that all of it is accounted for.
            remark = self._schema.remark(start if first else begin, stop)
            first = False
            alter(table, remark, self._text[begin:stop], self._bare[begin:stop], self._dialect)

    def _enum(self, start: int, end: int) -> None:
        found = _ENUM.match(self._text[start:end])
        remark = self._schema.remark(start, end)
        choices = [text_of(item) for item in re.findall(r"'(?:[^']|'')*'", found[2])] if found else []
        if found is None or not choices:
            remark.lost.append("an enum without values")
            return
        name = parts_of(found[1])[-1]
        self._schema.enums[name.casefold()] = tuple(dict.fromkeys(choices))
        remark.became.append(f"the choices {', '.join(choices[:8])}{' ...' if len(choices) > 8 else ''}")

    def _domain(self, start: int, end: int) -> None:
        found = _DOMAIN.match(self._text, start, end)
        remark = self._schema.remark(start, end)
        if found is None:
            remark.lost.append("a domain without a type")
            return
        scratch = Table(Name("", "domain"), Remark(start, end))
        text, bare = (f"value {source[found.end() : end]}" for source in (self._text, self._bare))
        column = add_item(scratch, remark, text, bare, self._dialect)
        if column is not None:
            name = parts_of(found[1])[-1]
            self._schema.domains[name.casefold()] = column
            remark.became.append(f"what holds for columns of the type {name}")

    def _index(self, start: int, end: int) -> None:
        remark = self._schema.remark(start, end)
        head = _INDEX.match(self._text, start, end)
        table = self._schema.find(table_name(head[1])) if head else None
        closed = _closing(self._bare, head.end(), end) if head else -1
        if head is None or table is None or closed < 0:
            remark.lost.append("a unique index on no table that was created before")
            return
        parts = [_INDEXED.fullmatch(self._text, *span) for span in items_between(self._bare, head.end(), closed)]
        columns = [name_at(part["name"])[0] for part in parts if part]
        if len(columns) < len(parts) or any(table.column(name) is None for name in columns):
            remark.lost.append("uniqueness of an expression")
            return
        lowered = [name for name, part in zip(columns, parts, strict=True) if part and part["lower"]]
        if [name for name in lowered if "mail" not in name.lower()]:
            remark.lost.append(f"{lowered[0]} is unique as it is written, not without regard to case")
        self._unique_where(table, remark, tuple(columns), closed + 1, end)

    def _unique_where(self, table: Table, remark: Remark, columns: tuple[str, ...], start: int, end: int) -> None:
        """A unique index with what follows its columns."""
        rest = self._text[start:end]
        where = _WHERE.fullmatch(rest)
        if where is None and re.search(r"\bWHERE\b", self._bare[start:end], re.I):
            remark.lost.append("uniqueness among some of the records")
            return
        name = name_at(where[1])[0] if where else ""
        if where and where[2] and name.casefold() not in {column.casefold() for column in columns}:
            remark.lost.append("uniqueness among some of the records")
            return
        table.uniques.append(Unique(columns, remark, "" if where is None or where[2] else name))

    def _comment(self, start: int, end: int) -> None:
        remark = self._schema.remark(start, end)
        found = _COMMENT.match(self._text[start:end])
        if found is None:
            remark.lost.append("a comment on what is no table or column")
            return
        parts = parts_of(found[2])
        text = "" if found[3].upper() == "NULL" else readable(text_of(found[3].lstrip("eE")))
        if found[1].upper() == "TABLE":
            table = self._schema.find(table_name(found[2]))
        else:
            table = self._schema.find(Name(parts[-3] if len(parts) > 2 else "", parts[-2])) if len(parts) > 1 else None
        column = table.column(parts[-1]) if table and found[1].upper() == "COLUMN" else None
        if table is None or (found[1].upper() == "COLUMN" and column is None):
            remark.became.append("of no meaning for the API: a comment on something else")
            return
        if column is not None:
            column.comment = text
        else:
            table.comment = text
        remark.became.append("a description")
