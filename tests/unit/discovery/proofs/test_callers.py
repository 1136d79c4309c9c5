"""Callers of imported APIs: keys, scopes, accounts of the start, roles; and each planted flaw is found."""

from pathlib import Path

import pytest

from devmatrix.discovery import Source, discover
from devmatrix.discovery.document import Access, DiscoveryDocument
from devmatrix.discovery.interface import Reason
from devmatrix.discovery.interface import Source as Origin
from devmatrix.discovery.proofs.imported.seeds import settings_of
from devmatrix.validation.scenarios.runner import play_with
from tests.imported_reference import ImportedReference

FOLDER = Path(__file__).parents[3] / "openapi" / "accounts"


def read(name: str, *rules: str) -> DiscoveryDocument:
    file = FOLDER / f"{name}.yaml"
    return discover([Source(file.read_text(), file.name, file), *map(Source, rules)])


def failing(document: DiscoveryDocument, *flaws: str) -> set[str]:
    service = ImportedReference(document, flaws)
    return {verdict.scenario_id for verdict in play_with(service, service, document) if not verdict.passed}


def access(document: DiscoveryDocument) -> dict[str, Access]:
    return {operation.id: operation.access for operation in document.operations}


CASES = {
    "seed-bank": (),
    "lending-desk": (),
    "notes": (),
    "diary": (),
    "seed-bank, admins": ("and only admins may delete seeds",),
    "lending-desk, librarians": ("Only librarians may delete tools.",),
    "notes, editors": ("Only editors may read notes.",),
}


@pytest.mark.parametrize("case", CASES)
def test_everything_that_needs_a_caller_is_served_and_proven(case: str) -> None:
    document = read(case.partition(",")[0], *CASES[case])
    assert not failing(document)
    assert document.interface is not None
    assert all(endpoint.effect is not None for endpoint in document.interface.endpoints)
    proven = {name for one in document.requirements for name in one.operations}
    assert proven == {operation.id for operation in document.operations}


@pytest.mark.parametrize(
    ("case", "flaw"),
    [
        ("seed-bank", "open"),
        ("seed-bank", "any key"),
        ("seed-bank", "owner"),
        ("lending-desk", "scope"),
        ("lending-desk", "any key"),
        ("diary", "any refresh"),
        ("diary", "refresh lets in"),
        ("notes", "role"),
        ("notes", "no seed"),
        ("notes", "any token"),
        ("seed-bank, admins", "role"),
        ("seed-bank, admins", "no seed"),
        ("lending-desk, librarians", "role"),
        ("notes, editors", "no seed"),
    ],
)
def test_a_planted_flaw_is_found(case: str, flaw: str) -> None:
    assert failing(read(case.partition(",")[0], *CASES[case]), flaw)


def test_keys_belong_to_accounts_that_are_made_at_start() -> None:
    document = read("seed-bank")
    account = document.entity("Keeper").account
    assert account is not None
    assert (account.login_field, account.listed) == ("username", True)
    assert document.entity("Seed").owner_field == "owner"
    assert access(document)["drop_seed"] == Access(authenticated=True, owner=True)
    assert access(document)["read_seed"] == Access(authenticated=True)
    assert settings_of(document) == {"API_KEYS": "tests-1:key-of-tests-1,tests-2:key-of-tests-2"}


def test_scopes_are_asked_of_the_scheme_that_names_them() -> None:
    document = read("lending-desk")
    assert document.account_entity is None
    assert document.interface is not None
    assert document.interface.endpoint("list_tools").scopes == {"oauth": ("tools:read",)}
    assert document.interface.endpoint("add_tool").scopes == {"oauth": ("tools:read", "tools:write")}
    assert settings_of(document) == {"API_KEYS": "key-of-tests-1,key-of-tests-2,key-of-tests-3 none"}


def test_a_role_in_words_is_kept_inside_and_its_first_account_is_made_at_start() -> None:
    document = read("notes")
    user = document.entity("User")
    assert user.account is not None
    assert (user.account.login_field, user.account.role_field, user.account.seeded) == ("email", "role", ("admin",))
    assert user.attribute("role").server_set
    assert access(document)["drop_note"] == Access(authenticated=True, roles=("admin",))
    assert settings_of(document) == {"ADMIN_LOGIN": "admin@example.com", "ADMIN_PASSWORD": "Admin-password-1"}
    login = document.interface.endpoint("login_for_access_token").effect if document.interface else None
    assert login is not None
    assert login.credentials is not None
    assert (login.credentials.login, login.credentials.login_attribute) == ("/username", "email")


def test_a_token_to_refresh_by_is_another_than_one_that_lets_in() -> None:
    document = read("diary")
    assert document.interface is not None
    renewing, login = (document.interface.endpoint(id_) for id_ in ("refresh_token", "login_for_access_token"))
    assert renewing.effect is not None
    assert renewing.effect.refresh == "/refresh_token"
    assert Reason.BAD_CREDENTIALS in {refusal.reason for refusal in renewing.refusals}
    assert login.effect is not None
    assert login.effect.answer is not None
    sources = {member.name: member.value.source for member in login.effect.answer.fields}
    assert (sources["access_token"], sources["refresh_token"]) == (Origin.TOKEN, Origin.REFRESH_TOKEN)


def test_roles_of_keys_are_words_behind_them() -> None:
    document = read("seed-bank", "and only admins may delete seeds")
    assert access(document)["drop_seed"] == Access(authenticated=True, roles=("admin",))
    assert settings_of(document)["API_KEYS"].endswith(",tests-admin:key-of-tests-admin admin")
