"""From a model's answer to a DiscoveryDocument, or to all that is wrong with it, in words that the model can act on."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue, ValidationError

from devmatrix.discovery.composing import read
from devmatrix.discovery.document import (
    Access,
    Actor,
    Attribute,
    DiscoveryDocument,
    Entity,
    FieldType,
    Level,
    Operation,
    OperationKind,
    Procedure,
    Question,
    Refused,
    Requirement,
    Rule,
    Statement,
)
from devmatrix.discovery.given import faults_of
from devmatrix.discovery.modelled.answer import Answer, ReadProcedure, ReadRequirement, ReadRule, ReadStep, Refusal
from devmatrix.discovery.modelled.sentences import Sentence
from devmatrix.discovery.proofs.cast import ADMIN
from devmatrix.discovery.proofs.derive import derive_actors
from devmatrix.discovery.proofs.unproducible import UnproducibleError
from devmatrix.discovery.proofs.values import NUMBERS, accepts, sample
from devmatrix.discovery.scenario import Expectation, Scenario, Step
from devmatrix.errors import RequestError

EXEMPLIFIED = NUMBERS | {FieldType.DATE, FieldType.DATETIME}
_PROBLEM = "application/problem+json"


@dataclass
class Converted:
    """The document, or what stands against it."""

    document: DiscoveryDocument | None
    faults: list[str] = field(default_factory=list)


def convert(text: str, sentences: Sequence[Sentence], request: str) -> Converted:
    """Read the model's reply `text`."""
    try:
        answer = Answer.model_validate_json(text)
    except ValidationError as error:
        return Converted(None, [f"{_place(item['loc'])}: {item['msg']}" for item in error.errors()[:10]])
    conversion = _Conversion(answer, sentences)
    document = conversion.document(request)
    return Converted(None if conversion.faults else document, conversion.faults)


def _place(location: Sequence[int | str]) -> str:
    return "/" + "/".join(map(str, location))


class _Conversion:
    """One answer on its way to a document."""

    def __init__(self, answer: Answer, sentences: Sequence[Sentence]) -> None:
        self._answer = answer
        self._sentences = {sentence.number: sentence for sentence in sentences}
        self.faults: list[str] = []

    def document(self, request: str) -> DiscoveryDocument | None:
        """The document; none where there is not even a beginning of it. Afterwards `faults` says what is wrong."""
        base = self._base()
        if base is None:
            return None
        entities = tuple(self._entity(entity) for entity in base.entities)
        operations = (*base.operations, *filter(None, map(self._operation, self._answer.procedures)))
        document = base.model_copy(
            update={
                "request": request,
                "entities": entities,
                "operations": operations,
                "requirements": tuple(self._requirements()),
                "questions": (*base.questions, *self._questions()),
                "statements": tuple(self._statements()),
            }
        )
        self._check_citations()
        if not self.faults:
            document = document.model_copy(update={"actors": self._actors(document)})
            self.faults += [*faults_of(document), *_strays(document)]
        return document

    def _actors(self, document: DiscoveryDocument) -> tuple[Actor, ...]:
        """Those who call, prepared as the answer says; none where nothing has to be prepared."""
        try:
            steps = tuple(_own(step) for step in self._answer.prepare)
        except (ValidationError, _UnreadableError) as error:
            self.faults.append(f"/prepare: {error}")
            return ()
        actors = derive_actors(document) if steps else ()
        return tuple(
            actor if actor.name == ADMIN else actor.model_copy(update={"setup": (*actor.setup, *steps)})
            for actor in actors
        )

    def _base(self) -> DiscoveryDocument | None:
        """What the lines of notation say."""
        notation = "\n".join(" ".join(line.notation.split()) for line in self._answer.lines)
        try:
            base = read(f"{notation}\n")
        except RequestError as error:
            self.faults.append(f"/lines: {error.message}")
            return None
        self.faults += [
            f"/lines: `{item.span.text}` is {item.became}" for item in base.statements if not item.understood
        ]
        return base.model_copy(update={"title": self._answer.title.strip()[:80] or base.title})

    def _entity(self, entity: Entity) -> Entity:
        lines = [line for line in self._answer.lines if _begins(line.notation, entity)]
        hidden = {name for line in lines for name in line.service_set}
        examples = {item.field: item.value for line in lines for item in line.examples}
        known = {item.name for item in entity.attributes}
        self.faults += [
            f"/lines: {entity.name} has no field {name}" for name in sorted((hidden | set(examples)) - known)
        ]
        attributes = tuple(
            self._exemplified(
                item.model_copy(update={"server_set": True, "required": False}) if item.name in hidden else item,
                examples.get(item.name),
            )
            for item in entity.attributes
        )
        rules = tuple(_rule(rule) for rule in self._answer.rules if rule.entity == entity.name)
        return entity.model_copy(update={"attributes": attributes, "rules": rules})

    def _exemplified(self, item: Attribute, example: str | None) -> Attribute:
        if example is None or item.type not in EXEMPLIFIED:
            return item
        found = item.model_copy(update={"example": example.strip().strip('"')})
        try:
            value = sample(found, 1)
        except (ValueError, ArithmeticError, UnproducibleError):
            value = None
        if value is None or not accepts(item, value):
            self.faults.append(f"/lines: {example} is no value that {item.name} accepts")
            return item
        return found

    def _operation(self, said: ReadProcedure) -> Operation | None:
        try:
            return Operation(
                id=said.id,
                kind=OperationKind.CUSTOM,
                entity=said.entity,
                method=said.method,
                path=said.path,
                success_status=said.status,
                summary=said.summary,
                access=Access(authenticated=said.authenticated, roles=said.roles, owner=said.owner),
                procedure=Procedure(
                    takes=self._fields(said.takes),
                    gives=self._fields(said.gives),
                    many=said.many,
                    does=said.does,
                    refuses=_refused(said.refuses),
                ),
            )
        except (RequestError, _UnreadableError) as error:
            self.faults.append(f"/procedures: {said.id}: {error}")
            return None

    def _fields(self, notation: Sequence[str]) -> tuple[Attribute, ...]:
        if not notation:
            return ()
        scratch = read(f"Scratch: {', '.join(' '.join(item.split()) for item in notation)}\n")
        wrong = [f"`{item.span.text}` is {item.became}" for item in scratch.statements if not item.understood]
        if wrong or len(scratch.entities) != 1:
            raise _UnreadableError("; ".join(wrong) or "takes and gives hold plain fields, no references")
        return scratch.entities[0].attributes

    def _requirements(self) -> Iterator[Requirement]:
        names = {rule.entity for rule in self._answer.rules} | {item.entity for item in self._answer.procedures}
        for number, said in enumerate(self._answer.requirements, start=1):
            id_ = f"R-{900 + number}"
            scenarios = tuple(self._scenarios(id_, number - 1, said))
            yield Requirement(
                id=id_,
                level=Level(said.level),
                text=said.text,
                span=next((self._sentences[each].span for each in said.sentences if each in self._sentences), None),
                entities=tuple(sorted({name.partition(".")[0] for name in said.rules} & names)),
                operations=said.procedures,
                rules=said.rules,
                scenarios=scenarios,
            )

    def _scenarios(self, id_: str, place: int, said: ReadRequirement) -> Iterator[Scenario]:
        for number, scenario in enumerate(said.scenarios, start=1):
            where = f"/requirements/{place}/scenarios/{number - 1}"
            try:
                steps = tuple(_step(step) for step in scenario.steps)
            except (ValidationError, _UnreadableError) as error:
                self.faults.append(f"{where}: {error}")
                continue
            if not any(step.phase == "when" for step in steps):
                self.faults.append(f"{where}: no step has the phase `when`")
            yield Scenario(id=f"{id_}.{number}", title=scenario.title, kind=scenario.kind, steps=steps)

    def _questions(self) -> Iterator[Question]:
        for number, said in enumerate(self._answer.questions, start=1):
            yield Question(id=f"M-{number}", text=said.text, default=said.default, why=said.why)

    def _cited(self) -> dict[int, list[str]]:
        """What became of each sentence."""
        answer = self._answer
        became: dict[int, list[str]] = {}
        parts: list[tuple[Sequence[int], str]] = [
            *((line.sentences, f"entity {line.notation.partition(':')[0].strip()}") for line in answer.lines),
            *((rule.sentences, f"rule {rule.entity}.{rule.name}") for rule in answer.rules),
            *((item.sentences, f"operation {item.id}") for item in answer.procedures),
            *((need.sentences, f"requirement: {need.text}") for need in answer.requirements),
            *((item.sentences, f"question: {item.text}") for item in answer.questions),
        ]
        for numbers, what in parts:
            for number in numbers:
                became.setdefault(number, []).append(what)
        return became

    def _statements(self) -> Iterator[Statement]:
        cited = self._cited()
        for number, sentence in self._sentences.items():
            became = cited.get(number, [])
            entities = tuple(what.removeprefix("entity ") for what in became if what.startswith("entity "))
            asked = bool(became) and all(what.startswith("question") for what in became)
            if became and not asked:
                yield Statement(span=sentence.span, understood=True, became="; ".join(became), entities=entities)
            elif number in self._answer.nothing:
                yield Statement(span=sentence.span, understood=True, became="says nothing that is built")
            else:
                why = became[0] if asked else "not understood: the model made nothing of it"
                yield Statement(span=sentence.span, understood=False, became=why)

    def _check_citations(self) -> None:
        """Nothing without a sentence that it comes from: what nobody said is an invention."""
        for place, line in enumerate(self._answer.lines):
            if not set(line.sentences) & set(self._sentences):
                self.faults.append(f"/lines/{place}: no sentence is cited for it; take out what nobody asked for")
        for place, rule in enumerate(self._answer.rules):
            if not set(rule.sentences) & set(self._sentences):
                self.faults.append(f"/rules/{place}: no sentence is cited for {rule.name}")
        for place, item in enumerate(self._answer.procedures):
            if not set(item.sentences) & set(self._sentences):
                self.faults.append(f"/procedures/{place}: no sentence is cited for {item.id}")


def _strays(document: DiscoveryDocument) -> Iterator[str]:
    """Steps that call what the service does not have: most often a collection by another name than it got."""
    routes = [
        (item.method, re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(item.path)))) for item in document.operations
    ]
    steps = [step for need in document.requirements for scenario in need.scenarios for step in scenario.steps]
    steps += [step for actor in document.actors for step in actor.setup]
    told: set[str] = set()
    for step in steps:
        path = step.path.partition("?")[0]
        called = f"{step.method} {path}"
        if called in told or any(method == step.method and route.fullmatch(path) for method, route in routes):
            continue
        told.add(called)
        there = ", ".join(sorted({item.path for item in document.operations}))
        yield f"a step calls {called}, which is no operation; there are {there}"


class _UnreadableError(Exception):
    """A part that cannot be read; the message says why."""


def _begins(notation: str, entity: Entity) -> bool:
    """Whether the line declares the entity."""
    from devmatrix.discovery.naming import entity_name

    return entity_name(notation.partition(":")[0]) == entity.name


def _rule(said: ReadRule) -> Rule:
    return Rule(name=said.name, before=said.before, does=said.does, refuses=_refused(said.refuses))


def _refused(said: Sequence[Refusal]) -> tuple[Refused, ...]:
    return tuple(Refused(status=item.status, when=item.when) for item in said)


def _step(said: ReadStep) -> Step:
    body, expected = _json(said.body, "body"), _json(said.expect, "expect")
    empty = said.status == 204
    return Step(
        phase=said.phase,
        text=said.text,
        method=said.method,
        path=said.path,
        actor=said.actor.strip() or None,
        headers={"Authorization": f"Bearer {said.token.strip()}"} if said.token.strip() else {},
        body=body,
        has_body=bool(said.body.strip()),
        expect=Expectation(
            status=said.status,
            has_body=not empty,
            body=None if empty else expected if said.expect.strip() else {"$match": "any"},
            media_type=_PROBLEM if said.status >= 400 else "application/json",
        ),
        capture={item.name: item.pointer for item in said.capture},
    )


def _own(said: ReadStep) -> Step:
    """A step of an account that is being prepared: `self` calls with the token that it has just got."""
    step = _step(said)
    if step.actor != "self":
        return step
    return step.model_copy(update={"actor": None, "headers": {"Authorization": "Bearer ${token}"}})


def _json(text: str, name: str) -> JsonValue:
    if not text.strip():
        return None
    try:
        value: JsonValue = json.loads(text)
    except ValueError as error:
        raise _UnreadableError(f"{name} is no JSON: {error}") from error
    return value
