"""What stands at the very edge of what the document allows, and must be taken: bodies and parameters."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from devmatrix.discovery.document import OperationKind
from devmatrix.discovery.interface import Content, Parameter
from devmatrix.discovery.proofs.imported.asking import search_body
from devmatrix.discovery.proofs.imported.bodies import at, content_of, has, put, without
from devmatrix.discovery.proofs.imported.calls import Voice
from devmatrix.discovery.proofs.imported.changes import CHANGED, change_to, settled
from devmatrix.discovery.proofs.imported.edges import Edges, Side
from devmatrix.discovery.proofs.imported.script import Script
from devmatrix.discovery.proofs.imported.subject import Subject, target
from devmatrix.discovery.proofs.imported.world import Page, Record, Scene
from devmatrix.discovery.proofs.subject import Draft, Proof
from devmatrix.discovery.proofs.unproducible import UnproducibleError
from devmatrix.discovery.shapes import ShapeKind

_KIND = OperationKind
_CREATES = (_KIND.CREATE, _KIND.NESTED_CREATE, _KIND.REGISTER)
_CHANGES = (
    _KIND.REPLACE,
    _KIND.PATCH,
    _KIND.NESTED_REPLACE,
    _KIND.NESTED_PATCH,
    _KIND.CURRENT_REPLACE,
    _KIND.CURRENT_PATCH,
)
_LISTS = (_KIND.LIST, _KIND.NESTED_LIST, _KIND.SEARCH)
_MOST_ASKED = 12
_SIDES: tuple[Side, Side] = ("least", "most")
_WORDS = {"least": "the least that is allowed", "most": "the most that is allowed"}


@dataclass(frozen=True)
class _Edge:
    """A body at the edge."""

    text: str
    sent: Callable[[int], JsonValue]
    """The body for a number."""


def edging(subject: Subject) -> list[Proof]:
    """One scenario that walks along the edges of the body, one for those of the parameters."""
    kind, drafts = subject.part.operation.kind, list[Draft]()
    edges = list(_bodies(subject)) if kind in (*_CREATES, *_CHANGES) else []
    if edges:
        walk = _made if kind in _CREATES else _changed
        drafts += subject.draft("values at their bounds are taken", "boundary", walk, subject, edges)
    if kind in _LISTS and subject.part.endpoint.effect is not None:
        drafts += _asking(subject)
    return subject.proof(f"{subject.route} takes what its bounds allow", drafts)


# Bodies


def _bodies(subject: Subject) -> Iterator[_Edge]:
    """Those that differ from an ordinary body; the same edge of all properties at once."""
    content = content_of(subject.part.endpoint)
    if content is None or content.shape.kind is ShapeKind.BINARY:
        return
    edges, samples, shape = Edges(subject.interface, subject.samples), subject.samples, content.shape
    ordinary = _kept(subject, samples.value(shape, CHANGED), CHANGED)

    def at_edge(side: Side) -> Callable[[int], JsonValue]:
        return lambda n: _kept(subject, edges.value(shape, side, n), n)

    def with_nulls(n: int) -> JsonValue:
        return _kept(subject, edges.with_nulls(shape, samples.value(shape, n)), n)

    found = [_Edge(f"all is {_WORDS[side]}", at_edge(side)) for side in _SIDES]
    if "json" in content.media_type:
        found.append(_Edge("all is null that may be", with_nulls))
    for one in found:
        if one.sent(CHANGED) != ordinary:
            yield one


def _kept(subject: Subject, body: JsonValue, n: int) -> JsonValue:
    """The body with ordinary values for what finds records: what the service makes else, references, states."""
    content = _content(subject)
    entity = subject.document.entity(subject.part.effect.entity)
    ordinary = subject.samples.value(content.shape, n)
    if isinstance(body, dict) and isinstance(ordinary, dict) and "json" not in content.media_type:
        # A form cannot say that a list is empty.
        body = {name: ordinary.get(name) if value == [] else value for name, value in body.items()}
    stays = {entity.states.field} if entity.states is not None else set[str]()
    for write in subject.part.effect.writes:
        if write.place != "body" or not has(body, write.name):
            continue
        attribute = entity.attribute(write.attribute)
        made = attribute.generated is not None or write.attribute in stays or attribute.type == "binary"
        if made or (write.match and at(body, write.name) is not None):
            body = put(body, write.name, at(ordinary, write.name))
    return body


def _content(subject: Subject) -> Content:
    content = content_of(subject.part.endpoint)
    if content is None:
        raise UnproducibleError("there is no body")
    return content


def _made(script: Script, subject: Subject, edges: Sequence[_Edge]) -> None:
    part = subject.part
    by = script.voice(part)
    parents = script.parents_of(part, (), by)
    for edge in edges:
        record = script.make(
            subject.entity, part=part, by=by, parents=parents[-1:], phase="when", sent=edge.sent, text=edge.text
        )
        account = by if by.account is not None else Voice(record.credentials, record.query, record)
        subject.show(script, record, account if record.login else by, "it is there as it was sent")


def _changed(script: Script, subject: Subject, edges: Sequence[_Edge]) -> None:
    part = subject.part
    by: Voice | None = script.voice(part)
    records = target(script, part, by) if by is not None else []
    for number, edge in enumerate(edges):
        if by is None:
            return
        body = _without_secret(subject, edge.sent(CHANGED + number), records[-1])
        body = settled(subject, script, body, records[-1], by)
        by = change_to(subject, script, records, by, body, text=edge.text)


def _without_secret(subject: Subject, body: JsonValue, record: Record) -> JsonValue:
    """The body without a password that may be left out: a new one would end the caller's session."""
    account = record.entity.account
    least = subject.samples.value(_content(subject).shape, 1, full=False)
    for write in subject.part.effect.writes:
        secret = account is not None and write.attribute == account.password_field
        if secret and write.place == "body" and not has(least, write.name):
            body = without(body, write.name)
    return body


# Parameters


def _asking(subject: Subject) -> list[Draft]:
    paging = subject.part.effect.paging
    asked = [*_values(subject, {paging.size, paging.position} if paging is not None else set())][:_MOST_ASKED]
    if not asked:
        return []
    return subject.draft("parameters at their bounds are taken", "boundary", _asked, subject, asked)


def _values(subject: Subject, apart: set[str]) -> Iterator[tuple[Parameter, JsonValue]]:
    edges = Edges(subject.interface, subject.samples)
    for one in subject.part.endpoint.parameters:
        if one.place != "query" or one.name in apart:
            continue
        shape = subject.interface.resolve(one.shape)
        if shape.kind in (ShapeKind.OBJECT, ShapeKind.UNION, ShapeKind.ANY, ShapeKind.BOOLEAN):
            continue
        found = [edges.value(shape, side, 1, one.name) for side in _SIDES]
        for value in found if found[0] != found[1] else found[:1]:
            # An empty text or list cannot be told from none in a URL.
            if value not in ("", []) and value != subject.samples.value(shape, 1, one.name):
                yield one, value


def _asked(script: Script, subject: Subject, asked: Sequence[tuple[Parameter, JsonValue]]) -> None:
    part, paging = subject.part, subject.part.effect.paging
    by = script.voice(part)
    records = target(script, part, by)
    if script.world.of(part.effect.entity):
        raise UnproducibleError("something is there before")
    first = paging.first if paging is not None else 0
    page = Page(total=0, size=paging.default_size if paging is not None else 0, page=first, first=first)
    for parameter, value in asked:
        script.call(
            part,
            phase="when",
            text=f"{parameter.name} is {_shown(value)}",
            records=records,
            by=by,
            body=search_body(subject),
            query={parameter.name: value},
            scene=Scene(caller=by.account, page=page),
        )


def _shown(value: JsonValue) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:30]}... ({len(text)} characters)"
