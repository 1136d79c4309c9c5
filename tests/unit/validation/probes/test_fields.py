"""What bodies hold, and what they must not set."""

from devmatrix.discovery.document import FieldType
from devmatrix.validation.probes.exchanges import NOTHING
from devmatrix.validation.probes.fields import at, fields, forbidden, put
from tests import documents


def test_values_are_found_and_put_by_pointer() -> None:
    body = {"a": {"b~/c": [1, {"d": 2}]}}
    assert at(body, "/a/b~0~1c/1/d") == 2
    assert at(body, "/a/x") is NOTHING
    assert put(body, "/a/b~0~1c/1/d", 3) == {"a": {"b~/c": [1, {"d": 3}]}}
    assert put({}, "/a/b", 1) == {"a": {"b": 1}}
    assert body == {"a": {"b~/c": [1, {"d": 2}]}}


def test_free_texts_are_those_without_a_form() -> None:
    document = documents.owned_notes()
    free = {item.attribute for item in fields(document, document.operation("create_note")) if item.free}
    assert free == {"title", "body"}
    patterns = {item.attribute for item in fields(document, document.operation("create_note")) if item.pattern}
    assert patterns == {"slug"}
    assert fields(document, document.operation("login")) == ()


def test_what_the_service_sets_is_forbidden() -> None:
    document = documents.owned_notes()
    names = forbidden(document, document.operation("create_note"))
    assert {"id", "owner_id", "created_at", "version", "a_property_of_nobody"} <= set(names)
    assert not {"title", "body", "slug", "pinned"}.intersection(names)


def test_a_role_is_forbidden_to_those_who_serve_themselves() -> None:
    document = documents.accounts()
    assert forbidden(document, document.operation("register"))["role"] == ("role", FieldType.ENUM)
    assert "role" in forbidden(document, document.operation("patch_current"))
    assert "role" not in forbidden(document, document.operation("create_user"))
