"""How many records there may be of each: just as many as are allowed, one more, and what frees a place or takes one."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from devmatrix.discovery.document import Attribute, Level, Operation, OperationKind, Quota, Transition
from devmatrix.discovery.proofs.cast import SECOND, find, maker_of
from devmatrix.discovery.proofs.payloads import Values, settable
from devmatrix.discovery.proofs.script import Record, Script
from devmatrix.discovery.proofs.states import path_to
from devmatrix.discovery.proofs.subject import Draft, Proof, Subject, proof
from devmatrix.discovery.proofs.unproducible import UnproducibleError
from devmatrix.discovery.proofs.wording import another, one, quota_in_words, words

_OFTEN = 20
"""So many records are made anew for each scenario; where there are more, one scenario tries everything."""
MOST_MADE = 200
"""No scenario makes more."""

Kind = OperationKind


def quotas(subject: Subject) -> list[Proof]:
    """Requirements about how many records there may be for each that they refer to."""
    return [item for quota in subject.entity.quotas for item in _Trial(subject, quota).proofs()]


@dataclass(frozen=True)
class _Whole:
    """What the records of one count have in common: the record that they refer to, or who makes them."""

    fixed: Values
    maker: str | None
    text: str


class _Trial:
    """The scenarios of one quota."""

    def __init__(self, subject: Subject, quota: Quota) -> None:
        self._subject = subject
        self._quota = quota
        self._entity = subject.entity
        self._is_owner = quota.per == subject.entity.owner_field

    def proofs(self) -> list[Proof]:
        """The requirement, where scenarios could be made up."""
        maker = maker_of(self._subject.document, self._entity)
        if maker is None:
            return []
        tries = [self._more, self._other, self._freed, self._moved, self._uncounted, self._left]
        titles = (
            f"{self._quota.most} fit, and no more",
            "others have a count of their own",
            "deleting one frees its place",
            "none is moved to where there is no place",
            "only those count that should",
            "one that does not count any more frees its place",
        )
        prefix = quota_in_words(self._entity, self._quota)
        if self._quota.most > _OFTEN:
            drafts = [self._draft(f"{prefix}: {titles[0]}, and what changes that", *tries)]
        else:
            drafts = [self._draft(f"{prefix}: {title}", one) for title, one in zip(titles, tries, strict=True)]
        level = Level.SHOULD if self._quota.recommended else Level.MUST
        said = f"at most {self._quota.most}"
        found = proof(level, prefix.capitalize(), self._concerned(maker), drafts)
        return [replace(item, said=said) for item in found]

    def _concerned(self, maker: Operation) -> list[Operation]:
        kinds = (Kind.REPLACE, Kind.PATCH) if self._settable(self._quota.per) else ()
        found = [item for item in (self._subject.operation(kind) for kind in kinds) if item is not None]
        return [maker, *found]

    def _draft(self, title: str, *tries: Callable[[Script, _Whole, list[Record]], bool]) -> list[Draft]:
        tried: list[bool] = []

        def write(script: Script) -> None:
            if self._quota.most > MOST_MADE:
                raise UnproducibleError(f"no scenario makes {self._quota.most} records")
            if self._quota.most > 1 and self._entity.attribute(self._quota.per).unique:
                raise UnproducibleError(f"{self._quota.per} is unique, so there is never more than one")
            script.places.tried = self._quota
            whole = self._whole(script, 1)
            records = [self._enter(script, whole, "given") for _ in range(self._quota.most - 1)]
            records.append(self._enter(script, whole, "when"))
            tried.extend(one(script, whole, records) for one in tries)

        drafts = self._subject.draft(title, "boundary", write)
        return drafts if any(tried) else []

    def _settable(self, name: str | None) -> Attribute | None:
        return next((item for item in settable(self._entity) if item.name == name), None)

    # Records that count

    def _whole(self, script: Script, number: int) -> _Whole:
        """A record to refer to, or somebody who makes them; the second is another one."""
        if self._is_owner:
            operation = maker_of(self._subject.document, self._entity)
            actor = script.cast.caller(operation, SECOND if number > 1 else None) if operation else None
            if number > 1 and actor != SECOND:
                raise UnproducibleError("nobody else makes any")
            return _Whole({}, actor, f"of {actor}")
        target = self._subject.document.entity(self._entity.attribute(self._quota.per).target or "")
        parent = script.record(target)
        text = f"of {one(target) if number == 1 else another(target)}"
        return _Whole({self._quota.per: parent.id}, None, text)

    def _way(self) -> tuple[Values, list[Transition]]:
        """What a record is made with, and the transitions that follow, so that it counts in the end."""
        quota, machine = self._quota, self._entity.states
        if quota.field is None:
            return {}, []
        if self._settable(quota.field) is not None:
            return {quota.field: quota.values[0]}, []
        if machine is None or machine.field != quota.field:
            raise UnproducibleError(f"nobody sets {quota.field}")
        ways = [way for value in quota.values if (way := path_to(machine, value)) is not None]
        if not ways:
            raise UnproducibleError(f"no way leads to {' or '.join(quota.values)}")
        return {}, min(ways, key=len)

    def _apart(self) -> Values:
        """Values by which records do not count for other quotas."""
        values: Values = {}
        for other in self._entity.quotas:
            field = self._settable(other.field)
            free = [item for item in (field.choices if field else ()) if item not in other.values]
            if field is not None and free and other != self._quota:
                values[field.name] = free[0]
        return values

    def _operation(self, name: str) -> Operation:
        moves = (item for item in self._subject.operations if item.kind is Kind.TRANSITION and item.transition == name)
        found = next(moves, None)
        if found is None:
            raise UnproducibleError(f"no operation makes {words(name)}")
        return found

    def _enter(self, script: Script, whole: _Whole, phase: str, *, refused: bool = False) -> Record:
        """One more record that counts, or would."""
        values, way = self._way()
        fixed: Values = {**self._apart(), **whole.fixed, **values}
        if refused and not way:
            self._refuse_creation(script, whole, fixed)
            return Record(self._entity, "", {}, {}, None)
        record = script.record(self._entity, fixed, maker=whole.maker, text=self._text(whole, phase))
        if phase != "given":
            script.steps[-1] = script.steps[-1].model_copy(update={"phase": phase})
        for number, move in enumerate(way, start=1):
            operation = self._operation(move.name)
            if refused and number == len(way):
                text = f"it would be one more that is {words(move.target)}"
                script.refuse("when", text, operation, record=record, status=409)
                return record
            script.call("given", f"it goes to {words(move.target)}", operation, record=record)
        return record

    def _text(self, whole: _Whole, phase: str) -> str:
        return f"{one(self._entity)} {whole.text} {'exists' if phase == 'given' else 'is created'}"

    def _refuse_creation(self, script: Script, whole: _Whole, fixed: Values) -> None:
        """By each operation that makes records of the entity."""
        makers = [find(self._subject.document, self._entity, kind) for kind in (Kind.CREATE, Kind.NESTED_CREATE)]
        usual = maker_of(self._subject.document, self._entity)
        made = [item for item in (*makers, usual) if item is not None]
        for operation in {item.id: item for item in made}.values():
            actor = script.cast.caller(operation, whole.maker)
            register = operation.kind is Kind.REGISTER
            body = script.body(self._entity, fixed, by=actor, register=register)
            ids = []
            if operation.kind is Kind.NESTED_CREATE and operation.parent_field is not None:
                ids = [str(body.pop(operation.parent_field))]
            text = f"one more {words(self._entity.name)} {whole.text} is created"
            script.refuse("when", text, operation, ids, status=409, body=body, actor=actor)

    # What is tried when all places are taken, and leaves them taken

    def _more(self, script: Script, whole: _Whole, records: list[Record]) -> bool:
        self._enter(script, whole, "when", refused=True)
        listed = self._subject.operation(Kind.LIST)
        if listed is not None and self._entity.account is None and not self._way()[1]:
            actor = script.cast.caller(listed, records[0].maker)
            answer = {"$open": {"total": self._quota.most}}
            query = "".join(f"{name}={value}" for name, value in whole.fixed.items())
            script.call("then", "there are no more than before", listed, query=query, actor=actor, answer=answer)
        return True

    def _other(self, script: Script, whole: _Whole, records: list[Record]) -> bool:
        try:
            other = self._whole(script, 2)
        except UnproducibleError:
            if self._is_owner:
                return False
            raise
        self._enter(script, other, "when")
        return True

    def _freed(self, script: Script, whole: _Whole, records: list[Record]) -> bool:
        delete = self._subject.operation(Kind.DELETE)
        if delete is None or self._entity.account is not None:
            return False
        script.call("given", f"{one(self._entity)} is deleted", delete, record=records.pop(0))
        records.append(self._enter(script, whole, "when"))
        self._enter(script, whole, "when", refused=True)
        return True

    def _moved(self, script: Script, whole: _Whole, records: list[Record]) -> bool:
        patch, put = self._subject.operation(Kind.PATCH), self._subject.operation(Kind.REPLACE)
        if self._is_owner or not self._settable(self._quota.per) or self._entity.account is not None:
            return False
        if patch is None and put is None:
            return False
        stray = self._enter(script, self._whole(script, 2), "given")
        for operation in (patch, put):
            if operation is not None:
                body = dict(whole.fixed)
                if operation is put:
                    body = script.body(self._entity, {**whole.fixed, **self._way()[0]}, by=stray.maker)
                text = f"{one(self._entity)} of another is made one {whole.text}"
                script.refuse("when", text, operation, record=stray, status=409, body=body)
        if patch is not None:
            text = f"{one(self._entity)} that counts already is patched to stay where it is"
            script.call("when", text, patch, record=records[0], body=whole.fixed)
        return True

    def _uncounted(self, script: Script, whole: _Whole, records: list[Record]) -> bool:
        field = self._settable(self._quota.field)
        apart = [item for item in (field.choices if field else ()) if item not in self._quota.values]
        if field is None or not apart:
            return False
        outside: Values = {**whole.fixed, field.name: apart[0]}
        text = f"{one(self._entity)} {whole.text} is {words(apart[0])}"
        stray = script.record(self._entity, outside, maker=whole.maker, text=text)
        patch = self._subject.operation(Kind.PATCH)
        if patch is not None and self._entity.account is None:
            text = f"it is patched to be {words(self._quota.values[0])}"
            change: Values = {field.name: self._quota.values[0]}
            script.refuse("when", text, patch, record=stray, status=409, body=change)
        delete = self._subject.operation(Kind.DELETE)
        if delete is not None and self._entity.account is None:
            script.call("given", "one that counts is deleted", delete, record=records.pop(0))
            records.append(self._enter(script, whole, "when"))
        return True

    def _left(self, script: Script, whole: _Whole, records: list[Record]) -> bool:
        """By a transition out of what counts; and back, where one leads there."""
        machine, values = self._entity.states, self._quota.values
        if machine is None or machine.field != self._quota.field:
            return False
        way = self._way()[1]
        state = way[-1].target if way else machine.initial
        out = [item for item in machine.transitions if state in item.sources and item.target not in values]
        plain = next((item for item in out if not item.requires), None)
        if plain is None:
            return False
        record = records.pop(0)
        script.call("given", f"one goes to {words(plain.target)}", self._operation(plain.name), record=record)
        records.append(self._enter(script, whole, "when"))
        back = [item for item in machine.transitions if plain.target in item.sources and item.target in values]
        for move in [item for item in back if not item.requires][:1]:
            text = f"the other goes back to {words(move.target)}"
            script.refuse("when", text, self._operation(move.name), record=record, status=409)
        return True
