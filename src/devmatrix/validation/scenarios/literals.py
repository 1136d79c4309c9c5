"""Takes JSON values and patterns, gives the Python that a person would write for them."""

import json
import re
from collections.abc import Mapping

from devmatrix.validation.scenarios.support import page, problem

_LONGEST = 88
_RUN = re.compile(r"(.)\1{19,}", re.DOTALL)


def literal(value: object) -> str:
    """`value` as Python: double quotes, long runs of one character as products, other long strings in pieces."""
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_string(str(key))}: {literal(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(literal(item) for item in value) + "]"
    return repr(value)


def pattern(value: object) -> str:
    """Likewise, with the short forms of support.py: `a(...)`, `problem(...)`, `page(...)`."""
    if isinstance(value, dict):
        return _short_form(value) or (
            "{" + ", ".join(f"{_string(str(key))}: {pattern(item)}" for key, item in value.items()) + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(pattern(item) for item in value) + "]"
    return literal(value)


def _short_form(value: dict[str, object]) -> str | None:
    if set(value) in ({"$match"}, {"$match", "days"}):
        days = f", days={value['days']}" if "days" in value else ""
        return f"a({literal(value['$match'])}{days})"
    if set(value) == {"items", "total", "limit", "offset"} and isinstance(value["items"], list):
        return _page(value, value["items"])
    status = value.get("status")
    if isinstance(status, int) and "type" in value:
        errors = value.get("errors") or []
        pointers = [str(error["pointer"]) for error in errors if "pointer" in error] if isinstance(errors, list) else []
        if problem(status, *pointers) == value:
            return f"problem({', '.join([str(status), *map(literal, pointers)])})"
    return None


def _page(value: dict[str, object], items: list[object]) -> str:
    arguments = [pattern(item) for item in items]
    usual = page(*items)
    arguments += [f"{name}={value[name]}" for name in ("total", "limit", "offset") if value[name] != usual[name]]
    return f"page({', '.join(arguments)})"


def _string(value: str) -> str:
    if len(value) > _LONGEST and (run := _RUN.search(value)):
        before, after = value[: run.start()], value[run.end() :]
        parts = [f"{_string(run[1])} * {run.end() - run.start()}"]
        parts = ([_string(before)] if before else []) + parts + ([_string(after)] if after else [])
        return " + ".join(parts)
    if len(value) > _LONGEST:
        pieces = [value[start : start + _LONGEST] for start in range(0, len(value), _LONGEST)]
        return "(" + " ".join(map(_quoted, pieces)) + ")"
    return _quoted(value)


def _quoted(value: str) -> str:
    # JSON's escapes are Python's, but for those of characters beyond the basic plane: these stay as they are.
    text = json.dumps(value, ensure_ascii=False)
    return text if value.isprintable() or not value.isascii() else json.dumps(value)
