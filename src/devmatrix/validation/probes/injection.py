"""Texts that mean something to SQL, HTML, templates, shells and file systems, wherever a text may be sent."""

from collections import Counter
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from devmatrix.discovery.document import FieldType, Operation, OperationKind
from devmatrix.validation.probes.exchanges import Answer, Request
from devmatrix.validation.probes.fields import Field, at, fields, put
from devmatrix.validation.probes.probe import PROJECT, Probe, Subject, sound
from devmatrix.validation.probes.situations import Situation
from devmatrix.validation.probes.verdict import Found
from devmatrix.validation.probes.world import World

SCRIPT = "<script>alert(7731)</script>"
_TEXT = "';DROP TABLE x;--\"\\%_{{7*7}}${7*7}é\u202e\U0001f600" + SCRIPT
_HARMLESS = "qzx7731"
_QUERIES = ("' OR '1'='1' --", "%__%%__%%__%%%%")  # of one length, so that one harmless text does for both
_SEGMENTS = ("' OR '1'='1' --", "../../../../etc/passwd")
_FILES = ("/../../../../etc/passwd", "/..%2f..%2f..%2f..%2fetc%2fpasswd", "/docs/../../../../etc/passwd")
_LISTS = (OperationKind.LIST, OperationKind.NESTED_LIST, OperationKind.SEARCH, OperationKind.COUNT)
_READS = (OperationKind.READ, OperationKind.NESTED_READ, OperationKind.DOWNLOAD)
_FILES_SHOWN = 12


class InjectedTexts(Probe):
    """Each free text of each body: taken, stored and answered as it was sent."""

    rule = "probe.injected-text"
    nothing = "no free texts"

    def subjects(self, world: World) -> Iterable[Subject]:
        """Operations that take free texts."""
        return [item.id for item in world.document.operations if self._case(world, item) is not None]

    def ask(self, world: World, subject: Subject) -> Iterator[Found]:
        """All texts at once, after the scenario's own request in the same situation."""
        case = self._case(world, world.document.operation(subject))
        if case is None:
            return
        situation, free = case
        rightly = world.stage(situation)
        given = world.rows.cells()
        before = world.ask(rightly)
        stored = world.rows.cells() - given
        rightly = world.stage(situation)
        body = rightly.json
        for field in free:
            body = put(body, field.pointer, _TEXT if (field.max_length or 1000) >= len(_TEXT) else _short(field))
        request = rightly.saying(body)
        answer = world.ask(request)
        if answer.status_code != situation.act.expect.status:
            message = f"a text with special characters: sent {request}, got {answer}"
            yield Found(subject, message, situation.scenario_id)
            return
        now = world.rows.cells() - given
        for field in free:
            yield from _kept(subject, situation, field, (rightly, before, stored), (request, answer, now))

    @staticmethod
    def _case(world: World, operation: Operation) -> tuple[Situation, list[Field]] | None:
        situation = world.situations.fullest(operation)
        ruled = any(entity.rules for entity in world.document.entities if entity.name == operation.entity)
        if situation is None or ruled:  # only its words say which texts a rule refuses
            return None
        free = [
            item
            for item in fields(world.document, operation)
            if item.free and isinstance(at(situation.act.body, item.pointer), str)
        ]
        return (situation, free) if free else None


def _short(field: Field) -> str:
    return "'\"--%<b>\\"[: field.max_length]


def _kept(
    subject: Subject,
    situation: Situation,
    field: Field,
    before: tuple[Request, Answer, Counter[tuple[str, str, object]]],
    after: tuple[Request, Answer, Counter[tuple[str, str, object]]],
) -> Iterator[Found]:
    """Where the scenario's text came back, and in the columns where it was stored, the new one stands now."""
    old, new = at(before[0].json, field.pointer), at(after[0].json, field.pointer)
    name = field.pointer.rpartition("/")[2]
    for pointer in _places(before[1].json, old, name):
        seen = at(after[1].json, pointer)
        if seen != new:
            message = f"{new!r} came back as {seen!r} at {pointer}: sent {after[0]}, got {after[1]}"
            yield Found(subject, message, situation.scenario_id)
    columns = {(table, column) for table, column, value in before[2] if value == old and column == field.attribute}
    for table, column in columns:
        if not after[2][table, column, new]:
            yield Found(subject, f"{new!r} was not stored as it is in {table}.{column}", situation.scenario_id)


def _places(value: object, wanted: object, name: str, pointer: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            place = f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
            if key == name and item == wanted:
                yield place
            yield from _places(item, wanted, name, place)


class InjectedQueries(Probe):
    """Each query parameter of each list: what means something to SQL finds no more than any other text."""

    rule = "probe.injected-query"
    nothing = "no text parameters"

    def subjects(self, world: World) -> Iterable[Subject]:
        """Lists with parameters."""
        return [item.id for item in world.document.operations if item.kind in _LISTS and self._names(world, item)]

    def ask(self, world: World, subject: Subject) -> Iterator[Found]:
        """Against a text of the same length that nobody has."""
        operation = world.document.operation(subject)
        situation = max(world.situations.successes[subject], key=lambda item: len(str(item.act.expect.body)))
        rightly = world.stage(situation)
        for name in self._names(world, operation):
            plain: Answer | None = None
            for text in _QUERIES:
                request = rightly.asking(**{name: text})
                answer = world.ask(request)
                yield from sound(
                    world, subject, answer, request, "a query with special characters", situation.scenario_id
                )
                if not answer.ok:
                    continue
                plain = plain or world.ask(rightly.asking(**{name: (_HARMLESS * 9)[: len(text)]}))
                if not plain.ok or _records(answer.json) > _records(plain.json):
                    message = f"{name}={text!r} finds more than {name}=any other text ({plain}): got {answer}"
                    yield Found(subject, message, situation.scenario_id)
        if world.rows.changed():
            yield Found(subject, "queries wrote to the database", situation.scenario_id)

    @staticmethod
    def _names(world: World, operation: Operation) -> tuple[str, ...]:
        """The parameters that hold texts: those that the document names, or that its scenarios use."""
        if operation.id not in world.situations.successes:
            return ()
        interface = world.document.interface
        if interface is not None:
            shown = interface.endpoint(operation.id).parameters
            return tuple(item.name for item in shown if item.place == "query" and item.shape.kind == "string")
        entity = world.document.entity(operation.entity)
        kinds = (FieldType.STRING, FieldType.EMAIL)
        names = [item.name for item in entity.attributes if item.type in kinds]
        searched = [item for item in entity.attributes if item.type in (*_SEARCHED, FieldType.TEXT)]
        return ("sort", *(["search"] if searched else []), *names)


_SEARCHED = (FieldType.STRING, FieldType.EMAIL, FieldType.URL)


def _records(value: object) -> int:
    """How many objects stand in the lists of an answer, one level deep; a bare number counts as many."""
    if isinstance(value, bool):
        return 0
    if isinstance(value, int):
        return value
    if isinstance(value, list):
        return len(value)
    return sum(len(item) for item in value.values() if isinstance(item, list)) if isinstance(value, dict) else 0


class InjectedPaths(Probe):
    """Each path parameter: what means something to SQL or a file system finds nothing."""

    rule = "probe.injected-path"
    nothing = "no path parameters"

    def subjects(self, world: World) -> Iterable[Subject]:
        """Operations with parameters in their path."""
        return [item.id for item in world.document.operations if "{" in item.path and world.situations.simplest(item)]

    def ask(self, world: World, subject: Subject) -> Iterator[Found]:
        """In place of the last parameter, while records are there."""
        operation = world.document.operation(subject)
        situation = world.situations.successes[subject][0]
        rightly = world.stage(situation)
        path, mark, query = rightly.target.partition("?")
        parts, templates = path.split("/"), operation.path.split("/")
        index = max(number for number, part in enumerate(templates) if "{" in part)
        for text in _SEGMENTS:
            target = "/".join([*parts[:index], quote(text, safe=""), *parts[index + 1 :]])
            request = rightly.to(rightly.method, f"{target}{mark}{query}")
            answer = world.ask(request)
            what = "a path with special characters"
            yield from sound(world, subject, answer, request, what, situation.scenario_id)
            if answer.ok and operation.kind in _READS:
                yield Found(subject, f"{what} must find nothing: sent {request}, got {answer}", situation.scenario_id)
        if operation.method == "DELETE" and world.rows.changed():
            message = "DELETE with a path that names no record wrote to the database"
            yield Found(subject, message, situation.scenario_id)


class ServedFiles(Probe):
    """No file of the project or of the system is served, however the path is written."""

    rule = "probe.served-files"
    nothing = "there is always something to ask"

    def subjects(self, world: World) -> Iterable[Subject]:
        """The project."""
        return [PROJECT]

    def ask(self, world: World, subject: Subject) -> Iterator[Found]:
        """System files by traversal, and the project's own by name."""
        names = [path.relative_to(world.project).as_posix() for path in sorted(world.project.rglob("*.*"))[:400]]
        own = [world.boot.database_file, *names[:: max(1, len(names) // _FILES_SHOWN)]]
        for target in (*_FILES, *(f"/{quote(name)}" for name in own)):
            if world.situations.operation_at("GET", target) is not None:
                continue
            request = Request("GET", target)
            answer = world.ask(request)
            if answer.ok or answer.failed:
                yield Found(subject, f"a file must not be served: sent {request}, got {answer}")
