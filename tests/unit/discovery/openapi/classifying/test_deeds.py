"""Associations that are put on and off, and deeds that change the state of a record."""

import pytest

from devmatrix.discovery.openapi.classified import Classified
from tests.unit.discovery.openapi.classifying.sketches import differences, sketch

_CALLER = """
    User {id:int, name}
    Kite {id:int, name, state:stored|flying|lost, starred:bool, starsCount:int}
    GET* /me -> User
    GET /users/{userId} -> User
    GET /kites -> [Kite]
    GET /kites/{id} -> Kite
"""

SKETCHES = {
    "the caller's mark, POST and DELETE": """
        POST* /kites/{id}/star -> Kite | link Kite
        DELETE* /kites/{id}/star -> Kite | unlink Kite
        PUT* /kites/{id}/shelve | link Kite
        DELETE* /kites/{id}/shelve | unlink Kite
    """,
    "the caller's mark, two deeds": """
        POST* /kites/{id}/like | link Kite
        POST* /kites/{id}/unlike | unlink Kite
        POST* /kites/{id}/join | link Kite
        POST* /kites/{id}/leave | unlink Kite
    """,
    "the caller's list": """
        GET* /me/starred -> [Kite] | list Kite
        PUT* /me/starred/{kiteId} | link Kite
        DELETE* /me/starred/{kiteId} | unlink Kite
    """,
    "two records": """
        Winch {id:int, brand}
        GET /winches -> [Winch] | list Winch
        PUT /kites/{id}/winches/{winchId} | link Winch
        DELETE /kites/{id}/winches/{winchId} | unlink Winch
        GET /winches/{id}/kites -> [Kite] | nested_list Kite
    """,
    "two records, the key in the body": """
        Winch {id:int, brand}
        GET /winches -> [Winch] | list Winch
        GET /winches/{id} -> Winch | read Winch
        GET /kites/{id}/winches -> [Winch] | nested_list Winch
        POST /kites/{id}/winches {winchId:int} -> Kite | link Kite
        DELETE /kites/{id}/winches/{winchId} | unlink Winch
    """,
    "a record with properties of its own between two": """
        Stake {userId:int, share:num}
        GET /kites/{id}/stakes -> [Stake] | nested_list Stake
        POST /kites/{id}/stakes {userId:int, share:num} -> 201 Stake | nested_create Stake
        DELETE /kites/{id}/stakes/{userId} | nested_delete Stake
    """,
    "a state put on and off, and a mark that nobody could hold": """
        Gate {id:int, locked:bool, mode:idle|archived}
        GET /gates/{id} -> Gate
        PUT* /gates/{id}/lock | transition Gate
        DELETE* /gates/{id}/lock | transition Gate
        PUT* /gates/{id}/archive | transition Gate
        DELETE* /gates/{id}/archive | transition Gate
        PUT* /gates/{id}/hold | custom
        DELETE* /gates/{id}/hold | custom
    """,
    "a state": """
        POST /kites/{id}/lose -> Kite | transition Kite
        PUT /kites/{id}/store | transition Kite
        POST /kites/{id}/launch -> Kite "stored -> flying" | transition Kite
        POST /kites/{id}/repaint -> Kite | custom
        POST /kites/{id}/send {to} -> 202 | custom
        PUT /kites/{id}/state {state:stored|flying|lost} -> Kite | transition Kite
    """,
    "an action after a colon": """
        POST /kites/{id}:lose | transition Kite
        POST /kites:count -> {count:int} | custom
        GET /kites:count -> {count:int} | count Kite
    """,
}


@pytest.mark.parametrize("text", SKETCHES.values(), ids=SKETCHES)
def test_deeds(text: str) -> None:
    assert differences(sketch(_CALLER + text)) == []


def _one(text: str, method: str, path: str) -> Classified:
    found = sketch(_CALLER + text).classified.operations
    return next(one for one in found if (one.operation.method, one.operation.path) == (method, path))


def test_a_transition_says_what_changes() -> None:
    text = SKETCHES["a state"]
    assert _one(text, "POST", "/kites/{id}/lose").becomes == ("state", "lost")
    assert _one(text, "POST", "/kites/{id}/launch").becomes == ("state", "flying")
    assert _one(text, "PUT", "/kites/{id}/state").becomes is None


@pytest.mark.parametrize(
    ("properties", "verb", "becomes"),
    [
        ("published:bool", "publish", ("published", True)),
        ("isPublished:bool", "unpublish", ("isPublished", False)),
        ("archivedAt?:date", "archive", ("archivedAt", True)),
        ("status:OPEN|IN_PROGRESS|CLOSED", "close", ("status", "CLOSED")),
        ("status:open|in-transit|received", "dispatch", ("status", "in-transit")),
        ("zustand:AKTIV|STORNIERT", "stornieren", ("zustand", "STORNIERT")),
        ("state:available|blocked", "unblock", ("state", "available")),
        ("state:requires_check|succeeded|failed", "check", ("state", "succeeded")),
        ("attributes:{status:open|closed}", "close", ("status", "closed")),
        ("state:coming|noshow", "no-show", ("state", "noshow")),
    ],
)
def test_what_shows_a_deed(properties: str, verb: str, becomes: tuple[str, object]) -> None:
    found = sketch(f"""
        Kite {{id:int, {properties}}}
        GET /kites/{{id}} -> Kite
        POST /kites/{{id}}/{verb} -> Kite
    """).classified.operations[1]
    assert (found.kind, found.becomes) == ("transition", becomes)


def test_what_is_deleted_is_undone() -> None:
    text = SKETCHES["a state put on and off, and a mark that nobody could hold"]
    assert _one(text, "PUT", "/gates/{id}/lock").becomes == ("locked", True)
    assert _one(text, "DELETE", "/gates/{id}/lock").becomes == ("locked", False)
    assert _one(text, "DELETE", "/gates/{id}/archive").becomes == ("mode", "idle")


def test_the_sides_of_an_association() -> None:
    by_caller = _one(SKETCHES["the caller's mark, POST and DELETE"], "POST", "/kites/{id}/star")
    assert (by_caller.of_caller, by_caller.resource, by_caller.linked, by_caller.verb) == (True, "Kite", "User", "star")
    between = _one(SKETCHES["two records"], "PUT", "/kites/{id}/winches/{winchId}")
    assert (between.of_caller, between.resource, between.linked) == (False, "Winch", "Kite")
    assert [step.resource for step in between.steps] == ["Kite", "Winch"]
    by_key = _one(SKETCHES["two records, the key in the body"], "POST", "/kites/{id}/winches")
    assert (by_key.resource, by_key.linked, by_key.key_at) == ("Kite", "Winch", "/winchId")


def test_lists_over_associations_say_so() -> None:
    assert _one(SKETCHES["the caller's list"], "GET", "/me/starred").linked == "User"
    assert _one(SKETCHES["two records"], "GET", "/winches/{id}/kites").linked == "Winch"
    assert _one(SKETCHES["a record with properties of its own between two"], "GET", "/kites/{id}/stakes").linked is None
