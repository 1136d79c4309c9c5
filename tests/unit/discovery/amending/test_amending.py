"""Prose, pages and tables that amend a document: what they say is carried into it, or listed with the reason."""

import pytest

from devmatrix.discovery import Source, discover
from devmatrix.discovery.composing import read
from devmatrix.discovery.document import Access, Attribute, Default, DiscoveryDocument, FieldType, OperationKind
from devmatrix.discovery.given import require_sound
from devmatrix.discovery.interface import Reason
from devmatrix.discovery.openapi import read_openapi
from devmatrix.discovery.shapes import Shape
from devmatrix.discovery.writing import write_document
from devmatrix.errors import RequestError
from tests.documents import library
from tests.imported_documents import trails


def amended(base: DiscoveryDocument, *texts: str, page: str = "") -> DiscoveryDocument:
    sources = [Source(write_document(base), "base.yaml"), *map(Source, texts)]
    document = read([*sources, *([Source(page, "rules.md")] if page else [])])
    require_sound(document)
    return document


def lost(document: DiscoveryDocument) -> dict[str, str]:
    return {item.span.text: item.became for item in document.statements if not item.understood}


def access(document: DiscoveryDocument, id_: str) -> Access:
    return document.operation(id_).access


@pytest.mark.parametrize("base", [library(), trails()], ids=["conventional", "imported"])
def test_a_document_alone_is_taken_as_it_is(base: DiscoveryDocument) -> None:
    document = read([Source(write_document(base), "base.yaml")])
    unchanged = {"sources": base.sources, "statements": base.statements}
    assert document.model_copy(update=unchanged) == base


def test_limits_change_the_fields_that_they_name_and_nothing_else() -> None:
    base = library()
    document = amended(
        base,
        "The title of a book has at most 80 characters. Copies must be positive. The summary is required. "
        "The room of a shelf is at most 9 characters.",
    )
    assert not lost(document)
    book, shelf = document.entity("Book"), document.entity("Shelf")
    assert (book.attribute("title").max_length, book.attribute("copies").exclusive_minimum) == (80, 0)
    assert book.attribute("summary").required
    changed = {"title", "copies", "summary"}
    assert [item for item in book.attributes if item.name not in changed] == [
        item for item in base.entity("Book").attributes if item.name not in changed
    ]
    assert document.operations == base.operations
    assert document.contexts == base.contexts
    assert shelf.attribute("room").max_length == 9


def test_new_things_come_with_their_operations_beside_those_of_the_document() -> None:
    base = library()
    document = amended(base, "A review has a text and a rating between 1 and 5. Each review belongs to a book.")
    assert document.operations[: len(base.operations)] == base.operations
    added = {item.path for item in document.operations[len(base.operations) :]}
    assert {"/reviews", "/reviews/{review_id}", "/books/{book_id}/reviews"} <= added
    assert "Review" in {name for context in document.contexts for name in context.entities}


def test_a_rule_of_access_changes_the_operations_that_it_names() -> None:
    base = library()
    document = amended(base, "Only admins may delete books. Shelves cannot be deleted.")
    assert access(document, "delete_book") == Access(authenticated=True, roles=("admin",))
    assert access(document, "patch_book") == access(base, "patch_book")
    assert document.account_entity is not None
    assert "delete_shelf" in {item.id for item in base.operations} - {item.id for item in document.operations}


def test_only_admins_may_delete_means_everything() -> None:
    document = amended(library(), "and only admins may delete")
    deletes = [item for item in document.operations if item.kind is OperationKind.DELETE]
    assert len(deletes) > 4
    assert all(item.access.roles == ("admin",) for item in deletes)


def test_tables_amend_a_document_without_interface() -> None:
    table = "CREATE TABLE review (id integer PRIMARY KEY, body varchar(40) NOT NULL);"
    document = read([Source(write_document(library()), "base.yaml"), Source(table, "more.sql")])
    assert document.entity("Review").attribute("body").max_length == 40
    require_sound(document)


def test_several_documents_are_refused() -> None:
    text = write_document(library())
    with pytest.raises(RequestError, match=r"several documents: a\.yaml, b\.yaml"):
        read([Source(text, "a.yaml"), Source(text, "b.yaml")])


def test_amended_documents_are_proven() -> None:
    document = discover([Source(write_document(library()), "base.yaml"), Source("Only admins may delete books.")])
    texts = [item.text for item in document.requirements if "delete_book" in item.operations]
    assert any("admin" in text.lower() for text in texts)


def body_of(document: DiscoveryDocument, id_: str, key: str) -> Shape:
    assert document.interface is not None
    endpoint = document.interface.endpoint(id_)
    shape = document.interface.resolve(endpoint.bodies[0].shape)
    envelope = shape.properties[0].shape
    found = document.interface.resolve(envelope).property(key)
    assert found is not None
    return document.interface.resolve(found.shape)


def test_limits_of_an_imported_api_go_into_attributes_bodies_and_refusals() -> None:
    base = trails()
    document = amended(base, "The title has at most 80 characters. The title of a trail is unique.")
    assert not lost(document)
    title = document.entity("Trail").attribute("title")
    assert (title.max_length, title.unique) == (80, True)
    for id_ in ("create_trail", "update_trail"):
        assert body_of(document, id_, "title").max_length == 80
        assert body_of(base, id_, "title").max_length == 100
        assert document.interface is not None
        reasons = [refusal.reason for refusal in document.interface.endpoint(id_).refusals]
        assert reasons.count(Reason.DUPLICATE) == 1
    assert document.operations == base.operations


def test_what_is_required_is_required_where_records_are_made() -> None:
    document = amended(trails(), "walked on is required.")
    assert document.interface is not None
    shape = document.interface.resolve(document.interface.endpoint("add_report").bodies[0].shape)
    inner = document.interface.resolve(shape.properties[0].shape)
    assert {one.name for one in inner.properties if one.required} == {"body", "walked_on"}


def with_roles() -> DiscoveryDocument:
    """The trails, with accounts that have a role."""
    base = trails()
    member = base.entity("Member")
    role = Attribute(name="role", type=FieldType.ENUM, choices=("member", "admin"), required=False)
    assert member.account is not None
    marks = member.account.model_copy(update={"role_field": "role", "admin_role": "admin"})
    member = member.model_copy(update={"attributes": (*member.attributes, role), "account": marks})
    return base.model_copy(update={"entities": (member, *base.entities[1:])})


def test_a_rule_for_a_role_that_the_document_knows_goes_into_access_and_refusals() -> None:
    document = amended(with_roles(), page="# Rules\n\n- Only admins may delete trails.\n")
    assert not lost(document)
    assert access(document, "delete_trail") == Access(authenticated=True, roles=("admin",))
    assert access(document, "update_trail").owner
    assert document.interface is not None
    reasons = {refusal.reason for refusal in document.interface.endpoint("delete_trail").refusals}
    assert {Reason.UNAUTHENTICATED, Reason.FORBIDDEN} <= reasons


def test_what_was_open_to_all_asks_for_the_documents_own_credentials() -> None:
    document = amended(with_roles(), "Only admins may list trails.")
    assert document.interface is not None
    listed, created = (document.interface.endpoint(id_) for id_ in ("list_trails", "create_trail"))
    assert listed.schemes == created.schemes
    assert access(document, "list_trails").authenticated
    assert {refusal.reason for refusal in listed.refusals} >= {Reason.UNAUTHENTICATED, Reason.FORBIDDEN}


def test_a_role_that_the_document_does_not_know_is_kept_inside_the_service() -> None:
    document = amended(trails(), "Only admins may delete trails. Only moderators may delete reports.")
    assert not lost(document)
    member = document.entity("Member")
    role = member.attribute("role")
    assert role.server_set
    assert (role.choices, role.default) == (("user", "admin", "moderator"), Default(kind="literal", value="user"))
    assert member.account is not None
    assert (member.account.role_field, member.account.admin_role) == ("role", "admin")
    assert member.account.seeded == ("admin", "moderator")
    assert access(document, "delete_trail") == Access(authenticated=True, roles=("admin",))
    assert access(document, "delete_report") == Access(authenticated=True, roles=("moderator",))
    assert document.interface is not None
    views = [one for one in document.interface.views if one.entity == "Member"]
    assert all(member.value.attribute != "role" for view in views for member in view.members)


def test_roles_of_callers_with_keys_stand_with_the_accounts_behind_them() -> None:
    document = amended(without_accounts(), "and only admins may delete trails")
    assert not lost(document)
    account = document.account_entity
    assert account is not None
    assert account.account is not None
    assert (account.name, account.account.listed, account.account.seeded) == ("Account", True, ())
    assert account.attribute("role").choices == ("user", "admin")
    assert account.name in {name for context in document.contexts for name in context.entities}
    assert access(document, "delete_trail").roles == ("admin",)


def without_accounts() -> DiscoveryDocument:
    """A list of trails behind a key."""
    return read_openapi(Source(KEYS, "keys.yaml"))


KEYS = """
openapi: 3.0.3
info: {title: Trails, version: "1"}
security: [{key: []}]
paths:
  /trails:
    post:
      operationId: create_trail
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Trail'}}}}
      responses:
        "201": {description: made, content: {application/json: {schema: {$ref: '#/components/schemas/Trail'}}}}
  /trails/{id}:
    delete:
      operationId: delete_trail
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses: {"204": {description: gone}}
components:
  securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}
  schemas: {Trail: {type: object, properties: {id: {type: integer, readOnly: true}, title: {type: string}}}}
"""


REFUSED = {
    "A review has a text.": "Review is not in it",
    "Trails have a colour.": "no property colour",
    "Trails are versioned.": "no header for versions",
    "A trail goes from open to closed.": "no operation for such a transition",
    "Reports cannot be deleted.": "decides which operations there are",
    "Anyone can replace reports.": "no such operation",
    "The start must be before the end.": "not understood",
}


@pytest.mark.parametrize("sentence", REFUSED)
def test_what_an_imported_api_cannot_take_is_listed_with_the_reason_and_changes_nothing(sentence: str) -> None:
    base = trails()
    document = amended(base, f"{sentence} The title has at most 80 characters.")
    assert REFUSED[sentence] in lost(document)[sentence]
    assert document.entity("Trail").attribute("title").max_length == 80
    assert document.operations == base.operations
    title = document.entity("Trail").attribute("title")
    others = [item for item in document.entity("Trail").attributes if item != title]
    assert others == [item for item in base.entity("Trail").attributes if item.name != "title"]


def test_tables_beside_an_imported_api_are_not_understood() -> None:
    document = read([Source(write_document(trails()), "base.yaml"), Source("CREATE TABLE x (y int);", "x.sql")])
    assert "base.yaml decides what is kept" in lost(document)["CREATE TABLE x (y int);"]


def test_the_words_of_the_document_stay_before_those_that_came_to_it() -> None:
    base = library()
    document = amended(base, "Only admins may delete books.", "It feels warm.")
    assert document.request == "\n\n".join([base.request, "Only admins may delete books.", "It feels warm."])
    free = [item.span for item in document.statements if not item.span.source]
    assert [document.request[span.start : span.end] for span in free] == [span.text for span in free]


OPENAPI = """
openapi: 3.0.3
info: {title: Shelves, version: "1"}
components:
  securitySchemes:
    token: {type: http, scheme: bearer}
  schemas:
    Shelf:
      type: object
      required: [id, label]
      properties:
        id: {type: integer, readOnly: true}
        label: {type: string, maxLength: 100}
paths:
  /shelves:
    post:
      operationId: createShelf
      security: [{token: []}]
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Shelf"}}}}
      responses:
        "201": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Shelf"}}}}
  /shelves/{id}:
    get:
      operationId: getShelf
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses:
        "200": {description: found, content: {application/json: {schema: {$ref: "#/components/schemas/Shelf"}}}}
        "404": {description: none}
"""


def test_an_openapi_document_is_amended_by_what_stands_beside_it() -> None:
    rules = "# Rules\n\nThe label has at most 9 characters.\n\nShelves have a colour.\n"
    sources = [Source(OPENAPI, "api.yaml"), Source(rules, "rules.md"), Source("only admins may delete")]
    document = discover(sources)
    require_sound(document)
    assert document.entity("Shelf").attribute("label").max_length == 9
    assert document.interface is not None
    create = next(item for item in document.interface.endpoints if item.document_id == "createShelf")
    label = document.interface.resolve(create.bodies[0].shape).property("label")
    assert label is not None
    assert label.shape.max_length == 9
    assert [file.name for file in document.sources] == ["api.yaml", "rules.md"]
    assert document.request.endswith("\n\nonly admins may delete")
    assert "no property colour" in lost(document)["Shelves have a colour."]
    assert "no such operation" in lost(document)["only admins may delete"]
    assert {name for need in document.requirements for name in need.operations} == {
        item.id for item in document.operations
    }


@pytest.mark.parametrize(
    ("answers", "unique"), [({}, ("Title", "name")), ({"which-titles": "Review.title"}, ("Review", "title"))]
)
def test_what_is_kept_and_called_like_a_field_elsewhere_is_asked_about(
    answers: dict[str, str], unique: tuple[str, str]
) -> None:
    base = write_document(read("Title: name, pages int\nReview: title, text, about -> Title"))
    sources = [Source(base, "base.yaml"), Source("Titles must be unique. Review titles have at most 80 characters.")]
    document = read(sources, answers=answers)
    (question,) = document.questions
    assert (question.id, question.options) == ("which-titles", ("Title.name", "Review.title"))
    marked = [(one.name, item.name) for one in document.entities for item in one.attributes if item.unique]
    assert marked == [unique]
    assert document.entity("Review").attribute("title").max_length == 80


def test_a_field_that_several_records_have_is_named_for_each() -> None:
    base = write_document(read("Film: title, minutes int\nSong: title, seconds int"))
    document = read([Source(base, "base.yaml"), Source("Titles must be unique.")])
    assert document.statements[-1].became == "Film.title and Song.title: unique"
