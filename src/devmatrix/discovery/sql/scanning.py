"""Cuts a script into statements without understanding them: quotes, comments, blocks of data, bodies of routines."""

import re
from dataclasses import dataclass

from devmatrix.discovery.sql.dialects import Dialect
from devmatrix.errors import RequestError

MAX_CHARACTERS = 20_000_000
_MEND = "give the schema alone: pg_dump --schema-only, mysqldump --no-data, or .schema of sqlite3"
_ROUTINE = re.compile(
    r"\s*CREATE\s+(?:OR\s+REPLACE\s+)?(?:DEFINER\s*=\s*\S+\s+)?(?:AGGREGATE\s+)?(?:TEMP(?:ORARY)?\s+)?"
    r"(?:TRIGGER|PROCEDURE|FUNCTION|EVENT)\b",
    re.I,
)
_BLOCK = re.compile(r"\bEND\s+(?:IF|LOOP|WHILE|REPEAT)\b|\b(?P<open>BEGIN|CASE)\b|\b(?P<close>END)\b", re.I)
_COPY = re.compile(r"\s*COPY\b.*\bFROM\s+STDIN\b", re.I | re.S)
_COPY_END = re.compile(r"^\\\.[ \t\r]*$", re.M)
_HEAD = 600
"""Characters of a statement that tell what it is."""


@dataclass(frozen=True)
class Script:
    """A source cut into statements; all texts have the offsets of the source."""

    text: str
    """The source with comments blotted out by spaces, and the contents of MySQL's executable comments laid open."""
    bare: str
    """The same, with all that stands in quotes blotted out by NUL."""
    statements: tuple[tuple[int, int], ...]
    """Spans of the statements, without white space and the `;` after them."""
    comments: tuple[tuple[int, int], ...]
    """Spans of the comments; those that follow each other between statements are one."""


def place(text: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def failure(name: str, text: str, offset: int, what: str, mend: str) -> RequestError:
    """The error that says what is wrong at an offset."""
    line, column = place(text, offset)
    near = " ".join(text[offset : offset + 60].split())
    shown = f", near `{near}`" if near else ""
    return RequestError(f"{name or 'the SQL'}, line {line}, column {column}: {what}{shown}", mend=mend)


def scan(name: str, text: str, dialect: Dialect) -> Script:
    """Cut a script into statements. Raises RequestError where it is too long, binary, or a quote is not closed."""
    if len(text) > MAX_CHARACTERS:
        raise RequestError(f"{name or 'the SQL'} is longer than {MAX_CHARACTERS:,} characters", mend=_MEND)
    binary = re.search("[\0\ud800-\udfff]", text)
    if binary is not None:
        what = f"binary, not text: character U+{ord(binary[0]):04X}"
        line, column = place(text, binary.start())
        raise RequestError(f"{name or 'the SQL'}, line {line}, column {column}: {what}", mend=_MEND)
    return _Scanner(name, text, dialect).script()


def _pattern(dialect: Dialect, delimiter: str) -> re.Pattern[str]:
    """What interrupts plain text: comments, quotes, the end of a statement, and lines for the client program."""
    parts = [r"(?P<line>--[^\n]*+)", r"(?P<block>/\*)"]
    quotes = [r"'[^']*+(?:''[^']*+)*+'", r'"[^"]*+(?:""[^"]*+)*+"', r"`[^`]*+(?:``[^`]*+)*+`"]
    match dialect:
        case Dialect.MYSQL:
            parts.append(r"(?P<hash>\#[^\n]*+)")
            parts.append(r"(?P<delimiter>(?im:^[ \t]*DELIMITER[ \t]+)(?P<sign>\S+)[^\n]*+)")
            quotes[:2] = [r"'[^'\\]*+(?:(?:''|\\.)[^'\\]*+)*+'", r'"[^"\\]*+(?:(?:""|\\.)[^"\\]*+)*+"']
        case Dialect.POSTGRES:
            parts.append(r"(?P<client>(?m:^)\\[A-Za-z!?][^\n]*+)")
            parts.append(r"(?P<dollar>(?<![\w$])\$(?:[^\W\d]\w*)?\$)")
            quotes.insert(0, r"\b[eE]'[^'\\]*+(?:(?:''|\\.)[^'\\]*+)*+'")
        case Dialect.SQLITE:
            quotes.append(r"\[[^\]\n]*+\]")
    parts += [f"(?P<quoted>{'|'.join(quotes)})", rf"(?P<end>{re.escape(delimiter)})", r"(?P<open>['\"`])"]
    return re.compile("|".join(parts), re.S)


class _Scanner:
    def __init__(self, name: str, text: str, dialect: Dialect) -> None:
        self._name, self._source, self._dialect = name, text, dialect
        self._pattern = _pattern(dialect, ";")
        self._opened = False
        """Whether an executable comment is laid open in this statement."""
        self._blank = True
        """Whether nothing but white space and comments stands in this statement so far."""
        self._text: list[str] = []
        self._bare: list[str] = []
        self._statements: list[tuple[int, int]] = []
        self._comments: list[tuple[int, int]] = []
        self._begin = self._at = 0
        self._first = 0
        """Index into the parts of the statement's first."""
        self._depth = self._looked = 0

    def script(self) -> Script:
        """The whole script, cut."""
        if self._source.startswith("\ufeff"):
            self._put(1, " ", " ")
        while (found := self._pattern.search(self._source, self._at)) is not None:
            self._plain(found.start())
            self._interrupt(found)
        self._plain(len(self._source))
        self._close(len(self._source))
        return Script("".join(self._text), "".join(self._bare), tuple(self._statements), tuple(self._comments))

    def _put(self, end: int, text: str, bare: str) -> None:
        self._text.append(text)
        self._bare.append(bare)
        self._blank = self._blank and not bare.strip()
        self._at = end

    def _plain(self, end: int) -> None:
        plain = self._source[self._at : end]
        if self._opened:
            plain = plain.replace("*/", "  ")
        if plain:
            self._put(end, plain, plain)

    def _interrupt(self, found: re.Match[str]) -> None:
        start, end = found.span()
        match found.lastgroup:
            case "line" | "hash":
                self._blot(start, end)
            case "block":
                self._block(start)
            case "quoted":
                text = found[0]
                first = text.index("'") if text[0] in "eE" else 0
                inner = "\0" * (len(text) - first - 2)
                self._put(end, text, f"{text[: first + 1]}{inner}{text[-1]}")
            case "dollar":
                self._dollar(found)
            case "delimiter" | "sign" | "client":
                self._client_line(found)
            case "end":
                self._end(found)
            case _:
                raise failure(self._name, self._source, start, f"{found[0]} is opened and never closed", _CLOSE)

    def _blot(self, start: int, end: int) -> None:
        blank = re.sub(r"[^\n]", " ", self._source[start:end])
        joined = self._blank and self._comments and not self._source[self._comments[-1][1] : start].strip()
        first = self._comments.pop()[0] if joined else start
        self._comments.append((first, start + len(self._source[start:end].rstrip())))
        self._put(end, blank, blank)

    def _block(self, start: int) -> None:
        executable = re.compile(r"/\*M?!\d*").match(self._source, start)
        if executable is not None and self._dialect is Dialect.MYSQL:
            blank = " " * len(executable[0])
            self._opened = True
            self._put(executable.end(), blank, blank)
            return
        depth, at = 1, start + 2
        nested = self._dialect is Dialect.POSTGRES
        sign = re.compile(r"/\*|\*/" if nested else r"\*/")
        while depth:
            found = sign.search(self._source, at)
            if found is None:
                raise failure(self._name, self._source, start, "/* is opened and never closed", _CLOSE)
            depth += 1 if found[0] == "/*" else -1
            at = found.end()
        self._blot(start, at)

    def _dollar(self, found: re.Match[str]) -> None:
        end = self._source.find(found[0], found.end())
        if end < 0:
            raise failure(self._name, self._source, found.start(), f"{found[0]} is opened and never closed", _CLOSE)
        body = self._source[found.start() : end + len(found[0])]
        self._put(end + len(found[0]), body, f"{found[0]}{chr(0) * (end - found.end())}{found[0]}")

    def _client_line(self, found: re.Match[str]) -> None:
        begins = self._blank
        self._put(found.end(), found[0], found[0])
        if not begins:
            return
        self._close(found.end())
        if found.lastgroup != "client":
            self._pattern = _pattern(self._dialect, found["sign"])

    def _end(self, found: re.Match[str]) -> None:
        head = "".join(self._bare[self._first : self._first + 60])[:_HEAD]
        if found[0] == ";" and _ROUTINE.match(head):
            self._looked = self._looked or self._first
            for sign in _BLOCK.finditer("".join(self._bare[self._looked :])):
                self._depth += 1 if sign["open"] else -1 if sign["close"] else 0
            self._put(found.end(), ";", ";")
            self._looked = len(self._bare)
            if self._depth > 0:
                return
            self._text.pop()
            self._bare.pop()
        copies = self._dialect is Dialect.POSTGRES and _COPY.match(head)
        self._close(found.start())
        self._put(found.end(), found[0], found[0])
        if copies:
            self._data()
        self._start_anew()

    def _data(self) -> None:
        """What follows `COPY ... FROM stdin`, up to a line with `\\.`, belongs to it."""
        last = _COPY_END.search(self._source, self._at)
        end = last.end() if last else len(self._source)
        blank = re.sub(r"[^\n]", " ", self._source[self._at : end])
        self._put(end, blank, blank)
        start, _ = self._statements.pop()
        self._statements.append((start, end))

    def _close(self, end: int) -> None:
        text = "".join(self._text[self._first :])
        if text.strip():
            start = self._begin + len(text) - len(text.lstrip())
            self._statements.append((start, self._begin + len(text.rstrip())))
        self._start_anew()

    def _start_anew(self) -> None:
        self._begin, self._first = self._at, len(self._bare)
        self._depth = self._looked = 0
        self._opened, self._blank = False, True


_CLOSE = "close it; in a dump from elsewhere, see that it is complete"
