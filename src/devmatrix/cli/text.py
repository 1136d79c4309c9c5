"""Words and figures for the screen."""

import re
import unicodedata

# Characters that reorder what follows them: a request could make a line say what it does not.
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)?")


def clean(text: str, *, lines: bool = True) -> str:
    """`text` without escape sequences, control characters, lone surrogates and reordering marks.

    Line breaks stay where `lines`, else they become spaces.
    """
    kept = []
    for character in _ESCAPES.sub("", text):
        if character in "\n\t":
            kept.append(character if lines and character == "\n" else " ")
        elif unicodedata.category(character) == "Cs":
            kept.append("\ufffd")
        elif character not in _BIDI and unicodedata.category(character) != "Cc":
            kept.append(character)
    return "".join(kept)


def line(text: str, limit: int = 200) -> str:
    """`text` cleaned, in one line of at most `limit` characters."""
    flat = " ".join(clean(text, lines=False).split())
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"


def count(number: int, noun: str) -> str:
    """`1 task`, `2 tasks`, `2 entities`."""
    if number == 1:
        return f"1 {noun}"
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{number:,} {plural}"


def duration(seconds: float) -> str:
    """`0.4 s`, `12 s`, `3 min 05 s`, `2 h 10 min`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"


def money(usd: float) -> str:
    """`$0.00`; four digits below a cent, so that a small cost does not look like none."""
    return f"${usd:.4f}" if 0 < usd < 0.01 else f"${usd:,.2f}"


def money_range(low: float, high: float) -> str:
    """`$0.03 to $0.09`; one figure where there is no range."""
    return money(low) if money(low) == money(high) else f"{money(low)} to {money(high)}"


def share(passed: int, total: int) -> str:
    """`12 of 12 (100 %)`, rounded down; without a total there is no evidence."""
    return f"{passed:,} of {total:,} ({passed * 1000 // total / 10:g} %)" if total else "no evidence"
