"""Writes the calls of one scenario: what is sent, and what must come back."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from pydantic import JsonValue

from devmatrix.discovery.document import DiscoveryDocument, Entity, Operation, OperationKind
from devmatrix.discovery.interface import Effect, Endpoint, Interface, Reason, Scheme, Source, Value
from devmatrix.discovery.proofs.imported.bodies import content_of, place, sent_as
from devmatrix.discovery.proofs.imported.samples import Samples
from devmatrix.discovery.proofs.imported.seeds import seeds
from devmatrix.discovery.proofs.imported.world import SENTENCE, Record, Scene, World, fault
from devmatrix.discovery.proofs.script import Phase
from devmatrix.discovery.proofs.unproducible import UnproducibleError
from devmatrix.discovery.scenario import Expectation, Step


@dataclass(frozen=True)
class Voice:
    """Who calls: what is sent, and the account behind it."""

    headers: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    account: Record | None = None
    scheme: str = ""
    """Name of the scheme that it speaks; empty: of none in particular."""


NOBODY = Voice()


@dataclass(frozen=True)
class Part:
    """An operation with its endpoint."""

    operation: Operation
    endpoint: Endpoint

    @property
    def effect(self) -> Effect:
        """What it does. Raises UnproducibleError where nobody can say."""
        if self.endpoint.effect is None:
            raise UnproducibleError("nobody here can write it")
        return self.endpoint.effect


class Parts:
    """The operations of a document, by what they are for."""

    def __init__(self, document: DiscoveryDocument, interface: Interface) -> None:
        by_id = {endpoint.operation: endpoint for endpoint in interface.endpoints}
        self.seeds = seeds(document)
        """The accounts and keys of the start."""
        self.entities = frozenset(operation.entity for operation in document.operations)
        """All that some operation is about."""
        self.all = tuple(Part(one, by_id[one.id]) for one in document.operations if one.id in by_id)
        lookups = (one for each in self.all if each.endpoint.effect for one in each.endpoint.effect.lookups)
        self.single = frozenset(one.entity for one in lookups if one.place == "only")
        """Those of which the service makes the one record by itself."""
        self._kinds: dict[tuple[OperationKind, str], list[Part]] = {}
        for part in self.all:
            if part.endpoint.effect is not None:
                self._kinds.setdefault((part.operation.kind, part.operation.entity), []).append(part)

    def find(self, entity: str, *kinds: OperationKind) -> Iterator[Part]:
        """Operations on an entity, in the order of the kinds."""
        for kind in kinds:
            yield from self._kinds.get((kind, entity), ())

    def first(self, entity: str, *kinds: OperationKind) -> Part | None:
        """The first of them."""
        return next(self.find(entity, *kinds), None)


class Calls:
    """The exchanges of one scenario, and what the service holds meanwhile."""

    def __init__(self, document: DiscoveryDocument, interface: Interface, samples: Samples) -> None:
        self.document, self.interface, self.samples = document, interface, samples
        self.world = World(document, interface)
        self.steps: list[Step] = []

    def key(self, record: Record, attribute: str) -> JsonValue:
        """What a record is known by. Raises UnproducibleError where no answer has shown it."""
        value = record.values.get(attribute)
        if value is None or isinstance(value, dict | list):
            raise UnproducibleError(f"no answer shows the {attribute} of {record.entity.name}")
        return value

    def token_at(self, value: Value, path: str = "", source: Source = Source.TOKEN) -> str | None:
        """Pointer to the token in an answer."""
        if value.source is source:
            return path
        members = value.fields
        if value.source is Source.RECORD:
            members = self.interface.view(value.view).members
        for one in members:
            found = self.token_at(one.value, f"{path}/{place(one.name)}", source)
            if found is not None:
                return found
        return None

    def call(
        self,
        part: Part,
        *,
        phase: Phase,
        text: str,
        records: Sequence[Record] = (),
        by: Voice = NOBODY,
        body: JsonValue = None,
        query: Mapping[str, JsonValue] | None = None,
        scene: Scene | None = None,
        expect: Expectation | None = None,
        path: Mapping[str, str] | None = None,
        shows: Record | None = None,
        holder: Record | None = None,
        scheme: Scheme | None = None,
        capture: Mapping[str, str] | None = None,
        raw: str | None = None,
        file_type: str = "",
    ) -> None:
        """One exchange; `expect` or what `scene` lets expect. `shows`: its generated values are captured."""
        operation, endpoint = part.operation, part.endpoint
        content = content_of(endpoint)
        has_body = raw is None and content is not None and body is not None
        headers, sent = sent_as(content, body, file_type, self.samples.files(content)) if has_body else ({}, None)
        expected = expect or self.expectation(part, scene or Scene(caller=by.account))
        if phase == "given" and expect is None and expected.has_body and expected.media_type == "application/json":
            # What only prepares is proven elsewhere.
            expected = expected.model_copy(update={"body": {"$match": "any"}})
        captures = dict(capture or {})
        if expect is None and part.endpoint.effect is not None:
            if shows is not None and part.effect.answer is not None:
                captures |= self._captures(part.effect.answer, shows)
            if holder is not None:
                captures |= self._keep_token(part, holder, scheme)
        self.steps.append(
            Step(
                phase=phase,
                text=text,
                method=operation.method,
                path=self._url(part, records, by, query or {}, path or {}),
                headers={**self._required_headers(endpoint), **headers, **by.headers},
                body=body if has_body and sent is None else None,
                has_body=has_body and sent is None,
                raw=raw if raw is not None else sent,
                expect=expected,
                capture=captures,
            )
        )

    def _required_headers(self, endpoint: Endpoint) -> dict[str, str]:
        return {
            one.name: str(self.samples.value(one.shape, 1, one.name))
            for one in endpoint.parameters
            if one.place == "header" and one.required
        }

    def _captures(self, answer: Value, record: Record) -> dict[str, str]:
        found: dict[str, str] = {}
        for attribute, pointer in self._shown(answer, record.entity, ""):
            known = record.entity.attribute(attribute)
            if known.generated in (None, "touched") or not isinstance(record.values.get(attribute), dict):
                continue
            name = f"{record.name}_{re.sub(r'[^a-z0-9]+', '_', attribute.lower()).strip('_')}"
            found[name] = pointer
            record.values[attribute] = f"${{{name}}}"
        return found

    def _shown(self, value: Value, entity: Entity, path: str) -> Iterator[tuple[str, str]]:
        if value.source is Source.ATTRIBUTE:
            yield value.attribute, path
        members = value.fields
        if value.source is Source.RECORD:
            view = self.interface.view(value.view)
            members = view.members if view.entity == entity.name else ()
        for one in members:
            yield from self._shown(one.value, entity, f"{path}/{place(one.name)}")

    def _keep_token(self, part: Part, account: Record, scheme: Scheme | None) -> dict[str, str]:
        pointer = self.token_at(part.effect.answer) if part.effect.answer is not None else None
        scheme = scheme or next((one for one in self.interface.schemes if one.kind == "token"), None)
        if part.effect.cookie and part.operation.kind is OperationKind.LOGIN:
            # What comes in Set-Cookie begins with what goes back in Cookie; the rest is no cookie of the service.
            name = f"{account.name}_cookie"
            account.credentials = {"Cookie": f"${{{name}}}"}
            return {name: "header:Set-Cookie"}
        if pointer is None or scheme is None:
            return {}
        name = f"{account.name}_token"
        voice = spoken(scheme, f"${{{name}}}", account)
        account.credentials, account.query = dict(voice.headers), voice.query
        return {name: pointer}

    def expectation(self, part: Part, scene: Scene) -> Expectation:
        """What the endpoint answers when it does what it is for."""
        status = part.operation.success_status
        reply = next((one for one in part.endpoint.replies if one.status in (status, 0)), None)
        content = next(iter(reply.contents), None) if reply is not None else None
        answer = part.effect.answer
        if answer is None or content is None:
            return Expectation(status=status, has_body=False)
        json = next((one for one in reply.contents if "json" in one.media_type), content) if reply else content
        body = self.world.answer(answer, json.shape, scene)
        kept = "json" in json.media_type or json.media_type.lower().startswith("text/plain")
        media = json.media_type if kept else "application/json"
        return Expectation(status=status, body=body, media_type=media)

    def refused(self, part: Part, reason: Reason, name: str = "", index: int = -1) -> Expectation:
        """How the endpoint refuses, blaming a field, or what the lookup at `index` seeks.

        Raises UnproducibleError where it never does for that reason.
        """
        refusal = next((one for one in part.endpoint.refusals if one.reason is reason), None)
        if refusal is None:
            raise UnproducibleError(f"{part.operation.id} is never refused as {reason}")
        if refusal.body is not None:
            lookups = part.endpoint.effect.lookups if part.endpoint.effect is not None else ()
            body = fault(refusal.body, refusal.status, name, lookups[index].called if lookups else "")
            return Expectation(status=refusal.status, body=body, media_type=refusal.media_type)
        if not refusal.media_type:
            return Expectation(status=refusal.status, has_body=False)
        keys: dict[str, JsonValue] = {"type": SENTENCE, "title": SENTENCE, "status": refusal.status, "detail": SENTENCE}
        return Expectation(status=refusal.status, body={"$open": keys}, media_type=refusal.media_type)

    def _url(
        self, part: Part, records: Sequence[Record], by: Voice, query: Mapping[str, JsonValue], path: Mapping[str, str]
    ) -> str:
        values = dict(path)
        asked = dict(query)
        lookups = part.endpoint.effect.lookups if part.endpoint.effect is not None else ()
        for lookup, record in zip(lookups, records, strict=False):
            if lookup.place == "path" and lookup.name not in values:
                values[lookup.name] = segment(self.key(record, lookup.attribute))
            elif lookup.place == "query" and lookup.name not in asked:
                asked[lookup.name] = self.key(record, lookup.attribute)
        url = part.operation.path
        for one in part.endpoint.parameters:
            if one.place == "path":
                given = values.get(one.name) or segment(self.samples.value(one.shape, 1))
                url = url.replace(f"{{{one.name}}}", given)
            elif one.place == "query" and one.required and one.name not in asked:
                asked[one.name] = self.samples.value(one.shape, 1, one.name)
        joined = {one.name for one in part.endpoint.parameters if one.separated}
        pairs = [pair for name, value in asked.items() if value is not None for pair in _pairs(name, value, joined)]
        if by.query:
            pairs.append(by.query)
        return f"{url}?{'&'.join(pairs)}" if pairs else url


def _pairs(name: str, value: JsonValue, joined: set[str]) -> Iterator[str]:
    key = quote(name, safe="")
    if isinstance(value, list):
        if name in joined:
            yield f"{key}={','.join(segment(one) for one in value)}"
        else:
            yield from (f"{key}={segment(one)}" for one in value)
    else:
        yield f"{key}={segment(value)}"


def segment(value: JsonValue) -> str:
    """A value as it stands in a URL; captures stay as they are."""
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    return text if re.fullmatch(r"\$\{\w+\}", text) else quote(text, safe="")


def spoken(scheme: Scheme, credential: str, account: Record | None) -> Voice:
    """A caller who shows a credential as the scheme says."""
    match scheme.place:
        case "header":
            return Voice({scheme.parameter: f"{scheme.prefix}{credential}"}, "", account, scheme.name)
        case "cookie":
            return Voice({"Cookie": f"{scheme.parameter}={credential}"}, "", account, scheme.name)
        case _:
            return Voice({}, f"{quote(scheme.parameter, safe='')}={credential}", account, scheme.name)
