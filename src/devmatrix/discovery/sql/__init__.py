"""Takes a SQL source and a draft, gives a statement on each table, column and constraint; the draft gains entities."""

from devmatrix.discovery.document import Statement
from devmatrix.discovery.drafts import Draft
from devmatrix.discovery.sources import Source

__all__ = ["read_sql"]


def read_sql(source: Source, draft: Draft) -> tuple[Statement, ...]:
    """Read the tables of `source` into `draft`; every table, column, constraint and other statement is accounted for.

    Statements come in the order of the source, with offsets into `source.text`. Raises RequestError, with file, line
    and column, where the source is no SQL.
    """
    # The parser takes a third of a second to import; those who only name this function do not pay for it.
    from devmatrix.discovery.sql.reading import read

    return read(source, draft)
