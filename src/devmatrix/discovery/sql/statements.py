"""What kind of statement a piece of a script is, told by its first words."""

import re
from enum import Enum


class Kind(Enum):
    """What is done with a statement."""

    TABLE = "table"
    ALTER = "alter"
    ENUM = "enum"
    DOMAIN = "domain"
    UNIQUE_INDEX = "unique index"
    COMMENT = "comment"
    WITHOUT_MEANING = "without meaning"
    LOST = "not understood"


_TEMPORARY = r"(?:(?:GLOBAL|LOCAL)\s+)?TEMP(?:ORARY)?\s+"
_REPLACED = (
    r"CREATE\s+(?:OR\s+REPLACE\s+)?(?:ALGORITHM\s*=\s*\w+\s+)?(?:DEFINER\s*=\s*\S+\s+)?(?:SQL\s+SECURITY\s+\w+\s+)?"
)
_CLIENT = r"\\|DELIMITER\b|\.\w|GO\s*$"
_KINDS: tuple[tuple[str, Kind, str], ...] = (
    (r"(?:INSERT|REPLACE|UPDATE|DELETE|COPY|LOAD|TRUNCATE|MERGE|WITH|VALUES)\b", Kind.WITHOUT_MEANING, "data"),
    (rf"CREATE\s+{_TEMPORARY}TABLE\b", Kind.WITHOUT_MEANING, "a temporary table"),
    (r"CREATE\s+FOREIGN\s+TABLE\b", Kind.LOST, "a table that another server keeps"),
    (r"CREATE\s+VIRTUAL\s+TABLE\b", Kind.LOST, "a virtual table: what it keeps is up to its module"),
    (r"CREATE\s+(?:UNLOGGED\s+)?TABLE\b", Kind.TABLE, ""),
    (r"ALTER\s+(?:IGNORE\s+)?TABLE\b", Kind.ALTER, ""),
    (r"CREATE\s+TYPE\b.*?\bAS\s+ENUM\b", Kind.ENUM, ""),
    (r"CREATE\s+TYPE\b", Kind.LOST, "a composite or range type"),
    (r"CREATE\s+DOMAIN\b", Kind.DOMAIN, ""),
    (r"CREATE\s+UNIQUE\s+(?:CLUSTERED\s+|NONCLUSTERED\s+)?INDEX\b", Kind.UNIQUE_INDEX, ""),
    (r"CREATE\s+(?:\w+\s+)?INDEX\b", Kind.WITHOUT_MEANING, "an index"),
    (r"COMMENT\s+ON\s+(?:TABLE|COLUMN)\b", Kind.COMMENT, ""),
    (r"COMMENT\s+ON\b", Kind.WITHOUT_MEANING, "a comment"),
    (rf"{_REPLACED}(?:{_TEMPORARY})?(?:RECURSIVE\s+)?(?:MATERIALIZED\s+)?VIEW\b", Kind.LOST,
     "a view: what is derived from tables is not kept"),
    (rf"{_REPLACED}(?:CONSTRAINT\s+)?(?:{_TEMPORARY})?(?:EVENT\s+)?TRIGGER\b", Kind.LOST,
     "a trigger: what the database does by itself"),
    (rf"{_REPLACED}(?:AGGREGATE\s+)?(?:FUNCTION|PROCEDURE)\b", Kind.LOST, "a routine of the database"),
    (rf"{_REPLACED}EVENT\b", Kind.LOST, "an event: what the database does by itself"),
    (r"CREATE\s+(?:OR\s+REPLACE\s+)?RULE\b", Kind.LOST, "a rule: what the database does by itself"),
    (r"CREATE\s+POLICY\b", Kind.LOST, "a policy: say who may do what in words"),
    (r"CREATE\s+(?:\w+\s+)?(?:EXTENSION|SCHEMA|DATABASE|SEQUENCE|ROLE|USER|TABLESPACE|COLLATION|CAST|OPERATOR|"
     r"PUBLICATION|SUBSCRIPTION|SERVER|LANGUAGE|STATISTICS|LOGIN|GROUP|TEXT\s+SEARCH)\b",
     Kind.WITHOUT_MEANING, "set-up of the database"),
    (r"ALTER\b", Kind.WITHOUT_MEANING, "set-up of the database"),
    (r"(?:SELECT|SHOW|EXPLAIN|CALL|DO|EXECUTE|EXEC|PERFORM)\b", Kind.WITHOUT_MEANING, "a query"),
    (r"(?:GRANT|REVOKE|DENY)\b", Kind.WITHOUT_MEANING, "rights of the database's own users"),
    (r"(?:BEGIN|START|COMMIT|END|ROLLBACK|SAVEPOINT|RELEASE|LOCK|UNLOCK)\b", Kind.WITHOUT_MEANING, "a transaction"),
    (r"(?:SET|RESET|USE|PRAGMA|ANALYZE|VACUUM|REINDEX|OPTIMIZE|FLUSH|CHECKPOINT|ATTACH|DETACH|REFRESH|NOTIFY|LISTEN|"
     r"PRINT|SECURITY\s+LABEL|CLUSTER|DISCARD)\b", Kind.WITHOUT_MEANING, "a setting"),
    (r"DROP\b", Kind.WITHOUT_MEANING, "makes room for what follows"),
    (_CLIENT, Kind.WITHOUT_MEANING, "a line for the client program"),
)  # fmt: skip


def classify(bare: str) -> tuple[Kind, str]:
    """The kind of a statement, and what it is called where it is not read further."""
    head = bare[:400]
    for pattern, kind, name in _KINDS:
        if re.match(pattern, head, re.I | re.S):
            return kind, name
    return Kind.LOST, "no statement of SQL that is known here"
