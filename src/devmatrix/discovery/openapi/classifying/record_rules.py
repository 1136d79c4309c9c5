"""Rules for records in collections, single records, and lists of values."""

from dataclasses import replace

from devmatrix.discovery.openapi.classified import Classified
from devmatrix.discovery.openapi.classifying.forms import Form, Holds
from devmatrix.discovery.openapi.classifying.roles import Role, alike
from devmatrix.discovery.openapi.classifying.scene import UNSAID, K, Spot
from devmatrix.discovery.openapi.classifying.shapes import escaped
from devmatrix.discovery.openapi.classifying.words import ID_WORDS, REPORTS, joined, listed, one

_READABLE = frozenset({Holds.RECORD, *UNSAID})


def collection(spot: Spot) -> Classified | None:
    """At the collection itself."""
    if not spot.at_home or spot.role is not Role.COLLECTION:
        return None
    key = key_elsewhere(spot)
    if spot.method == "GET":
        if key and spot.answer.holds is Holds.RECORD:
            return spot.verdict(spot.nest(K.READ), "reads one record, whose key is in the query", key_at=key)
        listed = spot.answer.holds is Holds.RECORDS or spot.answer.holds in UNSAID
        return spot.verdict(spot.nest(K.LIST), "lists a collection") if listed else None
    if spot.method == "POST":
        if spot.route_verb_updates() and key:
            return spot.verdict(spot.nest(K.PATCH), "changes one record, whose key is in the request", key_at=key)
        fits = spot.body.holds in (Holds.RECORD, *UNSAID) and not _only_key(spot) and _speaks_of_it(spot)
        return spot.verdict(spot.nest(K.CREATE), "makes a record of a collection") if fits else None
    if not key:
        return None
    kinds = {"PUT": K.REPLACE, "PATCH": K.PATCH, "DELETE": K.DELETE}
    kind = kinds.get(spot.method)
    return spot.verdict(spot.nest(kind), "one record, whose key is in the request", key_at=key) if kind else None


def _only_key(spot: Spot) -> bool:
    """Whether the body gives the key of a record, and nothing of what it is."""
    return spot.group is not None and spot.body.names == {"id"} and len(spot.group.shown) > 1


def _speaks_of_it(spot: Spot) -> bool:
    """Whether the body gives, or the answer shows, anything of the record, as far as its properties are known."""
    if spot.group is None or not spot.group.shown or not spot.body.names:
        return True
    return bool(spot.body.names & spot.group.properties) or spot.answer.holds is not Holds.RECORDS


def key_elsewhere(spot: Spot) -> str:
    """The key of the record outside the path: a pointer into the body, or a query parameter; empty: none."""
    owners = {one(spot.resource or ""), *(spot.group.words if spot.group else ())}
    if spot.method in ("GET", "DELETE"):
        for name, needed in spot.sight.query().items():
            if (needed or spot.sight.route.verb) and _is_key(name, owners):
                return name
    if spot.body.holds is Holds.RECORD and spot.body.record is not None and spot.method != "POST":
        for item in spot.body.record.properties:
            if spot.scene.shapes.is_scalar(item.shape) and _is_key(item.name, owners):
                return f"{spot.body_at()}/{escaped(item.name)}"
    if spot.method in ("PUT", "PATCH"):
        for name, needed in spot.sight.query().items():
            if needed and _is_key(name, owners):
                return name
    return ""


def _is_key(name: str, owners: set[str]) -> bool:
    words = joined(name).split("_")
    if "_".join(words) in owners:
        return True
    if words[-1] not in ID_WORDS or words[-1] in ("name", "number", "no", "nr"):
        return "_".join(words) in {f"{own}_number" for own in owners}
    return len(words) == 1 or "_".join(words[:-1]) in owners or words[0] in {own.split("_")[-1] for own in owners}


def record(spot: Spot) -> Classified | None:
    """At one record of a collection."""
    if not spot.at_record:
        return None
    if spot.method == "GET":
        reply = spot.sight.given.success
        checks = reply is not None and reply.status == 204
        readable = spot.answer.holds in _READABLE and not checks
        return spot.verdict(spot.nest(K.READ), "reads a record") if readable else None
    if spot.method == "DELETE":
        return spot.verdict(spot.nest(K.DELETE), "deletes a record")
    gives = spot.body.holds is Holds.RECORD or bool(spot.own_query())
    if spot.method in ("PUT", "PATCH"):
        unsaid = spot.body.holds is Holds.NOTHING and spot.answer.holds in UNSAID and not spot.group_has_shape()
        fits = gives or spot.body.holds is Holds.OTHER or unsaid
        kind = K.REPLACE if spot.method == "PUT" else K.PATCH
        return spot.verdict(spot.nest(kind), "changes a record") if fits else None
    if spot.method == "POST" and (
        spot.is_own_body() or _is_only_change(spot) or (spot.body.holds is Holds.NOTHING and spot.own_query())
    ):
        return spot.verdict(spot.nest(K.PATCH), "changes a record: its body gives properties of it")
    return None


def _is_only_change(spot: Spot) -> bool:
    """Whether nothing is said of the body, and records are changed in no other way."""
    others = any(sight.method in ("PUT", "PATCH") for sight in spot.sight.node.sights)
    return spot.body.holds is Holds.OTHER and not others and not spot.group_has_shape()


def single(spot: Spot) -> Classified | None:
    """At the one record of its kind."""
    if not spot.at_home or spot.role is not Role.SINGLE:
        return None
    kinds = {"GET": K.READ, "PUT": K.REPLACE, "PATCH": K.PATCH, "DELETE": K.DELETE, "POST": K.CREATE}
    kind = kinds.get(spot.method)
    if kind is None or (spot.method not in ("GET", "DELETE") and not (spot.is_own_body() or _is_unsaid(spot))):
        return None
    if spot.method == "POST" and not any(sight.method == "DELETE" for sight in spot.sight.node.sights):
        kind = K.PATCH if any(sight.method == "GET" for sight in spot.sight.node.sights) and _changes(spot) else kind
    return spot.verdict(spot.nest(kind), "the one record of its kind here")


def _is_unsaid(spot: Spot) -> bool:
    """Whether nothing is said of what the body gives."""
    return spot.method != "POST" and spot.body.holds is Holds.OTHER


def _changes(spot: Spot) -> bool:
    reply = spot.sight.given.success
    return reply is None or reply.status != 201


def view(spot: Spot) -> Classified | None:
    """A list below a collection that shows some of its records: /books/recent."""
    if spot.method != "GET" or spot.on_record or spot.role is not Role.COLLECTION or len(spot.tail) != 1:
        return None
    if spot.tail[0].is_parameter or spot.tail[0].token.name in REPORTS:
        return None
    if spot.answer.holds is Holds.RECORDS and (spot.answer.record is None or spot.shows_own(spot.answer)):
        return spot.verdict(spot.nest(K.LIST), "lists records of the collection above", verb=spot.word)
    return None


def related(spot: Spot) -> Classified | None:
    """A record of another kind that belongs to this one: /invoices/{id}/customer."""
    if spot.method != "GET" or not spot.on_record or len(spot.tail) != 1 or spot.answer.holds is not Holds.RECORD:
        return None
    other = spot.scene.atlas.named(spot.word)
    shown = spot.scene.atlas.group_of(spot.answer)
    if other is None or other is spot.group or shown is not other:
        return None
    return spot.verdict(K.NESTED_READ, "reads the record of another kind that belongs to this one", group=other)


def made_elsewhere(spot: Spot) -> Classified | None:
    """A record of a known kind, made under another name: it answers 201 with the new record."""
    reply = spot.sight.given.success
    if spot.method != "POST" or spot.sight.node.has_record_above() or spot.sight.node.is_parameter:
        return None
    if reply is None or reply.status != 201 or spot.answer.holds is not Holds.RECORD or not spot.answer.name:
        return None
    group = spot.scene.atlas.group_of(spot.answer)
    if group is None or spot.body.holds is not Holds.RECORD or not alike(spot.body.names, group.shown):
        return None
    return spot.verdict(K.CREATE, "answers 201 with a new record of a known kind", group=group)


def values(spot: Spot) -> Classified | None:
    """All values that some property has, such as all categories in use."""
    if spot.method != "GET" or spot.answer.holds is not Holds.VALUES or spot.sight.node.has_record_above():
        return None
    if spot.sight.node.is_parameter or any(needed for needed in spot.sight.query().values()):
        return None
    wanted = {listed(spot.sight.node.token.text), listed(spot.answer.at[1:])} - {""}
    for group in spot.scene.groups.all():
        for form in group.answers:
            for item in form.record.properties if form.record else ():
                if listed(item.name) in wanted and _is_value(spot, form, item.name):
                    why = f"lists the values of {item.name} in {spot.scene.atlas.name_of(group)}"
                    return replace(spot.verdict(K.LIST, why), resource=None)
    return None


def _is_value(spot: Spot, form: Form, name: str) -> bool:
    item = form.record.property(name) if form.record else None
    if item is None:
        return False
    items = spot.scene.shapes.items_of(item.shape)
    return spot.scene.shapes.is_scalar(items if items is not None else item.shape)
