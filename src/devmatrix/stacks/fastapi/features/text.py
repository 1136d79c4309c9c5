"""Python text of the blueprints: functions, classes, literals and English phrases."""

import json
import re
from collections.abc import Iterable, Sequence
from textwrap import wrap

LINE_LENGTH = 120


def function(head: str, doc: str, body: Iterable[str], decorators: Iterable[str] = ()) -> str:
    """A function: `head` is `def name(parameters) -> Type` on one line; `body` holds lines relative to the body."""
    lines = [*decorators, *wrapped(f"{head}:"), *_docstring(doc), *(f"    {line}" if line else "" for line in body)]
    return "\n".join(lines) + "\n"


def class_(head: str, doc: str, body: Iterable[str]) -> str:
    """A class: `head` is `class Name(Base)`."""
    lines = [f"{head}:", *_docstring(doc)]
    members = [f"    {line}" if line else "" for line in body]
    return "\n".join([*lines, "", *members] if members else lines) + "\n"


def wrapped(line: str) -> list[str]:
    """The line, or where it is too long its outermost call or signature with one argument a line."""
    if len(line) <= LINE_LENGTH or "(" not in line:
        return [line]
    start = line.index("(")
    arguments, end = _arguments(line, start)
    inner = ", ".join(arguments)
    if len(inner) + 4 <= LINE_LENGTH and not line.startswith(("def ", "async def ")):
        return [line[: start + 1], f"    {inner}", line[end:]]
    return [line[: start + 1], *(f"    {argument}," for argument in arguments), line[end:]]


def literal(value: object) -> str:
    """Source of a plain value, strings in double quotes."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False) if value.isprintable() else repr(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(literal(item) for item in value)}]"
    return repr(value)


def is_one_of(column: str, values: Sequence[str]) -> str:
    """The condition of a query that a column holds one of `values`."""
    return f"{column} == {literal(values[0])}" if len(values) == 1 else f"{column}.in_({literal(list(values))})"


def is_none_of(value: str, values: Sequence[str]) -> str:
    """The condition that an expression is none of `values`."""
    return f"{value} != {literal(values[0])}" if len(values) == 1 else f"{value} not in {literal(list(values))}"


def words(name: str) -> str:
    """snake_case or PascalCase name as words: loan_item -> loan item."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " ").strip().lower()


def paragraphs(text: str, width: int = 110) -> list[str]:
    """Lines of a docstring for the lines of a text; blank ones stay."""
    return [line for part in text.strip().splitlines() for line in wrap(part, width) or [""]]


def pascal(name: str) -> str:
    """snake_case -> PascalCase."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_") if part)


def with_article(noun: str) -> str:
    """A book, an order."""
    return f"an {noun}" if noun[:1] in "aeio" else f"a {noun}"


def listed(names: Iterable[str], last: str = "and") -> str:
    """a, b and c."""
    *head, tail = names
    return f"{', '.join(head)} {last} {tail}" if head else tail


def _docstring(doc: str) -> list[str]:
    first, *rest = doc.replace("\\", "\\\\").replace('"""', "'''").split("\n")
    if not rest:
        return [f'    """{first}"""']
    return [f'    """{first}', *(f"    {line}" if line else "" for line in rest), '    """']


def _arguments(line: str, start: int) -> tuple[list[str], int]:
    arguments: list[str] = []
    depth, quote, current = 0, "", ""
    for position in range(start + 1, len(line)):
        letter = line[position]
        if quote:
            quote = "" if letter == quote and line[position - 1] != "\\" else quote
        elif letter in "\"'":
            quote = letter
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            if depth == 0:
                return [*arguments, current.strip()] if current.strip() else arguments, position
            depth -= 1
        if letter == "," and depth == 0 and not quote:
            arguments.append(current.strip())
            current = ""
        else:
            current += letter
    raise ValueError(f"unbalanced: {line}")
