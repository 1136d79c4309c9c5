"""What a deed changes in a record: the choice of an enum, a flag, a moment, as its verb and the words around say."""

import re
from itertools import pairwise

from devmatrix.discovery.naming import split_words
from devmatrix.discovery.openapi.classifying.shapes import Shapes
from devmatrix.discovery.openapi.classifying.words import joined, same_root
from devmatrix.discovery.shapes import Property, Shape, ShapeKind

_RESULTS = dict(
    pair.split("/")
    for pair in """pay/paid send/sent begin/started start/started,in_progress,active,running,ongoing
    finish/finished,completed,done,ended complete/completed,done,finished done/done,completed reopen/open,reopened
    submit/submitted,pending,in_review take/taken buy/bought,sold sell/sold give/given hold/on_hold,held win/won
    lose/lost void/void,voided enable/enabled,active disable/disabled,inactive activate/active,activated,enabled
    deactivate/inactive,deactivated,disabled resume/active,in_progress,running,resumed unpause/active,running
    publish/published,public,live unpublish/draft,unpublished,private restore/active,open,restored,available
    withdraw/withdrawn freeze/frozen unfreeze/active,unfrozen checkin/checked_in,arrived checkout/checked_out,departed
    return/returned,available finalize/open,finalized,final dispatch/dispatched,shipped,in_transit
    ship/shipped,in_transit deliver/delivered lock/locked unlock/unlocked,open,active merge/merged
    block/blocked unblock/available,active,unblocked,open accept/accepted,approved decline/declined,rejected
    reject/rejected,declined,denied approve/approved,accepted deny/denied,rejected receive/received
    close/closed,resolved open/open,opened archive/archived,inactive unarchive/active,open,unarchived
    ban/banned,suspended unban/active suspend/suspended unsuspend/active reinstate/active
    abort/aborted,cancelled stop/stopped,inactive terminate/terminated fulfill/fulfilled,completed
    refund/refunded reserve/reserved release/released,available,free expire/expired cancel/cancelled,canceled
    verify/verified confirm/confirmed assign/assigned,in_progress claim/claimed,assigned borrow/borrowed,lent
    lend/lent,on_loan retire/retired hide/hidden show/visible mute/muted escalate/escalated resolve/resolved
    renew/renewed revoke/revoked launch/launched,live,active go_live/live read/read unread/unread""".split()
)
_WAITS = frozenset("requires require awaiting awaits await needs pending waiting to ready".split())
_DONE = frozenset("succeeded success completed complete done".split())
_UNDOES = ("un", "de", "dis", "re")
_LEADS = re.compile(
    r"(?:->|→|=>|\bto\b|\bbecomes?\b|\bis set to\b|\binto\b|\bas\b|\bwird\b|\bto be\b)\s*[`'\"*]*([\w-]+(?: [\w-]+)?)",
    re.I,
)


def change_of(shapes: Shapes, record: Shape | None, verb: str, text: str) -> tuple[str, str | bool] | None:
    """(property, the value that it gets); none where nothing of the record tells of the deed."""
    words = split_words(verb)
    if record is None or not words:
        return None
    if words[0] in ("mark", "set", "make") and len(words) > 1:
        words = tuple(word for word in words[1:] if word not in ("as", "the", "to"))
    record = _opened(shapes, record)
    enums = [item for item in record.properties if len(shapes.choices_of(item.shape)) > 1]
    results = _results(words)
    for exact in (True, False):
        for item in enums:
            for choice in shapes.choices_of(item.shape):
                if _means(words, results, choice, exact=exact):
                    return item.name, choice
    return (
        _flag(shapes, record, words, results)
        or _told(shapes, enums, text)
        or _undone(shapes, enums, words)
        or _awaited(shapes, enums, words)
    )


def _opened(shapes: Shapes, record: Shape) -> Shape:
    """With what stands in `attributes`, where a record keeps its properties there."""
    inner = record.property("attributes")
    owner = shapes.object_of(inner.shape) if inner is not None else None
    if owner is None:
        return record
    return record.model_copy(update={"properties": (*record.properties, *owner.properties)})


def _awaited(shapes: Shapes, enums: list[Property], words: tuple[str, ...]) -> tuple[str, str | bool] | None:
    """What comes after the choice that waits for the deed: requires_approval, awaiting-payment."""
    for item in enums:
        choices = shapes.choices_of(item.shape)
        for before, after in pairwise(choices):
            parts = split_words(before)
            if len(parts) > 1 and parts[0] in _WAITS and all(same_root(parts[-1], word) for word in words[:1]):
                return item.name, next((choice for choice in choices if joined(choice) in _DONE), after)
    return None


def _results(words: tuple[str, ...]) -> list[str]:
    whole = "".join(words)
    return (_RESULTS.get(whole) or _RESULTS.get("_".join(words)) or _RESULTS.get(words[0] if words else "", "")).split(
        ","
    )


def _means(words: tuple[str, ...], results: list[str], choice: str, *, exact: bool) -> bool:
    name = joined(choice)
    if exact:
        return name in results or name.replace("_", "") == "".join(words)
    parts = split_words(choice)
    return len(parts) == len(words) and all(same_root(one, other) for one, other in zip(parts, words, strict=True))


def _told(shapes: Shapes, enums: list[Property], text: str) -> tuple[str, str | bool] | None:
    """The choice that the words around say it leads to: "draft -> open", "becomes archived"."""
    led = [joined(found) for found in _LEADS.findall(text)]
    for item in enums:
        for choice in shapes.choices_of(item.shape):
            if any(word == joined(choice) or word.split("_")[0] == joined(choice) for word in led):
                return item.name, choice
    return None


def _undone(shapes: Shapes, enums: list[Property], words: tuple[str, ...]) -> tuple[str, str | bool] | None:
    """The first choice, where the deed undoes another one: unblock, where there is blocked."""
    for prefix in ("un", "de", "dis"):
        if not words[0].startswith(prefix) or len(words[0]) < len(prefix) + 3:
            continue
        for item in enums:
            choices = shapes.choices_of(item.shape)
            if any(same_root(joined(choice), words[0][len(prefix) :]) for choice in choices[1:]):
                return item.name, choices[0]
    return None


def _flag(shapes: Shapes, record: Shape, words: tuple[str, ...], results: list[str]) -> tuple[str, str | bool] | None:
    for item in record.properties:
        resolved = shapes.resolve(item.shape)
        parts = [part for part in split_words(item.name) if part not in ("is", "has", "was")]
        if not parts:
            continue
        if resolved.kind is ShapeKind.BOOLEAN:
            value = _turned(parts, words, results)
            if value is not None:
                return item.name, value
        elif resolved.format in ("date-time", "date") and parts[-1] in ("at", "on", "date", "time"):
            moment = _turned(parts[:-1], words, results)
            if moment:
                return item.name, True
    return None


def _turned(parts: list[str], words: tuple[str, ...], results: list[str]) -> bool | None:
    name = "_".join(parts)
    if name and (name in results or same_root(name, "_".join(words))):
        return True
    for prefix in _UNDOES:
        undone = words[0][len(prefix) :] if words[0].startswith(prefix) else ""
        if len(undone) > 2 and (same_root(name, undone) or name in _RESULTS.get(undone, "").split(",")):
            return False
    if words[0] in ("disable", "deactivate") and name in ("enabled", "active"):
        return False
    return None


def is_state_verb(verb: str) -> bool:
    """Whether a verb speaks of a record's own state, whoever looks: publish, lock, archive."""
    word = joined(verb)
    return word in _RESULTS or any(word.startswith(prefix) and word[len(prefix) :] in _RESULTS for prefix in _UNDOES)
