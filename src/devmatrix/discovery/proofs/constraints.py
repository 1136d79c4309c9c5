"""What attributes accept, just inside and just outside; unique values; rules between attributes."""

from typing import NamedTuple

from devmatrix.discovery.document import Attribute, Check, Entity, FieldType, Level, Operation, OperationKind
from devmatrix.discovery.proofs.edges import Edge, inside, is_bounded, other_spellings, outside, type_limits
from devmatrix.discovery.proofs.payloads import Values, answered, edge_pairs, holds, settable
from devmatrix.discovery.proofs.script import Script
from devmatrix.discovery.proofs.subject import Draft, Proof, Subject, proof
from devmatrix.discovery.proofs.unproducible import UnproducibleError
from devmatrix.discovery.proofs.values import STRINGS, lengths
from devmatrix.discovery.proofs.wording import many, one, words

_MOST_EDGES = 10
_BOUNDS = (
    "minimum", "exclusive_minimum", "maximum", "exclusive_maximum", "min_length", "max_length", "pattern", "choices",
)  # fmt: skip
_SIGNS = {"<": "less than", "<=": "at most", ">": "more than", ">=": "at least", "!=": "other than"}


def constraints(subject: Subject) -> list[Proof]:
    """Requirements about what the entity's attributes accept."""
    create = subject.operation(OperationKind.CREATE)
    if create is None:
        return []
    proofs: list[Proof] = []
    for attribute in settable(subject.entity):
        if is_bounded(attribute):
            proofs += _bounded(subject, create, attribute)
    proofs += _by_type(subject, create)
    for check in subject.entity.checks:
        proofs += _checked(subject, create, check)
    return proofs


def _limits_in_words(attribute: Attribute) -> str:
    if attribute.type is FieldType.ENUM:
        return f"is one of {', '.join(attribute.choices)}"
    said: list[str] = []
    for words_, bound in (
        ("at least", attribute.minimum),
        ("more than", attribute.exclusive_minimum),
        ("at most", attribute.maximum),
        ("less than", attribute.exclusive_maximum),
    ):
        said += [f"is {words_} {bound:g}"] if bound is not None else []
    if attribute.type in STRINGS:
        shortest, longest = lengths(attribute)
        said += [f"has at least {shortest} characters"] if attribute.min_length is not None else []
        said += [f"has at most {longest} characters"] if attribute.max_length is not None else []
    said += [f"matches {attribute.pattern}"] if attribute.pattern is not None else []
    return " and ".join(said)


def _level(attribute: Attribute) -> Level:
    """SHOULD where all that bounds the attribute is only recommended."""
    bounds = {name for name in _BOUNDS if getattr(attribute, name) not in (None, ())}
    return Level.SHOULD if bounds and bounds <= set(attribute.recommended) else Level.MUST


def _bounded(subject: Subject, create: Operation, attribute: Attribute) -> list[Proof]:
    entity = subject.entity
    label = f"{words(attribute.name)} of {one(entity)}"
    return proof(
        _level(attribute),
        f"The {label} {_limits_in_words(attribute)}",
        [create],
        [
            _edges(
                subject,
                create,
                f"{label}: just inside and just outside",
                [*(Case(attribute, edge, True) for edge in inside(attribute))],
                [*(Case(attribute, edge, False) for edge in outside(attribute))],
            )
        ],
    )


class Case(NamedTuple):
    """An attribute, a value at its edge, and whether it is accepted."""

    attribute: Attribute
    edge: Edge
    accepted: bool


def _edges(subject: Subject, create: Operation, title: str, *groups: list[Case]) -> list[Draft]:
    """A scenario in which the cases are created, or refused and blamed."""
    entity = subject.entity

    def write(script: Script, part: list[Case]) -> None:
        for case in part:
            if case.accepted:
                _accepted(script, subject, create, case)
        if all(case.accepted for case in part):
            return
        body = script.body(entity, by=script.cast.caller(create))
        for attribute, edge, accepted in part:
            if not accepted:
                text = f"{one(entity)} is created with {edge.text}"
                changed = {**body, attribute.name: edge.value}
                script.refuse("when", text, create, status=422, blame=[f"/{attribute.name}"], body=changed)

    return subject.chunked(title, "boundary", [case for group in groups for case in group], write, _MOST_EDGES)


def _accepted(script: Script, subject: Subject, create: Operation, case: Case) -> None:
    entity, (attribute, edge, _) = subject.entity, case
    try:
        body = script.body(entity, {attribute.name: edge.answer}, by=script.cast.caller(create))
    except UnproducibleError as reason:
        # An edge that the rules between attributes do not reach.
        subject.omissions.append(f"{entity.name}: {edge.text}: {reason}")
        return
    answer = answered(entity, body)
    text = f"{one(entity)} is created with {edge.text}"
    script.call("when", text, create, body={**body, attribute.name: edge.value}, answer={"$open": answer})


def _by_type(subject: Subject, create: Operation) -> list[Proof]:
    entity = subject.entity
    limits = [(attribute, *type_limits(attribute)) for attribute in settable(entity)]
    spelt = [Case(attribute, edge, True) for attribute in settable(entity) for edge in other_spellings(attribute)]
    return proof(
        Level.SHOULD,
        f"Attributes of {many(entity)} keep to the limits of their types where the request says none",
        [create],
        [
            _edges(
                subject,
                create,
                f"{many(entity)}: values at the limits of their types, and in other spellings",
                [Case(attribute, edge, True) for attribute, edges, _ in limits for edge in edges],
                [Case(attribute, edge, False) for attribute, _, edges in limits for edge in edges],
                spelt,
            )
        ],
    )


def _checked(subject: Subject, create: Operation, check: Check) -> list[Proof]:
    entity = subject.entity
    right, wrong = edge_pairs(entity, check, 1)
    rule = f"{words(check.left)} of {one(entity)} is {_SIGNS[check.operator]} its {words(check.right)}"
    patch = subject.operation(OperationKind.PATCH)

    def happy(script: Script) -> None:
        body = script.body(entity, right or {}, full=True, by=script.cast.caller(create))
        text = f"{one(entity)} is created just within the rule"
        script.call("when", text, create, body=body, answer=script.new_answer(entity, body))

    def broken(script: Script) -> None:
        body = {**script.body(entity, right or {}, full=True, by=script.cast.caller(create)), **(wrong or {})}
        text = f"{one(entity)} is created just beyond the rule"
        script.refuse("when", text, create, status=422, blame=[f"/{check.left}"], body=body)

    def merged(script: Script) -> None:
        record = script.usable(entity, patch, fixed=right, full=True)
        name = _one_that_breaks(entity, check, record.values, wrong or {})
        if name is not None and patch is not None:
            text = f"{name} of {one(entity)} is patched beyond the rule"
            change: Values = {name: (wrong or {})[name]}
            script.refuse("when", text, patch, record=record, status=422, blame=[f"/{check.left}"], body=change)

    drafts = [
        subject.draft(f"{rule}: just within", "boundary", happy) if right else [],
        subject.draft(f"{rule}: just beyond", "boundary", broken) if wrong and right else [],
        subject.draft(f"{rule}: patched beyond", "error", merged) if wrong and right and patch else [],
    ]
    level = Level.SHOULD if check.recommended else Level.MUST
    return proof(level, f"The {rule}", [create, patch], drafts)


def _one_that_breaks(entity: Entity, check: Check, values: Values, wrong: Values) -> str | None:
    """The one attribute whose wrong value breaks the check, and no other check, when only it is changed."""
    for name in (check.left, check.right):
        changed = {**values, name: wrong[name]}
        broken = [item for item in entity.checks if not holds(entity, item, changed)]
        if broken == [check]:
            return name
    return None


def uniqueness(subject: Subject) -> list[Proof]:
    """Requirements about values that only one record may have."""
    create = subject.operation(OperationKind.CREATE)
    if create is None:
        return []
    proofs: list[Proof] = []
    for attribute in settable(subject.entity):
        if attribute.unique:
            proofs += _unique(subject, create, (attribute.name,))
    for names in subject.entity.unique_together:
        proofs += _unique(subject, create, names)
    return proofs


def _unique(subject: Subject, create: Operation, names: tuple[str, ...]) -> list[Proof]:
    entity = subject.entity
    label = " and ".join(words(name) for name in names)
    patch = subject.operation(OperationKind.PATCH)

    def twice(script: Script) -> None:
        first = script.record(entity, _own_references(script, entity, names), full=True)
        same = {name: first.sent[name] for name in names}
        body = script.body(entity, same, full=True, by=script.cast.caller(create, first.maker), repeats=True)
        text = f"{one(entity)} is created with the same {label}"
        script.refuse("when", text, create, status=409, body=body, actor=script.cast.caller(create, first.maker))

    def by_patch(script: Script) -> None:
        first = script.usable(entity, patch, fixed=_own_references(script, entity, names), full=True)
        second = script.record(entity, _own_references(script, entity, names), full=True, maker=first.maker)
        if patch is None:
            return
        own = {name: first.sent[name] for name in names}
        same = {name: second.sent[name] for name in (*names, *_checked_with(entity, names)) if name in second.sent}
        text = f"{one(entity)} is patched"
        script.call("when", f"{text} to its own {label}", patch, record=first, body=own)
        script.refuse("when", f"{text} to the {label} of another", patch, record=first, status=409, body=same)

    only_recommended = len(names) == 1 and "unique" in entity.attribute(names[0]).recommended
    return proof(
        Level.SHOULD if only_recommended else Level.MUST,
        f"No two {many(entity)} have the same {label}",
        [create, patch],
        [
            subject.draft(f"{label} of {one(entity)} cannot be used twice", "error", twice),
            subject.draft(f"{label} of {one(entity)} cannot be patched to that of another", "error", by_patch)
            if patch
            else [],
            _nulls(subject, create, names, label),
            _stays_taken(subject, create, names, label),
            _capitals(subject, create, names),
        ],
    )


def _nulls(subject: Subject, create: Operation, names: tuple[str, ...], label: str) -> list[Draft]:
    entity = subject.entity
    name = next((name for name in names if not entity.attribute(name).required), None)
    if name is None:
        return []

    def write(script: Script) -> None:
        first = script.record(entity, {name: None}, full=True)
        actor = script.cast.caller(create, first.maker)
        fixed = {other: first.sent.get(other) for other in names if other != name}
        body = script.body(entity, {**fixed, name: None}, full=True, by=actor)
        text = f"{another_without(entity, name)} is created"
        script.call("when", text, create, body=body, actor=actor, answer=script.new_answer(entity, body))

    return subject.draft(f"{many(entity)} without {label} do not clash", "boundary", write)


def _stays_taken(subject: Subject, create: Operation, names: tuple[str, ...], label: str) -> list[Draft]:
    entity, delete = subject.entity, subject.operation(OperationKind.DELETE)
    if not entity.soft_delete or delete is None:
        return []

    def write(script: Script) -> None:
        first = script.usable(entity, delete, fixed=_own_references(script, entity, names), full=True)
        if first.headers:
            return
        script.call("given", f"the {words(entity.name)} is deleted", delete, record=first)
        same = {name: first.sent[name] for name in names}
        actor = script.cast.caller(create, first.maker)
        body = script.body(entity, same, full=True, by=actor, repeats=True)
        text = f"{one(entity)} is created with the {label} of a deleted one"
        script.refuse("when", text, create, status=409, body=body, actor=actor)

    return subject.draft(f"{label} of a deleted {words(entity.name)} stays taken", "boundary", write)


def _own_references(script: Script, entity: Entity, names: tuple[str, ...]) -> Values:
    """Records to refer to, for those of the names that are references."""
    references = [entity.attribute(name) for name in names if entity.attribute(name).type is FieldType.REFERENCE]
    targets = [(item, script.document.entity(item.target or "")) for item in references]
    return {item.name: script.parent(entity, item, target).id for item, target in targets}


def _checked_with(entity: Entity, names: tuple[str, ...]) -> list[str]:
    """Attributes that a rule binds to one of the names: they must change together."""
    pairs = [(check.left, check.right) for check in entity.checks if {check.left, check.right}.intersection(names)]
    return sorted({name for pair in pairs for name in pair}.difference(names))


def another_without(entity: Entity, name: str) -> str:
    """Words for a second record without a value."""
    return f"another {words(entity.name)} without {words(name)}"


def _capitals(subject: Subject, create: Operation, names: tuple[str, ...]) -> list[Draft]:
    entity = subject.entity
    attribute = entity.attribute(names[0])
    if len(names) > 1 or attribute.type is not FieldType.EMAIL or attribute.pattern is not None:
        return []

    def write(script: Script) -> None:
        first = script.record(entity, full=True)
        actor = script.cast.caller(create, first.maker)
        loud = str(first.sent[attribute.name]).upper()
        body = script.body(entity, {attribute.name: loud}, full=True, by=actor, repeats=True)
        text = f"{one(entity)} is created with the same {words(attribute.name)} in capitals"
        script.refuse("when", text, create, status=409, body=body, actor=actor)

    return subject.draft(f"capitals do not make another {words(attribute.name)}", "boundary", write)
