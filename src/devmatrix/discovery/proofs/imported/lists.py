"""Lists: what is in them, filters, pages, orders."""

from collections.abc import Sequence
from functools import partial

from pydantic import JsonValue

from devmatrix.discovery.interface import Filter, Paging, Source, Value
from devmatrix.discovery.proofs.imported.bodies import place
from devmatrix.discovery.proofs.imported.calls import Voice
from devmatrix.discovery.proofs.imported.script import Script
from devmatrix.discovery.proofs.imported.subject import Subject, link, linker, target
from devmatrix.discovery.proofs.imported.world import Page, Record, Scene
from devmatrix.discovery.proofs.subject import Draft, Proof
from devmatrix.discovery.proofs.unproducible import UnproducibleError


def listing(subject: Subject) -> list[Proof]:
    """list, nested_list, search: all that match, in order."""
    part = subject.part
    effect = part.effect
    always = [one for one in effect.filters if not one.parameter]
    drafts = subject.draft("where nothing is there, nothing is listed", "happy", lambda script: _empty(subject, script))
    required = {one.name for one in part.endpoint.parameters if one.place in ("query", "path") and one.required}
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
            found += subject.proof(
                f"{subject.route} narrows the list by {one.parameter}",
                subject.draft(
                    f"only what fits {one.parameter}",
                    "happy",
                    partial(_filtered, subject),
                    one,
                ),
            )
    if effect.paging is not None and not asked:
        found += subject.proof(f"{subject.route} cuts the list into pages", _pages(subject, effect.paging))
    if effect.sorting.choices and not asked:
        found += subject.proof(f"{subject.route} orders the list as asked", _orders(subject))
    return found


def _many(subject: Subject) -> str:
    return subject.document.entity(subject.entity).plural.replace("_", " ")


def _scene(subject: Subject, script: Script, parents: Sequence[Record]) -> tuple[Voice, list[Record]]:
    by = script.voice(subject.part)
    return by, target(script, subject.part, by) if not parents else list(parents)


def _ordered(subject: Subject, records: Sequence[Record], *, asked: str = "") -> list[Record]:
    """Those that are listed when nothing is asked, in order."""
    sorting = subject.part.effect.sorting
    found = [one for one in records if _fits_defaults(subject, one, asked)]
    if not sorting.attribute:
        return found[::-1] if sorting.descending else found
    attribute = subject.document.entity(subject.entity).attribute(sorting.attribute)
    if attribute.generated in ("now", "sequence", "touched"):
        return found[::-1] if sorting.descending else found
    values = [one.values.get(sorting.attribute) for one in found]
    if not _comparable(values):
        raise UnproducibleError("the order of the list cannot be told")
    return sorted(found, key=lambda one: one.values[sorting.attribute], reverse=sorting.descending)  # type: ignore[arg-type,return-value]


def _fits_defaults(subject: Subject, record: Record, asked: str) -> bool:
    """Whether a record is listed where the parameters have their defaults."""
    for one in subject.part.effect.filters:
        if one.parameter == asked:
            continue
        shape = next((item.shape for item in subject.part.endpoint.parameters if item.name == one.parameter), None)
        if shape is None or not subject.interface.resolve(shape).has_default:
            continue
        default = subject.interface.resolve(shape).default
        if one.operator not in ("equals", "one_of") or len(one.path) > 1:
            raise UnproducibleError(f"what the default of {one.parameter} leaves is not known")
        wanted = default if isinstance(default, list) else [default]
        if record.values.get(one.path[0]) not in wanted:
            return False
    return True


def _comparable(values: Sequence[JsonValue]) -> bool:
    numbers = all(isinstance(one, int | float) and not isinstance(one, bool) for one in values)
    texts = all(isinstance(one, str) and not one.startswith("${") for one in values)
    # Upper and lower case are ordered by each database in its way.
    same_case = texts and len({one.lower() == one for one in values if isinstance(one, str)}) == 1
    return (numbers or same_case) and len(set(map(str, values))) == len(values)


def _ask(
    subject: Subject,
    script: Script,
    text: str,
    parents: Sequence[Record],
    by: Voice,
    records: Sequence[Record],
    *,
    query: dict[str, JsonValue] | None = None,
    path: dict[str, str] | None = None,
    page: Page | None = None,
    capture: dict[str, str] | None = None,
) -> None:
    paging = subject.part.effect.paging
    size = paging.default_size if paging is not None else len(records)
    first = paging.first if paging is not None else 0
    known = page or Page(total=len(records), size=size, page=first, first=first)
    scene = Scene(records=tuple(records), caller=by.account, page=known)
    script.call(
        subject.part,
        phase="when",
        text=text,
        records=parents,
        by=by,
        query=query or {},
        path=path or {},
        scene=scene,
        capture=capture,
    )


def _empty(subject: Subject, script: Script) -> None:
    by, parents = _scene(subject, script, ())
    there = _there(subject, script, parents)
    if there:
        raise UnproducibleError("something is there before")
    _ask(subject, script, "the list is asked for", parents, by, ())


def _there(subject: Subject, script: Script, parents: Sequence[Record]) -> list[Record]:
    effect = subject.part.effect
    found = script.world.of(effect.entity)
    if effect.parent and parents:
        found = [one for one in found if one.references.get(effect.parent) is parents[-1]]
    return found


def _several(subject: Subject, script: Script, by: Voice, parents: Sequence[Record], count: int) -> list[Record]:
    effect = subject.part.effect
    maker = by if by.account is not None or by.headers else None
    made = [script.make(effect.entity, by=maker, parents=parents[-1:] if effect.parent else ()) for _ in range(count)]
    for one in made:
        if effect.parent and parents and one.references.get(effect.parent) is not parents[-1]:
            raise UnproducibleError("no operation makes a record in the parent")
    return _there(subject, script, parents)


def _all(subject: Subject, script: Script) -> None:
    by, parents = _scene(subject, script, ())
    records = _several(subject, script, by, parents, 2)
    lookups = subject.part.effect.lookups
    if subject.part.effect.parent and lookups[-1].place == "path":
        # What belongs to another parent must not be among them.
        other = target(script, subject.part, by)
        _several(subject, script, by, other, 1)
    _ask(subject, script, "the list is asked for", parents, by, _ordered(subject, records))


def _linked(subject: Subject, script: Script) -> None:
    """Lists over an association: what the caller (or the parent) has linked."""
    effect = subject.part.effect
    by, parents = _scene(subject, script, ())
    linking = linker(subject, effect.association, effect.entity)
    holder = by.account if by.account is not None and not parents else (parents[-1] if parents else None)
    if holder is None:
        raise UnproducibleError("nobody has links")
    first, _ = (script.make(effect.entity, by=by) for _ in range(2))
    records = [*parents[: len(linking.effect.lookups) - 1], first]
    holder.links.setdefault(effect.association, []).append(first)
    link(script, linking, records, script.suited(by, linking), "one is linked")
    _ask(subject, script, "the linked ones are asked for", parents, by, [first])


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
    _ask(subject, script, "the caller's list is asked for", [], me, [theirs])


def _filtered(subject: Subject, script: Script, one: Filter) -> None:
    by, parents = _scene(subject, script, ())
    if one.operator in ("linked_by", "links", "of_caller"):
        _by_link(subject, script, one, by, parents)
        return
    records = _several(subject, script, by, parents, 2)
    if len(records) != 2:
        raise UnproducibleError("other records are there as well")
    parameter = next((item for item in subject.part.endpoint.parameters if item.name == one.parameter), None)
    if parameter is None:
        raise UnproducibleError("the parameter is not known")
    values = [_value_of(script, record, one) for record in records]
    if values[0] is None or values[1] is None:
        raise UnproducibleError(f"the values for {one.parameter} are not known")
    wanted, fitting = _wish(one, values, records)
    if not subject.samples.fits(parameter.shape, wanted):
        raise UnproducibleError(f"{one.parameter} takes other values than {one.path[-1]} has")
    path = {one.parameter: str(wanted)} if parameter.place == "path" else {}
    query = {} if path else {one.parameter: wanted}
    _ask(
        subject,
        script,
        f"{one.parameter} is {wanted}",
        parents,
        by,
        _ordered(subject, fitting, asked=one.parameter),
        query=query,
        path=path,
    )


def _value_of(script: Script, record: Record, one: Filter) -> JsonValue:
    if one.operator == "search":
        texts = [record.values.get(name) for name in one.path]
        return next((text for text in texts if isinstance(text, str) and not text.startswith("${")), None)
    for name in one.path[:-1]:
        if name in record.references:
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
    if not _comparable([first, second]):
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
    _ask(subject, script, f"{one.parameter} is {wanted}", parents, asker, [first], query={one.parameter: wanted})


def _pages(subject: Subject, paging: Paging) -> list[Draft]:
    if not paging.size:
        return []

    def write(script: Script) -> None:
        by, parents = _scene(subject, script, ())
        records = _ordered(subject, _several(subject, script, by, parents, 3))
        if len(records) != 3:
            raise UnproducibleError("other records are there as well")
        _first_page(subject, script, paging, by, parents, records)

    return subject.draft("page after page", "happy", write)


def _first_page(
    subject: Subject, script: Script, paging: Paging, by: Voice, parents: Sequence[Record], records: list[Record]
) -> None:
    size = 2
    answer = subject.part.effect.answer
    cursor = _cursor_at(answer) if answer is not None and paging.style == "cursor" else None
    first = Page(total=3, size=size, page=paging.first, first=paging.first, has_more=True)
    capture = {"next": cursor} if cursor else None
    _ask(
        subject, script, "the first two are asked for", parents, by, records[:2],
        query={paging.size: size}, page=first, capture=capture,
    )  # fmt: skip
    positions: dict[str, JsonValue] = {
        "offset": size,
        "page": paging.first + 1,
        "cursor": "${next}" if cursor else None,
        "limit": None,
    }
    position = positions[paging.style]
    if position is None or not paging.position:
        return
    second = Page(total=3, size=size, offset=size, page=paging.first + 1, first=paging.first)
    _ask(
        subject, script, "the rest is asked for", parents, by, records[2:],
        query={paging.size: size, paging.position: position}, page=second,
    )  # fmt: skip


def _cursor_at(value: Value, path: str = "") -> str | None:
    if value.source is Source.CURSOR:
        return path
    for one in value.fields:
        found = _cursor_at(one.value, f"{path}/{place(one.name)}")
        if found is not None:
            return found
    return None


def _orders(subject: Subject) -> list[Draft]:
    sorting = subject.part.effect.sorting

    def write(script: Script, value: str, attribute: str, descending: bool) -> None:
        by, parents = _scene(subject, script, ())
        records = _several(subject, script, by, parents, 2)
        known = subject.document.entity(subject.entity).attribute(attribute)
        if known.generated in ("now", "sequence", "touched"):
            ordered = records[::-1] if descending else records
        else:
            values = [one.values.get(attribute) for one in records]
            if not _comparable(values):
                raise UnproducibleError(f"records that differ in {attribute} are not known")
            ordered = sorted(records, key=lambda one: one.values[attribute], reverse=descending)  # type: ignore[arg-type,return-value]
        query: dict[str, JsonValue] = {sorting.parameter: value}
        _ask(subject, script, f"they are ordered by {value}", parents, by, ordered, query=query)

    drafts: list[Draft] = []
    for value, attribute, descending in sorting.choices[:6]:
        drafts += subject.draft(f"ordered by {value}", "happy", write, value, attribute, descending)
    return drafts
