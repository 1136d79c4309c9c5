"""Builds the operations of documents made by hand, as docs/conventions.md has them."""

import re

from devmatrix.discovery.document import (
    Access,
    Attribute,
    Context,
    DiscoveryDocument,
    Entity,
    FieldType,
    Operation,
    OperationKind,
    Span,
    Statement,
)

ANYONE = Access()
ACCOUNTS = Access(authenticated=True)
ADMIN = Access(authenticated=True, roles=("admin",))
ADMIN_OR_OWNER = Access(authenticated=True, roles=("admin",), owner=True)
OWNER = Access(authenticated=True, owner=True)


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def collection(entity: Entity) -> str:
    return "/" + entity.plural.replace("_", "-")


def crud(
    entity: Entity, *, read: Access = ANYONE, create: Access | None = None, write: Access | None = None
) -> list[Operation]:
    """The six operations on a collection; `create` and `write` (replace, patch, delete) default to `read`."""
    one, many = snake(entity.name), entity.plural
    path, create, write = collection(entity), create or read, write or read
    record = f"{path}/{{{one}_id}}"
    rows = (
        (f"create_{one}", OperationKind.CREATE, "POST", path, 201, create),
        (f"list_{many}", OperationKind.LIST, "GET", path, 200, read),
        (f"read_{one}", OperationKind.READ, "GET", record, 200, read),
        (f"replace_{one}", OperationKind.REPLACE, "PUT", record, 200, write),
        (f"patch_{one}", OperationKind.PATCH, "PATCH", record, 200, write),
        (f"delete_{one}", OperationKind.DELETE, "DELETE", record, 204, write),
    )
    names = ("id", "kind", "method", "path", "success_status", "access")
    return [Operation.model_validate({"entity": entity.name, **dict(zip(names, row, strict=True))}) for row in rows]


def nested(child: Entity, field: str, parent: Entity, *, access: Access = ANYONE) -> list[Operation]:
    """List and create `child` below the `parent` that its reference `field` points to."""
    path = f"{collection(parent)}/{{{snake(parent.name)}_id}}{collection(child)}"
    end = f"{snake(parent.name)}_{child.plural}"
    return [
        Operation(
            id=f"list_{end}",
            kind=OperationKind.NESTED_LIST,
            entity=child.name,
            method="GET",
            path=path,
            success_status=200,
            access=access,
            parent_field=field,
        ),
        Operation(
            id=f"create_{snake(parent.name)}_{snake(child.name)}",
            kind=OperationKind.NESTED_CREATE,
            entity=child.name,
            method="POST",
            path=path,
            success_status=201,
            access=access,
            parent_field=field,
        ),
    ]


def links(
    owner: Entity, field: str, target: Entity, *, read: Access = ANYONE, write: Access = ANYONE
) -> list[Operation]:
    """List, link and unlink the `target` records of the many-to-many attribute `field`."""
    path = f"{collection(owner)}/{{{snake(owner.name)}_id}}{collection(target)}"
    one = f"{path}/{{{snake(target.name)}_id}}"
    return [
        Operation(
            id=f"list_{snake(owner.name)}_{target.plural}",
            kind=OperationKind.NESTED_LIST,
            entity=target.name,
            method="GET",
            path=path,
            success_status=200,
            access=read,
            relation=field,
            relation_entity=owner.name,
        ),
        Operation(
            id=f"link_{snake(owner.name)}_{snake(target.name)}",
            kind=OperationKind.LINK,
            entity=owner.name,
            method="PUT",
            path=one,
            success_status=204,
            access=write,
            relation=field,
            relation_entity=owner.name,
        ),
        Operation(
            id=f"unlink_{snake(owner.name)}_{snake(target.name)}",
            kind=OperationKind.UNLINK,
            entity=owner.name,
            method="DELETE",
            path=one,
            success_status=204,
            access=write,
            relation=field,
            relation_entity=owner.name,
        ),
    ]


def transitions(entity: Entity, *, access: Access = ANYONE) -> list[Operation]:
    """One operation for each transition of the entity's state machine."""
    assert entity.states is not None
    one = snake(entity.name)
    return [
        Operation(
            id=f"{transition.name}_{one}",
            kind=OperationKind.TRANSITION,
            entity=entity.name,
            method="POST",
            path=f"{collection(entity)}/{{{one}_id}}/{transition.name.replace('_', '-')}",
            success_status=200,
            access=access,
            transition=transition.name,
        )
        for transition in entity.states.transitions
    ]


def sign_in(account: Entity) -> list[Operation]:
    """Register, login, and the current account."""
    kind, name = OperationKind, account.name
    return [
        Operation(
            id="register", kind=kind.REGISTER, entity=name, method="POST", path="/auth/register", success_status=201
        ),
        Operation(id="login", kind=kind.LOGIN, entity=name, method="POST", path="/auth/login", success_status=200),
        Operation(
            id="read_current",
            kind=kind.CURRENT,
            entity=name,
            method="GET",
            path="/auth/me",
            success_status=200,
            access=ACCOUNTS,
        ),
        Operation(
            id="patch_current",
            kind=kind.CURRENT_PATCH,
            entity=name,
            method="PATCH",
            path="/auth/me",
            success_status=200,
            access=ACCOUNTS,
        ),
    ]


def reference(name: str, target: str, **more: object) -> Attribute:
    return Attribute.model_validate({"name": name, "type": FieldType.REFERENCE, "target": target, **more})


def document(title: str, request: str, entities: list[Entity], operations: list[Operation]) -> DiscoveryDocument:
    """One context, one statement that speaks of all entities."""
    names = tuple(entity.name for entity in entities)
    return DiscoveryDocument(
        title=title,
        slug=title.lower().replace(" ", "-"),
        request=request,
        contexts=(Context(name=title, entities=names),),
        entities=tuple(entities),
        operations=tuple(operations),
        statements=(
            Statement(
                span=Span(start=0, end=len(request), text=request), understood=True, became="entities", entities=names
            ),
        ),
    )
