"""Situations: which request of which scenario shows that an operation succeeds, and which operation a path means."""

import pytest

from devmatrix.discovery.interface import Reason
from devmatrix.validation.probes.situations import Situations
from tests import documents
from tests.integration.stacks.projects import with_scenarios


@pytest.fixture(scope="module")
def situations() -> Situations:
    return Situations(with_scenarios(documents.accounts()))


@pytest.mark.parametrize(
    ("method", "target", "operation"),
    [
        ("GET", "/users/1", "read_user"),
        ("GET", "/users?limit=1", "list_users"),
        ("PATCH", "/auth/me", "patch_current"),
        ("DELETE", "/users/1?x=/users", "delete_user"),
        ("GET", "/users/1/", None),
        ("GET", "/users/", None),
        ("HEAD", "/users", None),
    ],
)
def test_a_request_means_one_operation(situations: Situations, method: str, target: str, operation: str | None) -> None:
    found = situations.operation_at(method, target)
    assert (found.id if found is not None else None) == operation


def test_each_operation_succeeds_somewhere(situations: Situations) -> None:
    assert set(situations.successes) == {operation.id for operation in situations.document.operations}
    for name, items in situations.successes.items():
        assert [item.weight for item in items] == sorted(item.weight for item in items)
        assert all(item.act.expect.status == situations.document.operation(name).success_status for item in items)


def test_what_is_given_was_not_refused(situations: Situations) -> None:
    items = [item for group in situations.successes.values() for item in group]
    assert all(step.expect.status < 400 for item in items for step in item.given)
    assert any(item.given for item in items)


def test_the_fullest_has_the_largest_body(situations: Situations) -> None:
    found = situations.fullest(situations.document.operation("create_announcement"))
    assert found is not None
    assert isinstance(found.act.body, dict)
    assert set(found.act.body) == {"headline", "shown_from"}


def test_refusals_are_found_by_their_reason(situations: Situations) -> None:
    reasons = {Reason.UNAUTHENTICATED: 401, Reason.FORBIDDEN: 403}
    for reason, status in reasons.items():
        items = list(situations.refused(reason))
        assert items
        assert {item.act.expect.status for item in items} == {status}
