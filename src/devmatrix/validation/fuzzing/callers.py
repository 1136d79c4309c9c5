"""Finds out who may call: by the accounts of the document, or as its scenarios show who they are."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from devmatrix.discovery.document import Actor, DiscoveryDocument
from devmatrix.discovery.interface import Scheme
from devmatrix.discovery.scenario import Scenario, Step
from devmatrix.validation.fuzzing.job import Identity
from devmatrix.validation.scenarios.failure import ServiceFailure
from devmatrix.validation.scenarios.runner import SocketClient, play_step, sign_in
from devmatrix.validation.scenarios.support import Api, fill

_MOST = 4
_FAILURES_FROM = 400


def identities_of(document: DiscoveryDocument, socket: Path) -> tuple[Identity, ...]:
    """Those who call, signed in; what was made for that stays in the database. None where nobody has an account."""
    with SocketClient(socket) as client:
        if document.interface is None:
            tokens, _ = sign_in(client, document.actors)
            return _one_per_role([actor for actor in document.actors if actor.name in tokens], tokens)
        api = Api(client, {})
        found = [
            identity for scheme in document.interface.schemes for identity in _as_scenarios_do(document, scheme, api)
        ]
    return tuple(found[:_MOST])


def _one_per_role(actors: list[Actor], tokens: dict[str, str]) -> tuple[Identity, ...]:
    """The first actor of each role, and one more who is in none of their places."""
    first = {actor.role: actor for actor in reversed(actors)}
    chosen = [actor for actor in actors if first[actor.role] is actor]
    chosen += [actor for actor in actors if actor not in chosen][:1]
    return tuple(
        Identity(
            name=actor.name,
            place=actor.place,
            parameter=actor.header,
            credential=actor.prefix + tokens[actor.name] if actor.place == "header" else tokens[actor.name],
        )
        for actor in chosen
    )


def _as_scenarios_do(document: DiscoveryDocument, scheme: Scheme, api: Api) -> list[Identity]:
    """Play the scenario in which most callers succeed by this scheme, as far as they all have; take what they show."""
    candidates = [
        (len(shown), -len(steps), steps)
        for requirement in document.requirements
        for scenario in requirement.scenarios
        for shown, steps in [_until_all_called(scenario, scheme)]
        if shown
    ]
    for _, _, steps in sorted(candidates, key=lambda found: found[:2], reverse=True)[:_MOST]:
        found: dict[str, Identity] = {}
        api.captured.clear()
        try:
            for step in steps:
                play_step(api, step)
                credential = str(fill(_credential(step, scheme), api.captured))
                if credential and step.expect.status < _FAILURES_FROM:
                    name = f"{scheme.name} {len(found) + 1}"
                    found.setdefault(
                        credential,
                        Identity(name=name, place=scheme.place, parameter=scheme.parameter, credential=credential),
                    )
        except (AssertionError, ServiceFailure):
            continue  # its own evidence says so; another scenario may do
        return list(found.values())
    return []


def _until_all_called(scenario: Scenario, scheme: Scheme) -> tuple[set[str], tuple[Step, ...]]:
    """The credentials that succeed in it, as they are written, and the steps until the last of them did."""
    shown: set[str] = set()
    last = 0
    for number, step in enumerate(scenario.steps, start=1):
        credential = _credential(step, scheme)
        if credential and step.expect.status < _FAILURES_FROM and credential not in shown:
            shown.add(credential)
            last = number
    return shown, scenario.steps[:last]


def _credential(step: Step, scheme: Scheme) -> str:
    """What a step shows by the scheme; empty where it shows nothing."""
    for name, value in _shown(step, scheme):
        fits = value.lower().startswith(scheme.prefix.lower())
        if name.lower() == scheme.parameter.lower() and fits:
            return value
    return ""


def _shown(step: Step, scheme: Scheme) -> Iterator[tuple[str, str]]:
    """Name and value of all that stands where the scheme puts its credential."""
    if scheme.place == "query":
        yield from parse_qsl(urlsplit(step.path).query)
    for name, value in step.headers.items():
        if scheme.place == "header":
            yield name, value
        elif scheme.place == "cookie" and name.lower() == "cookie":
            for part in value.split(";"):
                first, _, rest = part.strip().partition("=")
                yield first, rest
