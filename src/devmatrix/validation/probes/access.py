"""Who gets in: nobody without credentials, nobody in another role, nobody to what is somebody else's."""

from collections.abc import Iterable, Iterator

from devmatrix.discovery.document import Operation, OperationKind
from devmatrix.discovery.interface import Reason
from devmatrix.validation.probes.exchanges import Request
from devmatrix.validation.probes.forging import signed_by_others
from devmatrix.validation.probes.probe import Probe, Subject, control, refused, unchanged
from devmatrix.validation.probes.situations import BEARER, Situation
from devmatrix.validation.probes.verdict import Found
from devmatrix.validation.probes.world import World, put_credential

_LISTS = (OperationKind.LIST, OperationKind.NESTED_LIST, OperationKind.SEARCH, OperationKind.COUNT)
_MAKES = (OperationKind.CREATE, OperationKind.NESTED_CREATE, OperationKind.REGISTER, OperationKind.BULK_CREATE)


class NoCredentials(Probe):
    """Each operation that needs an account, without one, by all doors that frameworks and proxies leave open."""

    rule = "probe.no-credentials"
    nothing = "nothing needs credentials"

    def __init__(self) -> None:
        self._detoured: set[str] = set()
        """Methods whose doors were tried: these are the framework's, not one operation's."""

    def subjects(self, world: World) -> Iterable[Subject]:
        """Each guarded operation."""
        return [item.id for item in world.guarded()]

    def ask(self, world: World, subject: Subject) -> Iterator[Found]:
        """Without credentials, with empty and made-up ones; once for each method under other spellings of the path."""
        operation = world.document.operation(subject)
        situation = world.situations.simplest(operation)
        rightly = world.stage(situation) if situation is not None else world.bare(operation)
        if situation is None:
            world.rows.mark()
        nobody = world.without_credentials(rightly, operation)
        wanted = world.situations.status(operation, Reason.UNAUTHENTICATED)
        yield from refused(world, subject, situation, nobody, wanted, "a request without credentials")
        for place in world.situations.places(operation):
            empty = put_credential(nobody, place, "")
            yield from refused(world, subject, situation, empty, wanted, "a request with empty credentials")
        known = world.credential(rightly, operation)
        if known is not None:
            made_up = put_credential(nobody, known[0], next(signed_by_others(known[1])))
            yield from refused(world, subject, situation, made_up, wanted, "a request with made-up credentials")
        for request, what in self._detours(world, operation, nobody):
            yield from refused(world, subject, situation, request, None, f"{what} without credentials")
        yield from unchanged(world, subject, situation, "requests without credentials")
        if situation is not None:
            yield from control(world, subject, situation, rightly)

    def _detours(self, world: World, operation: Operation, nobody: Request) -> Iterator[tuple[Request, str]]:
        if operation.method in self._detoured:
            return
        self._detoured.add(operation.method)
        path, mark, query = nobody.target.partition("?")
        for other in (f"/{path}", f"{path}/", f"/.{path}", path.upper()):
            if world.situations.operation_at(operation.method, other) is None:
                yield nobody.to(operation.method, f"{other}{mark}{query}"), "another spelling of the path"
        if operation.method == "GET" and world.situations.operation_at("HEAD", path) is None:
            yield nobody.to("HEAD", nobody.target), "HEAD"
        if world.situations.operation_at("POST", path) is None:
            disguised = nobody.having(X_HTTP_Method_Override=operation.method)
            yield disguised.to("POST", nobody.target), "a method in disguise"


class OtherRole(Probe):
    """Each operation that needs a role, by those who lack it, with a request that is right but for that."""

    rule = "probe.other-role"
    nothing = "nobody lacks a role"

    def subjects(self, world: World) -> Iterable[Subject]:
        """Operations for roles, where somebody lacks them."""
        return [item.id for item in world.guarded() if item.access.roles and self._cases(world, item)]

    def ask(self, world: World, subject: Subject) -> Iterator[Found]:
        """By each of them."""
        operation = world.document.operation(subject)
        for situation, tokens in self._cases(world, operation):
            rightly = world.stage(situation)
            yield from _forbidden(world, operation, situation, rightly, tokens, "in another role")

    @staticmethod
    def _cases(world: World, operation: Operation) -> list[tuple[Situation, list[str]]]:
        """Situations, each with the tokens of those who lack the role; "": the one that its request has already."""
        if operation.access.owner:
            return []
        situation = world.situations.simplest(operation)
        others = [
            world.tokens[actor.name]
            for actor in world.document.actors
            if actor.name in world.tokens and actor.role not in operation.access.roles
        ]
        if situation is not None and others:
            return [(situation, others)]
        refusals = world.situations.refused(Reason.FORBIDDEN)
        return [(item, [""]) for item in refusals if item.operation.id == operation.id][:1]


class SomebodyElse(Probe):
    """Each operation on records that are for their owners, by another account, with the ids of real records."""

    rule = "probe.somebody-else"
    nothing = "nothing is for owners"

    def subjects(self, world: World) -> Iterable[Subject]:
        """Operations for owners, where there is a stranger."""
        return [item.id for item in world.guarded() if item.access.owner and self._case(world, item)]

    def ask(self, world: World, subject: Subject) -> Iterator[Found]:
        """By each stranger."""
        operation = world.document.operation(subject)
        case = self._case(world, operation)
        if case is None:
            return
        situation, tokens = case
        rightly = world.stage(situation)
        if operation.kind in _LISTS:
            yield from self._listed(world, subject, situation, rightly, tokens)
            return
        yield from _forbidden(world, operation, situation, rightly, tokens, "for what is somebody else's")

    @staticmethod
    def _listed(
        world: World, subject: Subject, situation: Situation, rightly: Request, tokens: list[str]
    ) -> Iterator[Found]:
        mine = set(_ids(world.ask(rightly).json))
        if not mine:
            yield Found(subject, "the scenario's list shows nobody's records", situation.scenario_id)
        for token in filter(None, tokens):
            request = put_credential(rightly, BEARER, token)
            answer = world.ask(request)
            shown = mine.intersection(_ids(answer.json))
            if shown or answer.failed:
                message = f"a list shows records of somebody else ({len(shown)}): sent {request}, got {answer}"
                yield Found(subject, message, situation.scenario_id)

    @staticmethod
    def _case(world: World, operation: Operation) -> tuple[Situation, list[str]] | None:
        if operation.kind in _MAKES:
            return None
        situations = world.situations.successes.get(operation.id, ())
        if operation.kind in _LISTS:  # there must be something to be seen
            situations = tuple(sorted(situations, key=lambda item: -len(str(item.act.expect.body))))
        for situation in situations:
            there = {step.actor for step in (*situation.given, situation.act)}
            strangers = [
                world.tokens[actor.name]
                for actor in world.document.actors
                if actor.name in world.tokens and actor.name not in there and actor.role not in operation.access.roles
            ]
            if strangers:
                return situation, strangers
        refusals = world.situations.refused(Reason.FORBIDDEN)
        found = next((item for item in refusals if item.operation.id == operation.id), None)
        return None if found is None else (found, [""])


def _forbidden(
    world: World, operation: Operation, situation: Situation, rightly: Request, tokens: list[str], what: str
) -> Iterator[Found]:
    """The right request by those who may not; "": by the one whom it shows already. Then, where it can be, rightly."""
    wanted = world.situations.status(operation, Reason.FORBIDDEN)
    for token in tokens:
        request = put_credential(rightly, BEARER, token) if token else rightly
        yield from refused(world, operation.id, situation, request, wanted, f"a request {what}")
    yield from unchanged(world, operation.id, situation, f"requests {what}")
    if all(tokens):
        yield from control(world, operation.id, situation, rightly)


def _ids(value: object) -> Iterator[str]:
    """The values of all properties called `id`."""
    if isinstance(value, dict):
        for name, item in value.items():
            if name == "id" and isinstance(item, str | int):
                yield str(item)
            yield from _ids(item)
    elif isinstance(value, list):
        for item in value:
            yield from _ids(item)
