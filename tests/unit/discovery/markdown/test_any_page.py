"""Properties: any page gives a sound document or a RequestError; blocks and statements hold all of it."""

import contextlib

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devmatrix.discovery.composing import read
from devmatrix.discovery.markdown.blocks import blocks_of
from devmatrix.discovery.markdown.inline import plain
from devmatrix.discovery.sources import Source, SourceFormat
from devmatrix.errors import RequestError

_BLOCKS = (
    "# Title",
    "## Books",
    "### Book fields",
    "## Entities",
    "## Out of scope",
    "## Open questions",
    "Setext\n======",
    "| Field | Type | Required | Notes |\n|---|---|---|---|\n| title | string(80) | yes | max 90 chars |\n| | int |",
    "| Method | Path |\n|---|---|\n| GET | /api/v1/books |\n| POST | /books/{id}/lend |",
    "| From | To | Action |\n|---|---|---|\n| open | closed | close |",
    "| Action | Guest | Admin |\n|---|---|---|\n| Delete books | ❌ | ✅ |",
    "| a \\| b |\n|---|\n| c |",
    "- **title** (string, required, max 200): the title",
    "- pages: integer between 1 and 900",
    "* isbn unique",
    "  - nested item",
    "1. Only admins may delete books.",
    "- [ ] members can log in",
    "- Book: title, pages int",
    '```json\n{"title": "x", "price": 1.5, "tags": [1]}\n```',
    "```\nGET /books\n```",
    "```sql\nCREATE TABLE t (a INT",
    "```ts\ninterface Book { \n title?: string; // x\n}\n```",
    "~~~\nunclosed",
    "> a quote\n> - with an item",
    "<!-- a comment -->",
    "<div>\n**x**",
    "---",
    "[a]: http://example.com",
    "![p](q) [l](m) `code` *em* __b__ ~~s~~",
    "Given a book exists, when I delete it, then the response is 204.",
    "When I view it",
    "Then it is 404",
    "As a member, I want to borrow books so that I can read.",
    "A book has:",
    "Members can:",
    "The title MUST be unique.",
    "The price SHOULD be positive.",
    "draft → review → published",
    "Status: open -> closed",
    "Invalid input returns 400.",
    "Die Bücher müssen einen Titel haben.",
    "Книги имеют название",
    "A member may have at most 5 open loans.",
    "Book: title, isbn unique; Loan: book -> Book",
    "    indented code",
    "&amp; &lt; \\* \xa0 \u200b",
    "\t- tab",
    "-",
    "|",
    "```",
)
_ENDS = ("\n\n", "\n", "\r\n", "\r", "\n \n", " ")

_pages = st.lists(st.tuples(st.sampled_from(_BLOCKS), st.sampled_from(_ENDS)), max_size=14).map(
    lambda parts: "".join(text + end for text, end in parts)
)
_texts = st.one_of(
    _pages,
    _pages.map("Book: title, pages int\n\n".__add__),
    st.text(max_size=200),
    st.tuples(_pages, st.text(max_size=30), _pages).map("".join),
)


def _require_held(text: str, spans: list[tuple[int, int]]) -> None:
    held: set[int] = set()
    at = 0
    for start, end in spans:
        assert at <= start < end, "in order, apart, and not empty"
        held.update(range(start, end))
        at = end
    assert [character for index, character in enumerate(text) if index not in held and not character.isspace()] == []


@given(_texts)
@settings(deadline=None)
def test_blocks_hold_every_visible_character(text: str) -> None:
    _require_held(text, [(block.start, block.end) for block in blocks_of(text)])


@given(_texts)
@settings(deadline=None)
def test_words_have_their_places_in_order(text: str) -> None:
    marked = plain(text, 0, len(text))
    assert len(marked.text) == len(marked.places)
    assert list(marked.places) == sorted(marked.places)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_texts)
def test_any_page_gives_a_document_whose_statements_cover_it_or_a_clear_error(text: str) -> None:
    with contextlib.suppress(RequestError):
        document = read([Source(text, "page.md", format=SourceFormat.MARKDOWN)])
        spans = [statement.span for statement in document.statements]
        _require_held(text, [(span.start, span.end) for span in spans])
        for span in spans:
            assert span.text == text[span.start : span.end]
            assert span.source == "page.md"
            assert span.line == text.count("\n", 0, span.start) + 1
