"""Tokens of one item of the notation."""

import re
from dataclasses import dataclass

from devmatrix.discovery.text import pattern_end

_TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<string>"[^"]*")|(?P<arrow>-\(|\)->|->)|(?P<list>\[\s*\])|(?P<dots>\.\.)
    |(?P<number>\d+(?:\.\d+)?)|(?P<operator><=|>=|!=|[<>=|?(),+&-])|(?P<word>[^\W\d](?:[\w’']|-(?=\w))*)""",
    re.X,
)


class NotationError(Exception):
    """An item of the notation that cannot be read; the message says why."""


@dataclass(frozen=True)
class Token:
    """One token: its kind and its text."""

    kind: str
    text: str


class Tokens:
    """The tokens of one item, read from left to right."""

    def __init__(self, text: str) -> None:
        self._tokens = _scan(text)
        self._at = 0

    def peek(self, ahead: int = 0) -> Token:
        """The next token without taking it; of kind "end" after the last."""
        at = self._at + ahead
        return self._tokens[at] if at < len(self._tokens) else Token("end", "")

    def take(self) -> Token:
        """The next token."""
        token = self.peek()
        self._at += 1
        return token

    def accept(self, text: str) -> bool:
        """Take the next token if it is this one."""
        if self.peek().text.lower() != text or self.peek().kind in {"string", "pattern"}:
            return False
        self._at += 1
        return True

    def expect(self, text: str) -> None:
        """Take this token. Raises NotationError where another stands."""
        if not self.accept(text):
            raise NotationError(f"`{text}` is expected {_before(self.peek())}")

    def word(self, what: str) -> str:
        """Take a word. Raises NotationError where none stands."""
        if self.peek().kind != "word":
            raise NotationError(f"{what} is expected {_before(self.peek())}")
        return self.take().text

    def number(self) -> float:
        """Take a number, with its sign. Raises NotationError where none stands."""
        sign = -1.0 if self.accept("-") else 1.0
        if self.peek().kind != "number":
            raise NotationError(f"a number is expected {_before(self.peek())}")
        text = self.take().text
        if len(text) > 15:
            raise NotationError(f"the number {text[:15]}... is too long")
        return sign * float(text)

    @property
    def ended(self) -> bool:
        """Whether all tokens are taken."""
        return self._at >= len(self._tokens)


def _before(token: Token) -> str:
    return "at the end" if token.kind == "end" else f"before `{token.text}`"


def _scan(text: str) -> list[Token]:
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        if text[at] == "/" and (end := pattern_end(text, at)):
            tokens.append(Token("pattern", text[at + 1 : end - 1]))
            at = end
            continue
        match = _TOKEN.match(text, at)
        if match is None:
            raise NotationError(f"`{text[at]}` has no meaning here")
        if match.lastgroup != "space":
            tokens.append(Token(str(match.lastgroup), match[0]))
        at = match.end()
    return tokens
