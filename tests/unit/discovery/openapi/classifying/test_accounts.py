"""Who signs in, and what is the caller's own."""

from dataclasses import replace

import pytest

from devmatrix.discovery.interface import Scheme
from devmatrix.discovery.openapi.classifying import classify
from tests.unit.discovery.openapi.classifying.sketches import differences, sketch

SKETCHES = {
    "words of the path": """
        Pilot {id:int, email, name}
        POST /auth/sign-up {email, password, name} -> 201 Pilot | register Pilot
        POST /auth/login {email, password} -> {token} | login Pilot
        POST* /auth/logout | logout Pilot
        POST /auth/refresh {refreshToken} -> {token} | custom
        GET* /auth/me -> Pilot | current Pilot
    """,
    "sessions": """
        Pilot {id:int, email, name}
        POST /sessions {email, password} -> 201 {accessToken} | login Pilot
        DELETE* /sessions/current | logout Pilot
        POST /pilots {email, password, name} -> 201 Pilot | register Pilot
        GET* /me -> Pilot | current Pilot
        PATCH* /me {name?} -> Pilot | current_patch Pilot
        DELETE* /me | delete Pilot
    """,
    "a form, and a token in the singular": """
        Pilot {id:int, username, locked:bool}
        POST /oauth/token {grant_type, username, password} -> {access_token, expires_in:int} | login Pilot
        POST* /pilots {username, password} -> 201 Pilot | create Pilot
        GET* /pilots/{id} -> Pilot | read Pilot
        GET* /pilots/me -> Pilot | current Pilot
        PUT* /pilots/me/password {oldPassword, newPassword} | custom
        POST /password-resets {email} | custom
    """,
    "a login in the query": """
        Pilot {id:int, username, password, phone}
        POST /pilot Pilot -> Pilot | register Pilot
        GET /pilot/login?username!&password! -> str | login Pilot
        GET* /pilot/logout | logout Pilot
        GET /pilot/{username} -> Pilot | read Pilot
    """,
    "envelopes, the singular for the caller, cards for the others": """
        Pilot {email, token, handle, bio, picture?}
        Card {handle, bio, picture, following:bool}
        POST /pilots {pilot:{handle, email, password}} -> 201 {pilot:Pilot} | register Pilot
        POST /pilots/login {pilot:{email, password}} -> {pilot:Pilot} | login Pilot
        GET* /pilot -> {pilot:Pilot} | current Pilot
        PUT* /pilot {pilot:{bio?, picture?}} -> {pilot:Pilot} | current_replace Pilot
        GET /cards/{handle} -> {card:Card} | read Pilot
        POST* /cards/{handle}/follow -> {card:Card} | link Pilot
        DELETE* /cards/{handle}/follow -> {card:Card} | unlink Pilot
    """,
    "verbs in the words": """
        User {userId, username}
        POST /Account/v1/GenerateToken {userName, password} -> {token, expires} | login User
        POST /Account/v1/User {userName, password} -> 201 {userID, username} | register User
        GET* /Account/v1/User/{UUID} -> User | read User
    """,
    "lists of the caller": """
        User {id:int, name}
        Kite {id:int, name}
        GET* /user -> User | current User
        GET* /user/kites -> [Kite] | list Kite
        POST* /user/kites {name} -> 201 Kite | create Kite
        GET /kites/{id} -> Kite | read Kite
    """,
    "no account, though the words look like it": """
        GET /weather/current?city! -> {celsius:num} | custom
        GET /profile -> {vendor, model} | custom
        POST /tokens/count {text} -> {count:int} | custom
    """,
}


@pytest.mark.parametrize("text", SKETCHES.values(), ids=SKETCHES)
def test_accounts(text: str) -> None:
    assert differences(sketch(text)) == []


def test_where_requests_carry_a_password_accounts_are_registered() -> None:
    given = sketch("""
        POST /pilots {name, password} -> 201 {id:int, name}
        GET* /pilots/{id} -> {id:int, name}
    """).given
    basic = replace(given, schemes=(Scheme(name="basic", kind="basic"),))
    assert [classify(one).operations[0].kind for one in (given, basic)] == ["create", "register"]


def test_the_account_is_one_resource_and_marked() -> None:
    found = sketch(SKETCHES["envelopes, the singular for the caller, cards for the others"]).classified
    assert [(one.name, one.is_account, one.shape_name) for one in found.resources.values()] == [
        ("Pilot", True, "Pilot")
    ]
    assert found.resources["Pilot"].keys == (("handle", "handle"),)


def test_what_belongs_to_the_caller_says_so() -> None:
    found = sketch(SKETCHES["lists of the caller"]).classified
    mine = {(one.operation.method, one.operation.path) for one in found.operations if one.of_caller}
    assert mine == {("GET", "/user"), ("GET", "/user/kites"), ("POST", "/user/kites")}
