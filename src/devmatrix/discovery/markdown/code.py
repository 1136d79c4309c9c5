"""Code blocks: examples in JSON, declarations of types, SQL, endpoint lines, scenarios, lines of the notation."""

import json
import re
from collections.abc import Iterator

from devmatrix.discovery.document import FieldType
from devmatrix.discovery.drafts import EntityDraft, FieldDraft
from devmatrix.discovery.markdown.blocks import Block
from devmatrix.discovery.markdown.described import describe, named
from devmatrix.discovery.markdown.desk import Desk
from devmatrix.discovery.markdown.endpoints import endpoint_in
from devmatrix.discovery.markdown.inline import plain
from devmatrix.discovery.markdown.kinds import read_type
from devmatrix.discovery.markdown.prose import read_claim, read_steps
from devmatrix.discovery.markdown.tables import add
from devmatrix.discovery.naming import enumerate_words
from devmatrix.discovery.notation.lines import reads_as_line
from devmatrix.discovery.sources import Source
from devmatrix.discovery.text import Prose
from devmatrix.discovery.types import inferred
from devmatrix.errors import RequestError

_DECLARES = re.compile(
    r"^\s*(?:export\s+)?(?:interface|type|class|model|message|struct|entity|table|data\s+class|"
    r"record)\s+(?P<name>\w+)\b[^{(:=]*[{(:=]",
    re.I,
)
_BRACED = re.compile(r"^\s*(?P<name>[A-Z]\w*)\s*\{\s*$")
_MEMBER = re.compile(
    r"^\s*(?:(?:readonly|public|private|val|var|const|-|\*|\+)\s+)*(?P<name>[A-Za-z_]\w*)(?P<flag>\?|!)?(?:\s*:\s*|\s+)"
    r"(?P<type>[^;#]+?)\s*(?:[;,]\s*)?(?:(?://|#|--|/\*)\s*(?P<note>.*?))?(?:\*/)?$"
)
_LISTED = re.compile(
    r"^\s*(?:[-*•]\s+)?(?P<name>[A-Za-z_][\w -]{0,40}?)(?P<flag>[?*])?\s*(?::|\s[-–—]\s|\(|->|→)\s*(?P<rest>.+)$"
)
_TYPE_FIRST = re.compile(r"^\s*(?P<type>[a-z]\w*)\s+(?P<name>\w+)\s*(?:\"(?P<note>.*)\")?\s*(?:PK|FK|UK)?\s*$")
_MOVE = re.compile(
    r"^\s*(?P<from>\[\*\]|\w[\w ]*?)\s*(?:-->|->|→|=>)\s*(?P<to>\[\*\]|\w[\w ]*?)\s*(?::\s*(?P<verb>[\w ]+))?\s*$"
)
_FORMS = (
    (FieldType.UUID, re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", re.I)),
    (FieldType.DATETIME, re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")),
    (FieldType.DATE, re.compile(r"\d{4}-\d\d-\d\d$")),
    (FieldType.TIME, re.compile(r"\d\d:\d\d(?::\d\d)?$")),
    (FieldType.EMAIL, re.compile(r"[^@\s]+@[^@\s]+\.\w+$")),
    (FieldType.URL, re.compile(r"https?://\S+$")),
)
_KEPT = frozenset({"id", "created_at", "updated_at", "_id", "uuid"})
_ENVELOPES = frozenset("error errors data result results response items payload meta message".split())
_PAGE = frozenset({"items", "total", "limit", "offset"})


def read_code(block: Block, desk: Desk) -> None:
    """Take what a block of code says."""
    body = desk.text[block.inner : block.stop]
    if not body.strip():
        desk.state(block.start, block.end, True, "an empty block")
    elif block.info in {"sql", "postgresql", "mysql", "sqlite", "psql"}:
        _read_sql(block, body, desk)
    elif re.search(r"^\s*[\"']?(?:openapi|swagger)[\"']?\s*:\s*[\"']?\d", body, re.M):
        reason = "not understood: an OpenAPI document inside a page; give it as a file of its own"
        desk.state(block.start, block.end, False, reason)
    elif block.info in {"json", "jsonc", "json5"} or (not block.info and body.lstrip()[:1] in {"{", "["}):
        _read_json(block, body, desk)
    else:
        _read_lines(block, desk)


def _read_sql(block: Block, body: str, desk: Desk) -> None:
    from devmatrix.discovery.sql import read_sql

    try:
        statements = read_sql(Source(body), desk.draft)
    except RequestError as error:
        desk.state(block.start, block.end, False, f"not understood: {error.message}")
        return
    for statement in statements:
        start, end = block.inner + statement.span.start, block.inner + statement.span.end
        desk.state(start, end, statement.understood, statement.became, *statement.entities)


def _read_json(block: Block, body: str, desk: Desk) -> None:
    try:
        data = json.loads(re.sub(r"^\s*//.*$", "", body, flags=re.M))
    except (ValueError, RecursionError):
        desk.state(block.start, block.end, False, "not understood: no valid JSON stands in this block")
        return
    wrapped = ""
    if isinstance(data, dict) and len(data) == 1 and isinstance(next(iter(data.values())), dict | list):
        wrapped, data = next(iter(data.items()))
    if isinstance(data, dict) and set(data) >= {"items", "total"}:
        data, wrapped = data["items"], "" if set(data) <= _PAGE else "a page of another form"
    data = data[0] if isinstance(data, list) and data else data
    entity = desk.entity() or _wrapped_in(wrapped, data, desk)
    if not isinstance(data, dict) or entity is None or wrapped in _ENVELOPES:
        reason = "not understood: an example, and nothing says of what"
        desk.state(block.start, block.end, False, reason)
        return
    took, left = _from_example(data, entity, desk)
    left += [f"the envelope `{wrapped}`"] if wrapped else []
    shown = f"an example of {entity.name}" + (f": {enumerate_words(took)}" if took else "")
    if left:
        shown = f"not understood: {enumerate_words(left)} of {shown}"
    desk.state(block.start, block.end, not left, shown, entity.name)


def _wrapped_in(wrapped: str, data: object, desk: Desk) -> EntityDraft | None:
    """The entity whose name an envelope such as `{"book": {...}}` bears."""
    if not wrapped.isidentifier() or wrapped.lower() in _ENVELOPES or not isinstance(data, dict) or len(data) < 2:
        return None
    return desk.draft.resolve(wrapped) or desk.draft.declare(wrapped)


def _from_example(data: dict[str, object], entity: EntityDraft, desk: Desk) -> tuple[list[str], list[str]]:
    """Names of the properties that the example gave to the entity, and of those that nothing keeps."""
    took: list[str] = []
    left: list[str] = []
    declared = entity.declared and bool(entity.fields)
    for key, value in data.items():
        item = named(key, desk.draft)
        if item is None or item.name in _KEPT:
            left += [key] if item is None and key not in _KEPT else []
            continue
        if entity.find(item.name) is not None:
            continue
        if declared or not _typed(item, value, desk):
            left.append(key)
            continue
        add(item, entity, desk)
        took.append(item.name)
    return took, left


def _typed(item: FieldDraft, value: object, desk: Desk) -> bool:
    """Give the field the type of an example; whether there is one."""
    if isinstance(value, bool):
        item.type = FieldType.BOOLEAN
    elif isinstance(value, int):
        item.type = FieldType.DECIMAL if inferred(item.name) is FieldType.DECIMAL else FieldType.INTEGER
    elif isinstance(value, float):
        item.type = FieldType.FLOAT if inferred(item.name) is FieldType.FLOAT else FieldType.DECIMAL
    elif value is None:
        item.required = False
    elif isinstance(value, str):
        item.type = _form(item, value)
    elif isinstance(value, list) and item.name.endswith("_ids"):
        return read_type(item, "array of uuid", desk.draft)
    else:
        return False
    return True


def _form(item: FieldDraft, value: str) -> FieldType | None:
    found = next((kind for kind, pattern in _FORMS if pattern.match(value)), None)
    if found is None and re.fullmatch(r"-?\d+\.\d+", value):
        found = FieldType.DECIMAL
    if found is None and re.fullmatch(
        r"(?:string|int(?:eger)?|number|boolean|date(?:time)?|decimal|uuid)\??", value.lower()
    ):
        trial = FieldDraft(item.name)
        from devmatrix.discovery.drafts import Draft

        read_type(trial, value, Draft())
        item.required = trial.required
        found = trial.type
    usual = inferred(item.name)
    return found if found or usual not in {FieldType.STRING, FieldType.TEXT} else usual


def _read_lines(block: Block, desk: Desk) -> None:
    entity: EntityDraft | None = None
    moves: list[tuple[int, int, re.Match[str]]] = []
    for start, end in _lines(block, desk.text):
        text = desk.text[start:end].strip()
        declares = _DECLARES.match(text) or _BRACED.match(text)
        if declares is not None:
            entity = desk.draft.resolve(declares["name"]) or desk.draft.declare(declares["name"])
            desk.state(start, end, True, f"{entity.name}, whose fields follow", entity.name)
        elif not any(character.isalnum() for character in text):
            entity = None if text.startswith(("}", ")")) else entity
        elif entity is not None:
            _read_member(start, end, text, entity, desk)
        elif (move := _MOVE.match(text)) is not None and desk.scope:
            moves.append((start, end, move))
        else:
            _read_line(
                start,
                end,
                text,
                desk,
                known=block.info
                in {
                    "",
                    "text",
                    "txt",
                    "http",
                    "gherkin",
                    "feature",
                    "md",
                    "devmatrix",
                    "notation",
                    "plain",
                    "yaml",
                    "yml",
                },
            )
    if moves:
        _read_moves(moves, desk)


def _lines(block: Block, source: str) -> Iterator[tuple[int, int]]:
    at = block.inner
    for match in (*re.finditer(r"\r\n?|\n", source[block.inner : block.stop]), None):
        stop = block.inner + match.end() if match else block.stop
        if source[at:stop].strip():
            yield at, stop
        at = stop


def _read_member(start: int, end: int, text: str, entity: EntityDraft, desk: Desk) -> None:
    """One field of a declared type, the name first (`title: string;`) or the type (`string title`)."""
    match = _MEMBER.match(text)
    item = named(match["name"] + (match["flag"] or ""), desk.draft) if match else None
    if match is not None and item is not None:
        kind, note = match["type"].strip().rstrip(",;").replace("@", ""), match["note"] or ""
        if kind == "string" and item.name.split("_")[-1] not in {"string", "text"}:
            kind = ""  # of JSON, and what it holds is told by the name
        if read_type(item, kind, desk.draft):
            unread = describe(item, note, desk.draft)
        else:
            typed = _TYPE_FIRST.match(text)
            other = named(typed["name"], desk.draft) if typed else None
            if typed is not None and other is not None and read_type(other, typed["type"], desk.draft):
                item, unread = other, describe(other, typed["note"] or "", desk.draft)
            else:
                unread = describe(item, f"{kind}, {note}".strip(", "), desk.draft, first_is_type=True)
                unread = unread or ([] if item.type or item.target or item.choices else [(0, kind)])
        problem = add(item, entity, desk)
        if not problem and not unread:
            desk.state(start, end, True, f"{entity.name}.{item.name}", entity.name)
            return
        problem = problem or f"not understood: `{unread[0][1]}` of {entity.name}.{item.name}"
        desk.state(start, end, False, problem, entity.name)
        return
    desk.state(start, end, False, f"not understood: no field of {entity.name}", entity.name)


def _read_line(start: int, end: int, text: str, desk: Desk, *, known: bool) -> None:
    claimed = endpoint_in(text) is not None or known
    if claimed and (read_steps(start, end, text, desk) or read_claim(start, end, text, desk)):
        return
    entity = desk.entity() if known and desk.scope and not reads_as_line(text) else None
    match = _LISTED.match(text) if entity is not None else None
    item = named(match["name"] + (match["flag"] or ""), desk.draft) if match else None
    if entity is not None and match is not None and item is not None:
        unread = describe(item, match["rest"].rstrip(")"), desk.draft, first_is_type=True)
        problem = add(item, entity, desk)
        if problem:
            desk.state(start, end, False, problem, entity.name)
        else:
            places = [(start + desk.text[start:end].find(phrase), phrase) for _, phrase in unread]
            desk.state_parts(start, end, f"{entity.name}.{item.name}", (entity.name,), places)
    elif known or reads_as_line(text):
        marked = plain(desk.text, start, end)
        desk.prose.append(Prose(marked.text, marked.places, start, end, desk.scope))
    else:
        desk.state(start, end, False, "not understood: code that declares nothing")


def _read_moves(moves: list[tuple[int, int, re.Match[str]]], desk: Desk) -> None:
    """States of the entity in scope, one move a line: `draft --> review : submit`."""
    from devmatrix.discovery.markdown.matrices import put_moves

    entity = desk.entity()
    told = [(match["from"], match["to"], match["verb"] or "") for _, _, match in moves]
    problem = (
        put_moves(entity, told, desk) if entity is not None else "not understood: states, and nothing says of what"
    )
    for start, end, match in moves:
        became = problem or f"{match['from']} to {match['to']}"
        desk.state(start, end, not problem, became, *([entity.name] if entity else []))
