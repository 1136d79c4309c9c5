"""From an entity's draft to the frozen entity: types inferred, defaults in their form, names free of clashes."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from decimal import InvalidOperation

from pydantic import JsonValue

from devmatrix.discovery.complete import ADMIN, login_field
from devmatrix.discovery.document import (
    Account,
    Attribute,
    Check,
    Default,
    Entity,
    FieldType,
    Quota,
    StateMachine,
    Transition,
)
from devmatrix.discovery.drafts import Draft, EntityDraft, FieldDraft, Operator, QuotaDraft
from devmatrix.discovery.literals import NUMERIC, OFFERED, convert, kind_of_literal, possible
from devmatrix.discovery.naming import enumerate_words, is_plural, snake
from devmatrix.discovery.quotas import choosing, references
from devmatrix.discovery.types import inferred, true_at_first

_KEPT_BY_SERVICE = ("id", "created_at", "updated_at")
_PAGING = ("limit", "offset", "sort", "search")
_ORDERED = (
    FieldType.INTEGER, FieldType.DECIMAL, FieldType.FLOAT, FieldType.DATE, FieldType.DATETIME, FieldType.TIME,
)  # fmt: skip
_NOT_UNIQUE = (FieldType.REFERENCES, FieldType.PASSWORD)


class Freezer:
    """Freezes the entities of one draft, and notes what it had to decide."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._inferred: dict[FieldType, list[str]] = defaultdict(list)
        self._flags: list[str] = []

    def entities(self) -> tuple[Entity, ...]:
        """All entities, with the assumptions about types grouped."""
        frozen = tuple(self._entity(entity) for entity in self._draft.entities.values())
        for kind, names in self._inferred.items():
            self._draft.assume(f"{kind}: {enumerate_words(names)}", "types that the names suggest, where none is given")
        if self._flags:
            self._draft.assume(
                f"{enumerate_words(self._flags)} may be left out: then false, or true where the name says so",
                "flags without a default",
            )
        return frozen

    def _entity(self, entity: EntityDraft) -> Entity:
        names = self._rename(entity)
        attributes = {field.name: self._attribute(entity, field) for field in entity.fields.values()}
        self._note_names(entity, attributes)
        states = self._states(entity, names, attributes)
        owner = self._owner(entity, attributes)
        find = lambda words: names.get(snake(words)) or entity.find(words)  # noqa: E731
        return Entity(
            name=entity.name,
            plural=entity.plural,
            description=entity.description,
            attributes=tuple(attributes.values()),
            unique_together=self._unique_together(entity, find, attributes),
            checks=self._checks(entity, find, attributes),
            quotas=self._quotas(entity, attributes),
            states=states,
            owner_field=owner,
            soft_delete=entity.soft_delete,
            versioned=entity.versioned,
            account=_account(entity) if entity.account else None,
        )

    def _rename(self, entity: EntityDraft) -> dict[str, str]:
        """Take the names out that every record has already, and rename those that mean something else; old -> new."""
        names: dict[str, str] = {}
        for name in _KEPT_BY_SERVICE:
            if entity.fields.pop(name, None):
                self._draft.assume(f"{entity.name}.{name} is set by the service", "every record has it")
        for name, kept in (("version", entity.versioned), ("deleted_at", entity.soft_delete)):
            field = entity.fields.pop(name, None)
            if field is None:
                continue
            if kept:
                self._draft.assume(f"{entity.name}.{name} is set by the service", "it is how the service keeps count")
                continue
            field.name = names[name] = f"{snake(entity.name)}_{name}"
            entity.fields[field.name] = field
            self._draft.assume(f"{entity.name}.{name} is called {field.name}", "the name is the service's own")
        return names

    def _note_names(self, entity: EntityDraft, attributes: dict[str, Attribute]) -> None:
        for name in _PAGING:
            if name in attributes:
                self._draft.assume(
                    f"Lists of {entity.plural} cannot be filtered by {name}", "the query parameter is that of paging"
                )
        for field in entity.fields.values():
            if field.description and snake(field.description) == field.name and field.description != field.name:
                self._draft.renamed.append(f"{field.description} → {field.name}")

    def _attribute(self, entity: EntityDraft, field: FieldDraft) -> Attribute:
        kind = field.type or self._infer(entity, field)
        default = field.default or self._literal(entity, field, kind)
        required = field.required if field.required is not None else default is None
        if field.type is None and kind is FieldType.BOOLEAN and default is None and field.required is None:
            default, required = Default(kind="literal", value=true_at_first(field.name)), False
            self._flags.append(f"{entity.name}.{field.name}")
        if kind is FieldType.REFERENCES or default is not None:
            required = False
        numeric = kind in NUMERIC
        if kind is FieldType.INTEGER and field.name.split("_")[-1] in _COUNTS and _only_above(field):
            field.minimum = 0
            self._draft.assume(f"{entity.name}.{field.name} is not negative", "it counts something")
        return Attribute(
            name=field.name,
            type=kind,
            description="" if snake(field.description) == field.name else field.description,
            required=required,
            default=default,
            unique=field.unique and kind not in _NOT_UNIQUE,
            minimum=field.minimum if numeric else None,
            exclusive_minimum=field.exclusive_minimum if numeric else None,
            maximum=field.maximum if numeric else None,
            exclusive_maximum=field.exclusive_maximum if numeric else None,
            min_length=field.min_length,
            max_length=field.max_length,
            pattern=field.pattern,
            scale=2 if field.scale is None else field.scale,
            choices=field.choices,
            recommended=tuple(sorted(field.soft & _LIMITS)),
            target=field.target,
            on_delete=field.on_delete or ("restrict" if required or kind is not FieldType.REFERENCE else "set_null"),
        )

    def _infer(self, entity: EntityDraft, field: FieldDraft) -> FieldType:
        if field.choices:
            return FieldType.ENUM
        kind = inferred(field.name)
        if field.is_bounded() and kind not in NUMERIC:
            limits = (field.minimum, field.exclusive_minimum, field.maximum, field.exclusive_maximum)
            whole = all(limit is None or limit == int(limit) for limit in limits)
            kind = FieldType.INTEGER if whole else FieldType.DECIMAL
        elif kind is FieldType.STRING and field.noun and is_plural(field.noun.split()[-1].lower()):
            kind = FieldType.TEXT
        if field.default is not None and field.default.kind in {"today", "now"} and kind not in _MOMENTS:
            kind = FieldType.DATE if field.default.kind == "today" else FieldType.DATETIME
        if field.raw_default is not None and kind is FieldType.STRING:
            kind = kind_of_literal(field.raw_default)
        self._inferred[kind].append(f"{entity.name}.{field.name}")
        return kind

    def _literal(self, entity: EntityDraft, field: FieldDraft, kind: FieldType) -> Default | None:
        if field.raw_default is None:
            return None
        try:
            value = convert(field, kind)
        except (ValueError, InvalidOperation):
            value = self._other_default(entity, field, kind)
            if value is None:
                return None
        return Default(kind="literal", value=value)

    def _other_default(self, entity: EntityDraft, field: FieldDraft, kind: FieldType) -> JsonValue:
        """The value to take where what is said cannot be one; none: no default."""
        label, values = f"{entity.name}.{field.name}", possible(field, kind)
        if not values:
            self._draft.assume(f"{label} has no default", f"{field.raw_default} is no valid {kind}")
            return None
        text = f"{label} cannot have the default {field.raw_default}: which should it have?"
        options = ("none", *values)
        return values.get(self._draft.ask(f"{label} default", text, options, f"it is no valid {kind}", (entity.name,)))

    def _guard(self, entity: EntityDraft, move: str, need: str, attributes: dict[str, Attribute]) -> str | None:
        """The field that a guard looks at, where it names none."""
        fields = [item.name for item in attributes.values() if not item.required and not item.server_set]
        if not fields:
            self._draft.assume(f"{move} of {entity.name} has no guard", f"{need} is no field")
            return None
        text = f"{move} of {entity.name} requires {need}, which is no field: what is meant?"
        options = ("no guard", *fields[:OFFERED])
        chosen = self._draft.ask(
            f"{entity.name} {move} {need}", text, options, "a guard looks at a field that may be null", (entity.name,)
        )
        return chosen if chosen in attributes else None

    def _states(
        self, entity: EntityDraft, names: dict[str, str], attributes: dict[str, Attribute]
    ) -> StateMachine | None:
        states = entity.states
        if states is None:
            return None
        field = names.get(states.field, states.field)
        old = attributes.get(field)
        choices = tuple(dict.fromkeys((*states.states, *(state for move in states.moves for state in move.sources))))
        choices = tuple(dict.fromkeys((*choices, *(move.target for move in states.moves))))
        attributes[field] = Attribute(
            name=field,
            type=FieldType.ENUM,
            required=False,
            choices=tuple(dict.fromkeys((*(old.choices if old else ()), *choices))) if old else choices,
            server_set=True,
        )
        moves = []
        for move in states.moves:
            needs = [(need, names.get(need) or entity.find(need)) for need in move.requires]
            found = [
                name if name in attributes else self._guard(entity, move.name, need, attributes) for need, name in needs
            ]
            requires = tuple(dict.fromkeys(name for name in found if name is not None))
            moves.append(Transition(name=move.name, sources=move.sources, target=move.target, requires=requires))
        initial = states.states[0]
        if old is not None and old.default is not None and old.default.value in choices:
            initial = str(old.default.value)
        return StateMachine(field=field, initial=initial, transitions=tuple(moves))

    def _owner(self, entity: EntityDraft, attributes: dict[str, Attribute]) -> str | None:
        account = next((other for other in self._draft.entities.values() if other.account), None)
        if entity.owner_field is None or account is None or entity is account:
            return None
        name = entity.owner_field
        attributes.pop(name, None)
        attributes[name] = Attribute(
            name=name,
            type=FieldType.REFERENCE,
            required=False,
            target=account.name,
            on_delete="cascade",
            server_set=True,
        )
        self._draft.assume(
            f"Deleting a {snake(account.name)} deletes what it owns ({entity.plural})",
            "nothing may be left without owner",
        )
        return name

    def _unique_together(
        self, entity: EntityDraft, find: Callable[[str], str | None], attributes: dict[str, Attribute]
    ) -> tuple[tuple[str, ...], ...]:
        groups = []
        for group in entity.unique_together:
            found = [find(name) for name in group]
            known = [name for name in found if name in attributes and attributes[name].type not in _NOT_UNIQUE]
            if len(known) == len(group) == len(set(known)):
                groups.append(tuple(known))
            else:
                groups += self._other_group(entity, group, known, attributes)
        return tuple(dict.fromkeys(groups))

    def _other_group(
        self, entity: EntityDraft, group: tuple[str, ...], known: list[str], attributes: dict[str, Attribute]
    ) -> list[tuple[str, ...]]:
        """What is unique together, where a part of it is no field."""
        others = [item.name for item in attributes.values() if item.type not in _NOT_UNIQUE and item.name not in known]
        groups = {", ".join((*known, other)): (*known, other) for other in others[:OFFERED]} if known else {}
        topic, why = f"unique({', '.join(group)}) of {entity.name}", "uniqueness is about single-valued fields"
        if not groups:
            self._draft.assume(f"{topic} is left out: it names no field", why)
            return []
        text = f"{topic} names what is no field: what is meant?"
        chosen = groups.get(self._draft.ask(topic, text, ("none", *groups), why, (entity.name,)))
        return [chosen] if chosen else []

    def _checks(
        self, entity: EntityDraft, find: Callable[[str], str | None], attributes: dict[str, Attribute]
    ) -> tuple[Check, ...]:
        checks = []
        for left_words, operator, right_words in entity.checks:
            left, right = find(left_words), find(right_words)
            if left in attributes and right in attributes and left != right:
                kinds = {attributes[left].type, attributes[right].type}
                if len(kinds) == 1 and (operator == "!=" or kinds <= set(_ORDERED)):
                    soft = (left_words, operator, right_words) in entity.recommended
                    checks.append(Check(left=left, operator=operator, right=right, recommended=soft))
                    continue
            checks += self._other_check(entity, (left_words, operator, right_words), (left, right), attributes)
        return tuple(dict.fromkeys(checks))

    def _quotas(self, entity: EntityDraft, attributes: dict[str, Attribute]) -> tuple[Quota, ...]:
        found = [self._quota(entity, quota, attributes) for quota in entity.quotas]
        return tuple(dict.fromkeys(quota for quota in found if quota is not None))

    def _quota(self, entity: EntityDraft, said: QuotaDraft, attributes: dict[str, Attribute]) -> Quota | None:
        """The quota; where it names no reference, or no choice of an enum, what is meant is a question."""
        pointing = [name for name, item in attributes.items() if item.type is FieldType.REFERENCE]
        per = next((name for name in references(self._draft, entity, said.per) if name in pointing), None)
        field = said.enum if said.enum in attributes else choosing(entity, said.which)
        if per is not None and (field in attributes or not said.which):
            return Quota(most=said.most, per=per, field=field, values=said.which, recommended=said.soft)
        topic = f"at most {said.most} {' or '.join(said.which)} {entity.plural} per {said.per}"
        if per is not None or not pointing:
            what = f"{entity.name} has nothing that is {' or '.join(said.which)}" if per else "nothing is referred to"
            self._draft.assume(f"{' '.join(topic.split())} is left out", what)
            return None
        text = f"{' '.join(topic.split())}: which reference of {entity.name} is meant?"
        why = f"{said.per} is no reference of {entity.name}"
        chosen = self._draft.ask(topic, text, ("none", *pointing[:OFFERED]), why, (entity.name,))
        return self._quota(entity, replace(said, per=chosen), attributes) if chosen in pointing else None

    def _other_check(
        self,
        entity: EntityDraft,
        said: tuple[str, Operator, str],
        sides: tuple[str | None, str | None],
        attributes: dict[str, Attribute],
    ) -> list[Check]:
        """The rule between two fields that is meant, where one side is no field, or the types differ."""
        operator = said[1]
        kinds = {name: item.type for name, item in attributes.items() if operator == "!=" or item.type in _ORDERED}
        pairs = [(left, right) for left in kinds for right in kinds if left != right and kinds[left] is kinds[right]]
        likely = [pair for pair in pairs if pair[0] == sides[0] or pair[1] == sides[1]]
        rules = {f"{left} {operator} {right}": (left, right) for left, right in likely[:OFFERED]}
        topic, why = f"{entity.name} {' '.join(said)}", "both sides must be fields of one type that has an order"
        if not rules:
            self._draft.assume(f"{topic} is not checked", why)
            return []
        text = f"{entity.name} cannot be checked for {' '.join(said)}: what is meant?"
        named = f"{entity.name} {said[0]} against {said[2]}"
        chosen = rules.get(self._draft.ask(named, text, ("none", *rules), why, (entity.name,)))
        return [Check(left=chosen[0], operator=operator, right=chosen[1])] if chosen else []


_LIMITS = frozenset(
    """unique minimum exclusive_minimum maximum exclusive_maximum min_length max_length pattern choices""".split()
)
_COUNTS = frozenset("capacity quantity stock count seats copies places spaces".split())


def _only_above(field: FieldDraft) -> bool:
    """Whether the request limits a number from above alone."""
    limited = field.maximum is not None and field.maximum >= 0
    return limited and field.minimum is None and field.exclusive_minimum is None


_MOMENTS = (FieldType.DATE, FieldType.DATETIME)


def _account(entity: EntityDraft) -> Account:
    login = login_field(entity)
    password = next(
        field.name
        for field in entity.fields.values()
        if field.type is FieldType.PASSWORD or (field.type is None and field.name == "password")
    )
    role = entity.fields.get("role")
    return Account(
        login_field=login.name if login else "email",
        password_field=password,
        role_field=role.name if role else None,
        admin_role=ADMIN if role else None,
    )
