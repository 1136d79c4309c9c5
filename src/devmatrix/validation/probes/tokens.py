"""Credentials that are forged, expired, or void by now."""

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from devmatrix.discovery.document import Operation
from devmatrix.discovery.interface import Reason
from devmatrix.discovery.scenario import Step
from devmatrix.validation.probes.forging import Token, damaged, forged, outdated, read_token, write_token
from devmatrix.validation.probes.probe import PROJECT, Probe, Subject, control, refused, unchanged
from devmatrix.validation.probes.situations import Place, Situation
from devmatrix.validation.probes.verdict import Found
from devmatrix.validation.probes.world import World, put_credential, read_basic

_MAX_VOID = 3


class ForgedCredentials(Probe):
    """Credentials that somebody made up or changed, at the first operation that takes their kind."""

    rule = "probe.forged-credentials"
    nothing = "nothing needs credentials"

    def subjects(self, world: World) -> Iterable[Subject]:
        """The first guarded operation for each place of credentials that some scenario uses with success."""
        found: dict[tuple[Place, ...], Subject] = {}
        for operation in world.guarded():
            if world.situations.simplest(operation) is not None:
                found.setdefault(world.situations.places(operation), operation.id)
        return list(found.values())

    def ask(self, world: World, subject: Subject) -> Iterator[Found]:
        """All forgeries, then the right one."""
        operation = world.document.operation(subject)
        situation = world.situations.successes[subject][0]
        rightly = world.stage(situation)
        known = world.credential(rightly, operation)
        if known is None:
            yield Found(subject, "the scenario's request shows no credentials", situation.scenario_id)
            return
        place, credential = known
        wanted = world.situations.status(operation, Reason.UNAUTHENTICATED)
        for what, wrong in _forgeries(place, credential):
            request = put_credential(rightly, place, wrong)
            yield from refused(world, subject, situation, request, wanted, what)
        yield from unchanged(world, subject, situation, "forged credentials")
        yield from control(world, subject, situation, rightly)


class ExpiredTokens(Probe):
    """Tokens that are rightly signed but have ended, or are for nobody."""

    rule = "probe.expired-token"
    nothing = "no JWT with a known key"

    def subjects(self, world: World) -> Iterable[Subject]:
        """The first operation of each scheme with such tokens."""
        return list(self._cases(world))

    def ask(self, world: World, subject: Subject) -> Iterator[Found]:
        """After a token that was signed here and is valid: else refusals prove nothing."""
        situation = world.situations.successes[subject][0]
        rightly = world.stage(situation)
        known = world.credential(rightly, situation.operation)
        token = read_token(known[1]) if known is not None else None
        if known is None or token is None:
            yield Found(subject, "the scenario's request shows no such token", situation.scenario_id)
            return
        wanted = world.situations.status(situation.operation, Reason.UNAUTHENTICATED)
        for what, wrong in outdated(token, world.boot.token_key):
            request = put_credential(rightly, known[0], wrong)
            yield from refused(world, subject, situation, request, wanted, what)
        yield from unchanged(world, subject, situation, "tokens that are not valid")
        again = write_token(token.header, token.claims, world.boot.token_key)
        yield from control(world, subject, situation, put_credential(rightly, known[0], again))

    @staticmethod
    def _cases(world: World) -> Iterator[Subject]:
        seen: set[Place] = set()
        for operation in world.guarded() if world.boot.token_key else ():
            situation = world.situations.simplest(operation)
            if situation is None or set(world.situations.places(operation)) <= seen:
                continue
            known = world.credential(world.stage(situation), operation)
            if known is not None and known[0] not in seen and read_token(known[1]) is not None:
                seen.add(known[0])
                yield operation.id


@dataclass(frozen=True)
class _Void:
    """A scenario after which a credential is worth nothing."""

    scenario_id: str
    given: tuple[Step, ...]
    act: Step
    operation: Operation


class VoidTokens(Probe):
    """A token of a deleted account, or from before a logout or a new password: at every operation."""

    rule = "probe.void-token"
    nothing = "none becomes void"

    def subjects(self, world: World) -> Iterable[Subject]:
        """The project, where there is such a scenario."""
        return [PROJECT] if next(self._cases(world), None) is not None else []

    def ask(self, world: World, subject: Subject) -> Iterator[Found]:
        """Up to three such scenarios: the first at every operation, the others at some."""
        for number, case in enumerate(self._cases(world)):
            if number >= _MAX_VOID:
                return
            request = world.stage_steps(case.given, case.act)
            known = world.credential(request, case.operation)
            fitting = [item for item in world.guarded() if known and known[0] in world.situations.places(item)]
            for operation in fitting if number == 0 else fitting[:_MAX_VOID]:
                if known is None:
                    continue
                wanted = world.situations.status(operation, Reason.UNAUTHENTICATED)
                void = put_credential(world.bare(operation), *known)
                situation = Situation(operation, case.scenario_id, case.given, case.act)
                yield from refused(world, operation.id, situation, void, wanted, "a token that is void by now")
            if world.rows.changed():
                yield Found(subject, "a token that is void was refused, and yet something was written")

    @staticmethod
    def _cases(world: World) -> Iterator[_Void]:
        for item in world.situations.refused(Reason.UNAUTHENTICATED):
            shown = " ".join((*item.act.headers.values(), item.act.path))
            got = [name for step in item.given for name in step.capture if f"${{{name}}}" in shown]
            if got:
                yield _Void(item.scenario_id, item.given, item.act, item.operation)


def _forgeries(place: Place, credential: str) -> Iterator[tuple[str, str]]:
    token: Token | None = read_token(credential)
    if place.kind == "basic":
        login, password = read_basic(credential)
        for what, pair in (
            ("a wrong password", f"{login}:{password}x"),
            ("an empty password", f"{login}:"),
            ("no password", login),
        ):
            yield what, base64.b64encode(pair.encode()).decode()
    elif token is not None:
        yield from forged(credential, token)
    else:
        yield from damaged(credential)
