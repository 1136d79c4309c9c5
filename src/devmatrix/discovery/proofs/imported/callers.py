"""Who calls in a scenario: accounts that were made or were there from the start, and keys of the settings."""

import base64
from abc import abstractmethod
from collections.abc import Mapping

from pydantic import JsonValue

from devmatrix.discovery.document import Account, DiscoveryDocument, Entity, OperationKind
from devmatrix.discovery.interface import Interface, Scheme
from devmatrix.discovery.proofs.imported.bodies import content_of, put
from devmatrix.discovery.proofs.imported.calls import NOBODY, Calls, Part, Parts, Voice, spoken
from devmatrix.discovery.proofs.imported.samples import Samples
from devmatrix.discovery.proofs.imported.seeds import Seed
from devmatrix.discovery.proofs.imported.world import Record, Scene, unknown
from devmatrix.discovery.proofs.script import Phase
from devmatrix.discovery.proofs.unproducible import UnproducibleError

MAKERS = (OperationKind.REGISTER, OperationKind.CREATE, OperationKind.NESTED_CREATE)


class Callers(Calls):
    """The exchanges of one scenario, with those who make them."""

    def __init__(self, document: DiscoveryDocument, interface: Interface, parts: Parts, samples: Samples) -> None:
        super().__init__(document, interface, samples)
        self.parts = parts
        self._voices: dict[int | str, Voice] = {}
        self._seeds = parts.seeds
        self._seeded: dict[str, Record] = {}
        """Name of a seed -> its account."""
        entity = document.account_entity
        if entity is not None and entity.account is not None:
            for number, seed in enumerate(self._seeds, start=1):
                if entity.account.listed or seed.setting:
                    self._seeded[seed.name] = _seeded(entity, entity.account, seed, number)
            self.world.records += self._seeded.values()

    @abstractmethod
    def make_account(self, by: Voice | None = None) -> Record:
        """Make an account through the API. Raises UnproducibleError."""

    def voice(self, part: Part, number: int = 1) -> Voice:
        """The `number`-th caller who may call; nobody where everybody may."""
        return self.somebody(part, number) if part.operation.access.authenticated else NOBODY

    def somebody(self, part: Part, number: int = 1) -> Voice:
        """The `number`-th caller with credentials for an endpoint, and with the role that it asks for."""
        if not part.endpoint.schemes:
            raise UnproducibleError("no way to show credentials is known")
        scheme = self.interface.scheme(part.endpoint.schemes[0])
        access = part.operation.access
        if access.roles and not access.owner:
            return self._in_role(scheme, access.roles)
        return self._credentials(scheme, number)

    def without_role(self, part: Part) -> Voice:
        """Somebody who may call other operations, but lacks the role that this one asks for."""
        scheme = self.interface.scheme(part.endpoint.schemes[0])
        for number in (1, 2):
            found = self._credentials(scheme, number)
            if not self.may(found, part):
                return found
        raise UnproducibleError("everybody who is known has the role")

    def without_scope(self, part: Part) -> Voice:
        """A key that lacks the scopes of an operation."""
        for name in part.endpoint.scopes:
            scheme = self.interface.scheme(name)
            for seed in self._seeds:
                if seed.words and seed.role is None and bool(seed.name) >= (scheme.kind == "basic"):
                    return self._spoken(scheme, seed)
        raise UnproducibleError("no key lacks the scope")

    def suited(self, by: Voice | None, part: Part) -> Voice:
        """The caller, if an endpoint takes such credentials; else one with others, or nobody."""
        if by is None or not part.operation.access.authenticated:
            return self.voice(part)
        fits = (not by.scheme or by.scheme in part.endpoint.schemes) and self.may(by, part)
        return by if fits and (by.headers or by.query) else self.voice(part)

    def may(self, by: Voice, part: Part) -> bool:
        """Whether a caller has the role that an operation asks for, if it asks for one."""
        access, marks = part.operation.access, self._marks
        if not access.roles or access.owner or marks is None or marks.role_field is None:
            return True
        return by.account is not None and by.account.values.get(marks.role_field) in access.roles

    @property
    def _marks(self) -> Account | None:
        entity = self.document.account_entity
        return entity.account if entity is not None else None

    def account_entity(self) -> Entity:
        """What signs in. Raises UnproducibleError where nothing does."""
        entity = self.document.account_entity
        if entity is None or entity.account is None:
            raise UnproducibleError("nothing signs in")
        return entity

    def an_account(self) -> Record:
        """An account that can sign in: a new one, else one that was there from the start."""
        try:
            return self.make_account()
        except UnproducibleError:
            if not self._seeded:
                raise
            return next(iter(self._seeded.values()))

    def instead_of_made(self, entity: str) -> Record | None:
        """An account of the start, where no operation makes any."""
        account = self.document.account_entity
        if account is None or entity != account.name or self.parts.first(entity, *MAKERS) is not None:
            return None
        return next(iter(self._seeded.values()), None)

    # Credentials

    def _credentials(self, scheme: Scheme, number: int) -> Voice:
        marks = self._marks
        if marks is not None and marks.listed:
            return self._of_settings(scheme, number)
        if scheme.kind == "token" and self._issuer() is not None:
            if number not in self._voices:
                self._voices[number] = self._signed_in(scheme, number)
            return self._voices[number]
        if scheme.kind == "basic":
            account = self._basic_account(number)
            if account is not None:
                return self._basic(scheme, account)
        return self._of_settings(scheme, number)

    def _of_settings(self, scheme: Scheme, number: int) -> Voice:
        free = [one for one in self._seeds if not one.words and not one.setting]
        free = [one for one in free if bool(one.name) is (scheme.kind == "basic") or one.name in self._seeded]
        if len(free) < number:
            raise UnproducibleError("no key is known")
        return self._spoken(scheme, free[number - 1])

    def _spoken(self, scheme: Scheme, seed: Seed) -> Voice:
        credential = seed.secret
        if scheme.kind == "basic":
            credential = base64.b64encode(f"{seed.name}:{seed.secret}".encode()).decode()
        account = self._seeded.get(seed.name)
        found = spoken(scheme, credential, account)
        if account is not None:
            account.credentials, account.query = dict(found.headers), found.query
        return found

    def _basic(self, scheme: Scheme, account: Record) -> Voice:
        marks = self.account_entity().account
        login, password = (marks.login_field, marks.password_field) if marks is not None else ("", "")
        pair = f"{account.login.get(login)}:{account.login.get(password)}"
        return spoken(scheme, base64.b64encode(pair.encode()).decode(), account)

    def _in_role(self, scheme: Scheme, roles: tuple[str, ...]) -> Voice:
        """Somebody of the start who has the role."""
        seed = next((one for one in self._seeds if one.role in roles), None)
        marks = self._marks
        if seed is None or marks is None:
            raise UnproducibleError(f"nobody has the role {' or '.join(roles)}")
        if marks.listed:
            return self._spoken(scheme, seed)
        account = self._seeded[seed.name]
        if scheme.kind == "basic":
            return self._basic(scheme, account)
        if seed.name not in self._voices:
            self._voices[seed.name] = self._by_login(scheme, account)
        return self._voices[seed.name]

    @property
    def _is_open(self) -> bool:
        """Whether anybody can make an account."""
        marks = self._marks
        if marks is None or marks.listed:
            return False
        maker = self.parts.first(self.account_entity().name, *MAKERS)
        return maker is not None and not maker.operation.access.authenticated

    def _account(self, number: int) -> Record:
        """The `number`-th account without a role: made by itself, or from the start, or made by the first of these."""
        if self._is_open:
            return self.make_account()
        free = list(self._seeded.values())
        if number <= len(free):
            return free[number - 1]
        if number == 1:
            raise UnproducibleError("no operation makes a first account")
        return self.make_account()

    def _basic_account(self, number: int) -> Record | None:
        entity = self.document.account_entity
        if entity is None or not (self._is_open or self._seeded):
            return None
        made = [one for one in self.world.of(entity.name) if one.login and one not in self._seeded.values()]
        made = made if self._is_open else [*self._seeded.values(), *made]
        while len(made) < number:
            made.append(self.make_account())
        return made[number - 1]

    def _issuer(self, *kinds: OperationKind) -> Part | None:
        """The operation that issues tokens: registration where it does, else login."""
        entity = self.document.account_entity
        if entity is None:
            return None
        for part in self.parts.find(entity.name, *(kinds or (OperationKind.REGISTER, OperationKind.LOGIN))):
            if self.gives_token(part):
                return part
        return None

    def gives_token(self, part: Part) -> bool:
        """Whether whoever calls it has a token afterwards."""
        if part.effect.cookie and part.operation.kind is OperationKind.LOGIN:
            return True
        return part.effect.answer is not None and self.token_at(part.effect.answer) is not None

    def _signed_in(self, scheme: Scheme, number: int) -> Voice:
        account = self._account(number)
        if account.credentials:
            return Voice(account.credentials, account.query, account, scheme.name)
        return self._by_login(scheme, account)

    def _by_login(self, scheme: Scheme, account: Record) -> Voice:
        login = self._issuer(OperationKind.LOGIN)
        if login is not None and not account.credentials and not account.query:
            self.sign_in(login, account, scheme)
        if not account.credentials and not account.query:
            raise UnproducibleError("no operation gives the account that was made a token")
        return Voice(account.credentials, account.query, account, scheme.name)

    def sign_in(
        self,
        login: Part,
        account: Record,
        scheme: Scheme,
        phase: Phase = "given",
        capture: Mapping[str, str] | None = None,
    ) -> None:
        """Sign in, and keep the token."""
        self.call(
            login,
            phase=phase,
            text="the account signs in",
            body=self.login_body(login, account.login),
            query=self.login_query(login, account.login),
            scene=Scene(record=account, caller=account),
            shows=account,
            holder=account,
            scheme=scheme,
            capture=capture,
        )

    def login_body(self, login: Part, values: Mapping[str, JsonValue]) -> JsonValue:
        """The body that signs in; none where the credentials stand in the query."""
        credentials, content = login.effect.credentials, content_of(login.endpoint)
        if credentials is None or credentials.place != "body" or content is None:
            return None
        body = self.samples.value(content.shape, 1)
        password = self.account_entity().account
        return put(
            put(body, credentials.login, values.get(credentials.login_attribute)),
            credentials.password,
            values.get(password.password_field if password else ""),
        )

    def login_query(self, login: Part, values: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        """The query that signs in."""
        credentials, password = login.effect.credentials, self.account_entity().account
        if credentials is None or credentials.place != "query" or password is None:
            return {}
        return {
            credentials.login: values.get(credentials.login_attribute),
            credentials.password: values.get(password.password_field),
        }

    def key(self, record: Record, attribute: str) -> JsonValue:
        """What a record is known by; an account of the start is asked who it is. Raises UnproducibleError."""
        unseen = isinstance(record.values.get(attribute), dict) and record in self._seeded.values()
        current = self.parts.first(record.entity.name, OperationKind.CURRENT) if unseen else None
        if current is not None and (record.credentials or record.query) and current.endpoint.schemes:
            by = Voice(record.credentials, record.query, record)
            about = Scene(record=record, caller=record)
            self.call(current, phase="given", text="the account is known", by=by, scene=about, shows=record)
        return super().key(record, attribute)


def _seeded(entity: Entity, marks: Account, seed: Seed, number: int) -> Record:
    """What is known of an account that is made at start."""
    record = Record(entity, f"{snake_name(entity)}_of_start{number}")
    for attribute in entity.attributes:
        if attribute.generated or (attribute.required and not attribute.target):
            record.values[attribute.name] = unknown(attribute)
        elif attribute.default is not None and attribute.default.kind == "literal":
            record.values[attribute.name] = attribute.default.value
    record.values[marks.login_field] = seed.name
    if marks.role_field is not None and seed.role is not None:
        record.values[marks.role_field] = seed.role
    if entity.states is not None:
        record.values[entity.states.field] = entity.states.initial
    record.login = {marks.login_field: seed.name}
    if marks.password_field:
        record.login[marks.password_field] = seed.secret
        record.values.pop(marks.password_field, None)
    return record


def snake_name(entity: Entity) -> str:
    """The entity's name as the names of captures have it."""
    return "".join(letter if letter.isalnum() else "_" for letter in entity.name.lower())
