"""What an item of the notation says about the entity as a whole: states, uniqueness, checks, deletion, access."""

import re
from collections.abc import Sequence

from devmatrix.discovery.document import OperationKind
from devmatrix.discovery.drafts import (
    AccessRule,
    Draft,
    EntityDraft,
    FieldDraft,
    Move,
    Operator,
    QuotaDraft,
    StatesDraft,
    Who,
)
from devmatrix.discovery.naming import choice, singular, snake
from devmatrix.discovery.notation.tokens import NotationError
from devmatrix.discovery.phrases import kinds_of
from devmatrix.discovery.verbs import verb_for_state

_FLAGS = {
    "account": "accounts: its records sign in",
    "soft delete": "deleting keeps the row",
    "soft-delete": "deleting keeps the row",
    "versioned": "writes need the version that they change",
    "owner": "each record belongs to the account that made it",
}
_UNIQUE = re.compile(r"unique\s*\(([^()]+)\)$", re.I)
_CHECK = re.compile(r"check\s+(\w[\w ]*?)\s*(<=|>=|!=|<|>)\s*(\w[\w ]*)$", re.I)
_QUOTA = re.compile(r"(?:at\s+most|max)\s+(\d{1,9})(?:\s+([\w|][\w |]*?))?\s+per\s+([a-z]\w*(?: \w+)?)$", re.I)
_ACCESS = re.compile(r"([\w ,&+/-]+?)\s+by\s+([\w ,&+/-]+)$", re.I)
_LIMIT = re.compile(r"(no|only)(?:\s+|(?=\())([\w ,()&+/-]+)$", re.I)
_STATES = re.compile(r"(?:([a-z]\w*(?: \w+)?)\s+)?states\s+(.+)$", re.I | re.S)
_BARE_CHAIN = re.compile(r"(?:(status|state|stage|phase)\s+)?(.+)$", re.I | re.S)
_ARROW = re.compile(r"\s*(?:-\(([^()]*)\)->|->)\s*")
_OWNED = re.compile(r"(\w+_by|owner|\w+)\s+owner$", re.I)
_PLURAL = re.compile(r"plural\s+([a-z][\w ]{0,40})$", re.I)
_LONGEST_CHAIN = 60
_CALLERS = frozenset("admin admins owner anyone everyone accounts or and the".split())
_SPLIT = re.compile(r"\s*(?:,|/|&|\+|\band\b|\bor\b)\s*|\s+")
_OPERATORS: dict[str, Operator] = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "!=": "!="}


def read_mark(text: str, entity: EntityDraft, draft: Draft) -> str | None:
    """What the item says of the entity, put into the draft; None where it is no mark. Raises NotationError."""
    lowered = re.sub(r"\s+", " ", text.strip().lower())
    if lowered in _FLAGS:
        _set_flag(lowered, entity)
        return _FLAGS[lowered]
    for read in (_read_unique, _read_check, _read_states, _read_owner, _read_quota, _read_limit, _read_plural):
        became = read(text.strip(), entity, draft)
        if became is not None:
            return became
    return _read_access(text.strip(), entity, draft)


def _set_flag(flag: str, entity: EntityDraft) -> None:
    match flag:
        case "account":
            entity.account = True
        case "versioned":
            entity.versioned = True
        case "owner":
            entity.owner_field = entity.owner_field or "owner_id"
        case _:
            entity.soft_delete = True


def _read_unique(text: str, entity: EntityDraft, draft: Draft) -> str | None:
    match = _UNIQUE.match(text)
    if match is None:
        return None
    names = tuple(snake(part) for part in re.split(r"[,+&]", match[1]) if part.strip())
    if len(names) < 2 or not all(names):
        raise NotationError("unique(...) takes two fields or more; mark one alone with `unique`")
    entity.unique_together.append(names)
    return f"{', '.join(names)} are unique together"


def _read_check(text: str, entity: EntityDraft, draft: Draft) -> str | None:
    match = _CHECK.match(text)
    if match is None:
        return None
    left, right = snake(match[1]), snake(match[3])
    if not left or not right:
        raise NotationError("check compares two fields, as in `check start < end`")
    entity.checks.append((left, _OPERATORS[match[2]], right))
    return f"{left} {match[2]} {right}, always"


def _read_quota(text: str, entity: EntityDraft, draft: Draft) -> str | None:
    match = _QUOTA.match(text)
    if match is None:
        return None
    if int(match[1]) < 1:
        raise NotationError("at most 1 or more; where there may be none at all, leave the entity out")
    which = tuple(choice(part) for part in (match[2] or "").split("|") if part.strip())
    quota = QuotaDraft(int(match[1]), snake(match[3]), which)
    return draft.set_quota(entity, quota) or f"at most {match[1]} {' or '.join(which)} per {match[3]}".replace(
        "  ", " "
    )


def _read_owner(text: str, entity: EntityDraft, draft: Draft) -> str | None:
    match = _OWNED.match(text)
    if match is None:
        return None
    name = snake(match[1])
    entity.owner_field = name if name.endswith("_id") else f"{name}_id"
    return f"{entity.owner_field} is the account that made the record"


def _read_plural(text: str, entity: EntityDraft, draft: Draft) -> str | None:
    match = _PLURAL.match(text)
    if match is None:
        return None
    entity.plural = snake(match[1])
    return f"the collection is called {entity.plural}"


def _read_limit(text: str, entity: EntityDraft, draft: Draft) -> str | None:
    match = _LIMIT.match(text)
    if match is None:
        return None
    words = [word for word in _SPLIT.split(match[2].strip("() ")) if word]
    named = [kinds_of(word, for_limit=True) for word in words]
    if not words or not all(named):
        return None
    kinds = frozenset().union(*named)
    if match[1].lower() == "no":
        entity.without |= kinds
        return f"offers no {', '.join(words)}"
    entity.only = (entity.only or frozenset()) | kinds
    return f"offers only {', '.join(words)}"


def _read_access(text: str, entity: EntityDraft, draft: Draft) -> str | None:
    match = _ACCESS.match(text)
    if match is None:
        return None
    kinds: set[OperationKind] = set()
    moves: set[str] = set()
    for word in filter(None, _SPLIT.split(match[1])):
        found = kinds_of(word)
        kinds |= found
        if not found:
            moves.add(snake(word))
    known = {move.name for move in entity.states.moves} if entity.states else set()
    if not kinds and not moves & known:
        if set(match[2].lower().split()) <= _CALLERS:
            raise NotationError(f"`{match[1].strip()}` is neither an operation nor a transition given before it")
        return None
    if moves - known:
        raise NotationError(f"`{min(moves - known)}` is neither an operation nor a transition given before it")
    who = read_who([word for word in _SPLIT.split(match[2]) if word])
    draft.rules.append(AccessRule(who, frozenset(kinds), frozenset(moves), entity.name, only=True))
    return f"{match[1].strip()} only by {match[2].strip()}"


def read_who(words: Sequence[str]) -> Who:
    """The callers that these words name."""
    lowered = [word.lower() for word in words if word.lower() != "the"]
    if not lowered:
        raise NotationError("`by` is followed by who may: admin, owner, a role, accounts or anyone")
    if set(lowered) & {"anyone", "everyone", "anybody", "everybody", "public"}:
        return Who(public=True)
    roles = tuple(
        "admin" if role.startswith("admin") else role
        for role in (snake(singular(word)) for word in lowered)
        if role not in {"owner", "account", "user", "creator"}
    )
    return Who(roles=roles, owner=bool(set(lowered) & {"owner", "owners", "creator", "creators"}))


def _read_states(text: str, entity: EntityDraft, draft: Draft) -> str | None:
    match = _STATES.match(text)
    if match is not None and "->" in match[2]:
        return read_chain(match[2], snake(match[1] or "status"), entity, draft)
    if "-(" in text and entity.states is not None:
        return read_chain(text, entity.states.field, entity, draft)
    bare = _BARE_CHAIN.match(text)
    if bare is not None and text.count("->") > 1:
        return read_chain(bare[2], (bare[1] or "status").lower(), entity, draft)
    return None


def read_chain(text: str, field: str, entity: EntityDraft, draft: Draft) -> str:
    """Put the states of `open -(lend)-> lent -> lost by verb, verb` into the draft; says what they became."""
    chain, _, named = text.partition(" by ")
    if chain.count("->") > _LONGEST_CHAIN:
        raise NotationError(f"a chain has at most {_LONGEST_CHAIN} transitions")
    parts = _ARROW.split(chain)
    groups = [tuple(choice(state) for state in group.split("|")) for group in parts[::2]]
    if not all(state and re.fullmatch(r"[\w-]+", state) for group in groups for state in group) or len(groups) < 2:
        raise NotationError("a state is missing or no word, as in `open -(close)-> closed`")
    verbs = [snake(verb) for verb in re.split(r"\s*,\s*|\s+and\s+", named.strip()) if verb]
    if verbs and len(verbs) != len(groups) - 1:
        raise NotationError(f"{len(groups) - 1} transitions take as many verbs, not {len(verbs)}")
    moves: list[Move] = []
    for index, label in enumerate(parts[1::2]):
        sources, targets = groups[index], groups[index + 1]
        if len(targets) > 1 and index + 2 < len(groups):
            raise NotationError("a chain ends where one of several states is reached")
        name, _, needs = (label or "").partition(" requires ")
        verb = snake(name) or (verbs[index] if verbs else "")
        requires = tuple(snake(need) for need in re.split(r"[&+,]|\band\b", needs) if need.strip())
        moves += [Move(verb or verb_for_state(target), sources, target, requires) for target in targets]
    states = tuple(dict.fromkeys(state for group in groups for state in group))
    problem = draft.set_states(entity, StatesDraft(field, states, _merged(moves)))
    entity.fields.setdefault(field, FieldDraft(name=field, choices=states))
    return problem or f"{len(states)} states of {entity.name}, changed by {', '.join(move.name for move in moves)}"


def _merged(moves: list[Move]) -> list[Move]:
    """Moves of one name to one target become one with all sources; a name with two targets is told apart."""
    merged: list[Move] = []
    for move in moves:
        same = next((known for known in merged if known.name == move.name), None)
        if same is None:
            merged.append(move)
        elif same.target == move.target:
            same.sources = tuple(dict.fromkeys((*same.sources, *move.sources)))
            same.requires = tuple(dict.fromkeys((*same.requires, *move.requires)))
        else:
            merged.append(Move(f"{move.name}_to_{snake(move.target)}", move.sources, move.target, move.requires))
    return merged
