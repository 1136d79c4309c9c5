"""Endpoints, and who may call them."""

import pytest

from devmatrix.discovery.composing import read
from devmatrix.discovery.document import Access, DiscoveryDocument, FieldType
from tests.unit.discovery.reads import not_understood, operation, require_sound


def routes(document: DiscoveryDocument) -> dict[str, str]:
    return {
        operation.id: f"{operation.method} {operation.path} {operation.success_status}"
        for operation in document.operations
    }


def test_each_entity_has_its_collection() -> None:
    assert routes(read("LoanItem: name")) == {
        "create_loan_item": "POST /loan-items 201",
        "list_loan_items": "GET /loan-items 200",
        "read_loan_item": "GET /loan-items/{loan_item_id} 200",
        "replace_loan_item": "PUT /loan-items/{loan_item_id} 200",
        "patch_loan_item": "PATCH /loan-items/{loan_item_id} 200",
        "delete_loan_item": "DELETE /loan-items/{loan_item_id} 204",
    }


def test_required_references_have_nested_collections() -> None:
    document = read("Shelf: name\nBook: title, shelf -> Shelf, previous -> Book?")
    assert routes(document)["list_shelf_books"] == "GET /shelves/{shelf_id}/books 200"
    assert routes(document)["create_shelf_book"] == "POST /shelves/{shelf_id}/books 201"
    assert document.operation("create_shelf_book").parent_field == "shelf_id"
    assert not any("previous" in identity or "book_book" in identity for identity in routes(document))


def test_many_to_many_has_links() -> None:
    document = read("Book: title, tags -> Tag[]\nTag: name")
    assert routes(document)["link_book_tag"] == "PUT /books/{book_id}/tags/{tag_id} 204"
    assert routes(document)["unlink_book_tag"] == "DELETE /books/{book_id}/tags/{tag_id} 204"
    listed = document.operation("list_book_tags")
    assert (listed.entity, listed.relation, listed.relation_entity) == ("Tag", "tag_ids", "Book")
    assert document.operation("link_book_tag").entity == "Book"


def test_a_plural_that_is_its_singular() -> None:
    document = read("Sheep: name, shepherd -> Shepherd\nShepherd: name")
    assert routes(document)["list_all_sheep"] == "GET /sheep 200"
    assert routes(document)["list_shepherd_sheep"] == "GET /shepherds/{shepherd_id}/sheep 200"
    require_sound(document)


def test_two_references_to_one_kind_have_collections_of_their_own() -> None:
    document = read(
        "Team: name\nMatch: home team -> Team, away team -> Team, referees -> Person[], cooks -> Person[]\nPerson: name"
    )
    assert routes(document)["list_team_home_team_matches"] == "GET /teams/{team_id}/home-team-matches 200"
    assert routes(document)["link_match_cook"] == "PUT /matches/{match_id}/cooks/{person_id} 204"
    require_sound(document)


def test_a_list_of_ones_own_kind_has_no_single_links() -> None:
    document = read("Book: title, related -> Book[]")
    assert document.entity("Book").attribute("related_ids").type is FieldType.REFERENCES
    assert len(document.operations) == 6
    assert any("without endpoints for single links" in assumption.text for assumption in document.assumptions)


def test_names_that_would_clash_are_told_apart() -> None:
    require_sound(read("Shelf: name, books -> Book[]\nBook: title, shelf -> Shelf\nShelfBook: note, shelf -> Shelf"))


def test_without_accounts_all_is_public() -> None:
    document = read("Track books")
    assert {operation.access for operation in document.operations} == {Access()}
    assert any(assumption.text == "Everything is public" for assumption in document.assumptions)


def test_with_accounts_all_else_needs_one() -> None:
    document = read("Track books. Users can sign up and log in.")
    assert operation("Track books. Users can sign up and log in.", "read_book").access == Access(authenticated=True)
    assert {"register", "login", "read_current", "patch_current"} <= set(routes(document))
    assert any("signed-in account" in assumption.text for assumption in document.assumptions)


ACCESS = {
    "Only admins may delete books": ("delete_book", Access(authenticated=True, roles=("admin",))),
    "Only administrators can delete books": ("delete_book", Access(authenticated=True, roles=("admin",))),
    "Books can only be deleted by admins": ("delete_book", Access(authenticated=True, roles=("admin",))),
    "Deleting books requires an admin": ("delete_book", Access(authenticated=True, roles=("admin",))),
    "Only librarians and admins can add or update books": (
        "patch_book", Access(authenticated=True, roles=("librarian", "admin")),
    ),
    "Only the owner may edit a book": ("replace_book", Access(authenticated=True, owner=True)),
    "Only the user who created it may edit a book": ("patch_book", Access(authenticated=True, owner=True)),
    "Only the owner or an admin can delete a book": (
        "delete_book", Access(authenticated=True, roles=("admin",), owner=True),
    ),
    "Only logged-in users may create books": ("create_book", Access(authenticated=True)),
    "Anyone can read books. Only admins can manage books": ("list_books", Access()),
    "Everybody may browse books, only admins can write books": ("list_books", Access()),
    "Users can only see their own books": ("list_books", Access(authenticated=True, roles=("admin",), owner=True)),
    "Users can manage their own books": ("delete_book", Access(authenticated=True, roles=("admin",), owner=True)),
    "Only admins may do everything": ("read_book", Access(authenticated=True, roles=("admin",))),
}  # fmt: skip


@pytest.mark.parametrize("sentence", ACCESS)
def test_who_may_do_what(sentence: str) -> None:
    request = f"Track books. {sentence}."
    identity, access = ACCESS[sentence]
    assert not_understood(request) == []
    assert operation(request, identity).access == access
    require_sound(read(request))


def test_the_more_specific_rule_holds() -> None:
    document = read("Book: title, write by owner, delete by admin, read by anyone")
    assert document.operation("delete_book").access == Access(authenticated=True, roles=("admin",))
    assert document.operation("patch_book").access == Access(authenticated=True, owner=True)
    assert document.operation("create_book").access.authenticated
    assert document.operation("read_book").access == Access()
    assert document.entity("Book").owner_field == "owner_id"
    assert document.entity("Book").attribute("owner_id").server_set


def test_what_hangs_on_private_records_is_private() -> None:
    document = read("Note: title, read by owner\nItem: label, note -> Note\nColor: name")
    assert document.operation("list_items").access == Access(authenticated=True, owner=True)
    assert document.operation("list_note_items").access.owner
    assert document.entity("Item").owner_field == "owner_id"
    assert not document.operation("list_colors").access.owner
    assert any("Items are seen by their owner only" in assumption.text for assumption in document.assumptions)


def test_rules_without_only_add_up() -> None:
    document = read("Track books. Librarians can delete books. Admins can delete books.")
    assert document.operation("delete_book").access.roles == ("librarian", "admin")


def test_who_may_call_a_transition() -> None:
    request = "A ticket goes from open to closed. Only agents may close tickets."
    assert operation(request, "close_ticket").access.roles == ("agent",)
    assert operation(request, "patch_ticket").access.roles == ()


def test_roles_that_are_spoken_of_are_choices_of_the_account_and_never_given_by_registration() -> None:
    user = read("Track books. Only librarians may delete books.").entity("User")
    assert user.attribute("role").choices == ("member", "admin", "librarian")
    own = read("Person: account, email, role librarian|reader\nBook: title, delete by librarian").entity("Person")
    assert own.account is not None
    assert own.account.admin_role == "admin"


def test_another_entity_may_be_the_account() -> None:
    document = read("Track books. Members can sign up and log in. Members borrow books.")
    assert document.account_entity is not None
    assert document.account_entity.name == "Member"
    assert document.account_entity.attribute("email").unique
    assert "create_member" not in routes(document)
    assert document.operation("read_member").access == Access(authenticated=True, owner=True)


def test_a_password_makes_an_account() -> None:
    document = read("Person: username, password\nNote: title, body")
    assert document.account_entity is not None
    assert document.account_entity.account is not None
    assert document.account_entity.account.login_field == "username"


def test_two_kinds_of_accounts_are_a_question() -> None:
    document = read("Member: account, name\nStaff: account, name")
    assert document.questions[0].default == "Member"
    assert sum(entity.account is not None for entity in document.entities) == 1


def test_contexts_hold_what_refers_to_one_another() -> None:
    document = read("Track books, members and loans; a member borrows a book. Track invoices. Users can log in.")
    assert [(context.name, context.entities) for context in document.contexts] == [
        ("books", ("Book", "Member", "Loan")),
        ("invoices", ("Invoice",)),
        ("users", ("User",)),
    ]
