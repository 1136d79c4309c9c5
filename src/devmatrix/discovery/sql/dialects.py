"""Which dialect a script is written in."""

import re
from enum import StrEnum

_LOOKED_AT = 400_000
"""Characters that are looked at: what tells a dialect stands at the beginning of a dump."""


class Dialect(StrEnum):
    """The dialects that are read; the values are the parser's names of them."""

    POSTGRES = "postgres"
    MYSQL = "mysql"
    SQLITE = "sqlite"


_QUOTED = re.compile(r"'[^'\n]*+'|--[^\n]*+|/\*(?!!).*?\*/", re.S)
_SIGNS: tuple[tuple[Dialect, int, str], ...] = (
    (Dialect.MYSQL, 3, r"\bENGINE\s*=|\bAUTO_INCREMENT\b|/\*!\d|\bDELIMITER\b|\bUNIQUE\s+KEY\b"),
    (Dialect.MYSQL, 2, r"`|\bUNSIGNED\b|\bTINYINT\s*\(|\b(?:MEDIUM|LONG|TINY)TEXT\b|\bENUM\s*\(\s*'"),
    (Dialect.MYSQL, 2, r"\bON\s+UPDATE\s+CURRENT"),
    (Dialect.MYSQL, 1, r"\bDATETIME\b|\bCHARSET\b|\bMODIFY\b"),
    (Dialect.SQLITE, 4, r"\bPRAGMA\b|\bAUTOINCREMENT\b|\bWITHOUT\s+ROWID\b|\bsqlite_\w+|\)\s*STRICT\b"),
    (Dialect.SQLITE, 2, r"TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?\[|\bINTEGER\s+(?:NOT\s+NULL\s+)?PRIMARY\s+KEY"),
    (Dialect.SQLITE, 2, r"\bON\s+CONFLICT\s+\w+\s*[,)]|\bGLOB\b"),
    (Dialect.SQLITE, 1, r"\bDATETIME\b|\bdate(?:time)?\s*\(\s*'|\bREAL\b"),
    (Dialect.POSTGRES, 4, r"::|\bCREATE\s+(?:TYPE|DOMAIN|EXTENSION)\b|\bALTER\s+TABLE\s+ONLY\b|\$\$|\bnextval\b"),
    (Dialect.POSTGRES, 4, r"\bpg_catalog\b|\bsearch_path\b|\bAS\s+IDENTITY\b"),
    (Dialect.POSTGRES, 3, r"\b(?:BIG|SMALL)?SERIAL\b|\bTIMESTAMPTZ\b|\bJSONB\b|\bBYTEA\b|\bCITEXT\b"),
    (Dialect.POSTGRES, 2, r"\bWITH(?:OUT)?\s+TIME\s+ZONE\b|\bCOMMENT\s+ON\b|\bgen_random_uuid\b|\bnow\(\)"),
    (Dialect.POSTGRES, 2, r"\bCHARACTER\s+VARYING\b|\bUUID\b"),
)


def dialect_of(text: str) -> Dialect:
    """The dialect whose signs weigh most; PostgreSQL, which is nearest to the standard, where none has any."""
    looked_at = _QUOTED.sub(lambda quoted: "''" if quoted[0][0] == "'" else " ", text[:_LOOKED_AT])
    weights = dict.fromkeys(Dialect, 0)
    for dialect, weight, signs in _SIGNS:
        distinct = {match.upper() for match in re.findall(signs, looked_at, re.I)}
        weights[dialect] += weight * min(len(distinct), 3)
    return max(weights, key=lambda dialect: weights[dialect])
