"""What must hold within and between entities."""

import re
from collections.abc import Iterator

from devmatrix.discovery.document import Attribute, DiscoveryDocument, Entity, FieldType, Quota
from devmatrix.discovery.given.faults import Fault, repeated, unknown

_PASCAL = re.compile(r"[A-Z][A-Za-z0-9]{0,59}")
_SNAKE = re.compile(r"[a-z][a-z0-9_]{0,59}")
_RESERVED = ("id", "created_at", "updated_at", "version", "deleted_at")
_REFERENCES = {FieldType.REFERENCE: "_id", FieldType.REFERENCES: "_ids"}
_IMPORTED = (FieldType.JSON, FieldType.BINARY)


def entity_faults(document: DiscoveryDocument) -> Iterator[Fault]:
    """All that is wrong with entities."""
    at = [f"/entities/{number}" for number in range(len(document.entities))]
    both = list(zip(at, document.entities, strict=True))
    yield from repeated(((f"{pointer}/name", entity.name) for pointer, entity in both), "the entity")
    yield from repeated(((f"{pointer}/plural", entity.plural) for pointer, entity in both), "the plural")
    yield from repeated(
        ((f"{pointer}/account", "account") for pointer, entity in both if entity.account), "the one kind of"
    )
    names = {entity.name: entity for entity in document.entities}
    for pointer, entity in both:
        yield from _names(pointer, entity, imported=document.interface is not None)
        for number, attribute in enumerate(entity.attributes):
            place = f"{pointer}/attributes/{number}"
            yield from _attribute(place, attribute, names, imported=document.interface is not None)
        yield from _rules(pointer, entity)
        yield from _owner(pointer, entity, document.account_entity)
        yield from _account(pointer, entity)
        yield from _states(pointer, entity)
    if document.interface is None:
        yield from _circles(document)


def _names(pointer: str, entity: Entity, *, imported: bool) -> Iterator[Fault]:
    if not _PASCAL.fullmatch(entity.name):
        yield Fault(f"{pointer}/name", f"{entity.name!r} is no name of an entity", "write it like LoanItem, in a-z")
    if not _SNAKE.fullmatch(entity.plural):
        yield Fault(f"{pointer}/plural", f"{entity.plural!r} is no plural", "write it like loan_items, in a-z")
    attributes = [(f"{pointer}/attributes/{number}/name", item.name) for number, item in enumerate(entity.attributes)]
    yield from repeated(attributes, "the attribute")
    for place, name in attributes if not imported else ():
        if not _SNAKE.fullmatch(name):
            yield Fault(place, f"{name!r} is no name of an attribute", "write it like due_date, in a-z")
        elif name in _RESERVED:
            yield Fault(place, f"{name} is kept by the service itself", "leave it out, or give it another name")


def _attribute(pointer: str, item: Attribute, names: dict[str, Entity], *, imported: bool) -> Iterator[Fault]:
    ending = _REFERENCES.get(item.type)
    if ending is None and item.target is not None:
        yield Fault(f"{pointer}/target", f"{item.type} points to nothing", "make it a reference, or take `target` out")
    if ending is not None and item.target not in names:
        yield unknown(f"{pointer}/target" if item.target else pointer, "entity", item.target or "", names)
    if ending is not None and not imported and not item.name.endswith(ending):
        yield Fault(f"{pointer}/name", f"{item.name} is {item.type}", f"let its name end in {ending}")
    if item.type in _IMPORTED and not imported:
        yield Fault(f"{pointer}/type", f"{item.type} is for imported documents only", "choose another type")
    if item.type is FieldType.ENUM and not item.choices:
        yield Fault(pointer, f"{item.name} is an enum without choices", "list its `choices`")
    if item.choices and item.type is not FieldType.ENUM and not imported:
        yield Fault(f"{pointer}/choices", f"{item.type} has no choices", "make it an enum, or take them out")
    yield from repeated(((f"{pointer}/choices/{n}", choice) for n, choice in enumerate(item.choices)), "the choice")
    if item.default is not None and item.required:
        yield Fault(f"{pointer}/default", f"{item.name} is required and has a default", "write `required: false`")
    if item.default is not None and item.choices and item.default.value not in item.choices:
        yield Fault(f"{pointer}/default/value", f"{item.default.value!r} is none of the choices", "choose one of them")
    if item.on_delete == "set_null" and item.required:
        yield Fault(f"{pointer}/on_delete", f"{item.name} is required, and cannot become null", "choose restrict")
    yield from _limits(pointer, item)


def _limits(pointer: str, item: Attribute) -> Iterator[Fault]:
    low = item.minimum if item.minimum is not None else item.exclusive_minimum
    high = item.maximum if item.maximum is not None else item.exclusive_maximum
    if low is not None and high is not None and low > high:
        yield Fault(pointer, f"{item.name} is at least {low:g} and at most {high:g}", "swap them")
    if item.min_length is not None and item.max_length is not None and item.min_length > item.max_length:
        yield Fault(pointer, f"{item.name} has {item.min_length} to {item.max_length} characters", "swap them")
    for name in ("min_length", "max_length", "scale"):
        value = getattr(item, name)
        if value is not None and value < 0:
            yield Fault(f"{pointer}/{name}", f"{value} is less than nothing", "give 0 or more")
    if item.pattern is not None:
        try:
            re.compile(item.pattern)
        except re.error as error:
            yield Fault(f"{pointer}/pattern", f"{item.pattern!r} is no pattern: {error}", "mend it")


def _rules(pointer: str, entity: Entity) -> Iterator[Fault]:
    attributes = {item.name: item for item in entity.attributes}
    for number, group in enumerate(entity.unique_together):
        for place, name in enumerate(group):
            if name not in attributes:
                yield unknown(f"{pointer}/unique_together/{number}/{place}", "attribute", name, attributes)
    for number, check in enumerate(entity.checks):
        sides = {"left": check.left, "right": check.right}
        lost = [side for side, name in sides.items() if name not in attributes]
        for side in lost:
            yield unknown(f"{pointer}/checks/{number}/{side}", "attribute", sides[side], attributes)
        if not lost and attributes[check.left].type is not attributes[check.right].type:
            kinds = f"{attributes[check.left].type} and {attributes[check.right].type}"
            what = f"{check.left} and {check.right} cannot be compared: {kinds}"
            yield Fault(f"{pointer}/checks/{number}", what, "compare attributes of one type")
    quotas = [(f"{pointer}/quotas/{number}", quota) for number, quota in enumerate(entity.quotas)]
    for where, quota in quotas:
        yield from _quota(where, quota, attributes)
    counted = [(where, f"{quota.per} {quota.field} {sorted(quota.values)}") for where, quota in quotas]
    yield from repeated(counted, "the quota of")


def _quota(pointer: str, quota: Quota, attributes: dict[str, Attribute]) -> Iterator[Fault]:
    if quota.most < 1:
        mend = "give 1 or more, or let the entity have no operation that creates records"
        yield Fault(f"{pointer}/most", f"at most {quota.most} is none at all", mend)
    references = [name for name, item in attributes.items() if item.type is FieldType.REFERENCE]
    if quota.per not in references:
        yield unknown(f"{pointer}/per", "reference", quota.per, references)
    if quota.field is None:
        if quota.values:
            yield Fault(f"{pointer}/values", "values of no field", "name the enum as `field`, or take `values` out")
        return
    enums = [name for name, item in attributes.items() if item.type is FieldType.ENUM]
    if quota.field not in enums:
        yield unknown(f"{pointer}/field", "enum", quota.field, enums)
        return
    if not quota.values:
        yield Fault(pointer, f"no value of {quota.field} counts", "list the `values` that count")
    yield from repeated(((f"{pointer}/values/{n}", value) for n, value in enumerate(quota.values)), "the value")
    for number, value in enumerate(quota.values):
        if value not in attributes[quota.field].choices:
            yield unknown(f"{pointer}/values/{number}", "choice", value, attributes[quota.field].choices)


def _owner(pointer: str, entity: Entity, account: Entity | None) -> Iterator[Fault]:
    name = entity.owner_field
    if name is None:
        return
    place = f"{pointer}/owner_field"
    if account is None:
        yield Fault(place, f"{entity.name} has an owner, and nobody signs in", "give one entity an `account`")
        return
    found = next((item for item in entity.attributes if item.name == name), None)
    if found is None:
        yield unknown(place, "attribute", name, [item.name for item in entity.attributes])
    elif found.target != account.name:
        yield Fault(
            place, f"{name} is no reference to {account.name}, who signs in", f"let its target be {account.name}"
        )


def _account(pointer: str, entity: Entity) -> Iterator[Fault]:
    account = entity.account
    if account is None:
        return
    attributes = {item.name: item for item in entity.attributes}
    for key in ("login_field", "password_field", "role_field"):
        name = getattr(account, key)
        if key == "password_field" and account.listed and not name:
            continue
        if name is not None and name not in attributes:
            yield unknown(f"{pointer}/account/{key}", "attribute", name, attributes)
    role = attributes.get(account.role_field or "")
    needs_admin = account.admin_role is not None or not (account.listed or account.seeded)
    if role is not None and needs_admin and account.admin_role not in role.choices:
        place = f"{pointer}/account/admin_role"
        yield unknown(
            place if account.admin_role else f"{pointer}/account", "role", account.admin_role or "", role.choices
        )
    password = attributes.get(account.password_field)
    if password is not None and password.type is not FieldType.PASSWORD:
        yield Fault(
            f"{pointer}/account/password_field", f"{password.name} is {password.type}", "let its type be password"
        )


def _states(pointer: str, entity: Entity) -> Iterator[Fault]:
    machine = entity.states
    if machine is None:
        return
    attributes = {item.name: item for item in entity.attributes}
    field = attributes.get(machine.field)
    if field is None or field.type is not FieldType.ENUM:
        enums = [item.name for item in entity.attributes if item.type is FieldType.ENUM]
        yield unknown(f"{pointer}/states/field", "enum", machine.field, enums)
        return
    if machine.initial not in field.choices:
        yield unknown(f"{pointer}/states/initial", "state", machine.initial, field.choices)
    moves = [(f"{pointer}/states/transitions/{number}", move) for number, move in enumerate(machine.transitions)]
    yield from repeated(((f"{place}/name", move.name) for place, move in moves), "the transition")
    for place, move in moves:
        for number, state in enumerate(move.sources):
            if state not in field.choices:
                yield unknown(f"{place}/sources/{number}", "state", state, field.choices)
        if move.target not in field.choices:
            yield unknown(f"{place}/target", "state", move.target, field.choices)
        for number, name in enumerate(move.requires):
            if name not in attributes:
                yield unknown(f"{place}/requires/{number}", "attribute", name, attributes)


def _circles(document: DiscoveryDocument) -> Iterator[Fault]:
    """Required references that go round in a circle: no first record could ever be made."""
    binds = {
        entity.name: {
            str(item.target): f"/entities/{number}/attributes/{place}"
            for place, item in enumerate(entity.attributes)
            if item.type is FieldType.REFERENCE and item.required and not item.server_set
        }
        for number, entity in enumerate(document.entities)
    }
    while True:
        free = [name for name, targets in binds.items() if not targets.keys() & binds.keys()]
        if not free:
            break
        for name in free:
            del binds[name]
    for name, targets in binds.items():
        for target, pointer in targets.items():
            if target in binds:
                what = f"no {name} can be made before there is a {target}, and the other way round"
                yield Fault(pointer, what, "write `required: false`")
