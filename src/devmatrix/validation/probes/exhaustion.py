"""Requests that are too large, too deep or too many: refused soon, and the service goes on serving."""

import json
from collections.abc import Iterable, Iterator
from http import HTTPStatus

from devmatrix.discovery.document import OperationKind
from devmatrix.validation.probes.exchanges import Answer, Request
from devmatrix.validation.probes.fields import fields, put
from devmatrix.validation.probes.probe import PROJECT, Probe, Subject
from devmatrix.validation.probes.situations import Situation
from devmatrix.validation.probes.verdict import Found
from devmatrix.validation.probes.world import World

_SECONDS = 5.0
"""In which each answer must come, on a machine that is busy with other things."""
_MOST_BYTES = {False: 1024 * 1024, True: 10 * 1024 * 1024}
"""Of a body: docs/conventions.md, and docs/imported.md for imported documents."""
_DEPTH = 10_000
_DIGITS = 5_000
_LONG = 100_000
_PARAMETERS = 2_000
_LISTS = (OperationKind.LIST, OperationKind.NESTED_LIST, OperationKind.SEARCH)
_STRANGE = (
    b"1" + b"0" * 30,
    b"1e400",
    b'"' + b"a" * _LONG + b'"',
    b"[" * 500 + b"]" * 500,
    b"-1" + b"0" * 30,
    b"-1e400",
    b'"1e999999999"',
    b'{"a":' * 500 + b"1" + b"}" * 500,
)


class HugeBodies(Probe):
    """A body over the limit is answered 413."""

    rule = "probe.huge-body"
    nothing = "no JSON bodies"

    def subjects(self, world: World) -> Iterable[Subject]:
        """The first operation that takes a JSON body, and no other: the limit is the service's."""
        return [item.operation.id for item in _with_bodies(world)[:1]]

    def ask(self, world: World, subject: Subject) -> Iterator[Found]:
        """A body that announces its length, and one that does not."""
        situation = _of(world, subject)
        rightly = world.stage(situation).having(Content_Type="application/json")
        most = _MOST_BYTES[world.document.interface is not None]
        long = b'"' + b"x" * most + b'"'
        chunked = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in _cut(long)) + b"0\r\n\r\n"
        for what, request in (
            ("a huge body", rightly.sending(long)),
            ("a huge body of unknown length", rightly.having(Transfer_Encoding="chunked").sending(chunked)),
        ):
            answer = world.ask(request)
            if answer.status_code != HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
                message = f"{what}, more than {most:,} bytes, must be answered 413: sent {request}, got {answer}"
                yield Found(subject, message, situation.scenario_id)
            yield from _soon(world, subject, situation, answer, what)


def _cut(content: bytes, size: int = 65_536) -> list[bytes]:
    return [content[start : start + size] for start in range(0, len(content), size)]


class StrangeBodies(Probe):
    """JSON that is nested without end, numbers without end, long texts."""

    rule = "probe.strange-body"
    nothing = "no JSON bodies"

    def __init__(self) -> None:
        self._parsed = False

    def subjects(self, world: World) -> Iterable[Subject]:
        """Each operation that takes a JSON object."""
        return [item.operation.id for item in _with_bodies(world)]

    def ask(self, world: World, subject: Subject) -> Iterator[Found]:
        """What no parser likes, once; what no property likes, at each operation."""
        situation = _of(world, subject)
        rightly = world.stage(situation).having(Content_Type="application/json")
        names = list(rightly.json) if isinstance(rightly.json, dict) else []
        bodies = list(_values(names))
        if not self._parsed:
            bodies += _unparsable(names)
            self._parsed = True
        for what, content in bodies:
            request = rightly.sending(content)
            answer = world.ask(request)
            if answer.failed:
                yield Found(subject, f"{what}: sent {request}, got {answer}", situation.scenario_id)
            yield from _soon(world, subject, situation, answer, what)


def _values(names: list[str]) -> Iterator[tuple[str, bytes]]:
    """Bodies whose properties hold what is valid JSON and nothing that anybody means."""
    for shift in range(2):
        held = [_STRANGE[(number + shift * 4) % len(_STRANGE)] for number in range(len(names))]
        yield "numbers out of all bounds, deep and long values", _body(zip(names, held, strict=True))


def _unparsable(names: list[str]) -> Iterator[tuple[str, bytes]]:
    """Bodies that parsers choke on."""
    yield f"a body of {_DEPTH:,} levels", b"[" * _DEPTH + b"]" * _DEPTH
    yield f"a body of {_DEPTH:,} levels that does not end", b'{"a":' * _DEPTH
    for value in (b"9" * _DIGITS, b"NaN", b"-Infinity", b'"\\ud800"', b'"\xff\xfe"'):
        yield f"the value {value[:20]!r}", _body((name, value) for name in names)


def _body(pairs: Iterable[tuple[str, bytes]]) -> bytes:
    return b"{" + b",".join(json.dumps(name).encode() + b":" + value for name, value in pairs) + b"}"


class LongPatterns(Probe):
    """Texts that make a pattern of the document try for long."""

    rule = "probe.slow-pattern"
    nothing = "no patterns"

    def subjects(self, world: World) -> Iterable[Subject]:
        """Operations that take texts with a pattern."""
        return [
            item.operation.id
            for item in _with_bodies(world)
            if any(field.pattern for field in fields(world.document, item.operation))
        ]

    def ask(self, world: World, subject: Subject) -> Iterator[Found]:
        """Repetitions that almost match, as long as the document allows and far longer."""
        situation = _of(world, subject)
        rightly = world.stage(situation)
        for field in fields(world.document, situation.operation):
            for unit in ("a", "1", "a1", " ", "-a", ".a") if field.pattern else ():
                for length in (field.max_length or 60, 50_000):
                    request = rightly.saying(put(rightly.json, field.pointer, unit * (length // len(unit)) + "!"))
                    answer = world.ask(request)
                    if answer.failed:
                        yield Found(
                            subject, f"a text for a pattern: sent {request}, got {answer}", situation.scenario_id
                        )
                    yield from _soon(world, subject, situation, answer, f"a text for {field.pattern}")


class HugeQueries(Probe):
    """Pages without end, thousands of parameters, long queries."""

    rule = "probe.huge-query"
    nothing = "no lists"

    def __init__(self) -> None:
        self._parsed = False

    def subjects(self, world: World) -> Iterable[Subject]:
        """Each list."""
        return [
            item.id for item in world.document.operations if item.kind in _LISTS and world.situations.simplest(item)
        ]

    def ask(self, world: World, subject: Subject) -> Iterator[Found]:
        """In place of each parameter that is a number; once, parameters without end."""
        situation = _of(world, subject)
        rightly = world.stage(situation)
        requests = [
            (f"{name}={size[:30]}", rightly.asking(**{name: size}))
            for name in self._sizes(world, subject)
            for size in ("1000000000", "9" * 30)
        ]
        if not self._parsed:
            self._parsed = True
            many = {f"p{number}": "1" for number in range(_PARAMETERS)}
            requests.append((f"{_PARAMETERS:,} parameters", rightly.asking(**many)))
            requests.append(("a long parameter", rightly.asking(p="a" * 50_000)))
            for name in self._sizes(world, subject):
                for size in ("-" + "9" * 30, "9" * _DIGITS, "1e400", ""):
                    requests.append((f"{name}={size[:30]}", rightly.asking(**{name: size})))
        for what, request in requests:
            answer = world.ask(request)
            if answer.failed:
                yield Found(subject, f"{what}: sent {request}, got {answer}", situation.scenario_id)
            yield from _soon(world, subject, situation, answer, what)

    @staticmethod
    def _sizes(world: World, subject: Subject) -> tuple[str, ...]:
        interface = world.document.interface
        if interface is None:
            return ("limit", "offset")
        shown = interface.endpoint(subject).parameters
        return tuple(item.name for item in shown if item.place == "query" and item.shape.kind in ("integer", "number"))


class StillServing(Probe):
    """After all that, the service is ready, soon."""

    rule = "probe.still-serving"
    nothing = "there is always something to ask"

    def subjects(self, world: World) -> Iterable[Subject]:
        """The project."""
        return [PROJECT]

    def ask(self, world: World, subject: Subject) -> Iterator[Found]:
        """The ready path."""
        answer = world.ask(Request("GET", world.boot.ready_path))
        if answer.status_code != 200 or answer.seconds > _SECONDS:
            yield Found(
                subject, f"after all requests {world.boot.ready_path} answers {answer} in {answer.seconds:.1f} s"
            )


def _with_bodies(world: World) -> list[Situation]:
    found = []
    for operation in world.document.operations:
        situation = world.situations.fullest(operation)
        if situation is not None and isinstance(situation.act.body, dict) and situation.act.raw is None:
            found.append(situation)
    return found


def _of(world: World, subject: Subject) -> Situation:
    operation = world.document.operation(subject)
    return world.situations.fullest(operation) or world.situations.successes[subject][0]


def _soon(world: World, subject: Subject, situation: Situation, answer: Answer, what: str) -> Iterator[Found]:
    if answer.seconds > _SECONDS:
        yield Found(subject, f"{what} took {answer.seconds:.1f} s to answer", situation.scenario_id)
