"""From SQL to a document, as reading a request does it, and what the tests ask of it."""

import re
from pathlib import Path

from devmatrix.discovery.clashes import break_cycles, settle_names
from devmatrix.discovery.complete import apply_archetypes, complete_accounts, declare_targets
from devmatrix.discovery.contexts import contexts_of
from devmatrix.discovery.document import Attribute, DiscoveryDocument, Entity, Statement
from devmatrix.discovery.drafts import Draft
from devmatrix.discovery.freeze import Freezer
from devmatrix.discovery.operations import Endpoints
from devmatrix.discovery.proofs.derive import derive
from devmatrix.discovery.sources import Source
from devmatrix.discovery.sql import read_sql
from tests.unit.discovery.reads import require_sound

SCHEMAS = {path.stem: path.read_text(encoding="utf-8") for path in (Path(__file__).parent / "schemas").glob("*.sql")}


def document_of(sql: str, *, title: str = "Tables") -> DiscoveryDocument:
    """The document of one script, without requirements."""
    draft = Draft()
    statements = read_sql(Source(text=sql, name="schema.sql"), draft)
    declare_targets(draft)
    complete_accounts(draft)
    apply_archetypes(draft)
    declare_targets(draft)
    settle_names(draft)
    break_cycles(draft)
    entities = Freezer(draft).entities()
    return DiscoveryDocument(
        title=title,
        slug=title.lower().replace(" ", "-"),
        request=title,
        contexts=contexts_of(entities),
        entities=entities,
        operations=Endpoints(draft, entities).all(),
        assumptions=tuple(draft.assumptions),
        questions=tuple(draft.questions),
        statements=statements,
    )


def proven(document: DiscoveryDocument) -> DiscoveryDocument:
    """The document with actors and requirements."""
    derived = derive(document)
    return document.model_copy(update={"actors": derived.actors, "requirements": derived.requirements})


def statements_of(sql: str) -> tuple[Statement, ...]:
    return read_sql(Source(text=sql, name="schema.sql"), Draft())


def entity(sql: str, name: str) -> Entity:
    return document_of(sql).entity(name)


def attribute(sql: str, name: str, field: str) -> Attribute:
    return entity(sql, name).attribute(field)


def column(declaration: str, name: str = "", *, before: str = "") -> Attribute:
    """The attribute that one column becomes; `name` where it is not the column's."""
    found = entity(f"{before} CREATE TABLE things (id serial PRIMARY KEY, {declaration});", "Thing")
    return found.attribute(name or declaration.split()[0].strip('"`[]').lower())


def lost(sql: str) -> list[str]:
    """What was not understood, with the text that it stands in."""
    return [f"{item.span.text}: {item.became}" for item in statements_of(sql) if not item.understood]


def require_sound_reading(sql: str) -> DiscoveryDocument:
    """What holds for every script that has a table: all of it is accounted for, and its document is sound."""
    document = document_of(sql)
    require_sound(document.model_copy(update={"request": "", "statements": ()}))
    require_covered(sql, document.statements)
    assert all(set(item.entities) <= {entity.name for entity in document.entities} for item in document.statements)
    return document


def require_covered(sql: str, statements: tuple[Statement, ...]) -> None:
    """Statements are in order and apart, and nothing but punctuation stands between them."""
    end = 0
    for item in statements:
        span = item.span
        assert end <= span.start < span.end <= len(sql)
        between = re.sub(r"/\*M?!\d*", "", sql[end : span.start])  # opens an executable comment
        assert not any(character.isalnum() for character in between), between
        assert span.line == sql.count("\n", 0, span.start) + 1
        assert span.source == "schema.sql"
        assert sql[span.start : span.end].split()[:1] == span.text.split()[:1]
        assert item.became
        end = span.end
    rest = re.sub(r"/\*M?!\d*", "", sql[end:])
    assert not any(character.isalnum() for character in rest), rest
