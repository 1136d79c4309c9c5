"""Takes an entity, gives request bodies that satisfy all its rules, and what the service answers to them."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain, islice, product

from pydantic import JsonValue

from devmatrix.discovery.document import Attribute, Check, Default, Entity, FieldType
from devmatrix.discovery.proofs.unproducible import UnproducibleError
from devmatrix.discovery.proofs.values import NUMBERS, REFERENCES, accepts, as_number, number_range, sample

Values = dict[str, JsonValue]

_MOST_TRIES = 20_000


def settable(entity: Entity) -> list[Attribute]:
    """The attributes that a caller may send to the collection, but for the role, which only an administrator may."""
    return [attribute for attribute in entity.attributes if not attribute.server_set and not is_role(entity, attribute)]


def is_role(entity: Entity, attribute: Attribute) -> bool:
    """Whether it is the role of an account."""
    return entity.account is not None and attribute.name == entity.account.role_field


def scalar_values(entity: Entity, n: int, fixed: Values, *, only_required: bool) -> Values:
    """Body number `n`, but for references, around the values that are `fixed`.

    Left out: what is not required, if `only_required`. Raises UnproducibleError where no body satisfies all rules.
    """
    chosen = [attribute for attribute in settable(entity) if attribute.type not in REFERENCES]
    if only_required:
        needed = _needed(entity, fixed)
        chosen = [attribute for attribute in chosen if attribute.required or attribute.name in needed]
    values: Values = {
        attribute.name: fixed[attribute.name] if attribute.name in fixed else sample(attribute, n)
        for attribute in chosen
    }
    values.update({name: value for name, value in fixed.items() if name not in values})
    _repair(entity, n, values, fixed)
    return values


def _needed(entity: Entity, fixed: Values) -> set[str]:
    """Attributes to be sent although they have a default, because the default may break a rule with what is sent."""
    needed: set[str] = set()
    for check in entity.checks:
        for name, other in ((check.left, check.right), (check.right, check.left)):
            attribute, partner = entity.attribute(name), entity.attribute(other)
            sent = partner.required or partner.default is not None or other in fixed
            if attribute.default is not None and attribute.type not in REFERENCES and sent:
                needed.add(name)
    return needed


def _repair(entity: Entity, n: int, values: Values, fixed: Values) -> None:
    checks = [check for check in entity.checks if not _is_reference(entity, check)]
    if all(holds(entity, check, values) for check in checks):
        return
    names = sorted({name for check in checks for name in (check.left, check.right) if name in values})
    options = [[values[name]] if name in fixed else list(_options(entity.attribute(name), n)) for name in names]
    # Null satisfies every rule, but proves little: only where nothing else fits.
    solid = [[value for value in some if value is not None] or some for some in options]
    for chosen in chain(islice(product(*solid), _MOST_TRIES), islice(product(*options), _MOST_TRIES)):
        attempt = {**values, **dict(zip(names, chosen, strict=True))}
        if all(holds(entity, check, attempt) for check in checks):
            values.update(attempt)
            return
    raise UnproducibleError(f"no values were found that satisfy all checks of {entity.name}")


def _options(attribute: Attribute, n: int) -> Iterator[JsonValue]:
    yield from (sample(attribute, n + further) for further in range(8))
    if attribute.type in NUMBERS:
        span = number_range(attribute)
        yield from (
            as_number(attribute, value) for value in (span.low, span.low + span.step, span.high - span.step, span.high)
        )
    if not attribute.required:
        yield None


def _is_reference(entity: Entity, check: Check) -> bool:
    return entity.attribute(check.left).type in REFERENCES


def holds(entity: Entity, check: Check, values: Values) -> bool:
    """Whether the check is satisfied; a null on either side satisfies it."""
    left, right = values.get(check.left), values.get(check.right)
    if left is None or right is None:
        return True
    if entity.attribute(check.left).type in NUMBERS:
        return compare(Decimal(str(left)), check.operator, Decimal(str(right)))
    return compare(str(left), check.operator, str(right))


def compare(left: Decimal | str, operator: str, right: Decimal | str) -> bool:
    """`left operator right`, of two values of one type."""
    if operator == "!=":
        return left != right
    if left == right:
        return operator in {"<=", ">="}
    return (left < right) == (operator in {"<", "<="})  # type: ignore[operator]


def repeats_unique(entity: Entity, values: Values, other: Values) -> bool:
    """Whether both have the same value where each record must have its own."""
    references = {attribute.name for attribute in entity.attributes if attribute.type in REFERENCES}
    together = [names for names in entity.unique_together if not references.intersection(names)]
    alone = [
        (attribute.name,) for attribute in entity.attributes if attribute.unique and attribute.name not in references
    ]

    def kept(sent: Values, name: str) -> JsonValue:
        default = entity.attribute(name).default
        return sent.get(name, default.value if default else None)

    return any(
        all(kept(values, name) is not None and kept(values, name) == kept(other, name) for name in names)
        for names in (*together, *alone)
    )


def edge_pairs(entity: Entity, check: Check, n: int) -> tuple[Values | None, Values | None]:
    """(just inside, just outside) of a check, all other rules being satisfied; None where there are no such values."""
    left, right = entity.attribute(check.left), entity.attribute(check.right)
    if left.type in REFERENCES or left.type is not right.type:
        return None, None
    middles = [value for value in _options(right, n) if value is not None]
    found: list[Values | None] = []
    for wanted in (True, False):
        pairs = ({check.left: value, check.right: middle} for middle in middles for value in _around(left, middle))
        found.append(next((pair for pair in pairs if _is_edge(entity, check, pair, n, wanted=wanted)), None))
    return found[0], found[1]


def _is_edge(entity: Entity, check: Check, pair: Values, n: int, *, wanted: bool) -> bool:
    if holds(entity, check, pair) is not wanted:
        return False
    if not all(accepts(entity.attribute(name), value) for name, value in pair.items()):
        return False
    others = entity.model_copy(update={"checks": tuple(other for other in entity.checks if other != check)})
    try:
        scalar_values(others, n, pair, only_required=False)
    except UnproducibleError:
        return False
    return True


def _around(attribute: Attribute, value: JsonValue) -> Iterable[JsonValue]:
    """`value` itself, then its neighbours, in the form of the attribute."""
    if attribute.type in NUMBERS:
        middle = Decimal(str(value))
        step = number_range(attribute).step
        return [as_number(attribute, middle), as_number(attribute, middle - step), as_number(attribute, middle + step)]
    if attribute.type is FieldType.DATE:
        day = datetime.fromisoformat(str(value)).date()
        return [value, (day - timedelta(days=1)).isoformat(), (day + timedelta(days=1)).isoformat()]
    if attribute.type in {FieldType.DATETIME, FieldType.TIME}:
        prefix, ending = ("2026-01-01T", "") if attribute.type is FieldType.TIME else ("", "Z")
        moment = datetime.fromisoformat(prefix + str(value).removesuffix("Z"))
        moved = [moment, moment - timedelta(minutes=1), moment + timedelta(minutes=1)]
        return [item.isoformat().removeprefix(prefix) + ending for item in moved]
    return [value, sample(attribute, 31), sample(attribute, 32)]


def answered(entity: Entity, sent: Values) -> Values:
    """The attributes of the record that a create with the body `sent` answers, as patterns."""
    answer: Values = {}
    for attribute in entity.attributes:
        if attribute.type is FieldType.PASSWORD:
            continue
        if attribute.name in sent:
            answer[attribute.name] = sent[attribute.name]
        elif _may_be_ruled(entity, attribute):
            answer[attribute.name] = {"$match": "any"}
        elif attribute.default is not None:
            answer[attribute.name] = default_pattern(attribute, attribute.default)
        else:
            answer[attribute.name] = _unsent(entity, attribute)
    return answer


def _may_be_ruled(entity: Entity, attribute: Attribute) -> bool:
    """A rule that only words say may write what the service sets: the scenarios of its requirement say what comes out.

    State and owner are the service's own.
    """
    own = (entity.owner_field, entity.states.field if entity.states else None)
    return bool(entity.rules) and attribute.server_set and attribute.name not in own


def _unsent(entity: Entity, attribute: Attribute) -> JsonValue:
    if attribute.type is FieldType.REFERENCES:
        return []
    if entity.states is not None and attribute.name == entity.states.field:
        return entity.states.initial
    if attribute.name == entity.owner_field:
        return {"$match": "uuid"}
    if is_role(entity, attribute):
        return attribute.choices[0]
    return None


def default_pattern(attribute: Attribute, default: Default) -> JsonValue:
    """What a record holds where the caller left the attribute out."""
    if default.kind == "today":
        return {"$match": "date", "days": default.days}
    if default.kind == "now":
        return {"$match": str(attribute.type), "days": default.days}
    if attribute.type is FieldType.DECIMAL and default.value is not None:
        return as_number(attribute, Decimal(str(default.value)))
    return default.value
