"""Lists: what is in them, filters, pages, orders."""

from collections.abc import Sequence
from functools import partial

from pydantic import JsonValue

from devmatrix.discovery.interface import Filter
from devmatrix.discovery.proofs.imported.asking import (
    ask,
    comparable,
    filter_shape,
    needed,
    ordered,
    scene_of,
    search_body,
    several,
    there,
)
from devmatrix.discovery.proofs.imported.bodies import parts, put
from devmatrix.discovery.proofs.imported.calls import Voice, segment
from devmatrix.discovery.proofs.imported.pages import ordering_drafts, paging_drafts
from devmatrix.discovery.proofs.imported.script import Script
from devmatrix.discovery.proofs.imported.subject import Subject, link, linker, target
from devmatrix.discovery.proofs.imported.world import Record
from devmatrix.discovery.proofs.subject import Proof
from devmatrix.discovery.proofs.unproducible import UnproducibleError


def listing(subject: Subject) -> list[Proof]:
    """list, nested_list, search: all that match, in order."""
    part = subject.part
    effect = part.effect
    always = [one for one in effect.filters if not one.parameter]
    drafts = subject.draft("where nothing is there, nothing is listed", "happy", lambda script: _empty(subject, script))
    required = needed(subject)
    asked = [one for one in effect.filters if one.parameter in required]
    if effect.association:
        drafts += subject.draft("what is linked is listed", "happy", lambda script: _linked(subject, script))
    elif always:
        drafts += subject.draft(
            "what belongs to the caller is listed", "happy", lambda script: _of_caller(subject, script)
        )
    elif not asked:
        drafts += subject.draft("all records are listed, in order", "happy", lambda script: _all(subject, script))
    found = subject.proof(f"{subject.route} lists {_many(subject)}", drafts)
    if effect.association or always:
        return found
    for one in effect.filters:
        if all(other is one for other in asked):
            name = _name(one)
            found += subject.proof(
                f"{subject.route} narrows the list by {name}",
                subject.draft(
                    f"only what fits {name}",
                    "happy",
                    partial(_filtered, subject),
                    one,
                ),
            )
    if effect.paging is not None and not asked:
        found += subject.proof(f"{subject.route} cuts the list into pages", paging_drafts(subject, effect.paging))
    if effect.sorting.choices and not asked:
        found += subject.proof(f"{subject.route} orders the list as asked", ordering_drafts(subject))
    return found


def _many(subject: Subject) -> str:
    return subject.document.entity(subject.entity).plural.replace("_", " ")


def _empty(subject: Subject, script: Script) -> None:
    by, parents = scene_of(subject, script, ())
    if there(subject, script, parents):
        raise UnproducibleError("something is there before")
    ask(subject, script, "the list is asked for", parents, by, ())


def _all(subject: Subject, script: Script) -> None:
    by, parents = scene_of(subject, script, ())
    records = several(subject, script, by, parents, 2)
    lookups = subject.part.effect.lookups
    if subject.part.operation.access.owner and not lookups:
        # Nor what belongs to somebody else.
        script.make(subject.entity, by=script.somebody(subject.part, 2))
    if subject.part.effect.parent and lookups[-1].place == "path":
        # What belongs to another parent must not be among them.
        other = target(script, subject.part, by)
        several(subject, script, by, other, 1)
    ask(subject, script, "the list is asked for", parents, by, ordered(subject, records))


def _linked(subject: Subject, script: Script) -> None:
    """Lists over an association: what the caller (or the parent) has linked."""
    effect = subject.part.effect
    by, parents = scene_of(subject, script, ())
    linking = linker(subject, effect.association, effect.entity)
    holder = by.account if by.account is not None and not parents else (parents[-1] if parents else None)
    if holder is None:
        raise UnproducibleError("nobody has links")
    first, _ = (script.make(effect.entity, by=by) for _ in range(2))
    records = [*parents[: len(linking.effect.lookups) - 1], first]
    linked = holder.links.setdefault(effect.association, [])
    linked.append(first)
    link(script, linking, records, script.suited(by, linking), "one is linked")
    ask(subject, script, "the linked ones are asked for", parents, by, linked)


def _of_caller(subject: Subject, script: Script) -> None:
    """A list that always shows what the caller has linked, or what that refers to."""
    effect = subject.part.effect
    if any(one.parameter == "" and one.operator != "of_caller" for one in effect.filters):
        raise UnproducibleError("nothing is known of the list")
    rule = next(one for one in effect.filters if not one.parameter)
    me, other = script.somebody(subject.part, 1), script.somebody(subject.part, 2)
    if me.account is None or other.account is None:
        raise UnproducibleError("keys have no links")
    theirs = script.make(effect.entity, by=other)
    script.make(effect.entity, by=me)
    linked = theirs.references.get(rule.path[0]) if len(rule.path) == 2 else theirs
    if linked is None:
        raise UnproducibleError("what is linked is not known")
    association = rule.path[-1]
    linking = linker(subject, association, linked.entity.name)
    me.account.links.setdefault(association, []).append(linked)
    link(script, linking, [linked], me, "the caller links it")
    ask(subject, script, "the caller's list is asked for", [], me, [theirs])


def _filtered(subject: Subject, script: Script, one: Filter) -> None:
    by, parents = scene_of(subject, script, ())
    if one.place == "body" and one.operator in ("links", "linked_by", "of_caller"):
        raise UnproducibleError(f"{one.operator} is not tried in bodies")
    if one.operator == "links":
        _by_linked(subject, script, one, by, parents)
        return
    if one.operator in ("linked_by", "of_caller"):
        _by_link(subject, script, one, by, parents)
        return
    records = several(subject, script, by, parents, 2)
    if len(records) != 2:
        raise UnproducibleError("other records are there as well")
    shape, name = filter_shape(subject, one), _name(one)
    if shape is None:
        raise UnproducibleError("the parameter is not known")
    values = [_value_of(script, record, one) for record in records]
    if values[0] is None or values[1] is None:
        raise UnproducibleError(f"the values for {name} are not known")
    wanted, fitting = _wish(one, values, records)
    if not subject.samples.fits(shape, wanted):
        raise UnproducibleError(f"{name} takes other values than {one.path[-1]} has")
    in_path = any(item.name == one.parameter and item.place == "path" for item in subject.part.endpoint.parameters)
    in_body = one.place == "body"
    path = {one.parameter: str(wanted)} if in_path else {}
    query = {} if in_path or in_body else {one.parameter: wanted}
    ask(
        subject,
        script,
        f"{name} is {wanted}",
        parents,
        by,
        ordered(subject, fitting, asked=one.parameter),
        query=query,
        path=path,
        body=put(search_body(subject), one.parameter, wanted) if in_body else None,
    )


def _name(one: Filter) -> str:
    return ".".join(parts(one.parameter)) if one.place == "body" else one.parameter


def _value_of(script: Script, record: Record, one: Filter) -> JsonValue:
    if one.operator == "search":
        texts = [record.values.get(name) for name in one.path]
        return next((text for text in texts if isinstance(text, str) and not text.startswith("${")), None)
    for name in one.path[:-1]:
        attribute = record.entity.attribute(name)
        if attribute.type == "json":
            held = record.values.get(name)
            items = held if isinstance(held, list) else []
            return [item[one.path[-1]] for item in items if isinstance(item, dict) and one.path[-1] in item]
        if name not in record.references:
            return None
        record = record.references[name]
    value = record.values.get(one.path[-1])
    if isinstance(value, dict):
        return None
    return value


def _wish(one: Filter, values: list[JsonValue], records: list[Record]) -> tuple[JsonValue, list[Record]]:
    """(what to ask for, the records that fit)."""
    first, second = values
    match one.operator:
        case "equals":
            return first, [record for record, value in zip(records, values, strict=True) if value == first]
        case "one_of":
            return [first], [record for record, value in zip(records, values, strict=True) if value == first]
        case "contains" | "search":
            needle = str(first)
            return needle, [
                record
                for record in records
                if any(needle.lower() in str(record.values.get(name, "")).lower() for name in _searched(one))
            ]
        case "member":
            items = first if isinstance(first, list) else []
            if not items or isinstance(items[0], dict):
                raise UnproducibleError("the members are not known")
            return items[0], [
                record
                for record, value in zip(records, values, strict=True)
                if isinstance(value, list) and items[0] in value
            ]
        case _:
            return _bounded(one, first, second, records)


def _searched(one: Filter) -> tuple[str, ...]:
    return one.path if one.operator == "search" else one.path[-1:]


def _bounded(one: Filter, first: JsonValue, second: JsonValue, records: list[Record]) -> tuple[JsonValue, list[Record]]:
    if not comparable([first, second]):
        raise UnproducibleError("the bounds cannot be told")
    least = min(first, second)  # type: ignore[type-var]
    most = max(first, second)  # type: ignore[type-var]
    low, high = (records[0], records[1]) if first == least else (records[1], records[0])
    match one.operator:
        case "minimum":
            return most, [high]
        case "maximum":
            return least, [low]
        case "after":
            return least, [high]
        case _:
            return most, [low]


def _by_linked(subject: Subject, script: Script, one: Filter, by: Voice, parents: Sequence[Record]) -> None:
    """By what is linked to it: as it was made, else as an operation links it."""
    association, attribute = one.path[0], one.path[-1]
    records = several(subject, script, by, parents, 2)
    first = records[0]
    if not first.links.get(association):
        target_entity = first.entity.attribute(association).target or ""
        linking = linker(subject, association, target_entity)
        if len(linking.effect.lookups) != 2 or linking.effect.holder != first.entity.name:
            raise UnproducibleError(f"nothing links a {target_entity}")
        other = script.make(target_entity, by=by if by.account is not None or by.headers else None)
        first.links[association] = [other]
        link(script, linking, [first, other], script.suited(by, linking), "one is linked")
    wanted = script.key(first.links[association][0], attribute)
    fitting = [
        record
        for record in records
        if any(other.values.get(attribute) == wanted for other in record.links.get(association, []))
    ]
    found = ordered(subject, fitting, asked=one.parameter)
    in_path = any(item.name == one.parameter and item.place == "path" for item in subject.part.endpoint.parameters)
    ask(
        subject,
        script,
        f"{one.parameter} is {wanted}",
        parents,
        by,
        found,
        query={} if in_path else {one.parameter: wanted},
        path={one.parameter: segment(wanted)} if in_path else {},
    )


def _by_link(subject: Subject, script: Script, one: Filter, by: Voice, parents: Sequence[Record]) -> None:
    """By who has linked it."""
    if one.operator != "linked_by" or parents:
        raise UnproducibleError(f"{one.operator} is tried elsewhere")
    effect = subject.part.effect
    linking = linker(subject, one.path[0], effect.entity)
    me = script.somebody(linking)
    if me.account is None:
        raise UnproducibleError("keys have no links")
    first, _ = (script.make(effect.entity, by=me) for _ in range(2))
    me.account.links.setdefault(one.path[0], []).append(first)
    link(script, linking, [first], me, "one is linked")
    wanted = script.key(me.account, one.path[1])
    asker = me if subject.part.operation.access.authenticated else by
    ask(subject, script, f"{one.parameter} is {wanted}", parents, asker, [first], query={one.parameter: wanted})
