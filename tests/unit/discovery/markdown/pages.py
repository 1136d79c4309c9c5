"""The pages that the tests read: written for them, by many hands as it were."""

from pathlib import Path

from devmatrix.discovery.composing import read
from devmatrix.discovery.document import Attribute, DiscoveryDocument, Statement
from devmatrix.discovery.sources import Source, SourceFormat

PAGES = Path(__file__).parent / "pages"


def read_page(text: str) -> DiscoveryDocument:
    return read([Source(text, "page.md", format=SourceFormat.MARKDOWN)])


def read_file(name: str) -> DiscoveryDocument:
    return read_page((PAGES / f"{name}.md").read_text(encoding="utf-8"))


def fields(document: DiscoveryDocument, entity: str) -> list[str]:
    return [attribute.name for attribute in document.entity(entity).attributes]


def attribute(document: DiscoveryDocument, entity: str, name: str) -> Attribute:
    return document.entity(entity).attribute(name)


def lost(document: DiscoveryDocument) -> list[tuple[int | None, str]]:
    """Line and text of what was not understood."""
    return [(item.span.line, item.span.text) for item in document.statements if not item.understood]


def statement(document: DiscoveryDocument, words: str) -> Statement:
    """The one statement whose text holds the words."""
    (found,) = [item for item in document.statements if words in item.span.text]
    return found


def page(*blocks: str) -> DiscoveryDocument:
    """A page about books, and the blocks."""
    return read_page("\n\n".join(("# Books", "Book: title, pages int?, author?, published on?", *blocks)))
