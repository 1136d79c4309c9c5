"""Writes one scenario against an imported API: who calls, and what must exist first."""

import base64
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from pydantic import JsonValue

from devmatrix.discovery.document import DiscoveryDocument, Entity, OperationKind
from devmatrix.discovery.interface import Interface, Lookup, Parameter, Scheme, Write
from devmatrix.discovery.proofs.imported.bodies import at, content_of, has, put
from devmatrix.discovery.proofs.imported.calls import NOBODY, Calls, Part, Parts, Voice, spoken
from devmatrix.discovery.proofs.imported.samples import Samples
from devmatrix.discovery.proofs.imported.world import Record, Scene, unknown
from devmatrix.discovery.proofs.script import Phase
from devmatrix.discovery.proofs.unproducible import UnproducibleError

API_KEYS = ("key-of-tests-1", "key-of-tests-2")
BASIC_KEYS = ("tests-1:password-1", "tests-2:password-2")
_MAKERS = (OperationKind.REGISTER, OperationKind.CREATE, OperationKind.NESTED_CREATE)
_DEEPEST = 8

Body = Callable[[int], JsonValue]
"""The body for the record of that number."""


class Script(Calls):
    """One scenario in the making."""

    def __init__(self, document: DiscoveryDocument, interface: Interface, parts: Parts, samples: Samples) -> None:
        super().__init__(document, interface, samples)
        self.parts = parts
        self._counters: dict[str, int] = {}
        self._voices: dict[int, Voice] = {}
        self._depth = 0

    # Who calls

    def voice(self, part: Part, number: int = 1) -> Voice:
        """The `number`-th caller who may call; nobody where everybody may."""
        return self.somebody(part, number) if part.operation.access.authenticated else NOBODY

    def somebody(self, part: Part, number: int = 1) -> Voice:
        """The `number`-th caller with credentials for an endpoint."""
        if not part.endpoint.schemes:
            raise UnproducibleError("no way to show credentials is known")
        return self._credentials(self.interface.scheme(part.endpoint.schemes[0]), number)

    def suited(self, by: Voice | None, part: Part) -> Voice:
        """The caller, if an endpoint takes such credentials; else one with others, or nobody."""
        if by is None or not part.operation.access.authenticated:
            return self.voice(part)
        fits = not by.scheme or by.scheme in part.endpoint.schemes
        return by if fits and (by.headers or by.query) else self.voice(part)

    def _credentials(self, scheme: Scheme, number: int) -> Voice:
        if scheme.kind == "token" and self._issuer() is not None:
            if number not in self._voices:
                self._voices[number] = self._signed_in(scheme)
            return self._voices[number]
        if scheme.kind == "basic":
            account = self._basic_account(number)
            pair = BASIC_KEYS[number - 1]
            if account is not None:
                login = self._account_entity().account
                if login is not None:
                    pair = f"{account.login.get(login.login_field)}:{account.login.get(login.password_field)}"
            return spoken(scheme, base64.b64encode(pair.encode()).decode(), account)
        return spoken(scheme, API_KEYS[number - 1], None)

    def _basic_account(self, number: int) -> Record | None:
        entity = self.document.account_entity
        if entity is None or self.parts.first(entity.name, OperationKind.REGISTER, OperationKind.CREATE) is None:
            return None
        made = [record for record in self.world.of(entity.name) if record.login]
        while len(made) < number:
            made.append(self.make(entity.name))
        return made[number - 1]

    def _account_entity(self) -> Entity:
        entity = self.document.account_entity
        if entity is None or entity.account is None:
            raise UnproducibleError("nothing signs in")
        return entity

    def _issuer(self) -> Part | None:
        """The operation that issues tokens: registration where it does, else login."""
        entity = self.document.account_entity
        if entity is None:
            return None
        for part in self.parts.find(entity.name, OperationKind.REGISTER, OperationKind.LOGIN):
            if part.effect.answer is not None and self.token_at(part.effect.answer) is not None:
                return part
        return None

    def _signed_in(self, scheme: Scheme) -> Voice:
        issuer, entity = self._issuer(), self._account_entity()
        account = self.make(entity.name)
        if account.credentials or issuer is None:
            return Voice(account.credentials, account.query, account, scheme.name)
        if issuer.operation.kind is OperationKind.LOGIN:
            self.sign_in(issuer, account, scheme)
        if not account.credentials and not account.query:
            raise UnproducibleError("no operation gives the account that was made a token")
        return Voice(account.credentials, account.query, account, scheme.name)

    def sign_in(self, login: Part, account: Record, scheme: Scheme, phase: Phase = "given") -> None:
        """Sign in, and keep the token."""
        self.call(
            login,
            phase=phase,
            text="the account signs in",
            body=self.login_body(login, account.login),
            query=self.login_query(login, account.login),
            scene=Scene(record=account, caller=account),
            holder=account,
            scheme=scheme,
        )

    def login_body(self, login: Part, values: Mapping[str, JsonValue]) -> JsonValue:
        """The body that signs in; none where the credentials stand in the query."""
        credentials, content = login.effect.credentials, content_of(login.endpoint)
        if credentials is None or credentials.place != "body" or content is None:
            return None
        body = self.samples.value(content.shape, 1)
        password = self._account_entity().account
        return put(
            put(body, credentials.login, values.get(credentials.login_attribute)),
            credentials.password,
            values.get(password.password_field if password else ""),
        )

    def login_query(self, login: Part, values: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        """The query that signs in."""
        credentials, password = login.effect.credentials, self._account_entity().account
        if credentials is None or credentials.place != "query" or password is None:
            return {}
        return {
            credentials.login: values.get(credentials.login_attribute),
            credentials.password: values.get(password.password_field),
        }

    # What exists

    def number(self, entity: str) -> int:
        """The next number for a record of an entity."""
        self._counters[entity] = self._counters.get(entity, 0) + 1
        return self._counters[entity]

    def maker_of(self, entity: str) -> Part:
        """The operation that makes records. Raises UnproducibleError where there is none."""
        found = self.parts.first(entity, *_MAKERS)
        if found is None:
            raise UnproducibleError(f"no operation makes a record of {entity}")
        return found

    def make(
        self,
        entity: str,
        *,
        by: Voice | None = None,
        parents: Sequence[Record] = (),
        fixed: Mapping[str, JsonValue] | None = None,
        phase: Phase = "given",
        part: Part | None = None,
        full: bool = True,
        sent: Body | None = None,
        text: str = "",
    ) -> Record:
        """Make a record through the API; `fixed` sets attributes, `sent` makes the body. Raises UnproducibleError."""
        self._depth += 1
        try:
            if self._depth > _DEEPEST:
                raise UnproducibleError(f"{entity} needs records without end")
            part = part or self.maker_of(entity)
            by = self.suited(by, part)
            found = self.parents_of(part, parents, by)
            n = self.number(entity)
            body, query, record = self.creation(part, n, by, found, fixed or {}, full=full, sent=sent)
            name = re.sub(r"\W+", "_", record.entity.name).lower()
            self.world.records.append(record)
            self.call(
                part,
                phase=phase,
                text=text or f"{_article(name)} is made",
                records=found,
                by=by,
                body=body,
                query=query,
                scene=Scene(record=record, caller=by.account),
                shows=record,
                holder=record if record.login else None,
            )
        finally:
            self._depth -= 1
        return record

    def parents_of(self, part: Part, given: Sequence[Record], by: Voice) -> list[Record]:
        """The records that the lookups of a creating operation find; `given`: the innermost, where it is there."""
        lookups = part.effect.lookups
        if not lookups:
            return []
        if lookups[-1].place == "caller":
            return [*self.around(lookups[:-1], [], by), self._account_of(by)]
        own = by if by is not NOBODY and self.document.account_entity is not None else None
        fits = given and given[-1].entity.name == lookups[-1].entity
        inner = given[-1] if fits else self.make(lookups[-1].entity, by=own)
        return self.around(lookups[:-1], [inner], by, within=lookups[-1].within)

    def around(
        self, lookups: Sequence[Lookup], inner: list[Record], by: Voice, *, within: str | None = None
    ) -> list[Record]:
        """The records that outer lookups find, then `inner`: those that the inner ones point to, else new ones."""
        found = list(inner)
        for lookup in reversed(lookups):
            outer = found[0].references.get(within) if within is not None and found else None
            if outer is None and within is not None and found:
                raise UnproducibleError(f"nothing says which {lookup.entity} a {found[0].entity.name} is made in")
            if outer is None and lookup.place == "caller":
                outer = self._account_of(by)
            found.insert(0, outer or self.make(lookup.entity, by=by if by is not NOBODY else None))
            within = lookup.within
        return found

    def _account_of(self, by: Voice) -> Record:
        if by.account is None:
            raise UnproducibleError("the caller has no account")
        return by.account

    def creation(
        self,
        part: Part,
        n: int,
        by: Voice,
        parents: Sequence[Record],
        fixed: Mapping[str, JsonValue],
        *,
        full: bool,
        sent: Body | None = None,
    ) -> tuple[JsonValue, dict[str, JsonValue], Record]:
        """(body, query, the record that comes of it) of a creating operation."""
        entity = self.document.entity(part.effect.entity)
        content = content_of(part.endpoint)
        body = self.samples.value(content.shape, n, full=full) if content is not None and sent is None else None
        body = sent(n) if sent is not None else body
        record = Record(entity, f"{re.sub(r'[^a-z0-9]+', '_', entity.name.lower())}{n}", maker=by.account)
        query: dict[str, JsonValue] = {}
        for write in part.effect.writes:
            body = self._wish(write, entity, body, query, fixed, n, by)
        self._defaults(record)
        for write in part.effect.writes:
            self.apply(write, record, body, query, by, parents)
        if entity.account is not None:
            names = [one.name for one in entity.attributes]
            record.login = {name: record.values[name] for name in names if name in record.values}
        if entity.account is not None:
            record.values.pop(entity.account.password_field, None)
        return body, query, record

    def _wish(
        self,
        write: Write,
        entity: Entity,
        body: JsonValue,
        query: dict[str, JsonValue],
        fixed: Mapping[str, JsonValue],
        n: int,
        by: Voice,
    ) -> JsonValue:
        """The body (or query) with what a write shall set: a wished value, or the key of a record that exists."""
        value: JsonValue = None
        if write.attribute in fixed:
            value = fixed[write.attribute]
        elif write.match and write.place in ("body", "query"):
            if write.place == "body" and at(body, write.name) is None:
                return body
            value = self.reference(write, entity, body, by)
        elif write.place == "query":
            shape = next((one.shape for one in self._queries(write.name)), None)
            value = self.samples.value(shape, n, write.name) if shape is not None else None
        else:
            return body
        if write.place == "query":
            query[write.name] = value
            return body
        return put(body, write.name, value)

    def _queries(self, name: str) -> Iterator[Parameter]:
        for part in self.parts.all:
            for one in part.endpoint.parameters:
                if one.place == "query" and one.name == name:
                    yield one

    def reference(self, write: Write, entity: Entity, body: JsonValue, by: Voice) -> JsonValue:
        """What a body holds to refer to a record that exists; one is made where none does."""
        attribute = entity.attribute(write.attribute)
        if attribute.target is None or (write.place == "body" and not has(body, write.name)):
            return at(body, write.name) if write.place == "body" else None
        many = isinstance(at(body, write.name), list)
        if attribute.target == entity.name:  # a first record cannot point to another one
            return [] if many else None
        known = self.world.of(attribute.target)
        target = known[0] if known else self.make(attribute.target, by=by if by is not NOBODY else None)
        key = self.key(target, write.match)
        return [key] if many else key

    def _defaults(self, record: Record) -> None:
        for attribute in record.entity.attributes:
            if attribute.default is not None and attribute.default.kind == "literal":
                record.values[attribute.name] = attribute.default.value
            elif attribute.generated:
                record.values[attribute.name] = unknown(attribute)
        states = record.entity.states
        if states is not None:
            record.values[states.field] = states.initial

    def apply(
        self,
        write: Write,
        record: Record,
        body: JsonValue,
        query: Mapping[str, JsonValue],
        by: Voice,
        parents: Sequence[Record],
    ) -> None:
        """What a write does to a record."""
        name, attribute = write.attribute, record.entity.attribute(write.attribute)
        match write.place:
            case "caller":
                record.references[name] = self._account_of(by)
            case "parent":
                record.references[name] = parents[-1]
            case "constant":
                record.values[name] = write.value
            case "query" if write.name not in query:
                return
            case "body" | "query":
                source = {"": query.get(write.name)} if write.place == "query" else None
                if source is None and not has(body, write.name):
                    return
                value = source[""] if source is not None else at(body, write.name)
                self._set(record, write, value, many=attribute.type == "references")
            case _:
                raise UnproducibleError(f"{write.attribute} comes from the path")

    def _set(self, record: Record, write: Write, value: JsonValue, *, many: bool) -> None:
        target = record.entity.attribute(write.attribute).target
        if not write.match or target is None:
            record.values[write.attribute] = value
            return
        wanted = value if isinstance(value, list) else [value]
        found = [one for one in self.world.of(target) if one.values.get(write.match) in wanted]
        if many:
            record.links[write.attribute] = found
        elif found and value is not None:
            record.references[write.attribute] = found[0]
        else:
            record.references.pop(write.attribute, None)


def _article(word: str) -> str:
    return f"{'an' if word[:1] in 'aeiou' else 'a'} {word.replace('_', ' ')}"
