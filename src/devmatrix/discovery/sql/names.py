"""Names as they stand in SQL, quoted or not, and as they stand in an API."""

import re

from devmatrix.discovery.naming import entity_name, snake, split_words
from devmatrix.discovery.sql.schema import Name

IDENTIFIER = r"""(?:"(?:[^"]|"")+"|`(?:[^`]|``)+`|\[[^\]\n]+\]|[^\W\d][\w$]*)"""
"""A pattern for one name."""
QUALIFIED = rf"{IDENTIFIER}(?:\s*\.\s*{IDENTIFIER}){{0,2}}"
"""A pattern for a name with what it belongs to before it."""
MAX_NAME = 60
_PREFIXES = frozenset({"tbl", "tb"})
_KEY_ENDS = frozenset("id fk key code no nr num number uuid guid ref isbn sku pk".split())


def unquoted(name: str) -> str:
    """The name within its quotes."""
    first = name[:1]
    if first in ('"', "`"):
        return name[1:-1].replace(first * 2, first)
    return name[1:-1] if first == "[" else name


def parts_of(qualified: str) -> tuple[str, ...]:
    """The names of `a."b c".d`."""
    return tuple(unquoted(part) for part in re.findall(IDENTIFIER, qualified))


def table_name(qualified: str) -> Name:
    """The table that a qualified name names."""
    parts = parts_of(qualified)
    return Name(parts[-2] if len(parts) > 1 else "", parts[-1])


def text_of(literal: str) -> str:
    """The text of a quoted SQL string."""
    return literal.strip()[1:-1].replace("''", "'")


def readable(text: str) -> str:
    """A comment as one line of at most 300 printable characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:300]


def name_of_entity(table: str) -> str:
    """Singular PascalCase for a table of any style; empty where no name can be made of it."""
    words = split_words(table)
    if len(words) > 1 and words[0] in _PREFIXES:
        words = words[1:]
    name = entity_name(" ".join(words))
    while name and (again := entity_name(name)) != name:
        name = again  # as the draft has it, whoever asks: of `a b`, AB is Ab
    return name if len(name) <= MAX_NAME else ""


def name_of_field(column: str) -> str:
    """snake_case of a column; empty where no name can be made of it."""
    name = snake(column)
    return name if len(name) <= MAX_NAME else ""


def name_of_reference(column: str, target_columns: tuple[str, ...], target_entity: str) -> str:
    """What a column that points to a record is called: `shelf`, `shelfId` and `shelf_code` are `shelf_id`."""
    words = list(split_words(column))
    own = [list(split_words(name)) for name in target_columns]
    target = snake(target_entity)
    if words and words[0] in {"id", "fk"} and len(words) > 1:
        words = words[1:]
    if words in own and words[-1] not in {"id"}:
        return f"{target}_id"
    keys = [key for key in own if len(words) > len(key) and words[-len(key) :] == key]
    if keys:
        words = words[: -len(keys[0])]
    elif len(words) > 1 and words[-1] in _KEY_ENDS:
        words = words[:-1]
    stem = "_".join(words).lstrip("_0123456789")
    return f"{stem}_id" if stem and words != ["id"] else f"{target}_id"
