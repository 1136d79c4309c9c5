"""From a SQL source to the draft, and a statement for each part of the source."""

import re
from bisect import bisect_right

from devmatrix.discovery.document import Span, Statement
from devmatrix.discovery.drafts import Draft
from devmatrix.discovery.sources import Source
from devmatrix.discovery.sql.declaring import declare
from devmatrix.discovery.sql.dialects import dialect_of
from devmatrix.discovery.sql.entities import Entities
from devmatrix.discovery.sql.parsing import quiet
from devmatrix.discovery.sql.scanning import Script, failure, scan
from devmatrix.discovery.sql.schema import Remark, Schema

_SHOWN = 300
_MEND = "give CREATE TABLE statements of PostgreSQL, MySQL or SQLite, such as pg_dump --schema-only writes"


def read(source: Source, draft: Draft) -> tuple[Statement, ...]:
    """See `devmatrix.discovery.sql.read_sql`."""
    dialect = dialect_of(source.text)
    script = scan(source.name, source.text, dialect)
    with quiet():
        schema = declare(script, dialect)
        _require_sql(source, schema)
        Entities(schema, draft, dialect).make()
    _add_comments(script, schema)
    return _statements(source, schema)


def _add_comments(script: Script, schema: Schema) -> None:
    """Account for the comments that stand in no statement, or between the parts of one."""
    spans = sorted((remark.start, remark.end) for remark in schema.remarks)
    starts = [start for start, _ in spans]
    for start, end in script.comments:
        before = bisect_right(starts, start) - 1
        if before < 0 or spans[before][1] <= start:
            schema.remark(start, end).became.append("of no meaning for the API: a comment of the script")


def _require_sql(source: Source, schema: Schema) -> None:
    """Raise RequestError where nothing at all was understood, with the first reason."""
    tables = [table for table in schema.tables.values() if table.columns]
    understood = [remark for remark in schema.remarks if not remark.lost]
    broken = next((remark for remark in schema.remarks if remark.lost), None)
    if broken is not None and not tables and not any(remark.became for remark in understood):
        raise failure(source.name, source.text, broken.start, broken.lost[0], _MEND)


def _statements(source: Source, schema: Schema) -> tuple[Statement, ...]:
    breaks = [found.start() for found in re.finditer("\n", source.text)]
    ordered = sorted(schema.remarks, key=lambda remark: remark.start)
    return tuple(_statement(source, remark, bisect_right(breaks, remark.start - 1) + 1) for remark in ordered)


def _statement(source: Source, remark: Remark, line: int) -> Statement:
    text = source.text[remark.start : remark.end]
    if len(text) > _SHOWN:
        text = f"{' '.join(text[:_SHOWN].split())} ..."
    became = list(dict.fromkeys(remark.became))
    lost = list(dict.fromkeys(remark.lost))
    if lost:
        became.append(f"not understood: {'; '.join(lost)}")
    return Statement(
        span=Span(start=remark.start, end=remark.end, text=text, source=source.name, line=line),
        understood=not lost,
        became="; ".join(became) or "of no meaning for the API",
        entities=tuple(remark.entities),
    )
