"""From an entity's draft to the frozen entity: types inferred, defaults in their form, names free of clashes."""

import re
from collections import defaultdict
from collections.abc import Callable
from datetime import date, time
from decimal import Decimal, InvalidOperation
from uuid import UUID

from pydantic import JsonValue

from devmatrix.discovery.complete import ADMIN, login_field
from devmatrix.discovery.document import (
    Account,
    Attribute,
    Check,
    Default,
    Entity,
    FieldType,
    StateMachine,
    Transition,
)
from devmatrix.discovery.drafts import Draft, EntityDraft, FieldDraft
from devmatrix.discovery.naming import enumerate_words, is_plural, snake
from devmatrix.discovery.types import inferred, true_at_first

_KEPT_BY_SERVICE = ("id", "created_at", "updated_at")
_PAGING = ("limit", "offset", "sort", "search")
_ORDERED = (
    FieldType.INTEGER, FieldType.DECIMAL, FieldType.FLOAT, FieldType.DATE, FieldType.DATETIME, FieldType.TIME,
)  # fmt: skip
_NUMERIC = (FieldType.INTEGER, FieldType.DECIMAL, FieldType.FLOAT)
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
        numeric = kind in _NUMERIC
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
            target=field.target,
            on_delete=field.on_delete or ("restrict" if required or kind is not FieldType.REFERENCE else "set_null"),
        )

    def _infer(self, entity: EntityDraft, field: FieldDraft) -> FieldType:
        if field.choices:
            return FieldType.ENUM
        kind = inferred(field.name)
        if field.is_bounded() and kind not in _NUMERIC:
            limits = (field.minimum, field.exclusive_minimum, field.maximum, field.exclusive_maximum)
            whole = all(limit is None or limit == int(limit) for limit in limits)
            kind = FieldType.INTEGER if whole else FieldType.DECIMAL
        elif kind is FieldType.STRING and field.noun and is_plural(field.noun.split()[-1].lower()):
            kind = FieldType.TEXT
        if field.default is not None and field.default.kind in {"today", "now"} and kind not in _MOMENTS:
            kind = FieldType.DATE if field.default.kind == "today" else FieldType.DATETIME
        if field.raw_default is not None and kind is FieldType.STRING:
            kind = _kind_of_literal(field.raw_default)
        self._inferred[kind].append(f"{entity.name}.{field.name}")
        return kind

    def _literal(self, entity: EntityDraft, field: FieldDraft, kind: FieldType) -> Default | None:
        if field.raw_default is None:
            return None
        try:
            value = _convert(field, kind)
        except (ValueError, InvalidOperation):
            self._draft.ask(
                f"{entity.name}.{field.name} cannot have the default {field.raw_default}: which should it have?",
                default="none",
                why=f"it is no valid {kind}",
            )
            return None
        return Default(kind="literal", value=value)

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
            for need, found in needs:
                if found is None or found not in attributes:
                    self._draft.ask(
                        f"{move.name} of {entity.name} requires {need}, which is no field: what is meant?",
                        default="the transition has no such guard",
                        why="a guard looks at a field",
                    )
            requires = tuple(found for _, found in needs if found in attributes)
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
                self._draft.ask(
                    f"unique({', '.join(group)}) of {entity.name} names what is no field: what is meant?",
                    default="it is left out",
                    why="uniqueness is about single-valued fields",
                )
        return tuple(dict.fromkeys(groups))

    def _checks(
        self, entity: EntityDraft, find: Callable[[str], str | None], attributes: dict[str, Attribute]
    ) -> tuple[Check, ...]:
        checks = []
        for left_words, operator, right_words in entity.checks:
            left, right = find(left_words), find(right_words)
            if left in attributes and right in attributes and left != right:
                kinds = {attributes[left].type, attributes[right].type}
                if len(kinds) == 1 and (operator == "!=" or kinds <= set(_ORDERED)):
                    checks.append(Check(left=left, operator=operator, right=right))
                    continue
            self._draft.ask(
                f"{entity.name} cannot be checked for {left_words} {operator} {right_words}: what is meant?",
                default="it is left out",
                why="both sides must be fields of one type that has an order",
            )
        return tuple(dict.fromkeys(checks))


_COUNTS = frozenset("capacity quantity stock count seats copies places spaces".split())


def _only_above(field: FieldDraft) -> bool:
    """Whether the request limits a number from above alone."""
    limited = field.maximum is not None and field.maximum >= 0
    return limited and field.minimum is None and field.exclusive_minimum is None


_MOMENTS = (FieldType.DATE, FieldType.DATETIME)


def _kind_of_literal(text: str) -> FieldType:
    if text.lower() in {"true", "false"}:
        return FieldType.BOOLEAN
    if text.lstrip("-").isdigit() and text.isascii():
        return FieldType.INTEGER
    try:
        number = Decimal(text)
    except InvalidOperation:
        return FieldType.STRING
    return FieldType.DECIMAL if number.is_finite() else FieldType.STRING


def _convert(field: FieldDraft, kind: FieldType) -> JsonValue:
    """The default in the form that it has on the wire. Raises ValueError or InvalidOperation."""
    text = field.raw_default or ""
    match kind:
        case FieldType.INTEGER:
            return _within(field, int(text))
        case FieldType.FLOAT:
            return _within(field, float(text))
        case FieldType.DECIMAL:
            return _convert_decimal(field, Decimal(text))
        case FieldType.DATE:
            return date.fromisoformat(text).isoformat()
        case FieldType.TIME:
            return time.fromisoformat(text).isoformat()
        case FieldType.UUID:
            return str(UUID(text))
        case FieldType.STRING | FieldType.TEXT:
            return _within_length(field, text)
        case FieldType.BOOLEAN if text.lower() in {"true", "false", "yes", "no"}:
            return text.lower() in {"true", "yes"}
        case FieldType.ENUM if text in field.choices:
            return text
        case FieldType.URL if text.startswith(("http://", "https://")):
            return text
        case _:
            raise ValueError(text)


def _convert_decimal(field: FieldDraft, number: Decimal) -> str:
    scale = 2 if field.scale is None else field.scale
    if not number.is_finite() or abs(number) >= 10**12 or round(number, scale) != number:
        raise ValueError(str(number))
    _within(field, float(number))
    return f"{number:.{scale}f}"


def _within(field: FieldDraft, value: float) -> float:
    low, high = field.minimum, field.maximum
    above, below = field.exclusive_minimum, field.exclusive_maximum
    if (low is not None and value < low) or (high is not None and value > high):
        raise ValueError(str(value))
    if (above is not None and value <= above) or (below is not None and value >= below):
        raise ValueError(str(value))
    return value


def _within_length(field: FieldDraft, text: str) -> str:
    if len(text) < (field.min_length or 0) or len(text) > (field.max_length or 200):
        raise ValueError(text)
    if field.pattern is not None and not re.search(field.pattern, text):
        raise ValueError(text)
    return text


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
