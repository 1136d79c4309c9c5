"""How many records an imported API keeps for each that they refer to: as many as may be, one more, after a deletion."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from devmatrix.discovery.document import OperationKind, Quota
from devmatrix.discovery.interface import Reason, Write
from devmatrix.discovery.proofs.imported.bodies import content_of, put
from devmatrix.discovery.proofs.imported.calls import Part, Voice
from devmatrix.discovery.proofs.imported.changes import CHANGED, changed_query, settled
from devmatrix.discovery.proofs.imported.script import Script
from devmatrix.discovery.proofs.imported.subject import Subject
from devmatrix.discovery.proofs.imported.world import Record, Scene
from devmatrix.discovery.proofs.quotas import MOST_MADE
from devmatrix.discovery.proofs.subject import Draft
from devmatrix.discovery.proofs.unproducible import UnproducibleError
from devmatrix.discovery.proofs.wording import quota_in_words, words

_CHANGES = (
    OperationKind.REPLACE, OperationKind.PATCH, OperationKind.NESTED_REPLACE, OperationKind.NESTED_PATCH,
)  # fmt: skip
_MAKES = (OperationKind.CREATE, OperationKind.NESTED_CREATE, OperationKind.REGISTER)


@dataclass(frozen=True)
class _Whole:
    """What the records of one count have in common."""

    by: Voice
    parents: tuple[Record, ...]
    fixed: dict[str, JsonValue]


def too_many(subject: Subject) -> list[Draft]:
    """For each quota of what the operation makes or changes: as many fit as are allowed, and not one more."""
    part = subject.part
    if part.endpoint.effect is None:
        return []
    entity, drafts = subject.document.entity(part.effect.entity), list[Draft]()
    for quota in entity.quotas:
        title = quota_in_words(entity, quota)
        if part.operation.kind in _MAKES:
            drafts += subject.draft(title, "boundary", _made, subject, quota)
        elif part.operation.kind in _CHANGES and _moving(part, quota) is not None:
            drafts += subject.draft(title, "boundary", _changed, subject, quota)
    return drafts


def _moving(part: Part, quota: Quota) -> Write | None:
    """What of the body may make a record count that did not."""
    return next((one for one in part.effect.writes if one.place == "body" and one.attribute == quota.field), None)


def _made(script: Script, subject: Subject, quota: Quota) -> None:
    """All places are taken, and one more is refused; somebody else has places; a deleted one frees its own."""
    trial = _Trial(script, subject, subject.part, quota)
    trial.fill()
    trial.refuse()
    trial.make_another()
    if trial.delete():
        trial.make(quota.most)
        trial.refuse()


def _changed(script: Script, subject: Subject, quota: Quota) -> None:
    """All places are taken, and a record that does not count is not changed so that it would."""
    part, entity = subject.part, subject.document.entity(subject.part.effect.entity)
    write, content = _moving(part, quota), content_of(part.endpoint)
    apart = [one for one in entity.attribute(quota.field or "").choices if one not in quota.values]
    if write is None or content is None or not apart:
        raise UnproducibleError("all of them count")
    trial = _Trial(script, subject, script.maker_of(entity.name, quota.per), quota)
    trial.fill()
    stray = trial.make(1, f"one {words(entity.name)} is {apart[0]}", {write.attribute: apart[0]})
    by, records = trial.found_by(part, stray)
    body = settled(subject, script, subject.samples.value(content.shape, CHANGED), stray, by)
    script.call(
        part,
        phase="when",
        text=f"it would be one more that is {quota.values[0]}",
        records=records,
        by=by,
        body=put(body, write.name, quota.values[0]),
        query=changed_query(subject),
        expect=script.refused(part, Reason.STATE),
    )


class _Trial:
    """One quota, tried with one operation that makes records."""

    def __init__(self, script: Script, subject: Subject, part: Part, quota: Quota) -> None:
        self._script = script
        self._subject = subject
        self._part = part
        self._quota = quota
        self._name = words(part.effect.entity)
        self._write = next((one for one in part.effect.writes if one.attribute == quota.per), None)
        if self._write is None:
            raise UnproducibleError(f"{part.operation.id} does not say which {quota.per}")
        if quota.most > MOST_MADE:
            raise UnproducibleError(f"no scenario makes {quota.most} records")
        script.tried = quota
        by = script.voice(part)
        self._whole = _Whole(by, tuple(script.parents_of(part, [], by)), self._counting())
        self._records: list[Record] = []

    def fill(self) -> None:
        """Make as many as may be."""
        self._records = [self.make(number) for number in range(1, self._quota.most + 1)]

    def _counting(self) -> dict[str, JsonValue]:
        """What a record is made with, so that it counts for this quota, and for others where it must."""
        entity = self._subject.document.entity(self._part.effect.entity)
        written = [one.attribute for one in self._part.effect.writes if one.place == "body"]
        found: dict[str, JsonValue] = {}
        for other in entity.quotas:
            free = (
                [one for one in entity.attribute(other.field).choices if one not in other.values] if other.field else []
            )
            if free and other.field in written:
                found[str(other.field)] = free[0]
        quota = self._quota
        if quota.field is None:
            return found
        if quota.field in written:
            return {**found, quota.field: quota.values[0]}
        default = entity.attribute(quota.field).default
        first = entity.states.initial if entity.states and entity.states.field == quota.field else None
        if (first or (default.value if default else None)) not in quota.values:
            raise UnproducibleError(f"nothing makes a {self._name} that is {' or '.join(quota.values)}")
        return found

    def make(self, number: int, text: str = "", others: Mapping[str, JsonValue] | None = None) -> Record:
        """One more of the same."""
        return self._make(self._whole, number, text, others or {})

    def _make(self, whole: _Whole, number: int, text: str, others: Mapping[str, JsonValue]) -> Record:
        return self._script.make(
            self._part.effect.entity,
            part=self._part,
            by=whole.by,
            parents=whole.parents[-1:],
            fixed={**whole.fixed, **others},
            phase="when" if number == self._quota.most and not others else "given",
            text=text or f"{self._name} number {number} is made",
        )

    def refuse(self) -> None:
        """One more than may be."""
        whole, number = self._whole, self._script.number(self._part.effect.entity)
        body, query, _ = self._script.creation(self._part, number, whole.by, whole.parents, whole.fixed, full=True)
        self._script.call(
            self._part,
            phase="when",
            text=f"one {self._name} more is made",
            records=whole.parents,
            by=whole.by,
            body=body,
            query=query,
            expect=self._script.refused(self._part, Reason.STATE),
        )

    def make_another(self) -> None:
        """For somebody else, or in another one."""
        script, write = self._script, self._write
        target = self._subject.document.entity(self._part.effect.entity).attribute(self._quota.per).target
        by, fixed = script.voice(self._part), self._counting()
        if write is not None and write.place == "caller":
            by = script.somebody(self._part, 2)
        elif write is not None and write.match and target is not None:
            fixed[self._quota.per] = script.key(script.make(target, by=by if by.account else None), write.match)
        whole = _Whole(by, tuple(script.parents_of(self._part, [], by)), fixed)
        self._make(whole, self._quota.most, f"{self._name} number 1 of another is made", {})

    def delete(self) -> bool:
        """Delete the first; whether that is possible."""
        kinds, record = (OperationKind.DELETE, OperationKind.NESTED_DELETE), self._records[0]
        part = self._subject.parts.first(self._part.effect.entity, *kinds)
        if part is None or not part.effect.lookups or record.login:
            return False
        by, records = self.found_by(part, record)
        expected = self._script.expectation(part, Scene(record=record, caller=by.account))
        text = f"one {self._name} is deleted"
        self._script.call(part, phase="given", text=text, records=records, by=by, expect=expected)
        self._script.world.remove(record)
        return True

    def found_by(self, part: Part, record: Record) -> tuple[Voice, list[Record]]:
        """Who may use another operation on a record, and the records that its lookups find."""
        fits = self._whole.by.scheme in ("", *part.endpoint.schemes) and not part.operation.access.roles
        by, lookups = self._whole.by if fits else self._script.voice(part), part.effect.lookups
        if not lookups:
            raise UnproducibleError("the caller's own is meant")
        return by, self._script.around(lookups[:-1], [record], by, within=lookups[-1].within)
