"""The project in a page: what all calls of a run share, so the same document gives the same text, byte for byte."""

from collections.abc import Iterator

from devmatrix.discovery.document import Attribute, DiscoveryDocument, Entity, Operation

MAX_CHARACTERS = 16_000
"""About 5,000 tokens: read from the cache at a tenth of the price, but read by every call."""


def digest(document: DiscoveryDocument) -> str:
    """Title, request, entities with their fields, operations; cut with a word where that is too much."""
    text = "\n".join(_lines(document)).replace("</data", "<\\/data")
    if len(text) <= MAX_CHARACTERS:
        return text
    return text[:MAX_CHARACTERS].rsplit("\n", 1)[0] + "\n(and more of the same kind)"


def _lines(document: DiscoveryDocument) -> Iterator[str]:
    yield f"Title: {document.title}"
    if document.request:
        yield f"Asked for: {document.request[:2_000]}"
    yield ""
    yield "Entities and their fields:"
    for entity in document.entities:
        yield from _entity(entity)
    yield ""
    yield "Operations:"
    yield from (_operation(operation) for operation in document.operations)


def _entity(entity: Entity) -> Iterator[str]:
    marks = [
        f"owned through {entity.owner_field}" if entity.owner_field else "",
        "soft delete" if entity.soft_delete else "",
        "versioned" if entity.versioned else "",
        "the accounts that sign in" if entity.account else "",
    ]
    yield f"- {entity.name} ({', '.join([entity.plural, *filter(None, marks)])})"
    yield from (f"  - {_attribute(attribute)}" for attribute in entity.attributes)
    yield from (f"  - unique together: {', '.join(names)}" for names in entity.unique_together)
    yield from (f"  - always {check.left} {check.operator} {check.right}" for check in entity.checks)
    if entity.states:
        moves = "; ".join(
            f"{move.name}: {'|'.join(move.sources)} -> {move.target}" for move in entity.states.transitions
        )
        yield f"  - state {entity.states.field} starts at {entity.states.initial}; {moves}"


def _attribute(attribute: Attribute) -> str:
    limits = {
        "min": attribute.minimum,
        "above": attribute.exclusive_minimum,
        "max": attribute.maximum,
        "below": attribute.exclusive_maximum,
        "min length": attribute.min_length,
        "max length": attribute.max_length,
        "pattern": attribute.pattern,
        "one of": "|".join(attribute.choices) or None,
        "of": attribute.target,
        "on delete": attribute.on_delete if attribute.target else None,
        "default": str(attribute.default.value or attribute.default.kind) if attribute.default else None,
    }
    marks = {
        "set by the service": attribute.server_set,
        "optional": not attribute.required,
        "unique": attribute.unique,
    }
    flags = [word for word, holds in marks.items() if holds]
    said = [*flags, *(f"{word} {value}" for word, value in limits.items() if value is not None)]
    return f"{attribute.name}: {attribute.type.value}" + (f" ({', '.join(said)})" if said else "")


def _operation(operation: Operation) -> str:
    access = operation.access
    who = [*access.roles, *(["the owner"] if access.owner else [])]
    called = f"by {' or '.join(who)}" if who else "by any account" if access.authenticated else "by anyone"
    summary = f": {operation.summary}" if operation.summary else ""
    return f"- {operation.id} {operation.method} {operation.path} -> {operation.success_status}, {called}{summary}"
