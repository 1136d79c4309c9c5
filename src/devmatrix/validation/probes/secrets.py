"""Secrets that were sent or configured, and hashes of them: in no answer, and not in the log."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator

from devmatrix.discovery.document import DiscoveryDocument, FieldType
from devmatrix.discovery.interface import Source
from devmatrix.validation.probes.exchanges import Exchange
from devmatrix.validation.probes.fields import at
from devmatrix.validation.probes.probe import PROJECT, LogProbe, Probe, Subject
from devmatrix.validation.probes.verdict import Found
from devmatrix.validation.probes.world import World

_HASHES = re.compile(
    rb"\$argon2(?:id|i|d)\$v=|\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}|\$scrypt\$|pbkdf2(?:_sha|:sha)\d|"
    rb"\$[56]\$[^$\s\"]{1,16}\$[./A-Za-z0-9]{43}|scrypt:\d+:\d+:\d+\$|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)
_SHORTEST = 8
_DISTINCT = 5
_REPORTED = 5


class SecretsInAnswers(Probe):
    """All answers that were heard, those of the scenarios too."""

    rule = "probe.secret-in-answer"
    nothing = "no secrets"

    def subjects(self, world: World) -> Iterable[Subject]:
        """The project, where there are secrets."""
        return [PROJECT] if _secrets(world) else []

    def ask(self, world: World, subject: Subject) -> Iterator[Found]:
        """Look for each secret and its plain hashes, and for what hashes look like."""
        shown = _shown_by_document(world.document)
        needles = {} if shown else _needles(_secrets(world))
        pattern = re.compile(b"|".join(map(re.escape, sorted(needles, key=len, reverse=True)))) if needles else None
        reported = 0
        for exchange in world.journal.exchanges:
            match = (pattern.search(exchange.answered) if pattern is not None else None) or _HASHES.search(
                exchange.answered
            )
            if match is not None and not _echoed(exchange, match[0]):
                operation = world.situations.operation_at(exchange.method, exchange.target)
                what = needles.get(match[0], "what looks like a hash or a key")
                where = f"{exchange.method} {exchange.target[:200]} ({exchange.status})"
                yield Found(operation.id if operation else subject, f"{what} stands in the answer of {where}")
                reported += 1
                if reported >= _REPORTED:
                    return


class SecretsInLog(LogProbe):
    """What the service printed, from its start to its end."""

    rule = "probe.secret-in-log"
    nothing = "no secrets"

    def subjects(self, world: World) -> Iterable[Subject]:
        """The project, where there are secrets."""
        return [PROJECT] if _secrets(world) else []

    def ask(self, world: World, subject: Subject) -> Iterator[Found]:
        """Nothing more than what the others asked."""
        yield from ()

    def read(self, world: World, log: str) -> Iterator[Found]:
        """Look for each secret and for what hashes look like; credentials in a query stand there by their place."""
        text = log.encode("utf-8", "replace")
        for needle, what in _needles(_secrets(world)).items():
            place = text.find(needle)
            if place >= 0:
                line = text[text.rfind(b"\n", 0, place) + 1 : place].decode("utf-8", "replace")
                yield Found(PROJECT, f"{what} stands in the log, behind {line[-200:]!r}")
        match = _HASHES.search(text)
        if match is not None:
            yield Found(PROJECT, f"what looks like a hash or a key stands in the log: {match[0][:20]!r}...")


def _secrets(world: World) -> dict[str, str]:
    """Secret -> what it is: passwords of requests, and what the stack says is secret in the settings."""
    found = {
        world.boot.environment[name]: f"the setting {name}"
        for name in world.boot.secrets
        if world.boot.environment.get(name)
    }
    pointers = _pointers(world.document)
    others: set[str] = set()
    for exchange in world.journal.exchanges:
        body = _json(exchange.sent)
        secret = {value for pointer in pointers if isinstance(value := at(body, pointer), str)}
        found |= dict.fromkeys(secret, "a password")
        others.update(text for text in _texts(body) if text not in secret)
    everything = "\n".join(others)
    return {
        text: what
        for text, what in found.items()
        if len(text) >= _SHORTEST and len(set(text)) >= _DISTINCT and text not in everything
    }


def _needles(secrets: dict[str, str]) -> dict[bytes, str]:
    found = {secret.encode(): what for secret, what in secrets.items()}
    for secret, what in secrets.items():
        for name in ("md5", "sha1", "sha256", "sha512"):
            found[hashlib.new(name, secret.encode(), usedforsecurity=False).hexdigest().encode()] = f"{name} of {what}"
    return found


def _pointers(document: DiscoveryDocument) -> tuple[str, ...]:
    """Where passwords stand in bodies."""
    passwords = {
        (entity.name, item.name)
        for entity in document.entities
        for item in entity.attributes
        if item.type is FieldType.PASSWORD
    }
    if document.interface is None:
        return tuple(sorted({f"/{name}" for _, name in passwords}))
    found: set[str] = set()
    for endpoint in document.interface.endpoints:
        effect = endpoint.effect
        if effect is None:
            continue
        found |= {
            item.name
            for item in effect.writes
            if item.place == "body" and item.name and (effect.entity, item.attribute) in passwords
        }
        if effect.credentials is not None and effect.credentials.place == "body":
            found.add(effect.credentials.password)
    return tuple(sorted(found))


def _shown_by_document(document: DiscoveryDocument) -> bool:
    """Whether the document itself promises passwords in answers."""
    if document.interface is None:
        return False
    passwords = {
        (entity.name, item.name)
        for entity in document.entities
        for item in entity.attributes
        if item.type is FieldType.PASSWORD
    }
    return any(
        member.value.source is Source.ATTRIBUTE and (view.entity, member.value.attribute) in passwords
        for view in document.interface.views
        for member in view.members
    )


def _echoed(exchange: Exchange, match: bytes) -> bool:
    """Whether the request itself asked for it by its path: the answer to a wrong path may name the path."""
    return match in exchange.target.encode()


def _json(content: bytes) -> object:
    try:
        return json.loads(content) if content else None
    except (ValueError, RecursionError):
        return None


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
