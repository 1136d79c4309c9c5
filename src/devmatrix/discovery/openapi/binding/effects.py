"""What each operation does to the records: one function for each family of kinds."""

from collections.abc import Callable

from devmatrix.discovery.document import Attribute, FieldType, OperationKind
from devmatrix.discovery.interface import Effect, Lookup, Sorting, Source, Value, Write
from devmatrix.discovery.naming import split_words
from devmatrix.discovery.openapi.apart import spread
from devmatrix.discovery.openapi.binding.accounts import credentials
from devmatrix.discovery.openapi.binding.associations import association_of, sides, toggled_flag
from devmatrix.discovery.openapi.binding.bodies import surroundings, writes_of
from devmatrix.discovery.openapi.binding.drafts import Desk, EntityDraft, Unexplained
from devmatrix.discovery.openapi.binding.effected import Effected, require_found_paths
from devmatrix.discovery.openapi.binding.files import file_attribute, file_write, keeps_files
from devmatrix.discovery.openapi.binding.gathering import answer_shape, body_shape, record_in_body
from devmatrix.discovery.openapi.binding.listing import bind_list, filters_of
from devmatrix.discovery.openapi.binding.lookups import lookups_of
from devmatrix.discovery.openapi.binding.references import parent_reference
from devmatrix.discovery.openapi.binding.states import target_of
from devmatrix.discovery.openapi.classified import Classified
from devmatrix.discovery.shapes import ShapeKind

K = OperationKind
_PARTIAL = frozenset({K.PATCH, K.NESTED_PATCH, K.CURRENT_PATCH})


def effect_of(desk: Desk, draft: EntityDraft, operation: Classified) -> Effected:
    """What the operation does. Raises Unexplained where nobody can tell."""
    builders: dict[OperationKind, Callable[[Desk, EntityDraft, Classified], Effected]] = {
        K.CREATE: _create,
        K.NESTED_CREATE: _create,
        K.REGISTER: _create,
        K.LIST: bind_list,
        K.NESTED_LIST: bind_list,
        K.SEARCH: bind_list,
        K.DELETE: _record,
        K.NESTED_DELETE: _record,
        K.READ: _record,
        K.NESTED_READ: _record,
        K.CURRENT: _record,
        K.LINK: _toggle,
        K.UNLINK: _toggle,
        K.TRANSITION: _transition,
        K.LOGIN: _login,
        K.LOGOUT: _logout,
        K.BULK_CREATE: _bulk_create,
        K.BULK_DELETE: _bulk_delete,
        K.COUNT: _count,
        K.UPLOAD: _upload,
        K.DOWNLOAD: _download,
    }
    return builders.get(operation.kind, _change)(desk, draft, operation)


def _create(desk: Desk, draft: EntityDraft, operation: Classified) -> Effected:
    require_found_paths(desk, operation)
    lookups = tuple(one for one in lookups_of(desk, draft, operation) if one.place != "caller")
    writes = writes_of(desk, draft, operation)
    writes += tuple(surroundings(desk, draft, operation, lookups, {one.attribute for one in writes}))
    kind = operation.kind
    if lookups and kind is K.CREATE:
        kind = K.NESTED_CREATE
    elif not lookups and kind is K.NESTED_CREATE:
        kind = K.CREATE
    return Effected(kind, Effect(entity=draft.name, lookups=lookups, writes=writes))


def _record(desk: Desk, draft: EntityDraft, operation: Classified) -> Effected:
    require_found_paths(desk, operation)
    return Effected(operation.kind, Effect(entity=draft.name, lookups=lookups_of(desk, draft, operation)))


def _change(desk: Desk, draft: EntityDraft, operation: Classified) -> Effected:
    require_found_paths(desk, operation)
    lookups = lookups_of(desk, draft, operation)
    writes = writes_of(desk, draft, operation)
    body = record_in_body(desk, operation)
    owner = desk.shapes.object_of(body, answer=False) if body is not None else None
    given = spread(desk.shapes, owner) if owner else ()
    needs = any(item.required and not item.read_only for _, item in given)
    merges = operation.kind in _PARTIAL or not needs
    return Effected(operation.kind, Effect(entity=draft.name, lookups=lookups, writes=writes, merges=merges))


def _toggle(desk: Desk, draft: EntityDraft, operation: Classified) -> Effected:
    require_found_paths(desk, operation)
    if operation.key_at == "" and body_shape(operation) is not None and operation.operation.endpoint.body_required:
        raise Unexplained("nothing says what its body does")
    found = sides(desk, operation)
    association = association_of(desk, operation)
    if found is None or association is None:
        return _flag(desk, draft, operation)
    lookups = lookups_of(desk, desk.drafts[association.target], operation)
    between = len(operation.steps) > 1 and operation.steps[-2].resource == association.holder
    if between and len(lookups) > 1 and lookups[-2].entity == association.holder:
        # From the holder to what it is to hold: that is no containment.
        lookups = (*lookups[:-1], lookups[-1].model_copy(update={"within": None}))
    target = desk.drafts[association.target]
    effect = Effect(
        entity=target.name,
        lookups=lookups,
        association=association.attribute,
        holder=association.holder,
        status_of_repeat=_repeat(operation),
    )
    holder = desk.drafts[association.holder]
    shows_holder = operation.resource == holder.name and holder.name != target.name
    return Effected(operation.kind, effect, related=holder if shows_holder and holder.account is None else target)


def _repeat(operation: Classified) -> int | None:
    for reply in operation.operation.endpoint.replies:
        if reply.status in (400, 409, 422) and "already" in reply.description.lower():
            return reply.status
        if reply.status in (400, 409, 422) and operation.kind is K.UNLINK and "not " in reply.description.lower():
            return reply.status
    return next((409 for reply in operation.operation.endpoint.replies if reply.status == 409), None)


def _flag(desk: Desk, draft: EntityDraft, operation: Classified) -> Effected:
    """A toggle that no account can hold turns a boolean of the record itself."""
    name = toggled_flag(desk, draft, operation)
    if name is None or name not in draft.attributes:
        raise Unexplained("it links the record to its caller, and nothing says how callers get an account")
    write = Write(attribute=name, place="constant", value=operation.kind is K.LINK)
    lookups = lookups_of(desk, draft, operation)
    return Effected(K.TRANSITION, Effect(entity=draft.name, lookups=lookups, writes=(write,), merges=True))


def _transition(desk: Desk, draft: EntityDraft, operation: Classified) -> Effected:
    require_found_paths(desk, operation)
    lookups = lookups_of(desk, draft, operation)
    writes = writes_of(desk, draft, operation)
    if operation.operation.endpoint.pointer in desk.transitions:
        return Effected(K.TRANSITION, Effect(entity=draft.name, lookups=lookups, writes=writes, merges=True))
    found = target_of(desk, draft, operation)
    if found is None and not writes:
        raise Unexplained(f"nothing says what {operation.verb or 'it'} changes in a {draft.name}")
    constants = (found,) if found is not None and all(one.attribute != found.attribute for one in writes) else ()
    effect = Effect(entity=draft.name, lookups=lookups, writes=(*writes, *constants), merges=True)
    return Effected(K.TRANSITION, effect)


def _login(desk: Desk, draft: EntityDraft, operation: Classified) -> Effected:
    account = desk.account
    if account is None or account.account is None or account.account.listed:
        raise Unexplained("no operation makes accounts that could sign in")
    found = credentials(desk, account, operation)
    return Effected(K.LOGIN, Effect(entity=account.name, credentials=found, cookie=desk.session_cookie))


def _logout(desk: Desk, draft: EntityDraft, operation: Classified) -> Effected:
    if desk.account is None or desk.account.account is None or desk.account.account.listed:
        raise Unexplained("no operation lets callers sign in")
    if not desk.issues_tokens:
        raise Unexplained("no operation gives callers a token that could be made void")
    return Effected(K.LOGOUT, Effect(entity=desk.account.name, cookie=desk.session_cookie))


def _batch(operation: Classified, pointer: str | None, desk: Desk) -> str:
    body = body_shape(operation)
    if body is None:
        raise Unexplained("it is about many records, and has no body that lists them")
    for candidate in dict.fromkeys([pointer or "", "", *(at for at, _ in desk.shapes.walk(body))]):
        found = desk.shapes.at(body, candidate, answer=False)
        if found is not None and desk.shapes.resolve(found).kind is ShapeKind.ARRAY:
            return candidate
    raise Unexplained("it is about many records, and its body has no list")


def _bulk_create(desk: Desk, draft: EntityDraft, operation: Classified) -> Effected:
    require_found_paths(desk, operation)
    lookups = tuple(one for one in lookups_of(desk, draft, operation) if one.place != "caller")
    writes = writes_of(desk, draft, operation)
    writes += tuple(surroundings(desk, draft, operation, lookups, {one.attribute for one in writes}))
    batch = _batch(operation, operation.body_at, desk)
    return Effected(K.BULK_CREATE, Effect(entity=draft.name, lookups=lookups, writes=writes, batch=batch))


def _clear(desk: Desk, draft: EntityDraft, operation: Classified) -> Effected:
    """All records of a collection, or those of its records that filters leave."""
    filters = filters_of(desk, draft, operation, None, Sorting())
    require_found_paths(desk, operation, but=tuple(one.parameter for one in filters))
    meant = {one.parameter for one in filters}
    asked = [one.name for one in operation.operation.endpoint.parameters if one.place == "query"]
    spared = next((name for name in asked if name not in meant), None)
    if spared is not None:
        raise Unexplained(f"nothing says which {draft.name} records {spared} spares")
    if draft.owner is not None:
        raise Unexplained(f"nothing says whose {draft.name} records it deletes")
    lookups = lookups_of(desk, draft, operation)
    parent = parent_reference(desk, draft, lookups[-1].entity) if lookups else None
    if lookups and parent is None:
        raise Unexplained(f"nothing says which {draft.name} records belong to a {lookups[-1].entity}")
    effect = Effect(entity=draft.name, lookups=lookups, filters=filters, parent=parent or "")
    return Effected(K.BULK_DELETE, effect)


def _bulk_delete(desk: Desk, draft: EntityDraft, operation: Classified) -> Effected:
    if body_shape(operation) is None and not operation.key_at:
        return _clear(desk, draft, operation)
    require_found_paths(desk, operation)
    batch = _batch(operation, operation.body_at, desk)
    if not draft.keys:
        raise Unexplained(f"a {draft.name} has no key")
    body = body_shape(operation)
    listed = desk.shapes.at(body, batch, answer=False) if body is not None else None
    items = desk.shapes.items_of(listed) if listed is not None else None
    owner = desk.shapes.object_of(items, answer=False) if items is not None else None
    name = f"/{draft.keys[0]}" if owner is not None else ""
    lookup = Lookup(place="body", name=name, entity=draft.name, attribute=draft.keys[0])
    return Effected(K.BULK_DELETE, Effect(entity=draft.name, lookups=(lookup,), batch=batch))


def _count(desk: Desk, draft: EntityDraft, operation: Classified) -> Effected:
    filters = filters_of(desk, draft, operation, None, Sorting())
    require_found_paths(desk, operation, but=tuple(one.parameter for one in filters))
    lookups = lookups_of(desk, draft, operation)
    parent = parent_reference(desk, draft, lookups[-1].entity) if lookups else None
    if lookups and parent is None:
        raise Unexplained(f"nothing says which {draft.name} records belong to a {lookups[-1].entity}")
    grouped = _grouping(desk, draft, operation)
    counted = Value(source=Source.COUNTS, attribute=grouped.name) if grouped is not None else None
    effect = Effect(entity=draft.name, lookups=lookups, filters=filters, parent=parent or "")
    return Effected(K.COUNT, effect, counted=counted)


def _grouping(desk: Desk, draft: EntityDraft, operation: Classified) -> Attribute | None:
    """The attribute by whose values records are counted, where the answer is a map of numbers."""
    shape = answer_shape(operation)
    resolved = desk.shapes.resolve(shape) if shape is not None else None
    if resolved is None or resolved.kind is not ShapeKind.OBJECT or resolved.properties or resolved.additional is None:
        return None
    text = " ".join(desk.texts(operation)).lower()
    enums = [one for one in draft.attributes.values() if one.type is FieldType.ENUM]
    said = [one for one in enums if any(word in text for word in split_words(one.name))]
    chosen = said or enums
    if not chosen:
        raise Unexplained("nothing says by what it counts")
    return chosen[0]


def _upload(desk: Desk, draft: EntityDraft, operation: Classified) -> Effected:
    require_found_paths(desk, operation)
    lookups = lookups_of(desk, draft, operation)
    attribute = file_attribute(desk, draft, operation)
    writes = (file_write(desk, operation, attribute), *writes_of_form(desk, draft, operation, attribute))
    if lookups and lookups[-1].entity == draft.name:
        return Effected(K.UPLOAD, Effect(entity=draft.name, lookups=lookups, writes=writes, merges=True))
    writes += tuple(surroundings(desk, draft, operation, lookups, {one.attribute for one in writes}))
    lookups = tuple(one for one in lookups if one.place != "caller")
    kind = K.NESTED_CREATE if lookups else K.CREATE
    return Effected(kind, Effect(entity=draft.name, lookups=lookups, writes=writes))


def writes_of_form(desk: Desk, draft: EntityDraft, operation: Classified, file: str) -> tuple[Write, ...]:
    """What the other parts of a form set."""
    body = body_shape(operation)
    owner = desk.shapes.object_of(body, answer=False) if body is not None else None
    return tuple(
        Write(attribute=item.name, place="body", name=f"/{item.name}")
        for item in (owner.properties if owner else ())
        if item.name in draft.attributes and item.name != file and draft.attributes[item.name].generated is None
    )


def _download(desk: Desk, draft: EntityDraft, operation: Classified) -> Effected:
    require_found_paths(desk, operation)
    lookups = lookups_of(desk, draft, operation)
    if not lookups or lookups[-1].entity != draft.name:
        raise Unexplained(f"nothing in the request says which {draft.name} is meant")
    if not keeps_files(desk, draft):
        raise Unexplained(f"no operation takes in the file of a {draft.name} that it would send")
    file_attribute(desk, draft, operation)
    return Effected(K.DOWNLOAD, Effect(entity=draft.name, lookups=lookups))
