"""The endpoints, by docs/conventions.md: what is offered for each entity and relation, under which id and path."""

from collections import Counter

from devmatrix.discovery.access import AccessBook
from devmatrix.discovery.document import Access, Attribute, Entity, FieldType, Operation, OperationKind
from devmatrix.discovery.drafts import Draft
from devmatrix.discovery.naming import human, plural, snake
from devmatrix.discovery.phrases import CRUD

Kind = OperationKind
METHODS = {
    Kind.CREATE: ("POST", 201),
    Kind.LIST: ("GET", 200),
    Kind.READ: ("GET", 200),
    Kind.REPLACE: ("PUT", 200),
    Kind.PATCH: ("PATCH", 200),
    Kind.DELETE: ("DELETE", 204),
    Kind.NESTED_LIST: ("GET", 200),
    Kind.NESTED_CREATE: ("POST", 201),
    Kind.LINK: ("PUT", 204),
    Kind.UNLINK: ("DELETE", 204),
    Kind.TRANSITION: ("POST", 200),
    Kind.REGISTER: ("POST", 201),
    Kind.LOGIN: ("POST", 200),
    Kind.CURRENT: ("GET", 200),
    Kind.CURRENT_PATCH: ("PATCH", 200),
}
"""Method and success status of each kind, by docs/conventions.md."""
_ORDER = (Kind.CREATE, Kind.LIST, Kind.READ, Kind.REPLACE, Kind.PATCH, Kind.DELETE)


class Endpoints:
    """Collects the operations of one document; ids and paths are distinct."""

    def __init__(self, draft: Draft, entities: tuple[Entity, ...]) -> None:
        self._draft = draft
        self._entities = {entity.name: entity for entity in entities}
        self._access = AccessBook(draft, entities)
        self._ids: set[str] = set()
        self._routes: set[tuple[str, str]] = set()
        self._made: list[Operation] = []

    def all(self) -> tuple[Operation, ...]:
        """Every operation: signing in first, then each entity's own, then those between entities."""
        for entity in self._entities.values():
            if entity.account is not None:
                self._sign_in(entity)
        for entity in self._entities.values():
            self._collection(entity)
            self._transitions(entity)
        for entity in self._entities.values():
            self._children(entity)
            self._links(entity)
        self._access.note_assumptions()
        return tuple(self._made)

    def _sign_in(self, entity: Entity) -> None:
        one = Access(authenticated=True)
        name = human(entity.name)
        self._add("register", Kind.REGISTER, entity, "/auth/register", Access(), f"Register as a {name}")
        self._add("login", Kind.LOGIN, entity, "/auth/login", Access(), "Sign in and get a token")
        self._add("read_current", Kind.CURRENT, entity, "/auth/me", one, f"The {name} who calls")
        self._add("patch_current", Kind.CURRENT_PATCH, entity, "/auth/me", one, f"Change the {name} who calls")

    def _offered(self, entity: Entity) -> frozenset[OperationKind]:
        draft = self._draft.entities[entity.name]
        kinds = CRUD if draft.only is None else draft.only & CRUD
        if entity.account is not None and entity.account.role_field is None:
            # Without an administrator, accounts are made by registering alone, and nobody sees those of others.
            kinds -= {Kind.CREATE}
        return kinds - draft.without

    def _collection(self, entity: Entity) -> None:
        one, path = snake(entity.name), _path(entity)
        many = f"all_{entity.plural}" if entity.plural == one else entity.plural
        label, labels = human(entity.name), human(entity.plural)
        texts = {
            Kind.CREATE: (f"create_{one}", path, f"Create a {label}"),
            Kind.LIST: (f"list_{many}", path, f"List {labels}"),
            Kind.READ: (f"read_{one}", _record(entity), f"Read a {label}"),
            Kind.REPLACE: (f"replace_{one}", _record(entity), f"Replace a {label}"),
            Kind.PATCH: (f"patch_{one}", _record(entity), f"Change some properties of a {label}"),
            Kind.DELETE: (f"delete_{one}", _record(entity), f"Delete a {label}"),
        }
        offered = self._offered(entity)
        for kind in _ORDER:
            if kind in offered:
                name, where, summary = texts[kind]
                self._add(name, kind, entity, where, self._access.of(entity, kind), summary)

    def _transitions(self, entity: Entity) -> None:
        for move in entity.states.transitions if entity.states else ():
            path = f"{_record(entity)}/{move.name.replace('_', '-')}"
            access = self._access.of(entity, Kind.TRANSITION, move.name)
            label = f"{human(move.name).capitalize()}: {human(entity.name)} becomes {move.target}"
            self._add(
                f"{move.name}_{snake(entity.name)}", Kind.TRANSITION, entity, path, access, label, transition=move.name
            )

    def _children(self, entity: Entity) -> None:
        parents = [field for field in entity.attributes if _is_parent(field, entity)]
        often = Counter(field.target for field in parents)
        for field in parents:
            parent = self._entities[str(field.target)]
            stem = field.name.removesuffix("_id")
            # Two references to one kind of parent: each names its own collection.
            own = f"{stem}_" if often[parent.name] > 1 else ""
            path = f"{_record(parent)}/{own.replace('_', '-')}{_segment(entity.plural)}"
            below = f"{snake(parent.name)}_{own}"
            for kind, flat, ending, summary in (
                (Kind.NESTED_LIST, Kind.LIST, entity.plural, f"List the {human(entity.plural)} of a"),
                (Kind.NESTED_CREATE, Kind.CREATE, snake(entity.name), f"Create a {human(entity.name)} of a"),
            ):
                if self._has(entity, flat):
                    access, summary = self._access.of(entity, flat), f"{summary} {human(parent.name)}"
                    name = f"{flat.value}_{below}{ending}"
                    self._add(name, kind, entity, path, access, summary, parent_field=field.name)

    def _has(self, entity: Entity, kind: OperationKind) -> bool:
        return any(made.entity == entity.name and made.kind is kind for made in self._made)

    def _links(self, entity: Entity) -> None:
        fields = [field for field in entity.attributes if field.type is FieldType.REFERENCES]
        often = Counter(field.target for field in fields)
        for field in fields:
            target = self._entities[str(field.target)]
            if target is entity:
                self._draft.assume(
                    f"{entity.name}.{field.name} is set as a list, without endpoints for single links",
                    "both ends of such a link would have the same name in the path",
                )
                continue
            stem = field.name.removesuffix("_ids")
            segment = plural(stem) if often[target.name] > 1 else target.plural
            path = f"{_record(entity)}/{_segment(segment)}"
            if ("GET", _shape(path)) in self._routes:
                path = f"{_record(entity)}/{_segment(plural(stem))}-links"
            self._link(entity, field, target, path, stem if often[target.name] > 1 else snake(target.name), segment)

    def _link(self, entity: Entity, field: Attribute, target: Entity, path: str, one: str, many: str) -> None:
        owner, changes = snake(entity.name), self._access.of(entity, Kind.PATCH)
        reads, lists = self._access.of(entity, Kind.READ), self._access.of(target, Kind.LIST)
        single = f"{path}/{{{snake(target.name)}_id}}"
        more = {"relation": field.name, "relation_entity": entity.name}
        if not reads.owner and not lists.owner:
            access = reads if reads.roles or (reads.authenticated and not lists.authenticated) else lists
            summary = f"List the {human(many)} of a {human(entity.name)}"
            self._add(f"list_{owner}_{many}", Kind.NESTED_LIST, target, path, access, summary, **more)
        for kind, verb in ((Kind.LINK, "link"), (Kind.UNLINK, "unlink")):
            summary = f"{verb.capitalize()} a {human(entity.name)} and a {human(target.name)}"
            if self._has(entity, Kind.PATCH) or self._has(entity, Kind.REPLACE):
                self._add(f"{verb}_{owner}_{one}", kind, entity, single, changes, summary, **more)

    def _add(
        self,
        name: str,
        kind: OperationKind,
        entity: Entity,
        path: str,
        access: Access,
        summary: str,
        **more: str | None,
    ) -> None:
        method, status = METHODS[kind]
        if (method, _shape(path)) in self._routes:
            self._draft.assume(f"There is no endpoint to {summary[0].lower()}{summary[1:]}", f"{path} is taken")
            return
        self._routes.add((method, _shape(path)))
        operation = Operation.model_validate(
            {
                "id": self._free(name),
                "kind": kind,
                "entity": entity.name,
                "method": method,
                "path": path,
                "success_status": status,
                "access": access,
                "summary": summary,
                **more,
            }
        )
        self._made.append(operation)

    def _free(self, name: str) -> str:
        wished, number = name, 2
        while name in self._ids:
            name = f"{wished}_{number}"
            number += 1
        self._ids.add(name)
        return name


def _is_parent(field: Attribute, entity: Entity) -> bool:
    """Nested collections lie below required references; the account that owns a record is set by the service."""
    if field.type is not FieldType.REFERENCE or not field.required or field.server_set:
        return False
    return field.name != entity.owner_field and field.target != entity.name


def _segment(name: str) -> str:
    return name.replace("_", "-")


def _path(entity: Entity) -> str:
    return f"/{_segment(entity.plural)}"


def _record(entity: Entity) -> str:
    return f"{_path(entity)}/{{{snake(entity.name)}_id}}"


def _shape(path: str) -> str:
    """The path with parameters blotted out: two of one shape would answer each other's calls."""
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))
