"""The runner over clients that answer, that do not, and that stop answering."""

from collections.abc import Mapping

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.discovery.proofs import actors_for, requirements_for
from devmatrix.validation.scenarios import play_with
from devmatrix.validation.scenarios.failure import ServiceFailure
from tests import documents
from tests.reference_api import Answer, ReferenceApi


def proven() -> DiscoveryDocument:
    document = documents.accounts()
    return document.model_copy(update={"actors": actors_for(document), "requirements": requirements_for(document)})


class Dying(ReferenceApi):
    """Stops answering after some requests."""

    left = 0

    def request(
        self, method: str, url: str, /, *, headers: Mapping[str, str] | None = None, content: bytes | None = None
    ) -> Answer:
        self.left -= 1
        if self.left < 0:
            raise ServiceFailure(f"the service did not answer {method} {url}")
        return super().request(method, url, headers=headers, content=content)


class Locked(ReferenceApi):
    def restore(self) -> None:
        raise ServiceFailure("the database app.db cannot be restored: database is locked")


def test_each_scenario_starts_from_the_accounts_of_the_actors_alone() -> None:
    document = proven()
    api = ReferenceApi(document)
    assert all(verdict.passed for verdict in play_with(api, api, document))
    api.restore()
    assert len(api.tables["User"]) == len(document.actors)


def test_only_the_chosen_scenarios_are_played_in_the_order_of_the_document() -> None:
    document = proven()
    api = ReferenceApi(document)
    ids = [scenario.id for requirement in document.requirements for scenario in requirement.scenarios]
    chosen = {ids[7], ids[2]}
    assert [verdict.scenario_id for verdict in play_with(api, api, document, only=chosen)] == [ids[2], ids[7]]


def test_a_failure_names_the_step_the_request_and_both_answers() -> None:
    document = proven()
    api = ReferenceApi(document, ["create-200"])
    failed = next(item for item in play_with(api, api, document) if "is created with all" in item.message)
    assert not failed.passed
    assert "when a user is created with all attributes\n  sent POST /users as admin {" in failed.message
    assert "status: expected 201, got 200" in failed.message


def test_a_service_that_dies_fails_the_rest_and_raises_nothing() -> None:
    document = proven()
    api = Dying(document)
    api.left = 60
    verdicts = play_with(api, api, document)
    assert verdicts[0].passed
    assert not verdicts[-1].passed
    assert verdicts[-1].message == "not played: the service does not answer any more"
    assert sum("did not answer" in item.message for item in verdicts) == 3


def test_a_service_that_never_answers_fails_all() -> None:
    document = proven()
    api = Dying(document)
    verdicts = play_with(api, api, document)
    assert len(verdicts) == sum(len(requirement.scenarios) for requirement in document.requirements)
    assert not any(verdict.passed for verdict in verdicts)
    assert all(verdict.message for verdict in verdicts)


def test_an_actor_that_cannot_sign_in_fails_only_what_it_plays() -> None:
    document = proven()
    broken = document.actors[0].model_copy(update={"setup": document.actors[1].setup[:0]})
    document = document.model_copy(update={"actors": (broken, *document.actors[1:])})
    api = ReferenceApi(document)
    verdicts = play_with(api, api, document)
    assert any("the account admin could not be set up" in verdict.message for verdict in verdicts)
    assert verdicts[0].passed


def test_a_database_that_stays_locked_fails_scenarios_with_the_reason() -> None:
    document = proven()
    api = Locked(document)
    assert "database is locked" in play_with(api, api, document)[0].message
