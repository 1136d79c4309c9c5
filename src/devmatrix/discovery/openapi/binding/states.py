"""States and the operations that move records between them."""

import re
from dataclasses import replace

from devmatrix.discovery.document import Attribute, Default, FieldType, OperationKind, StateMachine, Transition
from devmatrix.discovery.interface import Write
from devmatrix.discovery.naming import split_words
from devmatrix.discovery.openapi.binding.associations import TOGGLES, sides, toggled_flag
from devmatrix.discovery.openapi.binding.drafts import Desk, EntityDraft
from devmatrix.discovery.openapi.binding.words import key, stem
from devmatrix.discovery.openapi.classified import Classified

_RESULTS = {
    "pay": "paid",
    "send": "sent",
    "begin": "started",
    "start": "started in_progress active running",
    "finish": "finished completed done",
    "complete": "completed done finished",
    "done": "done completed",
    "open": "open",
    "reopen": "open reopened",
    "submit": "submitted pending in_review",
    "take": "taken",
    "buy": "bought",
    "sell": "sold",
    "give": "given",
    "hold": "on_hold held",
    "win": "won",
    "lose": "lost",
    "void": "void voided",
    "enable": "enabled active",
    "disable": "disabled inactive",
    "activate": "active activated",
    "deactivate": "inactive deactivated disabled",
    "resume": "active in_progress running resumed",
    "unpause": "active running",
    "pause": "paused",
    "publish": "published public",
    "unpublish": "draft unpublished",
    "archive": "archived",
    "unarchive": "active open",
    "restore": "active open restored",
    "stop": "stopped",
    "terminate": "terminated",
    "assign": "assigned in_progress",
    "withdraw": "withdrawn",
    "freeze": "frozen",
    "break": "broken",
    "choose": "chosen",
    "write": "written",
    "lend": "lent",
    "find": "found",
    "checkin": "checked_in",
    "checkout": "checked_out",
    "return": "returned",
    "finalize": "open finalized",
    "dispatch": "dispatched shipped",
    "deliver": "delivered",
    "lock": "locked",
    "unlock": "unlocked open active",
    "merge": "merged",
    "confirm": "confirmed",
    "mark": "",
}
_UNDOES = ("un", "de", "re", "dis")
_NEGATIVE = re.compile(
    r"\b(cannot|can't|can not|may not|must not|not (?:be )?(?:allowed|possible)|unless|already)\b", re.I
)
_NARROWING = re.compile(
    r"(\b(only|must be|has to be|when|while|from|currently|in (?:the )?status|in (?:the )?state|to)\b|->|→)", re.I
)


def move_toggles(desk: Desk) -> None:
    """Take toggles that no account can hold, and that lead to a state of the record, for transitions."""
    for operation in desk.operations:
        draft = desk.drafts.get(operation.resource or "")
        if operation.kind not in TOGGLES or draft is None or sides(desk, operation) is not None:
            continue
        if toggled_flag(desk, draft, operation) is None and target_of(desk, draft, operation) is not None:
            desk.replace(operation, replace(operation, kind=OperationKind.TRANSITION))


def add_states(desk: Desk) -> None:
    """The state machine of each entity, and what each transition writes."""
    for draft in desk.drafts.values():
        moves: list[Transition] = []
        field = ""
        for operation in desk.about[draft.name]:
            if operation.kind is not OperationKind.TRANSITION:
                continue
            found = target_of(desk, draft, operation)
            if found is None or draft.attributes[found.attribute].type is not FieldType.ENUM:
                continue
            if found.attribute in draft.settable or draft.given(found.attribute) is not None:
                continue
            if field in ("", found.attribute):
                field = found.attribute
                moves.append(_move(desk, draft, operation, found, moves))
        if moves:
            _set_machine(desk, draft, field, tuple(moves))


def _move(desk: Desk, draft: EntityDraft, operation: Classified, write: Write, moves: list[Transition]) -> Transition:
    wished = key(operation.verb) or key(str(write.value))
    taken = {move.name for move in moves}
    name = next(one for one in (wished, *(f"{wished}_{n}" for n in range(2, 999))) if one not in taken)
    desk.transitions[operation.operation.endpoint.pointer] = name
    choices = draft.attributes[write.attribute].choices
    target = str(write.value)
    return Transition(name=name, sources=_sources(desk, operation, choices, target), target=target)


def _sources(desk: Desk, operation: Classified, choices: tuple[str, ...], target: str) -> tuple[str, ...]:
    """All states but the target, unless the words name those from which it goes."""
    others = tuple(choice for choice in choices if choice != target)
    refused = [reply.description for reply in operation.operation.endpoint.replies if 400 <= reply.status < 500]
    for sentence in re.split(r"[.;\n]", " . ".join((*desk.texts(operation), *refused))):
        said = tuple(one for one in others if _mentions(sentence, one))
        if not said:
            continue
        if _NEGATIVE.search(sentence):
            left = tuple(one for one in others if one not in said)
            return left or others
        if _NARROWING.search(sentence):
            return said
    return others


def _set_machine(desk: Desk, draft: EntityDraft, field: str, moves: tuple[Transition, ...]) -> None:
    attribute = draft.attributes[field]
    documented = attribute.default.value if attribute.default else None
    initial = str(documented) if documented in attribute.choices else attribute.choices[0]
    draft.states = StateMachine(field=field, initial=initial, transitions=moves)
    draft.attributes[field] = attribute.model_copy(
        update={"server_set": True, "required": False, "default": Default(kind="literal", value=initial)}
    )
    if documented is None:
        desk.assume(f"A new {draft.name} has the {field} {initial}", "no default is documented: the first choice")
    for move in moves:
        if set(move.sources) == {choice for choice in attribute.choices if choice != move.target}:
            desk.assume(
                f"{draft.name}: {move.name} leads to {move.target} from every other {field}",
                "the document does not say from which",
            )


def target_of(desk: Desk, draft: EntityDraft, operation: Classified) -> Write | None:
    """What a transition writes: the choice of an enum, or the boolean, that its verb or its words result in."""
    if operation.becomes is not None:
        name, value = operation.becomes
        attribute = draft.attributes.get(name)
        fitting = attribute is not None and (
            value in attribute.choices if attribute.type is FieldType.ENUM else attribute.type is FieldType.BOOLEAN
        )
        if fitting:
            return Write(attribute=name, place="constant", value=value)
    words = split_words(operation.verb or _last_word(operation))
    if not words:
        return None
    return _by_verb(draft, words) or _by_words(desk, draft, operation) or _undone(draft, words)


def _enums(draft: EntityDraft) -> list[Attribute]:
    return [one for one in draft.attributes.values() if one.type is FieldType.ENUM]


def _by_words(desk: Desk, draft: EntityDraft, operation: Classified) -> Write | None:
    """The only choice that the words name, or the one to which they say that it goes."""
    text = " ".join(desk.texts(operation))
    for attribute in _enums(draft):
        named = [one for one in attribute.choices if _mentions(text, one)]
        led_to = [one for one in named if re.search(rf"(?:->|→|\bto) *[\"'`]?{_loosely(one)}\b", text, re.I)]
        chosen = led_to if len(led_to) == 1 else named
        if len(chosen) == 1:
            return Write(attribute=attribute.name, place="constant", value=chosen[0])
    return None


def _loosely(choice: str) -> str:
    return re.escape(choice).replace("_", "[ _-]?")


def _mentions(text: str, choice: str) -> bool:
    return re.search(rf"\b{_loosely(choice)}\b", text, re.I) is not None


def _undone(draft: EntityDraft, words: tuple[str, ...]) -> Write | None:
    """`unfreeze` takes what is frozen back to the beginning."""
    if not words[0].startswith("un") or len(words[0]) < 5:
        return None
    root = (words[0][2:], *words[1:])
    undone = _by_verb(draft, root)
    attribute = draft.attributes.get(undone.attribute) if undone is not None else None
    if attribute is None or attribute.type is not FieldType.ENUM:
        return None
    documented = attribute.default.value if attribute.default else None
    first = documented if documented in attribute.choices else attribute.choices[0]
    return Write(attribute=attribute.name, place="constant", value=first)


def _by_verb(draft: EntityDraft, words: tuple[str, ...]) -> Write | None:
    wanted = _results(words)
    for exact in (True, False):
        for attribute in draft.attributes.values():
            for choice in attribute.choices if attribute.type is FieldType.ENUM else ():
                if _means(wanted, words, choice, exact=exact):
                    return Write(attribute=attribute.name, place="constant", value=choice)
    return _flag(draft, words, wanted)


def _last_word(operation: Classified) -> str:
    literal = [part for part in operation.operation.path.split("/") if part and not part.startswith("{")]
    return literal[-1] if literal else ""


def _results(words: tuple[str, ...]) -> list[str]:
    verb = "".join(words[:2]) if "".join(words[:2]) in _RESULTS else words[0]
    if verb == "mark":
        return ["_".join(word for word in words[1:] if word not in ("as", "the"))]
    return _RESULTS.get(verb, "").split()


def _means(wanted: list[str], words: tuple[str, ...], choice: str, *, exact: bool) -> bool:
    name = key(choice)
    if exact:
        return name in wanted or name == "_".join(words)
    parts = split_words(choice)
    return len(parts) == len(words) and [stem(part) for part in parts] == [stem(word) for word in words]


def _flag(draft: EntityDraft, words: tuple[str, ...], wanted: list[str]) -> Write | None:
    verb = words[0]
    for attribute in draft.attributes.values():
        if attribute.type is not FieldType.BOOLEAN:
            continue
        parts = [part for part in split_words(attribute.name) if part not in ("is", "has", "was")]
        if not parts:
            continue
        if "_".join(parts) in wanted or stem(parts[-1]) == stem(verb):
            return Write(attribute=attribute.name, place="constant", value=True)
        undone = [verb[len(prefix) :] for prefix in _UNDOES if verb.startswith(prefix) and len(verb) > len(prefix) + 2]
        if any(stem(one) == stem(parts[-1]) or "_".join(parts) in _RESULTS.get(one, "").split() for one in undone):
            return Write(attribute=attribute.name, place="constant", value=False)
    return None


def plain_enums(draft: EntityDraft) -> list[Attribute]:
    """Enums that nobody sets: they start with the documented default, else the first choice."""
    return [
        attribute
        for attribute in draft.attributes.values()
        if attribute.type is FieldType.ENUM and attribute.server_set and attribute.default is None
    ]
