"""Lists page after page, and in the orders that can be asked for."""

from collections.abc import Sequence

from pydantic import JsonValue

from devmatrix.discovery.interface import Paging, Source, Value
from devmatrix.discovery.proofs.imported.asking import ask, comparable, ordered, scene_of, several
from devmatrix.discovery.proofs.imported.bodies import place
from devmatrix.discovery.proofs.imported.calls import Voice
from devmatrix.discovery.proofs.imported.numbers import outermost
from devmatrix.discovery.proofs.imported.script import Script
from devmatrix.discovery.proofs.imported.subject import Subject
from devmatrix.discovery.proofs.imported.world import Page, Record
from devmatrix.discovery.proofs.subject import Draft
from devmatrix.discovery.proofs.unproducible import UnproducibleError


def paging_drafts(subject: Subject, paging: Paging) -> list[Draft]:
    """Page after page, the smallest page and the largest."""
    if not paging.size:
        return []

    def write(script: Script) -> None:
        by, parents = scene_of(subject, script, ())
        records = ordered(subject, several(subject, script, by, parents, 3))
        if len(records) != 3:
            raise UnproducibleError("other records are there as well")
        _first_page(subject, script, paging, by, parents, records)

    def sized(script: Script, sizes: Sequence[int]) -> None:
        by, parents = scene_of(subject, script, ())
        records = ordered(subject, several(subject, script, by, parents, 2))
        if len(records) != 2:
            raise UnproducibleError("other records are there as well")
        for size in sizes:
            page = Page(total=2, size=size, page=paging.first, first=paging.first, has_more=size < 2)
            ask(
                subject, script, f"a page of {size} is asked for", parents, by, records[:size],
                query={paging.size: size}, page=page,
            )  # fmt: skip

    drafts = subject.draft("page after page", "happy", write)
    shape = next((one.shape for one in subject.part.endpoint.parameters if one.name == paging.size), None)
    bounds = outermost(subject.interface.resolve(shape)) if shape is not None else ()
    sizes = [int(bound) for bound in bounds if bound is not None and 1 <= bound <= paging.maximum_size]
    if sizes:
        drafts += subject.draft("the smallest and the largest page are taken", "boundary", sized, sizes)
    return drafts


def _first_page(
    subject: Subject, script: Script, paging: Paging, by: Voice, parents: Sequence[Record], records: list[Record]
) -> None:
    size = 2
    answer = subject.part.effect.answer
    cursor = _cursor_at(answer) if answer is not None and paging.style == "cursor" else None
    first = Page(total=3, size=size, page=paging.first, first=paging.first, has_more=True)
    capture = {"next": cursor} if cursor else None
    ask(
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
    ask(
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


def ordering_drafts(subject: Subject) -> list[Draft]:
    """In every order that can be asked for."""
    sorting = subject.part.effect.sorting

    def write(script: Script, value: str, attribute: str, descending: bool) -> None:
        by, parents = scene_of(subject, script, ())
        records = several(subject, script, by, parents, 2)
        known = subject.document.entity(subject.entity).attribute(attribute)
        if known.generated in ("now", "sequence", "touched"):
            ordered = records[::-1] if descending else records
        else:
            values = [one.values.get(attribute) for one in records]
            if not comparable(values):
                raise UnproducibleError(f"records that differ in {attribute} are not known")
            ordered = sorted(records, key=lambda one: one.values[attribute], reverse=descending)  # type: ignore[arg-type,return-value]
        query: dict[str, JsonValue] = {sorting.parameter: value}
        ask(subject, script, f"they are ordered by {value}", parents, by, ordered, query=query)

    drafts: list[Draft] = []
    for value, attribute, descending in sorting.choices[:6]:
        drafts += subject.draft(f"ordered by {value}", "happy", write, value, attribute, descending)
    return drafts
