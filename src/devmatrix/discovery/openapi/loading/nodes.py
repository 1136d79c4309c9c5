"""YAML and JSON as plain values, with the place of everything: one pass, no recursion, no tags, no surprises.

Scalars are read by the rules of YAML 1.2 and JSON, so that `no` stays a string and a date stays text; keys are strings.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum

from devmatrix.discovery.openapi.given import Place
from devmatrix.errors import RequestError

MAX_DEPTH = 200
MAX_NODES = 3_000_000

_NUMBER = re.compile(r"[-+]?(0|[1-9]\d*)(\.\d*)?([eE][-+]?\d+)?|[-+]?\.\d+([eE][-+]?\d+)?")
_INTEGER = re.compile(r"[-+]?(0|[1-9]\d{0,30})")
_WORDS = {"": None, "~": None, "null": None, "Null": None, "NULL": None} | {
    word: word.lower() == "true" for word in ("true", "True", "TRUE", "false", "False", "FALSE")
}
_JSON_TOKEN = re.compile(r'[ \t\r\n]*(?:([{}\[\],:])|("(?:[^"\\\x00-\x1f]|\\.)*")|([^\s{}\[\],:"]+))')


class _Kind(Enum):
    MAPPING = "mapping"
    LIST = "list"
    END = "end"
    SCALAR = "scalar"
    ALIAS = "alias"


@dataclass(frozen=True)
class _Event:
    kind: _Kind
    start: int
    end: int
    line: int
    value: object = None
    anchor: str | None = None


@dataclass
class Tree:
    """The values of one file, and where they stand."""

    name: str
    value: object = None
    places: dict[str, Place] = field(default_factory=dict)
    """JSON pointer -> place of the key (or of the item), to the end of a scalar."""

    def line(self, pointer: str) -> int:
        """Of the value at a pointer, or of what holds it."""
        while pointer and pointer not in self.places:
            pointer = pointer.rpartition("/")[0]
        return self.places[pointer].line if pointer in self.places else 1


def read_tree(text: str, name: str) -> Tree:
    """The tree of a YAML or JSON text. Raises RequestError with the line where it is none, or grows beyond bounds."""
    is_json = text.lstrip("\ufeff \t\r\n").startswith(("{", "["))
    builder = _Builder(Tree(name or "the document"))
    events = _json_events(text, builder.tree.name) if is_json else _yaml_events(text, builder.tree.name)
    for event in events:
        builder.take(event)
    return builder.tree


def escaped(key: str) -> str:
    """A key as a part of a JSON pointer."""
    return key.replace("~", "~0").replace("/", "~1")


@dataclass
class _Open:
    """A collection that is being read."""

    value: dict[str, object] | list[object]
    pointer: str
    size: int
    anchor: str | None
    key: str | None = None
    key_event: _Event | None = None
    merges: list[object] = field(default_factory=list)


class _Builder:
    """Puts events together."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[object, int]] = {}

    def take(self, event: _Event) -> None:
        match event.kind:
            case _Kind.END:
                done = self._open.pop()
                if isinstance(done.value, dict):
                    for merged in done.merges:
                        self._merge(done.value, merged, event)
                if done.anchor:
                    self._anchors[done.anchor] = (done.value, done.size)
                self._grow(done.size, event)
            case _Kind.SCALAR if self._awaits_key():
                self._take_key(event)
            case _Kind.SCALAR:
                self._put(event.value, event)
                if event.anchor:
                    self._anchors[event.anchor] = (event.value, 1)
                self._grow(1, event)
            case _Kind.ALIAS:
                if self._awaits_key():
                    self._fail(event, "an alias cannot be a key")
                if event.value not in self._anchors:
                    self._fail(event, f"*{event.value} refers to an anchor that does not come before it, or holds it")
                value, size = self._anchors[str(event.value)]
                self._put(value, event)
                self._grow(size, event)
            case _:
                self._begin(event)

    def _begin(self, event: _Event) -> None:
        if self._awaits_key():
            self._fail(event, "a list or an object cannot be a key")
        if len(self._open) >= MAX_DEPTH:
            self._fail(event, f"it is nested more than {MAX_DEPTH} levels deep")
        value: dict[str, object] | list[object] = {} if event.kind is _Kind.MAPPING else []
        pointer = self._put(value, event)
        self._open.append(_Open(value, pointer, 1, event.anchor))

    def _awaits_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1].value, dict) and self._open[-1].key is None

    def _take_key(self, event: _Event) -> None:
        holder = self._open[-1]
        holder.key = event.value if isinstance(event.value, str) else _key_text(event.value)
        holder.key_event = event

    def _put(self, value: object, event: _Event) -> str:
        """Into the open collection; the pointer to it."""
        if not self._open:
            self.tree.value = value
            self.tree.places[""] = Place(event.start, event.end, event.line)
            return ""
        holder = self._open[-1]
        if isinstance(holder.value, list):
            pointer = f"{holder.pointer}/{len(holder.value)}"
            holder.value.append(value)
            self.tree.places[pointer] = Place(event.start, event.end, event.line)
            return pointer
        key, at = holder.key, holder.key_event or event
        holder.key = None
        if key == "<<" and isinstance(value, dict | list):
            holder.merges += value if isinstance(value, list) else [value]
            return f"{holder.pointer}/<<"
        if key in holder.value:
            first = self.tree.line(f"{holder.pointer}/{escaped(str(key))}")
            self._fail(at, f"{holder.pointer or '/'} has the key {str(key)[:80]!r} twice, first on line {first}")
        pointer = f"{holder.pointer}/{escaped(str(key))}"
        holder.value[str(key)] = value
        self.tree.places[pointer] = Place(
            at.start, max(at.end, event.end if event.kind is _Kind.SCALAR else 0), at.line
        )
        return pointer

    def _merge(self, into: dict[str, object], merged: object, event: _Event) -> None:
        if not isinstance(merged, dict):
            self._fail(event, "<< takes an object or a list of objects")
            return
        for key, value in merged.items():
            into.setdefault(key, value)

    def _grow(self, size: int, event: _Event) -> None:
        if not self._open:
            return
        self._open[-1].size += size
        if self._open[-1].size > MAX_NODES:
            self._fail(event, f"it grows to more than {MAX_NODES:,} values, aliases counted where they are used")

    def _fail(self, event: _Event, what: str) -> None:
        raise RequestError(f"{self.tree.name}:{event.line}: {what}", mend="mend the document")


def _key_text(value: object) -> str:
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _plain(text: str) -> object:
    """The value of a scalar without quotes."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text):
        return float(text)
    return text


def _yaml_events(text: str, name: str) -> Iterator[_Event]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    documents = 0
    try:
        for event in yaml.parse(text, Loader=loader):
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    line = _line(event.start_mark)
                    raise RequestError(
                        f"{name}:{line}: a second YAML document begins here", mend="give one document per file"
                    )
            found = _yaml_event(event, name)
            if found is not None:
                yield found
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or "it cannot be read"
        raise RequestError(f"{name}:{line}: this is no YAML: {problem}", mend="mend the document") from error
    except UnicodeError as error:
        raise RequestError(f"{name}: it holds characters that are none", mend="save it as UTF-8") from error


def _yaml_event(event: object, name: str) -> _Event | None:
    import yaml

    if not isinstance(event, yaml.NodeEvent | yaml.CollectionEndEvent):
        return None
    start, end, line = _index(event.start_mark), _index(event.end_mark), _line(event.start_mark)
    if isinstance(event, yaml.CollectionEndEvent):
        return _Event(_Kind.END, start, end, line)
    tag = getattr(event, "tag", None)
    if (tag and not tag.startswith("tag:yaml.org,2002:")) or (tag and "python" in tag):
        raise RequestError(f"{name}:{line}: the tag {tag[:80]} is not read", mend="take the tag out")
    if isinstance(event, yaml.AliasEvent):
        return _Event(_Kind.ALIAS, start, end, line, event.anchor)
    if isinstance(event, yaml.ScalarEvent):
        quoted = event.style in ("'", '"', "|", ">") or tag == "tag:yaml.org,2002:str"
        return _Event(_Kind.SCALAR, start, end, line, event.value if quoted else _plain(event.value), event.anchor)
    kind = _Kind.MAPPING if isinstance(event, yaml.MappingStartEvent) else _Kind.LIST
    return _Event(kind, start, end, line, anchor=getattr(event, "anchor", None))


def _index(mark: object) -> int:
    return int(getattr(mark, "index", 0))


def _line(mark: object) -> int:
    return int(getattr(mark, "line", 0)) + 1


def _json_events(text: str, name: str) -> Iterator[_Event]:
    """The events of a JSON text, which libyaml would not read to the letter (tabs, surrogate pairs)."""
    depth: list[str] = []
    position, line = (1 if text.startswith("\ufeff") else 0), 1
    wants = "value"  # value | key-or-end | key | colon | comma-or-end | value-or-end | nothing
    length = len(text)
    while True:
        found = _JSON_TOKEN.match(text, position)
        if found is None:
            if text[position:].strip() == "" and wants == "nothing":
                return
            rest = position + len(text[position:length]) - len(text[position:length].lstrip())
            where = line + text.count("\n", position, rest)
            shown = text[rest : rest + 20].split("\n")[0] or "the end"
            raise _no_json(name, where, f"unexpected {shown!r}")
        start = found.start(found.lastindex or 0)
        line += text.count("\n", position, start)
        position = found.end()
        mark, quoted, word = found.groups()
        if wants == "nothing":
            raise _no_json(name, line, "something follows the end")
        events, wants = _json_step(mark, quoted, word, wants, depth, (start, position, line, name))
        yield from events


def _json_step(
    mark: str | None,
    quoted: str | None,
    word: str | None,
    wants: str,
    depth: list[str],
    at: tuple[int, int, int, str],
) -> tuple[Iterable[_Event], str]:
    start, end, line, name = at
    after = "comma-or-end"
    if quoted is not None and wants in ("key", "key-or-end"):
        return [_Event(_Kind.SCALAR, start, end, line, _json_value(quoted, name, line))], "colon"
    if (quoted is not None or word is not None) and wants in ("value", "value-or-end"):
        value = _json_value(quoted or word or "", name, line)
        return [_Event(_Kind.SCALAR, start, end, line, value)], after if depth else "nothing"
    if mark in ("{", "[") and wants in ("value", "value-or-end"):
        depth.append(mark)
        kind = _Kind.MAPPING if mark == "{" else _Kind.LIST
        return [_Event(kind, start, end, line)], "key-or-end" if mark == "{" else "value-or-end"
    closes = {"}": ("{", "key-or-end"), "]": ("[", "value-or-end")}
    if mark in closes and depth and depth[-1] == closes[mark][0] and wants in (after, closes[mark][1]):
        depth.pop()
        return [_Event(_Kind.END, start, end, line)], after if depth else "nothing"
    if mark == ":" and wants == "colon":
        return [], "value"
    if mark == "," and wants == after:
        return [], "key" if depth[-1] == "{" else "value"
    raise _no_json(name, line, f"unexpected {(mark or quoted or word or '')[:20]!r}")


def _json_value(token: str, name: str, line: int) -> object:
    import json

    try:
        value: object = json.loads(token)
    except (ValueError, RecursionError) as error:
        raise _no_json(name, line, f"unexpected {token[:20]!r}") from error
    if isinstance(value, str) and "\\u" in token and any("\ud800" <= letter <= "\udfff" for letter in value):
        raise _no_json(name, line, f"{token[:20]!r} holds half a character")
    return value


def _no_json(name: str, line: int, what: str) -> RequestError:
    return RequestError(f"{name}:{line}: this is no JSON: {what}", mend="mend the document")
