"""Paths as steps: versions and other prefixes off, `.json` off, `:verb` and `users.list` taken apart."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from devmatrix.discovery.naming import split_words
from devmatrix.discovery.openapi.classifying.words import BULK, CREATES, DELETES, LISTS, READS, UPDATES, joined, one

_PREFIX = re.compile(r"(?i)(?:api|rest|services?|public|v\d+(?:[._-]\w+)*|\d{4}-\d\d(?:-\d\d)?|latest)(?:-v\d+)?\Z")
_EXTENSION = re.compile(r"(?i)\.(?:json|xml|ya?ml|php|aspx?|html?|do|cgi|format|\{format\})\Z")
_PARAMETER = re.compile(r"\{([^{}]+)\}")
_VERBS = CREATES | DELETES | UPDATES | READS | LISTS
_SINGLE_VERBS = frozenset(
    """create add new insert list all index get read show view fetch retrieve update edit modify change delete remove
    destroy save""".split()
)
_SHORT_VERBS = frozenset("get list create add delete remove update edit fetch new all save".split())


@dataclass(frozen=True)
class Token:
    """One step of a path: a literal, or the place of one or more parameters."""

    text: str
    parameters: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The same for steps at the same place: parameters are alike whatever their names."""
        return "{}" if self.parameters else joined(self.text) or self.text

    @property
    def words(self) -> tuple[str, ...]:
        """Words of the literal."""
        return () if self.parameters else split_words(self.text)

    @property
    def name(self) -> str:
        """The literal in snake_case."""
        return "" if self.parameters else joined(self.text)


@dataclass(frozen=True)
class Route:
    """A path taken apart. `verb` is what it says to do to what it names, where it says so: /users/create."""

    tokens: tuple[Token, ...]
    verb: str = ""
    by: str = ""
    """The key that the verb speaks of: getUserById."""


def tokens_of(path: str) -> tuple[Token, ...]:
    """Steps of a path, without its prefix."""
    found = list(_split(path))
    start = 0
    while start < len(found) - 1 and not found[start].parameters and _PREFIX.match(found[start].text):
        start += 1
    return tuple(found[start:])


def _split(path: str) -> Iterator[Token]:
    for segment in path.split("/"):
        text = _EXTENSION.sub("", segment)
        head, _, action = text.partition(":") if not text.startswith(":") else (text, "", "")
        opened = re.fullmatch(r"([^{}()]+)\((.*\{.*\}.*)\)", head)
        for part in (opened[1], opened[2]) if opened else (head,):
            yield from _token(part)
        if action:
            yield from _token(action)


def _token(text: str) -> Iterator[Token]:
    parameters = tuple(_PARAMETER.findall(text))
    if text:
        yield Token(text, parameters)


def routes_of(methods: Mapping[str, set[str]], names: frozenset[str]) -> dict[str, Route]:
    """Each path's route. `names`: what schemas are called; they tell which words are things and which are deeds."""
    plain = {path: tokens_of(path) for path in methods}
    things = set(names)
    for tokens in plain.values():
        things |= {one(token.text) for token, after in pairwise(tokens) if after.parameters}
    loose = [_verb_and_thing(tokens[-1]) for tokens in plain.values() if tokens and not tokens[-1].parameters]
    told = [thing for verb, thing, _ in loose if verb and thing]
    things |= {thing for thing in told if told.count(thing) > 1 and thing not in BULK}
    return {path: _route(tokens, methods[path], frozenset(things)) for path, tokens in plain.items()}


def _route(tokens: tuple[Token, ...], methods: set[str], things: frozenset[str]) -> Route:
    last = len(tokens) - 1
    while last >= 0 and tokens[last].parameters:
        last -= 1
    if last < 0:
        return Route(tokens)
    token, keys = tokens[last], tokens[last + 1 :]
    if last > 0 and token.name in _SINGLE_VERBS and not (keys and token.name in CREATES):
        marks = token.name in READS | LISTS and (
            methods - {"GET", "POST"} or (tokens[last - 1].parameters and "GET" not in methods)
        )
        return Route(tokens) if marks else Route((*tokens[:last], *keys), token.name)
    if last > 0 and tokens[last - 1].parameters:
        return Route(tokens)
    verb, thing, by = _verb_and_thing(token)
    if verb and thing in things:
        before = tokens[:last]
        if before and one(before[-1].text) == thing:
            before = before[:-1]
        return Route((*before, Token(thing), *keys), verb, by)
    return Route(tokens)


def _verb_and_thing(token: Token) -> tuple[str, str, str]:
    """(verb, thing, key) of getUserById, users.list, delete-pet; empty where the literal is none of these."""
    words = token.words
    if len(words) < 2:
        return "", "", ""
    by = ""
    if "by" in words[1:-1]:
        at = words.index("by", 1)
        words, by = words[:at], "_".join(words[at + 1 :])
    if "." in token.text and words[-1] in _VERBS:
        return words[-1], one(" ".join(words[:-1])), by
    if words[0] in _VERBS and len(words) > 1:
        rest = words[1:]
        listed = words[0] in READS and rest[0] == "all"
        rest = rest[1:] if listed and len(rest) > 1 else rest
        plural = one(" ".join(rest)) != "_".join(rest)
        return ("list" if words[0] in READS and not by and (listed or plural) else words[0]), one(" ".join(rest)), by
    if words[-1] in _SHORT_VERBS:
        return words[-1], one(" ".join(words[:-1])), by
    return "", "", ""
