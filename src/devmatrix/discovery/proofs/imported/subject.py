"""What a topic works with: one operation, and a way to write scenarios that may turn out impossible."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import JsonValue

from devmatrix.discovery.document import DiscoveryDocument, Level, OperationKind
from devmatrix.discovery.interface import Interface
from devmatrix.discovery.proofs.imported.bodies import at, content_of, has, parts, put
from devmatrix.discovery.proofs.imported.calls import NOBODY, Part, Parts, Voice
from devmatrix.discovery.proofs.imported.samples import Samples
from devmatrix.discovery.proofs.imported.script import Script
from devmatrix.discovery.proofs.imported.world import Record, Scene
from devmatrix.discovery.proofs.script import Phase
from devmatrix.discovery.proofs.subject import Draft, Kind, Proof
from devmatrix.discovery.proofs.unproducible import UnproducibleError
from devmatrix.discovery.shapes import Shape, ShapeKind

Result = TypeVar("Result", Draft, Proof)

_READS = (OperationKind.READ, OperationKind.NESTED_READ)
LISTS = (OperationKind.LIST, OperationKind.NESTED_LIST)
_ANOTHER = 70
"""Numbers of the values in sound bodies."""


@dataclass
class Subject:
    """One operation of a document."""

    document: DiscoveryDocument
    interface: Interface
    parts: Parts
    samples: Samples
    part: Part
    omissions: list[str] = field(default_factory=list)

    @property
    def route(self) -> str:
        """Method and path, for people."""
        return f"{self.part.operation.method} {self.part.operation.path}"

    @property
    def entity(self) -> str:
        """Name of the entity that it is about."""
        return self.part.operation.entity

    def items_shape(self, shape: Shape) -> Shape | None:
        """What stands in the list of a bulk body of that shape."""
        for key in parts(self.part.effect.batch):
            prop = self.interface.resolve(shape).property(key)
            if prop is None:
                return None
            shape = prop.shape
        return self.interface.resolve(shape).items

    def draft(self, title: str, kind: Kind, write: Callable[..., None], *given: object) -> list[Draft]:
        """The scenario that `write(script, *given)` writes; none, and an omission, where that is impossible."""
        script = Script(self.document, self.interface, self.parts, self.samples)
        try:
            write(script, *given)
        except UnproducibleError as why:
            self.omissions.append(f"{self.route}: {title} ({why})")
            return []
        return [Draft(title, kind, tuple(script.steps))]

    def attempt(self, topic: Callable[["Subject"], list[Result]]) -> list[Result]:
        """What a topic gives; nothing, and an omission, where not even its values can be made up."""
        try:
            return topic(self)
        except UnproducibleError as why:
            self.omissions.append(f"{self.route}: {topic.__name__.strip('_').replace('_', ' ')} ({why})")
            return []

    def proof(self, text: str, drafts: Iterable[Draft], *, level: Level = Level.MUST) -> list[Proof]:
        """A requirement, where there is a scenario."""
        found = tuple(drafts)
        return [Proof(level, text, (self.part.operation,), found)] if found else []

    def read_of(self, record: Record) -> tuple[Part, list[Record]] | None:
        """An operation that shows a record, and the records that its lookups find."""
        for part in self.parts.find(record.entity.name, *_READS):
            records = self._found(part, record)
            if records is not None:
                return part, records
        return None

    def _found(self, part: Part, record: Record) -> list[Record] | None:
        records = [record]
        for lookup in reversed(part.effect.lookups):
            current = records[0]
            if lookup is part.effect.lookups[0]:
                break
            parent = current.references.get(lookup.within or "")
            if parent is None:
                return None
            records.insert(0, parent)
        return records if len(records) == len(part.effect.lookups) else None

    def show(self, script: Script, record: Record, by: Voice, text: str) -> bool:
        """Read a record back; whether that is possible."""
        found = self.read_of(record)
        if found is None:
            return False
        part, records = found
        fits = part.endpoint.schemes and (not by.scheme or by.scheme in part.endpoint.schemes)
        voice = by if fits and by is not NOBODY and script.may(by, part) else script.voice(part)
        script.call(part, phase="then", text=text, records=records, by=voice, scene=Scene(record, caller=voice.account))
        return True


def target(script: Script, part: Part, by: Voice, *, count: int | None = None) -> list[Record]:
    """Records for all lookups of an endpoint (or the first `count`), the innermost one made by the caller."""
    lookups = part.effect.lookups if count is None else part.effect.lookups[:count]
    if part.effect.batch:  # what the list in the body finds stands there
        lookups = tuple(one for one in lookups if one.place != "body")
    if not lookups:
        return []
    last, account = lookups[-1], script.document.account_entity
    own = part.operation.access.owner and account is not None and last.entity == account.name
    if last.place == "caller" or (own and by.account is not None):
        if by.account is None:
            raise UnproducibleError("the caller has no account")
        inner = by.account
    else:
        inner = script.make(last.entity, by=by if by is not NOBODY else None, within=last.within)
    return script.around(lookups[:-1], [inner], by, within=last.within)


def call(
    script: Script,
    part: Part,
    text: str,
    records: Sequence[Record],
    by: Voice,
    *,
    body: JsonValue = None,
    phase: Phase = "when",
    scene: Scene | None = None,
) -> None:
    """One exchange about the last of the records."""
    about = scene or Scene(record=records[-1] if records else None, caller=by.account)
    script.call(part, phase=phase, text=text, records=records, by=by, body=body, scene=about)


def with_keys(script: Script, part: Part, body: JsonValue, records: Sequence[Record]) -> JsonValue:
    """The body with the keys of the records that lookups find there."""
    for lookup, record in zip(part.effect.lookups, records, strict=False):
        if lookup.place == "body" and not part.effect.batch:
            body = put(body, lookup.name, script.key(record, lookup.attribute))
    return body


def link(script: Script, part: Part, records: Sequence[Record], by: Voice, text: str, phase: Phase = "given") -> None:
    """One exchange that links or unlinks the last of the records, which the world knows already."""
    content = content_of(part.endpoint)
    body = with_keys(script, part, script.samples.value(content.shape, 1), records) if content is not None else None
    scene = Scene(record=records[-1], caller=by.account)
    script.call(part, phase=phase, text=text, records=records, by=by, body=body, scene=scene)


def linker(subject: Subject, association: str, entity: str) -> Part:
    """The operation that puts records of an entity into an association. Raises UnproducibleError where none does."""
    for part in subject.parts.find(entity, OperationKind.LINK):
        if part.effect.association == association:
            return part
    raise UnproducibleError("no operation links anything")


def one_of(subject: Subject) -> str:
    """The entity in words, with its article."""
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in subject.entity).strip()
    return f"{'an' if words[:1] in 'aeiou' else 'a'} {words}"


def sound_body(subject: Subject, script: Script, by: Voice) -> JsonValue:
    """A body that would be accepted; the keys of what lookups find in it are another matter."""
    content, part = content_of(subject.part.endpoint), subject.part
    if content is None:
        return None
    if part.operation.kind is OperationKind.LOGIN:
        account = script.an_account()
        return script.login_body(part, account.login)
    body = subject.samples.value(content.shape, _ANOTHER)
    if part.effect.batch:
        return put(body, part.effect.batch, sound_items(subject, script, body, by))
    for write in part.effect.writes:
        if write.place == "body" and write.match:
            entity = subject.document.entity(part.effect.entity)
            body = put(body, write.name, script.reference(write, entity, body, by))
    return body


def sound_items(subject: Subject, script: Script, body: JsonValue, by: Voice) -> list[JsonValue]:
    """The list of a bulk body with what must not be made up: keys of records that exist."""
    effect = subject.part.effect
    listed = at(body, effect.batch)
    if not isinstance(listed, list) or not listed:
        raise UnproducibleError("the list in the body is not known")
    entity = subject.document.entity(effect.entity)
    items = list(listed)
    for write in effect.writes:
        if write.match and write.place == "body":
            keys = [script.reference(write, entity, item, by) for item in items]
            items = [
                put(item, write.name, key) if has(item, write.name) else item
                for item, key in zip(items, keys, strict=True)
            ]
    for lookup in effect.lookups:
        if lookup.place == "body":
            made = [script.make(lookup.entity, by=by if by is not NOBODY else None) for _ in items]
            items = [
                put(item, lookup.name, script.key(one, lookup.attribute)) for item, one in zip(items, made, strict=True)
            ]
    return items


def field_of(subject: Subject, pointer: str) -> str:
    """The name of a field: dotted, without the envelope."""
    keys = parts(pointer)
    content = content_of(subject.part.endpoint)
    shape = subject.interface.resolve(content.shape) if content is not None else None
    if shape is not None and len(shape.properties) == 1 and len(keys) > 1:
        inner = subject.interface.resolve(shape.properties[0].shape)
        if inner.kind is ShapeKind.OBJECT:
            keys = keys[1:]
    return ".".join(keys)
