"""Rules for what is done to a record by a path of its own."""

from devmatrix.discovery.naming import split_words
from devmatrix.discovery.openapi.classified import Classified
from devmatrix.discovery.openapi.classifying.forms import Holds
from devmatrix.discovery.openapi.classifying.roles import Role
from devmatrix.discovery.openapi.classifying.scene import UNSAID, K, Spot
from devmatrix.discovery.openapi.classifying.states import change_of, is_state_verb
from devmatrix.discovery.openapi.classifying.words import joined, one
from devmatrix.discovery.shapes import Property, Shape, ShapeKind


def state(spot: Spot) -> Classified | None:
    """A deed that shows in the record: its state, a flag, a moment."""
    if not _is_deed(spot):
        return None
    shown = _shown(spot)
    named = _property(spot, shown)
    if named is not None:
        return _one_property(spot, named)
    change = change_of(spot.scene.shapes, shown, spot.word, spot.sight.text)
    said = spot.sight.given.summary.split()
    if change is None and said and is_state_verb(said[0]):
        change = change_of(spot.scene.shapes, shown, said[0], "")
    if change is not None and spot.method == "DELETE":
        change = _undone(spot, shown, change)
    if change is None and _assigns(spot, shown):
        return spot.verdict(spot.nest(K.PATCH), "sets properties that its body gives")
    if change is None or not _fits(spot):
        return None
    return spot.verdict(K.TRANSITION, f"it shows in {change[0]}", verb=spot.word, becomes=change)


def _undone(spot: Spot, shown: Shape | None, change: tuple[str, str | bool]) -> tuple[str, str | bool] | None:
    """What DELETE of a deed leads to: the flag is off again, or the state is the one that was first."""
    name, value = change
    item = shown.property(name) if shown is not None else None
    if item is None:
        return None
    if isinstance(value, bool):
        return (name, not value) if spot.scene.shapes.resolve(item.shape).kind is ShapeKind.BOOLEAN else None
    first = spot.scene.shapes.choices_of(item.shape)[0]
    return (name, first) if first != value else None


def _is_deed(spot: Spot) -> bool:
    """One literal below a record (or the caller's account), with a method that changes."""
    if spot.method not in ("POST", "PUT", "PATCH", "DELETE") or spot.group is None or len(spot.tail) != 1:
        return False
    if spot.tail[0].is_parameter or not (spot.on_record or spot.role in (Role.CALLER, Role.SINGLE)):
        return False
    if spot.method == "DELETE":
        pair = any(sight.method in ("POST", "PUT") for sight in spot.sight.node.sights)
        return pair and spot.body.holds is Holds.NOTHING
    told = spot.answer.holds in UNSAID or spot.answer.holds is Holds.TEXT
    return told or (spot.answer.holds is Holds.RECORD and spot.shows_own(spot.answer))


def _shown(spot: Spot) -> Shape | None:
    """The fullest form of the record."""
    forms = spot.group.answers if spot.group is not None else []
    return max((form.record for form in forms if form.record), key=lambda shape: len(shape.properties), default=None)


def _property(spot: Spot, shown: Shape | None) -> Property | None:
    """The property that the literal names, where the body gives it: PUT /tasks/{id}/status."""
    asked = frozenset(joined(name) for name in spot.sight.query())
    given = spot.body.names or (asked if spot.body.holds is Holds.NOTHING else frozenset())
    for item in shown.properties if shown is not None else ():
        if joined(item.name) == joined(spot.word) and joined(item.name) in given and len(given) <= 2:
            return item
    return None


def _one_property(spot: Spot, item: Property) -> Classified | None:
    resolved = spot.scene.shapes.resolve(item.shape)
    if spot.scene.shapes.choices_of(item.shape) or resolved.kind is ShapeKind.BOOLEAN:
        return spot.verdict(K.TRANSITION, f"its body says what {item.name} becomes", verb=spot.word)
    return spot.verdict(spot.nest(K.PATCH), f"changes {item.name} alone")


_ASSIGNS = frozenset("assign set change update edit move rename reschedule relocate transfer".split())


def _assigns(spot: Spot, shown: Shape | None) -> bool:
    """Whether the body gives properties of the record, and the path says that it sets them: /boats/{id}/assign-pier."""
    known = {joined(item.name): split_words(item.name) for item in shown.properties} if shown is not None else {}
    if spot.body.holds is not Holds.RECORD or not spot.body.names or not spot.body.names <= set(known):
        return False
    words = {one(word) for word in split_words(spot.word)}
    return bool(words & _ASSIGNS) or any(words & set(known[name]) for name in spot.body.names)


def _fits(spot: Spot) -> bool:
    """Whether the body, if there is one, says nothing that goes beyond the record."""
    if spot.body.holds is not Holds.RECORD or spot.group is None:
        return spot.body.holds in (Holds.NOTHING, Holds.OTHER, Holds.NOTICE)
    known = spot.group.shown
    needed = {joined(item.name) for item in spot.body.record.properties if item.required} if spot.body.record else set()
    return needed <= known or len(spot.body.names & known) * 2 >= len(spot.body.names) or len(needed) <= 1
