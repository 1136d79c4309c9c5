"""The seam to the SQL parser: one column, constraint or condition in, its tree out."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from devmatrix.discovery.sql.dialects import Dialect

MAX_ITEM = 60_000
"""Characters of one column or constraint: enough for an enum of a thousand values."""
MAX_DEPTH = 40
_UNIMPORTANT = re.compile(
    r"\bON\s+CONFLICT\s+(?:ROLLBACK|ABORT|FAIL|IGNORE|REPLACE)\b|\bNO\s+INHERIT\b|\bNOT\s+VALID\b"
    r"|\b(?:NOT\s+)?ENFORCED\b|\bUSING\s+INDEX\s+TABLESPACE\s+\w+|\b(?:NOT\s+)?DEFERRABLE\b"
    r"|\bINITIALLY\s+(?:DEFERRED|IMMEDIATE)\b|\bUSING\s+(?:BTREE|HASH)\b|\bKEY_BLOCK_SIZE\s*=?\s*\d+"
    r"|\b(?:IN)?VISIBLE\s*$|\bMATCH\s+(?:FULL|SIMPLE|PARTIAL)\b|\bSTORAGE\s+(?:PLAIN|EXTERNAL|EXTENDED|MAIN)\b"
    r"|\bCOLUMN_FORMAT\s+\w+|\bON\s+UPDATE\s+(?:CASCADE|RESTRICT|NO\s+ACTION|SET\s+NULL|SET\s+DEFAULT)\b",
    re.I,
)
_ODD_TYPES = ((re.compile(r"\bUNSIGNED\s+BIG\s+INT\b", re.I), "BIGINT"),
              (re.compile(r"\bNATIVE\s+CHARACTER\b", re.I), "NCHAR"),
              (re.compile(r"\bVARYING\s+CHARACTER\b", re.I), "VARCHAR"))  # fmt: skip


class UnparsableError(Exception):
    """The parser knows no such thing; the message says where it stopped."""


def parse_item(text: str, bare: str, dialect: Dialect) -> exp.Expr:
    """The tree of one item of a CREATE TABLE. Raises UnparsableError."""
    if len(text) > MAX_ITEM:
        raise UnparsableError(f"longer than {MAX_ITEM:,} characters")
    if _depth(bare) > MAX_DEPTH:
        raise UnparsableError(f"more than {MAX_DEPTH} brackets within each other")
    cleaned = _without_unimportant(text, bare)
    failure = ""
    for known in (dialect, *(other for other in Dialect if other is not dialect)):
        try:
            return _parse(cleaned, known)
        except UnparsableError as error:
            failure = failure or str(error)
    raise UnparsableError(failure)


def _parse(item: str, dialect: Dialect) -> exp.Expr:
    try:
        tree = sqlglot.parse_one(f"CREATE TABLE t ({item})", read=dialect.value)
    except SqlglotError as error:
        raise UnparsableError(_where(error, item)) from error
    except RecursionError as error:
        raise UnparsableError("nested too deeply") from error
    schema = tree.this if isinstance(tree, exp.Create) else None
    if not isinstance(schema, exp.Schema) or len(schema.expressions) != 1:
        raise UnparsableError("no column or constraint that is known here")
    found = schema.expressions[0]
    if not isinstance(found, exp.Expr):
        raise UnparsableError("no column or constraint that is known here")
    return found


def _where(error: SqlglotError, item: str) -> str:
    details = getattr(error, "errors", None) or [{}]
    near = str(details[0].get("highlight") or "").strip()
    return f"the parser stops at `{near[:40]}`" if near and near in item else "the parser cannot read it"


def _depth(bare: str) -> int:
    depth = deepest = 0
    for bracket in re.findall(r"[()]", bare):
        depth += 1 if bracket == "(" else -1
        deepest = max(deepest, depth)
    return deepest


def _without_unimportant(text: str, bare: str) -> str:
    for match in reversed(list(_UNIMPORTANT.finditer(bare))):
        text = text[: match.start()] + " " * (match.end() - match.start()) + text[match.end() :]
    for odd, usual in _ODD_TYPES:
        text = odd.sub(usual, text, count=1) if odd.search(bare) else text
    return text


@contextmanager
def quiet() -> Iterator[None]:
    """The parser logs what it cannot read; here that is listed for the user instead."""
    logger = logging.getLogger("sqlglot")

    def drop(_: logging.LogRecord) -> bool:
        return False

    logger.addFilter(drop)
    try:
        yield
    finally:
        logger.removeFilter(drop)
