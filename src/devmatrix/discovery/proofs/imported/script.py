"""Writes one scenario against an imported API: who calls, and what must exist first."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from pydantic import JsonValue

from devmatrix.discovery.document import DiscoveryDocument, Entity, Quota
from devmatrix.discovery.interface import Interface, Lookup, Parameter, Write
from devmatrix.discovery.proofs.imported.bodies import at, content_of, has, put
from devmatrix.discovery.proofs.imported.callers import MAKERS, Callers
from devmatrix.discovery.proofs.imported.calls import NOBODY, Part, Parts, Voice
from devmatrix.discovery.proofs.imported.finding import capture_name, showing_list
from devmatrix.discovery.proofs.imported.samples import Samples
from devmatrix.discovery.proofs.imported.world import Record, Scene, unknown
from devmatrix.discovery.proofs.script import Phase
from devmatrix.discovery.proofs.unproducible import QuotaReachedError, UnproducibleError
from devmatrix.discovery.scenario import Expectation

_DEEPEST = 8

Body = Callable[[int], JsonValue]
"""The body for the record of that number."""


class Script(Callers):
    """One scenario in the making."""

    def __init__(self, document: DiscoveryDocument, interface: Interface, parts: Parts, samples: Samples) -> None:
        super().__init__(document, interface, parts, samples)
        self._counters: dict[str, int] = {}
        self._depth = 0
        self.tried: Quota | None = None
        """The quota that the scenario is about: it is reached on purpose."""

    def make_account(self, by: Voice | None = None) -> Record:
        """Make an account through the API. Raises UnproducibleError."""
        return self.make(self.account_entity().name, by=by)

    # What exists

    def key(self, record: Record, attribute: str) -> JsonValue:
        """What a record is known by; where no answer has shown it yet, a list is asked. Raises UnproducibleError."""
        if isinstance(record.values.get(attribute), dict):
            self._look_up(record, attribute)
        return super().key(record, attribute)

    def _look_up(self, record: Record, attribute: str) -> None:
        found = showing_list(self.interface, self.parts, self.world, record, attribute)
        if found is None or record not in self.world.records:
            return
        part, parents, shown = found
        captures: dict[str, str] = {}
        for name, pointer in shown.items():
            if isinstance(record.values.get(name), dict) and record.entity.attribute(name).generated != "touched":
                captures[capture_name(record, name)] = pointer
                record.values[name] = f"${{{capture_name(record, name)}}}"
        by = self.voice(part)
        reply = next((one for one in part.endpoint.replies if one.status in (part.operation.success_status, 0)), None)
        media = next((one.media_type for one in reply.contents), "") if reply is not None else ""
        expected = Expectation(
            status=part.operation.success_status, body={"$match": "any"}, media_type=media or "application/json"
        )
        self.call(
            part,
            phase="given",
            text="it is found in the list",
            records=parents,
            by=by,
            expect=expected,
            capture=captures,
        )

    def number(self, entity: str) -> int:
        """The next number for a record of an entity."""
        self._counters[entity] = self._counters.get(entity, 0) + 1
        return self._counters[entity]

    def maker_of(self, entity: str, within: str | None = None) -> Part:
        """The operation that makes records, and best sets the reference `within`.

        Raises UnproducibleError where there is none.
        """
        found = list(self.parts.find(entity, *MAKERS))
        if not found:
            raise UnproducibleError(f"no operation makes a record of {entity}")
        setting = (one for one in found if any(write.attribute == within for write in one.effect.writes))
        return next(setting, found[0])

    def make(
        self,
        entity: str,
        *,
        by: Voice | None = None,
        parents: Sequence[Record] = (),
        fixed: Mapping[str, JsonValue] | None = None,
        phase: Phase = "given",
        part: Part | None = None,
        full: bool = True,
        sent: Body | None = None,
        text: str = "",
        within: str | None = None,
    ) -> Record:
        """Make a record through the API; `fixed` sets attributes, `sent` makes the body; `within` is a reference that
        it shall have. Raises UnproducibleError."""
        if part is None and (there := self.instead_of_made(entity)) is not None:
            return there
        if part is None and (only := self._only(entity)) is not None:
            return only
        self._depth += 1
        try:
            if self._depth > _DEEPEST:
                raise UnproducibleError(f"{entity} needs records without end")
            part = part or self.maker_of(entity, within)
            by = self.suited(by, part)
            found = self.parents_of(part, parents, by)
            n = self.number(entity)
            body, query, record = self.creation(part, n, by, found, fixed or {}, full=full, sent=sent)
            name = re.sub(r"\W+", "_", record.entity.name).lower()
            self._require_room(record)
            self.world.records.append(record)
            self.call(
                part,
                phase=phase,
                text=text or f"{_article(name)} is made",
                records=found,
                by=by,
                body=body,
                query=query,
                scene=Scene(record=record, caller=by.account),
                shows=record,
                holder=record if record.login else None,
            )
        finally:
            self._depth -= 1
        return record

    def _require_room(self, record: Record) -> None:
        """Raise QuotaReachedError where a quota allows no such record any more."""
        for quota in record.entity.quotas:
            target = record.references.get(quota.per)
            if target is not None and _counts(record, quota) and not self._is_left(record.entity, quota, target):
                raise QuotaReachedError(f"no more {record.entity.plural} have the same {quota.per}")

    def _is_left(self, entity: Entity, quota: Quota, target: Record) -> bool:
        """Whether one more record may count for `target`."""
        same = [one for one in self.world.of(entity.name) if one.references.get(quota.per) is target]
        return quota == self.tried or sum(_counts(one, quota) for one in same) < quota.most

    def _has_room(self, entity: Entity, per: str, target: Record) -> bool:
        return all(self._is_left(entity, quota, target) for quota in entity.quotas if quota.per == per)

    def _only(self, entity: str) -> Record | None:
        """The one record of its kind, where the service makes it by itself."""
        if entity not in self.parts.single:
            return None
        if not self.world.of(entity):
            record = Record(self.document.entity(entity), re.sub(r"[^a-z0-9]+", "_", entity.lower()))
            self._defaults(record)
            self.world.records.append(record)
        return self.world.of(entity)[0]

    def parents_of(self, part: Part, given: Sequence[Record], by: Voice) -> list[Record]:
        """The records that the lookups of a creating operation find; `given`: the innermost, where it is there."""
        lookups = part.effect.lookups
        if not lookups:
            return []
        if lookups[-1].place == "caller":
            return [*self.around(lookups[:-1], [], by), self._account_of(by)]
        own = by if by is not NOBODY and self.document.account_entity is not None else None
        fits = given and given[-1].entity.name == lookups[-1].entity
        inner = given[-1] if fits else self.make(lookups[-1].entity, by=own, within=lookups[-1].within)
        return self.around(lookups[:-1], [inner], by, within=lookups[-1].within)

    def around(
        self, lookups: Sequence[Lookup], inner: list[Record], by: Voice, *, within: str | None = None
    ) -> list[Record]:
        """The records that outer lookups find, then `inner`: those that the inner ones point to, else new ones."""
        found = list(inner)
        for lookup in reversed(lookups):
            outer = found[0].references.get(within) if within is not None and found else None
            if outer is None and within is not None and found:
                raise UnproducibleError(f"nothing says which {lookup.entity} a {found[0].entity.name} is made in")
            if outer is None and lookup.place == "caller":
                outer = self._account_of(by)
            own = by if by is not NOBODY else None
            found.insert(0, outer or self.make(lookup.entity, by=own, within=lookup.within))
            within = lookup.within
        return found

    def _account_of(self, by: Voice) -> Record:
        if by.account is None:
            raise UnproducibleError("the caller has no account")
        return by.account

    def creation(
        self,
        part: Part,
        n: int,
        by: Voice,
        parents: Sequence[Record],
        fixed: Mapping[str, JsonValue],
        *,
        full: bool,
        sent: Body | None = None,
    ) -> tuple[JsonValue, dict[str, JsonValue], Record]:
        """(body, query, the record that comes of it) of a creating operation."""
        entity = self.document.entity(part.effect.entity)
        content = content_of(part.endpoint)
        body = self.samples.value(content.shape, n, full=full) if content is not None and sent is None else None
        body = sent(n) if sent is not None else body
        record = Record(entity, f"{re.sub(r'[^a-z0-9]+', '_', entity.name.lower())}{n}", maker=by.account)
        query: dict[str, JsonValue] = {}
        for write in part.effect.writes:
            body = self._wish(write, entity, body, query, fixed, n, by)
        self._defaults(record)
        for write in part.effect.writes:
            self.apply(write, record, body, query, by, parents)
        if entity.account is not None:
            names = [one.name for one in entity.attributes]
            record.login = {name: record.values[name] for name in names if name in record.values}
        if entity.account is not None:
            record.values.pop(entity.account.password_field, None)
        return body, query, record

    def _wish(
        self,
        write: Write,
        entity: Entity,
        body: JsonValue,
        query: dict[str, JsonValue],
        fixed: Mapping[str, JsonValue],
        n: int,
        by: Voice,
    ) -> JsonValue:
        """The body (or query) with what a write shall set: a wished value, or the key of a record that exists."""
        value: JsonValue = None
        if write.attribute in fixed:
            value = fixed[write.attribute]
        elif write.match and write.place in ("body", "query"):
            if write.place == "body" and at(body, write.name) is None:
                return body
            value = self.reference(write, entity, body, by)
        elif write.place == "query":
            shape = next((one.shape for one in self._queries(write.name)), None)
            value = self.samples.value(shape, n, write.name) if shape is not None else None
        else:
            return body
        if write.place == "query":
            query[write.name] = value
            return body
        return put(body, write.name, value)

    def _queries(self, name: str) -> Iterator[Parameter]:
        for part in self.parts.all:
            for one in part.endpoint.parameters:
                if one.place == "query" and one.name == name:
                    yield one

    def reference(self, write: Write, entity: Entity, body: JsonValue, by: Voice) -> JsonValue:
        """What a body holds to refer to a record that exists; one is made where none does."""
        attribute = entity.attribute(write.attribute)
        if attribute.target is None or (write.place == "body" and not has(body, write.name)):
            return at(body, write.name) if write.place == "body" else None
        many = isinstance(at(body, write.name), list)
        if attribute.target == entity.name:  # a first record cannot point to another one
            return [] if many else None
        known = [one for one in self.world.of(attribute.target) if self._has_room(entity, attribute.name, one)]
        target = known[0] if known else self.make(attribute.target, by=by if by is not NOBODY else None)
        key = self.key(target, write.match)
        return [key] if many else key

    def _defaults(self, record: Record) -> None:
        for attribute in record.entity.attributes:
            if attribute.default is not None and attribute.default.kind == "literal":
                record.values[attribute.name] = attribute.default.value
            elif attribute.generated:
                record.values[attribute.name] = unknown(attribute)
        states = record.entity.states
        if states is not None:
            record.values[states.field] = states.initial

    def apply(
        self,
        write: Write,
        record: Record,
        body: JsonValue,
        query: Mapping[str, JsonValue],
        by: Voice,
        parents: Sequence[Record],
    ) -> None:
        """What a write does to a record."""
        name, attribute = write.attribute, record.entity.attribute(write.attribute)
        match write.place:
            case "caller":
                record.references[name] = self._account_of(by)
            case "parent":
                record.references[name] = parents[-1]
            case "constant":
                record.values[name] = write.value
            case "query" if write.name not in query:
                return
            case "body" | "query":
                source = {"": query.get(write.name)} if write.place == "query" else None
                if source is None and not has(body, write.name):
                    return
                value = source[""] if source is not None else at(body, write.name)
                self._set(record, write, value, many=attribute.type == "references")
            case _:
                raise UnproducibleError(f"{write.attribute} comes from the path")

    def _set(self, record: Record, write: Write, value: JsonValue, *, many: bool) -> None:
        target = record.entity.attribute(write.attribute).target
        if not write.match or target is None:
            record.values[write.attribute] = value
            return
        wanted = value if isinstance(value, list) else [value]
        found = [one for one in self.world.of(target) if one.values.get(write.match) in wanted]
        if many:
            record.links[write.attribute] = found
        elif found and value is not None:
            record.references[write.attribute] = found[0]
        else:
            record.references.pop(write.attribute, None)


def _counts(record: Record, quota: Quota) -> bool:
    return quota.field is None or record.values.get(quota.field) in quota.values


def _article(word: str) -> str:
    return f"{'an' if word[:1] in 'aeiou' else 'a'} {word.replace('_', ' ')}"
