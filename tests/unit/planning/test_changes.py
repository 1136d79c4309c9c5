import pytest

from devmatrix.discovery import DiscoveryDocument, discover
from devmatrix.discovery.interface import Interface
from devmatrix.discovery.proving import prove
from devmatrix.planning.changes import access_in_words, changes_between
from tests.imported_documents import trails

BEFORE = """Book: title, pages int?, shelf -> Shelf
Shelf: room
User: account
Only admins may delete books."""
CASES = [
    (BEFORE.replace("title,", "title string(..80),"), "Book.title: max_length none → 80"),
    (BEFORE.replace("pages int?", "pages int"), "Book.pages: required false → true"),
    (BEFORE.replace("pages int?, ", ""), "Book.pages removed"),
    (BEFORE.replace("room", "room, note?"), "Shelf.note added: text, optional"),
    (f"{BEFORE}\nTag: name", "entity Tag added: name"),
    (f"{BEFORE}\nTag: name", "operation create_tag added: POST /tags, for every account"),
    (BEFORE.replace(", shelf -> Shelf\nShelf: room", ""), "entity Shelf removed"),
    (BEFORE.replace(", shelf -> Shelf\nShelf: room", ""), "operation list_shelves removed: GET /shelves"),
    (BEFORE.replace("admins", "librarians"), "operation delete_book: who may call it: admin → librarian"),
    (BEFORE.replace("room", "room, soft delete"), "Shelf: soft_delete false → true"),
    (BEFORE.replace("room", "room unique"), "requirement added (MUST): No two shelves have the same room"),
    (BEFORE.replace("room", "room, versioned"), "Shelf: versioned false → true"),
]


@pytest.mark.parametrize(("after", "line"), CASES)
def test_each_change_is_said_in_words_and_none_without_one(after: str, line: str) -> None:
    old, new = discover(BEFORE), discover(after)
    assert line in changes_between(old, new)
    assert line not in changes_between(old, old)
    back = changes_between(new, old)
    assert line not in back
    assert back


def test_nothing_differs_from_itself() -> None:
    for document in (discover(BEFORE), trails()):
        assert changes_between(document, document) == ()


def test_a_level_that_changes_is_told_as_such() -> None:
    document = prove(discover(BEFORE))
    first = document.requirements[0]
    changed = first.model_copy(update={"level": "should"})
    after = document.model_copy(update={"requirements": (changed, *document.requirements[1:])})
    assert changes_between(document, after) == (f"requirement changed from MUST to SHOULD: {first.text}",)


def test_changes_of_the_interface_name_the_operation() -> None:
    before = trails()
    assert before.interface is not None
    first, *rest = before.interface.endpoints
    endpoints = (first.model_copy(update={"description": "Another."}), *rest)
    after = changed(before, interface=before.interface.model_copy(update={"endpoints": endpoints}))
    assert changes_between(before, after) == (f"operation {first.operation}: its interface changed: description",)
    assert changes_between(before, changed(before, interface=None)) == ("the interface was removed",)


def changed(document: DiscoveryDocument, *, interface: Interface | None) -> DiscoveryDocument:
    return document.model_copy(update={"interface": interface})


def test_callers_in_words() -> None:
    document = discover(BEFORE)
    words = {access_in_words(item.access) for item in document.operations}
    assert words == {"anyone", "every account", "admin", "admin or the owner"}
