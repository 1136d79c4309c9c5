"""Requests whose scenarios once were wrong: a service that obeys the conventions must pass all of them."""

import pytest

from devmatrix.discovery import DiscoveryDocument, discover
from devmatrix.discovery.proofs import omissions_for
from devmatrix.validation.scenarios import play_with
from tests.reference_api import ReferenceApi

REQUESTS = {
    "an email that is unique and optional": "Sign: tag email unique?, no patch",
    "patches that a rule binds to one another": "Slot: starts time, ends time, kind time, check starts != ends",
    "a unique decimal as a number": "Fee: amount decimal(2) unique",
    "a unique decimal of few values": "Fee: amount decimal(2) 0..0.05 unique",
    "accounts that others may delete, but not read": (
        "User: account, role member|admin, write by accounts\nBody: text, host -> User"
    ),
    "accounts that only they themselves may read": "User: account, title, write by accounts\nBody: text, host -> User",
    "accounts that only they themselves may read, with states": (
        "User: account, write by accounts, states open -(lend)-> lent -(give_back)-> open"
    ),
    "accounts that go with others": (
        "User: account, title, boss -> User? cascade, mate -> User? set null, write by accounts"
    ),
    "accounts whose roles nobody can give": (
        "User: account, role member|clerk|admin, edit by clerk\nBody: text, write by clerk"
    ),
    "accounts that anyone may write": (
        "User: account, role member|clerk|admin, write by anyone\nBody: text, write by clerk"
    ),
    "the administrator first": "User: account, role admin|basic, create by admin",
    "accounts that link": "User: account, badges -> Badge[], write by accounts\nBadge: name",
    "accounts that only they themselves may move": "User: account, states open -(lend)-> lent -(give_back)-> open",
    "accounts that are kept when deleted": "User: account, title, soft delete",
    "accounts with a unique flag": "User: account, code decimal(0) -2.5..2.5 unique",
    "anyone creates what has an owner": "User: account\nBody: text, owner, write by anyone",
    "a rule on what is unique": "Slot: starts datetime?, ends datetime? unique, check starts > ends",
    "a default that is unique together": "Slot: kind closed|open = closed, place int 1..1, unique(kind, place)",
    "accounts with a code of few values": "User: account, code string /^[A-Z]$/",
    "accounts with a unique code of few values": "User: account, code string unique /^[A-Z]$/",
}


def failures(document: DiscoveryDocument) -> list[str]:
    api = ReferenceApi(document)
    return [f"{item.scenario_id} {item.message}" for item in play_with(api, api, document) if not item.passed]


@pytest.mark.parametrize("text", REQUESTS.values(), ids=REQUESTS)
def test_a_service_that_obeys_the_conventions_passes_all_scenarios(text: str) -> None:
    document = discover(text)
    assert all(statement.understood for statement in document.statements)
    assert failures(document) == []


def test_an_actor_whose_role_nobody_can_give_does_not_play() -> None:
    document = discover(REQUESTS["accounts whose roles nobody can give"])
    assert [actor.name for actor in document.actors] == ["admin", "alice", "bob"]
    assert any("nobody has a role" in omission for omission in omissions_for(document))


def test_registration_never_makes_an_administrator() -> None:
    document = discover(REQUESTS["the administrator first"])
    assert document.entity("User").attribute("role").choices == ("basic", "admin")
