"""What a service may be made to reach: addresses that it is given, and files by the names of uploads."""

import re
from collections.abc import Iterable, Iterator

from devmatrix.discovery.document import Operation, OperationKind
from devmatrix.validation.probes.exchanges import Request
from devmatrix.validation.probes.fields import Field, at, fields, put
from devmatrix.validation.probes.probe import PROJECT, LogProbe, Probe, Subject, sound
from devmatrix.validation.probes.situations import Situation
from devmatrix.validation.probes.verdict import Found
from devmatrix.validation.probes.world import World

_CANARY = "probe-canary-7731"
_CONTROL = "probe-control-7731"
_MARK = "probe-mark-7731.txt"
_FILE_NAME = re.compile(rb'filename="[^"]*"')
_NAMES = (f"../../../../../project/{_MARK}", f"/project/{_MARK}", f"..\\..\\{_MARK}", f"/tmp/../project/{_MARK}")


class FetchedAddresses(LogProbe):
    """Each address in a body leads to the service itself, whose log would tell that it was fetched."""

    rule = "probe.fetched-address"
    nothing = "no addresses"

    def subjects(self, world: World) -> Iterable[Subject]:
        """Operations that take addresses."""
        return [item.id for item in world.document.operations if self._case(world, item) is not None]

    def ask(self, world: World, subject: Subject) -> Iterator[Found]:
        """Send the canary's address, and call once by hand what the log must show."""
        case = self._case(world, world.document.operation(subject))
        if case is None:
            return
        world.ask(Request("GET", f"/{_CONTROL}"))
        situation, addresses = case
        request = world.stage(situation)
        body = request.json
        for field in addresses:
            body = put(body, field.pointer, f"http://127.0.0.1:{world.boot.port}/{_CANARY}?{subject}")
        request = request.saying(body)
        answer = world.ask(request)
        yield from sound(world, subject, answer, request, "an address", situation.scenario_id)

    def read(self, world: World, log: str) -> Iterator[Found]:
        """Whether somebody came."""
        if f"/{_CONTROL}" not in log:
            yield Found(PROJECT, "the log does not tell requests, so it cannot tell whether an address was fetched")
        for match in sorted(set(re.findall(rf"(?:GET|HEAD|POST|PUT) /{_CANARY}\?(\w+)", log))):
            yield Found(match, "an address in a body was fetched by the service")

    @staticmethod
    def _case(world: World, operation: Operation) -> tuple[Situation, list[Field]] | None:
        for situation in world.situations.successes.get(operation.id, ()):
            addresses = [
                item
                for item in fields(world.document, operation)
                if item.is_address and isinstance(at(situation.act.body, item.pointer), str)
            ]
            if addresses:
                return situation, addresses
        return None


class UploadedNames(Probe):
    """The file names of uploads lead to no file."""

    rule = "probe.uploaded-name"
    nothing = "no uploads"

    def subjects(self, world: World) -> Iterable[Subject]:
        """Uploads whose scenario names a file."""
        return [
            item.id
            for item in world.document.operations
            if item.kind is OperationKind.UPLOAD and self._situation(world, item) is not None
        ]

    def ask(self, world: World, subject: Subject) -> Iterator[Found]:
        """Names that climb out of any folder; then look for the file."""
        situation = self._situation(world, world.document.operation(subject))
        if situation is None:
            return
        request = world.stage(situation)
        for name in _NAMES:
            other = request.sending(
                _FILE_NAME.sub(f'filename="{name}"'.encode().replace(b"\\", rb"\\"), request.content or b"")
            )
            yield from sound(world, subject, world.ask(other), other, f"the name {name}", situation.scenario_id)
        written = [path for path in world.project.rglob("*") if _MARK in path.name]
        if written:
            yield Found(
                subject, f"an upload was written to {written[0].relative_to(world.project)}", situation.scenario_id
            )

    @staticmethod
    def _situation(world: World, operation: Operation) -> Situation | None:
        items = world.situations.successes.get(operation.id, ())
        return next((item for item in items if item.act.raw and 'filename="' in item.act.raw), None)
