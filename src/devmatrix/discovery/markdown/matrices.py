"""Tables of who may do what, and of which state follows which."""

import re
from collections.abc import Sequence

from devmatrix.discovery.document import OperationKind
from devmatrix.discovery.drafts import AccessRule, EntityDraft, Move, StatesDraft, Who
from devmatrix.discovery.markdown.blocks import Block, Row
from devmatrix.discovery.markdown.described import NO, YES
from devmatrix.discovery.markdown.desk import Desk
from devmatrix.discovery.markdown.inline import words
from devmatrix.discovery.naming import choice, enumerate_words, human, singular, snake, split_words
from devmatrix.discovery.phrases import CHANGES, CREATES, EVERYTHING, READS, kinds_of
from devmatrix.discovery.verbs import base_verb, verb_for_state

_PUBLIC = frozenset("anyone everyone public visitor guest anonymous anybody unauthenticated gast besucher".split())
_ACCOUNT = frozenset("user account authenticated registered member-only benutzer login anyone-signed-in".split())
_OWN = re.compile(r"\b(?:own|owner|self|their\s+own|eigene|own\s+only|only\s+own|nur\s+eigene)\b", re.I)
_LETTERS = {"C": CREATES, "R": READS, "U": CHANGES, "D": frozenset({OperationKind.DELETE}), "W": EVERYTHING - READS}
_FULL = re.compile(r"(?:full(?:\s+access)?|all|crud|everything|manage|admin|voll)$", re.I)
_READ_ONLY = re.compile(r"(?:read[- ]?only|view(?:\s+only)?|read|lesen|nur\s+lesen)$", re.I)


def who_of(text: str) -> Who | None:
    """The callers that a head such as "Guest", "Registered users" or "Librarian" names; None where it names none."""
    parts = [part for part in re.split(r"\s*(?:,|/|&|\bor\b|\band\b|\bund\b)\s*", words(text).strip()) if part]
    public = owner = everyone = False
    roles: list[str] = []
    for part in parts:
        named = [singular(word) for word in split_words(part) if word not in {"the", "any", "a", "an", "role", "only"}]
        if not 1 <= len(named) <= 3:
            return None
        if set(named) & _PUBLIC:
            public = True
        elif named[-1] in {"owner", "creator"} or named == ["author"]:
            owner = True
        elif set(named) <= _ACCOUNT | {"user", "logged", "signed", "in"}:
            everyone = True
        else:
            roles.append("admin" if named[0].startswith("admin") else "_".join(named))
    if public:
        return Who(public=True)
    if not parts:
        return None
    return Who() if everyone else Who(roles=tuple(dict.fromkeys(roles)), owner=owner)


def reads_permissions(block: Block, columns: list[str]) -> bool:
    """Whether a table tells who may do what: by marks, or with operations in its head."""
    head, body = block.rows[0], block.rows[1:]
    if len(head.cells) < 2 or not body or "method" in columns or "path" in columns or "type" in columns:
        return False
    cells = [cell.text.strip() for row in body for cell in row.cells[1:]]
    marks = [cell for cell in cells if _means(cell) is not None]
    operations = [cell for cell in head.cells[1:] if kinds_of(words(cell.text).strip())]
    if len(operations) >= 2 and len(operations) == len(head.cells) - 1:
        return True
    subjects = columns[0] in {"role", "event", "entity", "path", ""} or bool(_acts(words(body[0].cells[0].text)))
    return subjects and len(marks) == len(cells) > 0 and all(who_of(cell.text) for cell in head.cells[1:])


def _means(cell: str) -> str | None:
    """What a mark says: yes, no, own, or the kinds themselves."""
    text = words(cell).strip().strip("()").lower()
    raw = cell.strip().strip("*`_").lower()
    if _OWN.search(text):
        return "own"
    if raw in YES or (text and text in YES):
        return "yes"
    if raw in NO or not raw or text in NO:
        return "no"
    if _FULL.match(text) or _READ_ONLY.match(text) or re.fullmatch(r"[crudw](?:[\s,/]*[crudw]){0,4}", text):
        return "kinds"
    return None


def _acts(label: str) -> tuple[frozenset[OperationKind], str] | None:
    """Kinds and words for the object of a label such as "Delete any book"; None where it is none."""
    label = re.sub(r"\b(?:any|all|an?|the|own|their|every)\b\s*", "", label.strip(), flags=re.I).strip()
    verbs = re.match(r"((?:[a-z]+)(?:\s*(?:,|/|&|\band\b|\bor\b)\s*[a-z]+)*)\b\s*(.*)$", label, re.I)
    if verbs is None:
        return None
    found = [kinds_of(verb) for verb in re.findall(r"[a-z]+", verbs[1], re.I) if verb.lower() not in {"and", "or"}]
    return (frozenset().union(*found), verbs[2]) if found and all(found) else None


def read_permissions(block: Block, desk: Desk) -> None:
    """Take rules of access from the table."""
    head = block.rows[0]
    desk.state(head.start, head.end, True, "the head of a table of who may do what")
    operations = [kinds_of(words(cell.text).strip()) for cell in head.cells[1:]]
    if all(operations):
        _by_operation(block, operations, desk)
        return
    callers = [who_of(cell.text) or Who() for cell in head.cells[1:]]
    for row in block.rows[1:]:
        _by_caller(row, callers, desk)


def _by_caller(row: Row, callers: list[Who], desk: Desk) -> None:
    """A row that names an operation, or a thing, and marks who may."""
    label = words(row.cells[0].text)
    act = _acts(label)
    kinds, thing = act if act else (EVERYTHING, label)
    entity = _entity(thing, desk)
    move = _transition(label, desk) if act is None and entity is None else None
    if move is not None:
        entity, transition = move
        kinds = frozenset({OperationKind.TRANSITION})
    if entity is None:
        desk.state(row.start, row.end, False, f"not understood: `{label}` is no operation on what is kept")
        return
    names = frozenset({transition}) if move is not None else frozenset()
    allowed: dict[frozenset[OperationKind], list[Who]] = {kinds: []} if act or move else {}
    for who, cell in zip(callers, row.cells[1:], strict=False):
        meaning = _means(cell.text)
        own = Who(roles=(), owner=True) if meaning == "own" else who
        covered = _kinds(cell.text) if meaning == "kinds" else kinds
        if meaning != "no":
            allowed.setdefault(covered, []).append(own)
    for covered, whos in allowed.items():
        desk.draft.rules += [AccessRule(who, covered, names, entity.name, only=True) for who in _united(whos)]
    desk.state(row.start, row.end, True, f"who may {label.lower()}: {_label(allowed)}", entity.name)


_NOBODY = Who(roles=("admin",))


def _united(whos: list[Who]) -> list[Who]:
    """Where anyone may, it says nothing that others may, too; where nobody may, administrators remain."""
    public = [who for who in whos if who.public]
    return public[:1] or whos or [_NOBODY]


def _label(allowed: dict[frozenset[OperationKind], list[Who]]) -> str:
    names: list[str] = []
    for who in (who for whos in allowed.values() for who in whos):
        names += ["anyone"] if who.public else [*who.roles, *(["the owner"] if who.owner else [])] or ["every account"]
    return enumerate_words(list(dict.fromkeys(names))) or "administrators alone"


def _by_operation(block: Block, operations: list[frozenset[OperationKind]], desk: Desk) -> None:
    """Rows name things or callers; columns are operations, and cells hold marks or callers."""
    gathered: dict[tuple[str, frozenset[OperationKind]], list[Who]] = {}
    for row in block.rows[1:]:
        label = words(row.cells[0].text)
        entity = _entity(label, desk)
        who = None if entity is not None else who_of(label)
        subject = entity or desk.entity()
        if subject is None or (entity is None and who is None):
            desk.state(row.start, row.end, False, f"not understood: `{label}` is neither a role nor what is kept")
            continue
        unread = []
        for kinds, cell in zip(operations, row.cells[1:], strict=False):
            callers = gathered.setdefault((subject.name, kinds), [])
            meaning = _means(cell.text)
            named = who_of(cell.text) if entity is not None and meaning is None else who
            if meaning == "own":
                callers.append(Who(owner=True))
            elif meaning == "yes" or (meaning is None and named is not None and entity is not None):
                callers.append(named or Who())
            elif meaning != "no":
                unread.append((cell.start, cell.text))
        desk.state_parts(row.start, row.end, f"who may do what with {human(subject.plural)}", (subject.name,), unread)
    for (name, kinds), whos in gathered.items():
        desk.draft.rules += [AccessRule(who, kinds, entity=name, only=True) for who in _united(whos)]


def _kinds(cell: str) -> frozenset[OperationKind]:
    text = words(cell).strip()
    if _FULL.match(text):
        return EVERYTHING
    if _READ_ONLY.match(text):
        return READS
    return frozenset().union(*(_LETTERS[letter] for letter in text.upper() if letter in _LETTERS))


def _entity(label: str, desk: Desk) -> EntityDraft | None:
    return desk.draft.resolve(label) if split_words(label) else desk.entity()


def _transition(label: str, desk: Desk) -> tuple[EntityDraft, str] | None:
    """The transition that "Publish article" names."""
    parts = split_words(label)
    for entity in desk.draft.entities.values():
        for move in entity.states.moves if entity.states else ():
            same = parts and base_verb(parts[0], {move.name}) == move.name
            if same and (len(parts) == 1 or desk.draft.resolve(" ".join(parts[1:])) is entity):
                return entity, move.name
    return None


def read_transitions(block: Block, columns: list[str], desk: Desk) -> None:
    """Take the states of the entity in scope from a table of what follows what."""
    entity = desk.entity()
    for row in block.rows if entity is None else ():
        desk.state(row.start, row.end, False, "not understood: states, and nothing says of what")
    if entity is None:
        return
    moves: list[Move] = []
    states: list[str] = []
    rights: list[tuple[str, Who]] = []
    for row in block.rows[1:]:
        sources, targets, cells = _move_cells(row, columns)
        if not all(re.fullmatch(r"[\w-]+", state) for state in (*sources, *targets)) or not (sources or targets):
            desk.state(row.start, row.end, False, "not understood: no two states stand in this row", entity.name)
            continue
        states += [state for state in (*sources, *targets) if state not in states]
        verb = snake(re.sub(r"\(.*?\)", "", cells.get("event", "")))
        for target in targets if sources else ():
            _add_move(
                moves, Move(verb if verb and len(targets) == 1 else verb_for_state(target), tuple(sources), target)
            )
            who = who_of(cells.get("role", ""))
            rights += [(moves[-1].name, who)] if who and cells.get("role", "").strip(" -–—") else []
        desk.state(row.start, row.end, True, f"{human(entity.name)}: {', '.join((*sources, *targets))}", entity.name)
    problem = desk.draft.set_states(entity, StatesDraft("status", tuple(states), moves)) if states else ""
    head = block.rows[0]
    desk.state(head.start, head.end, not problem, problem or "the head of a table of states", entity.name)
    transition = frozenset({OperationKind.TRANSITION})
    desk.draft.rules += [AccessRule(who, transition, frozenset({name}), entity.name, only=True) for name, who in rights]


def put_moves(entity: EntityDraft, told: Sequence[tuple[str, str, str]], desk: Desk) -> str:
    """Give the entity the states of moves from, to and by which verb, `[*]` for beginning and end. What is wrong."""
    moves: list[Move] = []
    states: list[str] = []
    first = [choice(target) for source, target, _ in told if source == "[*]"]
    for source, target, verb in told:
        pair = [choice(state) for state in (source, target) if state != "[*]"]
        states += [state for state in pair if state not in states]
        if len(pair) == 2:
            _add_move(moves, Move(snake(verb) or verb_for_state(pair[1]), (pair[0],), pair[1]))
    states.sort(key=lambda state: state not in first)
    return desk.draft.set_states(entity, StatesDraft("status", tuple(states), moves))


def _move_cells(row: Row, columns: list[str]) -> tuple[list[str], list[str], dict[str, str]]:
    cells = {column: words(cell.text) for column, cell in zip(columns, row.cells, strict=False)}
    sides = []
    for column in ("from", "to"):
        parts = re.split(r"\s*[,|/]\s*|\s+or\s+", cells.get(column, ""))
        sides.append([choice(part) for part in parts if part.strip("-–—()* ")])
    return sides[0], sides[1], cells


def _add_move(moves: list[Move], move: Move) -> None:
    for known in moves:
        if known.name == move.name and known.target == move.target:
            known.sources = tuple(dict.fromkeys((*known.sources, *move.sources)))
            moves.remove(known)
            moves.append(known)
            return
        if known.name == move.name:
            move.name = f"{move.name}_to_{snake(move.target)}"
    moves.append(move)
