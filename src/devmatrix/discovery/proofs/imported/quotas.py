"""How many records an imported API keeps for each that they refer to: as many as may be, one more, after a deletion."""

from dataclasses import dataclass

from pydantic import JsonValue

from devmatrix.discovery.document import OperationKind, Quota
from devmatrix.discovery.interface import Reason, Write
from devmatrix.discovery.proofs.imported.calls import Voice
from devmatrix.discovery.proofs.imported.script import Script
from devmatrix.discovery.proofs.imported.subject import Subject
from devmatrix.discovery.proofs.imported.world import Record, Scene
from devmatrix.discovery.proofs.subject import Draft
from devmatrix.discovery.proofs.unproducible import UnproducibleError
from devmatrix.discovery.proofs.wording import quota_in_words, words

_MAKES = (OperationKind.CREATE, OperationKind.NESTED_CREATE, OperationKind.REGISTER)
_MOST = 200
"""No scenario makes more."""


@dataclass(frozen=True)
class _Whole:
    """What the records of one count have in common."""

    by: Voice
    parents: tuple[Record, ...]
    fixed: dict[str, JsonValue]


def too_many(subject: Subject) -> list[Draft]:
    """For each quota of what the operation makes: it fits as often as is allowed, and not once more."""
    part = subject.part
    if part.operation.kind not in _MAKES or part.endpoint.effect is None:
        return []
    entity, drafts = subject.document.entity(part.effect.entity), list[Draft]()
    for quota in entity.quotas:
        write = next((one for one in part.effect.writes if one.attribute == quota.per), None)
        if write is not None:
            drafts += subject.draft(quota_in_words(entity, quota), "boundary", _Trial(subject, quota, write).play)
    return drafts


class _Trial:
    """One quota, tried by one operation that makes records."""

    def __init__(self, subject: Subject, quota: Quota, write: Write) -> None:
        self._subject = subject
        self._part = subject.part
        self._quota = quota
        self._write = write
        self._name = words(subject.part.effect.entity)

    def play(self, script: Script) -> None:
        """All places are taken, and one more is refused; somebody else has places; a deleted one frees its own."""
        if self._quota.most > _MOST:
            raise UnproducibleError(f"no scenario makes {self._quota.most} records")
        script.tried = self._quota
        whole = self._whole(script)
        records = [self._make(script, whole, number) for number in range(1, self._quota.most + 1)]
        self._refuse(script, whole)
        self._make_another(script)
        if self._delete(script, whole, records[0]):
            self._make(script, whole, self._quota.most)
            self._refuse(script, whole)

    def _whole(self, script: Script) -> _Whole:
        by = script.voice(self._part)
        return _Whole(by, tuple(script.parents_of(self._part, [], by)), self._counting())

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

    def _make(self, script: Script, whole: _Whole, number: int, text: str = "") -> Record:
        last = number == self._quota.most
        return script.make(
            self._part.effect.entity,
            part=self._part,
            by=whole.by,
            parents=whole.parents[-1:],
            fixed=whole.fixed,
            phase="when" if last else "given",
            text=text or f"{self._name} number {number} is made",
        )

    def _refuse(self, script: Script, whole: _Whole) -> None:
        number = script.number(self._part.effect.entity)
        body, query, _ = script.creation(self._part, number, whole.by, whole.parents, whole.fixed, full=True)
        script.call(
            self._part,
            phase="when",
            text=f"one {self._name} more is made",
            records=whole.parents,
            by=whole.by,
            body=body,
            query=query,
            expect=script.refused(self._part, Reason.STATE),
        )

    def _make_another(self, script: Script) -> None:
        """For somebody else, or in another one."""
        target = self._subject.document.entity(self._part.effect.entity).attribute(self._quota.per).target
        by, fixed = script.voice(self._part), self._counting()
        if self._write.place == "caller":
            by = script.somebody(self._part, 2)
        elif self._write.match and target is not None:
            fixed[self._quota.per] = script.key(script.make(target, by=by if by.account else None), self._write.match)
        parents = script.parents_of(self._part, [], by)
        whole = _Whole(by, tuple(parents), fixed)
        self._make(script, whole, self._quota.most, f"{self._name} number 1 of another is made")

    def _delete(self, script: Script, whole: _Whole, record: Record) -> bool:
        kinds = (OperationKind.DELETE, OperationKind.NESTED_DELETE)
        part = self._subject.parts.first(self._part.effect.entity, *kinds)
        if part is None or not part.effect.lookups or record.login:
            return False
        fits = whole.by.scheme in ("", *part.endpoint.schemes) and not part.operation.access.roles
        by = whole.by if fits else script.voice(part)
        lookups = part.effect.lookups
        script.call(
            part,
            phase="given",
            text=f"one {self._name} is deleted",
            records=script.around(lookups[:-1], [record], by, within=lookups[-1].within),
            by=by,
            expect=script.expectation(part, Scene(record=record, caller=by.account)),
        )
        script.world.remove(record)
        return True
