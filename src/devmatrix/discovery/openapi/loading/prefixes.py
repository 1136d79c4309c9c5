"""What stands before a credential, as descriptions say it: "prefixed with `Api-Key `", "Authorization: Token abc"."""

import re
from collections.abc import Sequence

_MAX_LENGTH = 5_000
_WORD = r"[A-Za-z][A-Za-z-]{0,30}[A-Za-z](?![\w-])"
_CAPITAL = r"(?=[A-Z])" + _WORD
_QUOTE = r"(?:[\"'`\u2018\u2019\u201c\u201d\u00ab\u00bb*]+)"
_STAND_IN = (
    r"(?:<[^<>\n]{1,60}>|\{[^{}\n]{1,60}\}|\[[^\[\]\n]{1,60}\]|[xX*\u2022]{3,}[\w.*-]*|\.\.\.|\u2026|eyJ[\w.\u2026-]*"
    r"|\w+(?:\.\w+){2}|[A-Za-z]+(?:[_-][A-Za-z]+)*[_-](?:token|key|jwt|here|TOKEN|KEY|JWT|HERE)\b"
    r"|(?=[\w-]*\d)[\w-]{3,})"
)
"""What stands for a credential: `<token>`, `{apiKey}`, `xxx.yyy.zzz`, `eyJ...`, `YOUR_TOKEN`, `123abc`."""
_PLAIN = r"(?:token|key|jwt|apikey|credentials?|secret|abc\w*)\b"
_BEFORE = r"(?:prefix|preced|prepend|start|begin|lead)"

_SAID = (
    # ... with required prefix "X"; prefix: `X`
    re.compile(rf"(?i:\bprefix)(?:\s*[:=]|\s+(?i:of|is|being|word))?\s*{_QUOTE}({_WORD})\s*{_QUOTE}"),
    re.compile(rf"(?i:\b{_BEFORE}\w*\b[^.;\n\"'`]{{0,60}}?\b(?:with|by|is|word))\s*(?i:the\s+)?(?i:(?:word|prefix|string)"
               rf"\s+)?{_QUOTE}({_WORD})\s*{_QUOTE}"),
    # "X" prefix; the prefix X
    re.compile(rf"{_QUOTE}({_WORD})\s*{_QUOTE}\s+(?i:as\s+)?(?i:an?\s+|the\s+)?(?i:prefix|in\s+front|before)"),
    re.compile(rf"(?i:\bprefix(?:\s*[:=]|\s+(?:is|being|word))|\b(?:prefixed|preceded|prepended|(?:start|begin)s?)\s+(?:with|by)|"
               rf"\bprefix\s+(?:the|your)\s+\w+(?:\s+\w+)?\s+with)\s+(?i:the\s+)?(?i:(?:word|prefix|string)\s+)?({_CAPITAL})"),
)  # fmt: skip
"""Where a sentence speaks of what stands before; the surest first."""

_SHOWN = (
    # Authorization: Token abc
    re.compile(rf"(?i:\bauthorization)[\"'`]?\s*[:=]\s*{_QUOTE}?({_WORD})[ ]+(?:{_STAND_IN}|{_PLAIN}|\S+\s*{_QUOTE})"),
    re.compile(rf"(?i:\bauthorization)[\"'`]?\s*[:=]\s*{_QUOTE}?({_CAPITAL})[ ]+[\w.-]+\s*(?:[\"'`.,)]|$)", re.M),
    # Token <token>
    re.compile(rf"(?:^|[\s\"'`*:=(])({_CAPITAL})[ ]+{_STAND_IN}"),
    # `Token abc`
    re.compile(rf"{_QUOTE}({_CAPITAL})[ ]+{_PLAIN}\s*{_QUOTE}"),
    re.compile(r"(?:^|[\s\"'`*:=(])(Bearer|Token)[ ]+(?:token|key|jwt)\b"),
)
_NO_PREFIXES = frozenset(
    "a an the this that your my our its use using send pass give put add set enter provide include insert supply paste"
    " api http https access auth authorization authentication header headers value format example or and with of to"
    " for in is be required optional from when get by where if token-based server client".split()
)


def prefix_in(text: str) -> str:
    """The prefix that a description gives, with its space; empty where it gives none."""
    return _first(text, (*_SAID, *_SHOWN))


def prefix_of_header(text: str) -> str:
    """The prefix that a text about many things shows in a whole header; empty where there is none."""
    return _first(text, _SHOWN[:2])


def _first(text: str, patterns: Sequence[re.Pattern[str]]) -> str:
    for pattern in patterns:
        for found in pattern.finditer(text[:_MAX_LENGTH]):
            if found[1].lower() not in _NO_PREFIXES:
                return f"{found[1]} "
    return ""
