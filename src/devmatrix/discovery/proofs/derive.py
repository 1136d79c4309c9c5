"""Takes a document, gives its actors and requirements: the topics in a fixed order, numbered."""

from collections.abc import Mapping
from dataclasses import dataclass

from devmatrix.discovery.document import (
    Actor,
    DiscoveryDocument,
    Entity,
    FieldType,
    Operation,
    OperationKind,
    Requirement,
    Span,
)
from devmatrix.discovery.proofs.access import access
from devmatrix.discovery.proofs.cast import ADMIN, Cast, cast_of, find
from devmatrix.discovery.proofs.concurrency import concurrency, soft_deletion
from devmatrix.discovery.proofs.constraints import constraints, uniqueness
from devmatrix.discovery.proofs.creation import creation
from devmatrix.discovery.proofs.imported import derive_imported
from devmatrix.discovery.proofs.linking import linking
from devmatrix.discovery.proofs.listing import listing
from devmatrix.discovery.proofs.payloads import Values, scalar_values
from devmatrix.discovery.proofs.quotas import quotas
from devmatrix.discovery.proofs.reading import reading
from devmatrix.discovery.proofs.relations import relations
from devmatrix.discovery.proofs.script import ANYTHING, Script
from devmatrix.discovery.proofs.service import service
from devmatrix.discovery.proofs.signing_in import signing_in
from devmatrix.discovery.proofs.states import states
from devmatrix.discovery.proofs.subject import Proof, Subject
from devmatrix.discovery.proofs.unproducible import UnproducibleError
from devmatrix.discovery.proofs.values import accepts, sample
from devmatrix.discovery.proofs.writing import writing
from devmatrix.discovery.scenario import Expectation, Scenario, Step

_TOPICS = (
    signing_in,
    creation,
    reading,
    listing,
    writing,
    constraints,
    uniqueness,
    relations,
    linking,
    states,
    quotas,
    concurrency,
    soft_deletion,
    access,
)
# The one that docs/conventions.md names.
ADMIN_PASSWORD = "Admin-password-1"


@dataclass(frozen=True)
class Derivation:
    """What follows from a document."""

    actors: tuple[Actor, ...]
    requirements: tuple[Requirement, ...]
    omissions: tuple[str, ...]
    """Scenarios that could not be made up, each with the reason."""


def derive(document: DiscoveryDocument) -> Derivation:
    """Actors, requirements and what was left out of them."""
    if document.interface is not None:
        requirements, left_out = derive_imported(document, document.interface)
        return Derivation((), requirements, left_out)
    document = _without_ruled(document)
    cast, actors = _playable(cast_of(document))
    proofs: list[tuple[Entity | None, Proof]] = [(None, proof) for proof in service(document)]
    omissions: list[str] = []
    for entity in document.entities:
        subject = Subject(cast, entity, omissions)
        proofs += [(entity, proof) for topic in _TOPICS for proof in topic(subject)]
    width = max(2, len(str(len(proofs))))
    requirements = tuple(
        _requirement(document, f"R-{number:0{width}}", entity, proof)
        for number, (entity, proof) in enumerate(proofs, start=1)
    )
    return Derivation(actors, requirements, tuple(omissions))


def _without_ruled(document: DiscoveryDocument) -> DiscoveryDocument:
    """The document without transitions that a rule may refuse for reasons that only words say.

    No scenario can be made up for them: those of the rule's own requirements take such a transition.
    """
    ruled = {
        (entity.name, move.name)
        for entity in document.entities
        for move in (entity.states.transitions if entity.states else ())
        if entity.may_refuse(move.name)
    }
    if not ruled:
        return document
    operations = tuple(item for item in document.operations if (item.entity, item.transition) not in ruled)
    entities = tuple(_unruled(entity, ruled) for entity in document.entities)
    return document.model_copy(update={"entities": entities, "operations": operations})


def _unruled(entity: Entity, ruled: set[tuple[str, str]]) -> Entity:
    if entity.states is None:
        return entity
    moves = tuple(move for move in entity.states.transitions if (entity.name, move.name) not in ruled)
    return entity.model_copy(update={"states": entity.states.model_copy(update={"transitions": moves})})


def _requirement(document: DiscoveryDocument, id_: str, entity: Entity | None, proof: Proof) -> Requirement:
    scenarios = tuple(
        Scenario(id=f"{id_}.{number}", title=draft.title, kind=draft.kind, steps=draft.steps)
        for number, draft in enumerate(proof.drafts, start=1)
    )
    return Requirement(
        id=id_,
        level=proof.level,
        text=proof.text,
        span=_span(document, entity, proof.said),
        entities=(entity.name,) if entity else (),
        operations=tuple(operation.id for operation in proof.operations),
        scenarios=scenarios,
    )


def _span(document: DiscoveryDocument, entity: Entity | None, said: str) -> Span | None:
    if entity is None:
        return None
    speaking = [item for item in document.statements if item.understood and entity.name in item.entities]
    saying = [item for item in speaking if said and said in item.became]
    return next((statement.span for statement in (*saying, *speaking)), None)


def derive_actors(document: DiscoveryDocument) -> tuple[Actor, ...]:
    """The actors alone; scenarios of imported APIs make their own callers."""
    if document.interface is not None:
        return ()
    return _playable(cast_of(document))[1]


def _playable(cast: Cast) -> tuple[Cast, tuple[Actor, ...]]:
    """The actors, but for those that cannot be set up: what only they may do has no scenario."""
    roles: dict[str, str | None] = {}
    taken: list[Values] = []
    actors: list[Actor] = []
    for number, (name, role) in enumerate(cast.roles.items(), start=1):
        try:
            steps = _setup(Cast(cast.document, roles, tuple(taken)), name, role, number)
        except UnproducibleError:
            continue
        roles[name] = role
        taken += [dict(step.body) for step in steps if "/id" in step.capture.values() and isinstance(step.body, dict)]
        actors.append(Actor(name=name, role=role, setup=tuple(steps)))
    return Cast(cast.document, roles, tuple(taken)), tuple(actors)


def _setup(cast: Cast, name: str, role: str | None, number: int) -> list[Step]:
    entity = cast.document.account_entity
    if entity is None or entity.account is None:
        return []
    account = entity.account
    login = find(cast.document, entity, OperationKind.LOGIN)
    if login is None:
        raise UnproducibleError(f"{entity.name} has no operation to sign in")
    field = entity.attribute(account.login_field)
    if name == ADMIN:
        _require_self_sufficient(entity)
        user = "admin@example.com" if field.type == "email" else "admin"
        return [
            _login(
                login.path, {account.login_field: user, account.password_field: ADMIN_PASSWORD}, login.success_status
            )
        ]
    wished = f"{name}@example.com" if field.type == "email" else name
    fixed = {account.login_field: wished if accepts(field, wished) else sample(field, 90 + number)}
    register = find(cast.document, entity, OperationKind.REGISTER)
    script = Script(cast)
    script.made[entity.name] = 900 + 10 * number
    if register is not None:
        body = script.body(entity, fixed, register=True)
        text = f"{name} registers"
        script.call("given", text, register, body=body, actor=None, answer=ANYTHING, capture={"id": "/id"})
    else:
        body = dict(script.record(entity, fixed, text=f"an account for {name} is made").sent)
    _give_role(script, cast, entity, name, role)
    credentials = {key: body[key] for key in (account.login_field, account.password_field)}
    return [*script.steps, _login(login.path, credentials, login.success_status)]


def _require_self_sufficient(entity: Entity) -> None:
    """Raise UnproducibleError where the service cannot make up its first administrator without another record."""
    needed = [item.name for item in entity.attributes if item.type is FieldType.REFERENCE and item.required]
    if needed:
        raise UnproducibleError(f"{entity.name} needs {needed[0]}")
    scalar_values(entity, 1, {}, only_required=True)


def _give_role(script: Script, cast: Cast, entity: Entity, name: str, role: str | None) -> None:
    account = entity.account
    if account is None or account.role_field is None or role == entity.attribute(account.role_field).choices[0]:
        return
    patch = find(cast.document, entity, OperationKind.PATCH)
    if patch is None or not _may_administrate(cast, patch):
        raise UnproducibleError(f"nobody can give the role {role}")
    id_ = next(name for step in script.steps for name, pointer in step.capture.items() if pointer == "/id")
    headers = {"If-Match": '"1"'} if entity.versioned else None
    text, body = f"the administrator makes {name} {role}", {account.role_field: role}
    script.call("given", text, patch, [f"${{{id_}}}"], body=body, actor=ADMIN, headers=headers)


def _may_administrate(cast: Cast, patch: Operation) -> bool:
    access, role = patch.access, cast.roles.get(ADMIN)
    # Where anyone may patch, the service knows no caller who could be the administrator.
    return access.authenticated and (role in access.roles or not (access.roles or access.owner))


def _login(path: str, credentials: Mapping[str, object], status: int) -> Step:
    return Step.model_validate(
        {
            "phase": "given",
            "text": "the account signs in",
            "method": "POST",
            "path": path,
            "body": credentials,
            "has_body": True,
            "expect": Expectation(status=status, body=ANYTHING),
            "capture": {"token": "/access_token"},
        }
    )
