"""What every probe is: a rule, what it applies to, and what it asks."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from http import HTTPStatus

from devmatrix.validation.probes.exchanges import Answer, Request
from devmatrix.validation.probes.situations import Situation
from devmatrix.validation.probes.verdict import Found
from devmatrix.validation.probes.world import World

Subject = str
PROJECT = "project"


class Probe(ABC):
    """One kind of question. Made anew for each project, so that it may keep what it saw."""

    rule: str
    """Such as probe.no-credentials."""
    nothing: str
    """Why it does not apply, where it has no subjects."""

    @abstractmethod
    def subjects(self, world: World) -> Iterable[Subject]:
        """What it is asked of: ids of operations, or `project`."""

    @abstractmethod
    def ask(self, world: World, subject: Subject) -> Iterator[Found]:
        """Ask, and tell what is wrong. Raises UnplayableError or ServiceFailure where it cannot."""


class LogProbe(Probe):
    """One that can only tell when the service has ended, from what it printed."""

    @abstractmethod
    def read(self, world: World, log: str) -> Iterator[Found]:
        """What is wrong."""


def refused(
    world: World, subject: Subject, situation: Situation | None, request: Request, wanted: int | None, what: str
) -> Iterator[Found]:
    """Ask what must be refused, with the status `wanted` (none: anything but a success or a failure)."""
    scenario = situation.scenario_id if situation is not None else ""
    answer = world.ask(request)
    if wanted is not None and answer.status_code != wanted:
        yield Found(subject, f"{what} must be answered {wanted}: sent {request}, got {answer}", scenario)
    elif answer.ok or answer.failed:
        yield Found(subject, f"{what} must be refused: sent {request}, got {answer}", scenario)


def unchanged(world: World, subject: Subject, situation: Situation | None, what: str) -> Iterator[Found]:
    """Nothing was written since the situation was staged."""
    if world.rows.changed():
        scenario = situation.scenario_id if situation is not None else ""
        yield Found(subject, f"{what} were refused, and yet something was written to the database", scenario)


def control(world: World, subject: Subject, situation: Situation, request: Request) -> Iterator[Found]:
    """The right request succeeds in the same situation: else the refusals before it prove nothing."""
    answer = world.ask(request)
    written = answer.status_code != HTTPStatus.NOT_IMPLEMENTED or world.situations.is_known(situation.operation)
    if answer.status_code != situation.act.expect.status and written:  # what is not is told of its requirement
        message = f"the right request was not answered {situation.act.expect.status}: sent {request}, got {answer}"
        yield Found(subject, message, situation.scenario_id)


def sound(
    world: World, subject: Subject, answer: Answer, request: Request, what: str, scenario: str
) -> Iterator[Found]:
    """The service did not fail."""
    if answer.failed:
        yield Found(subject, f"{what} must not make the service fail: sent {request}, got {answer}", scenario)
