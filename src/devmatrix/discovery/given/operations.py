"""What must hold for operations, contexts, requirements and the interface."""

import re
from collections.abc import Iterator, Sequence

from devmatrix.discovery.document import DiscoveryDocument, Entity, FieldType, Operation, OperationKind
from devmatrix.discovery.given.faults import Fault, repeated, unknown
from devmatrix.discovery.given.wording import procedure_faults
from devmatrix.discovery.naming import snake
from devmatrix.discovery.operations import METHODS

Kind = OperationKind
_ONE = (Kind.READ, Kind.REPLACE, Kind.PATCH, Kind.DELETE, Kind.TRANSITION)
_ACCOUNTS = (Kind.REGISTER, Kind.LOGIN, Kind.CURRENT, Kind.CURRENT_PATCH)
_NESTED = (Kind.NESTED_LIST, Kind.NESTED_CREATE)
_LINKS = (Kind.LINK, Kind.UNLINK)
_ID = re.compile(r"[a-z][a-z0-9_]{0,119}")
_SLUG = re.compile(r"[a-z][a-z0-9-]{0,59}")


def operation_faults(document: DiscoveryDocument) -> Iterator[Fault]:
    """All that is wrong with operations, contexts and names of the whole."""
    if not _SLUG.fullmatch(document.slug):
        yield Fault("/slug", f"{document.slug!r} is no name of a project", "write it like library-loans, in a-z")
    yield from _contexts(document)
    both = [(f"/operations/{number}", item) for number, item in enumerate(document.operations)]
    yield from repeated(((f"{pointer}/id", item.id) for pointer, item in both), "the operation")
    routes = ((f"{pointer}/path", f"{item.method} {_shape(item.path)}") for pointer, item in both)
    yield from repeated(routes, "the route")
    entities = {entity.name: entity for entity in document.entities}
    for pointer, item in both:
        if not item.path.startswith("/"):
            yield Fault(f"{pointer}/path", f"{item.path!r} does not begin with /", "begin it with /")
        if not _ID.fullmatch(item.id):
            yield Fault(f"{pointer}/id", f"{item.id!r} is no id of an operation", "write it like list_books, in a-z")
        entity = entities.get(item.entity)
        if entity is None and (item.entity or not _is_of_nothing(item, document)):
            yield unknown(f"{pointer}/entity", "entity", item.entity, entities)
        if entity is not None:
            yield from _access(pointer, item, entity, document)
        if entity is not None and document.interface is None:
            yield from _conventional(pointer, item, entity, entities)
    yield from _interface(document)


def _is_of_nothing(item: Operation, document: DiscoveryDocument) -> bool:
    """Whether an operation need be about no entity: of an imported document, custom, or written by nobody."""
    if document.interface is None:
        return False
    written = any(one.operation == item.id and one.effect is not None for one in document.interface.endpoints)
    return item.kind is Kind.CUSTOM or not written


def _shape(path: str) -> str:
    return re.sub(r"{\w+}", "{}", path)


def _contexts(document: DiscoveryDocument) -> Iterator[Fault]:
    if not document.contexts:
        return  # they follow from the entities
    entities = {entity.name for entity in document.entities}
    contexts = list(enumerate(document.contexts))
    yield from repeated(((f"/contexts/{number}/name", context.name) for number, context in contexts), "the context")
    held = [
        (f"/contexts/{number}/entities/{place}", name)
        for number, context in contexts
        for place, name in enumerate(context.entities)
    ]
    yield from repeated(held, "the entity")
    for pointer, name in held:
        if name not in entities:
            yield unknown(pointer, "entity", name, sorted(entities))
    for number, context in contexts:
        if not context.entities:
            yield Fault(f"/contexts/{number}", f"the context {context.name} holds no entity", "take it out")
    alone = entities - {name for _, name in held}
    if alone:
        mend = "add them to one, or take `contexts` out: they are then made up"
        yield Fault("/contexts", f"in no context: {', '.join(sorted(alone))}", mend)


def _access(pointer: str, item: Operation, entity: Entity, document: DiscoveryDocument) -> Iterator[Fault]:
    account = document.account_entity
    access, place = item.access, f"{pointer}/access"
    if (access.roles or access.owner) and not access.authenticated:
        yield Fault(place, "roles and owners are known of callers who signed in", "write `authenticated: true`")
    if access.authenticated and account is None and document.interface is None:
        yield Fault(place, "nobody signs in", "give one entity an `account`, or take `access` out")
        return
    role = account.account.role_field if account and account.account else None
    roles = account.attribute(role).choices if account and role in _names(account) and role else ()
    for number, name in enumerate(access.roles):
        if name not in roles:
            yield unknown(f"{place}/roles/{number}", "role", name, roles)
    if access.owner and entity.owner_field is None and entity.account is None and item.kind not in _NESTED:
        mend = f"give {entity.name} an `owner_field`, or take `owner` out"
        yield Fault(f"{place}/owner", f"{entity.name} has no owner", mend)


def _names(entity: Entity) -> set[str]:
    return {item.name for item in entity.attributes}


def _conventional(pointer: str, item: Operation, entity: Entity, entities: dict[str, Entity]) -> Iterator[Fault]:
    if item.kind is Kind.CUSTOM or item.procedure is not None:
        yield from procedure_faults(pointer, item, entity)
        return
    if item.kind not in METHODS:
        yield Fault(f"{pointer}/kind", f"{item.kind} is for imported documents only", "choose another kind")
        return
    method, status = METHODS[item.kind]
    if item.method != method:
        yield Fault(f"{pointer}/method", f"{item.kind} is {method}, not {item.method}", f"write {method}")
    if item.success_status != status:
        what = f"{item.kind} answers {status}, not {item.success_status}"
        yield Fault(f"{pointer}/success_status", what, f"write {status}")
    if item.kind in _ACCOUNTS and entity.account is None:
        yield Fault(f"{pointer}/entity", f"{entity.name} does not sign in", "name the entity that has the `account`")
    moves = [move.name for move in entity.states.transitions] if entity.states else []
    if item.kind is Kind.TRANSITION and item.transition not in moves:
        place = f"{pointer}/transition" if item.transition else pointer
        yield unknown(place, "transition", item.transition or "", moves)
    faults, parents = _related(pointer, item, entity, entities)
    yield from faults
    if not faults:
        yield from _parameters(pointer, item, entity, parents)


def _related(
    pointer: str, item: Operation, entity: Entity, entities: dict[str, Entity]
) -> tuple[list[Fault], list[str]]:
    """What is wrong with the relation of a nested operation or a link; the entities before its own in the path."""
    if item.kind not in (*_NESTED, *_LINKS):
        return [], []
    if item.relation is None and item.kind in _NESTED:
        field = next((one for one in entity.attributes if one.name == item.parent_field), None)
        if field is None or field.type is not FieldType.REFERENCE:
            known = [one.name for one in entity.attributes if one.type is FieldType.REFERENCE]
            place = f"{pointer}/parent_field" if item.parent_field else pointer
            return [unknown(place, "reference", item.parent_field or "", known)], []
        return [], [str(field.target)]
    owner = entities.get(item.relation_entity or "")
    if owner is None:
        place = f"{pointer}/relation_entity" if item.relation_entity else pointer
        return [unknown(place, "entity", item.relation_entity or "", entities)], []
    known = [one.name for one in owner.attributes if one.type is FieldType.REFERENCES]
    if item.relation not in known:
        place = f"{pointer}/relation" if item.relation else pointer
        return [unknown(place, "list of references", item.relation or "", known)], []
    target = owner.attribute(item.relation).target if item.kind in _LINKS else None
    return [], [owner.name, *([str(target)] if target else [])]


def _parameters(pointer: str, item: Operation, entity: Entity, parents: Sequence[str]) -> Iterator[Fault]:
    wanted = [f"{snake(name)}_id" for name in parents]
    if item.kind in _ONE:
        wanted.append(f"{snake(entity.name)}_id")
    given = re.findall(r"{(\w+)}", item.path)
    if given != wanted:
        shown = " and ".join(f"{{{name}}}" for name in wanted) or "no parameters"
        yield Fault(f"{pointer}/path", f"{item.kind} of {entity.name} takes {shown} in its path", "mend the path")


def _interface(document: DiscoveryDocument) -> Iterator[Fault]:
    interface = document.interface
    if interface is None:
        return
    operations = {item.id: item for item in document.operations}
    entities = {entity.name for entity in document.entities}
    both = [(f"/interface/endpoints/{number}", one) for number, one in enumerate(interface.endpoints)]
    yield from repeated(((f"{pointer}/operation", one.operation) for pointer, one in both), "the endpoint of")
    for pointer, one in both:
        if one.operation not in operations:
            yield unknown(f"{pointer}/operation", "operation", one.operation, operations)
            continue
        served = re.findall(r"{([^{}]+)}", operations[one.operation].path)
        listed = [parameter.name for parameter in one.parameters if parameter.place == "path"]
        if set(served) != set(listed):
            what = f"the path has the parameters {served}, the endpoint lists {listed}"
            yield Fault(f"{pointer}/parameters", what, "list the parameters of the path")
        if one.effect is not None and one.effect.entity and one.effect.entity not in entities:
            yield unknown(f"{pointer}/effect/entity", "entity", one.effect.entity, sorted(entities))
        schemes = {scheme.name for scheme in interface.schemes}
        for number, name in enumerate(one.schemes):
            if name not in schemes:
                yield unknown(f"{pointer}/schemes/{number}", "scheme", name, sorted(schemes))
    missing = operations.keys() - {one.operation for one in interface.endpoints}
    if missing:
        yield Fault("/interface/endpoints", f"no endpoint for {', '.join(sorted(missing))}", "add them")
    for number, view in enumerate(interface.views):
        if view.entity not in entities:
            yield unknown(f"/interface/views/{number}/entity", "entity", view.entity, sorted(entities))
