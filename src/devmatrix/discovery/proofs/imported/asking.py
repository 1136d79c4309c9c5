"""Asking for lists: who asks, what is there, in which order it comes."""

from collections.abc import Sequence

from pydantic import JsonValue

from devmatrix.discovery.interface import Effect, Filter
from devmatrix.discovery.proofs.imported.bodies import content_of, has, parts
from devmatrix.discovery.proofs.imported.calls import Voice
from devmatrix.discovery.proofs.imported.script import Script
from devmatrix.discovery.proofs.imported.subject import Subject, target
from devmatrix.discovery.proofs.imported.world import Page, Record, Scene
from devmatrix.discovery.proofs.unproducible import UnproducibleError
from devmatrix.discovery.shapes import Shape


def scene_of(subject: Subject, script: Script, parents: Sequence[Record]) -> tuple[Voice, list[Record]]:
    """Who asks, and the records that the lookups find."""
    by = script.voice(subject.part)
    return by, target(script, subject.part, by) if not parents else list(parents)


def ordered(subject: Subject, records: Sequence[Record], *, asked: str = "") -> list[Record]:
    """Those that are listed when nothing is asked, in order."""
    sorting = subject.part.effect.sorting
    found = [one for one in records if _fits_defaults(subject, one, asked)]
    if not sorting.attribute:
        return found[::-1] if sorting.descending else found
    attribute = subject.document.entity(subject.entity).attribute(sorting.attribute)
    if attribute.generated in ("now", "sequence", "touched"):
        return found[::-1] if sorting.descending else found
    values = [one.values.get(sorting.attribute) for one in found]
    if not comparable(values):
        raise UnproducibleError("the order of the list cannot be told")
    return sorted(found, key=lambda one: one.values[sorting.attribute], reverse=sorting.descending)  # type: ignore[arg-type,return-value]


def _fits_defaults(subject: Subject, record: Record, asked: str) -> bool:
    """Whether a record is listed where the parameters have their defaults."""
    for one in subject.part.effect.filters:
        if one.parameter == asked:
            continue
        shape = filter_shape(subject, one)
        if shape is None or not subject.interface.resolve(shape).has_default:
            continue
        default = subject.interface.resolve(shape).default
        if one.operator not in ("equals", "one_of") or len(one.path) > 1:
            raise UnproducibleError(f"what the default of {one.parameter} leaves is not known")
        wanted = default if isinstance(default, list) else [default]
        if record.values.get(one.path[0]) not in wanted:
            return False
    return True


def search_body(subject: Subject) -> JsonValue:
    """The body that asks for as little as it may; none where nothing is asked for in a body."""
    content = content_of(subject.part.endpoint)
    if content is None or all(one.place != "body" for one in subject.part.effect.filters):
        return None
    return subject.samples.value(content.shape, 1, full=False)


def filter_shape(subject: Subject, one: Filter) -> Shape | None:
    """The shape of what a filter takes."""
    if one.place == "parameter":
        return next((item.shape for item in subject.part.endpoint.parameters if item.name == one.parameter), None)
    content = content_of(subject.part.endpoint)
    shape = content.shape if content is not None else None
    for name in parts(one.parameter):
        prop = subject.interface.resolve(shape).property(name) if shape is not None else None
        shape = prop.shape if prop is not None else None
    return shape


def needed(subject: Subject) -> set[str]:
    """The filters that cannot be left out."""
    endpoint = subject.part.endpoint
    found = {one.name for one in endpoint.parameters if one.place in ("query", "path") and one.required}
    least = search_body(subject)
    return found | {
        one.parameter for one in subject.part.effect.filters if one.place == "body" and has(least, one.parameter)
    }


def comparable(values: Sequence[JsonValue]) -> bool:
    """Whether the values are known, differ, and are ordered alike everywhere."""
    numbers = all(isinstance(one, int | float) and not isinstance(one, bool) for one in values)
    texts = all(isinstance(one, str) and not one.startswith("${") for one in values)
    # Upper and lower case are ordered by each database in its way.
    same_case = texts and len({one.lower() == one for one in values if isinstance(one, str)}) == 1
    return (numbers or same_case) and len(set(map(str, values))) == len(values)


def ask(
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
    body: JsonValue = None,
) -> None:
    """Ask for the list, and expect those records."""
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
        body=body if body is not None else search_body(subject),
        query=query or {},
        path=path or {},
        scene=scene,
        capture=capture,
    )


def there(subject: Subject, script: Script, parents: Sequence[Record]) -> list[Record]:
    """The records of the list, as created."""
    effect = subject.part.effect
    found = script.world.of(effect.entity)
    if effect.association and parents:
        return parents[-1].links.get(effect.association, [])
    if effect.parent and parents:
        found = [one for one in found if one.references.get(effect.parent) is parents[-1]]
    return found


def several(subject: Subject, script: Script, by: Voice, parents: Sequence[Record], count: int) -> list[Record]:
    """Make records for the list; gives all that are there."""
    effect = subject.part.effect
    maker = by if by.account is not None or by.headers else None
    inside = parents[-1:] if effect.parent else ()
    fixed = _parent_in_body(script, effect, inside)
    within = effect.parent or None
    made = [script.make(effect.entity, by=maker, parents=inside, fixed=fixed, within=within) for _ in range(count)]
    for one in made:
        if effect.parent and parents and one.references.get(effect.parent) is not parents[-1]:
            raise UnproducibleError("no operation makes a record in the parent")
    return there(subject, script, parents)


def _parent_in_body(script: Script, effect: Effect, parents: Sequence[Record]) -> dict[str, JsonValue]:
    """The key of the parent, where records are made by themselves and name it."""
    if not parents:
        return {}
    writes = script.maker_of(effect.entity, effect.parent).effect.writes
    named = next((one for one in writes if one.attribute == effect.parent and one.match), None)
    return {effect.parent: script.key(parents[-1], named.match)} if named is not None else {}
