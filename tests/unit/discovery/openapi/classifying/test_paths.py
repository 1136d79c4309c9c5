"""Paths in all styles."""

import pytest

from devmatrix.discovery.openapi.classifying.paths import tokens_of
from tests.unit.discovery.openapi.classifying.sketches import differences, sketch

SKETCHES = {
    "verbs and things": """
        Kite {id:int, name}
        POST /getKite {id:int} -> Kite | read Kite
        POST /createKite {name} -> Kite | create Kite
        POST /updateKite {id:int, name?} -> Kite | patch Kite
        POST /deleteKite {id:int} -> {success:bool} | delete Kite
        GET /listKites -> [Kite] | list Kite
        GET /getKiteById?id! -> Kite | read Kite
    """,
    "verbs below things": """
        Kite {id:int, name}
        POST /kites/create {name} -> Kite | create Kite
        GET /kites/list -> {kites:[Kite]} | list Kite
        GET /kites/get/{id} -> Kite | read Kite
        POST /kites/{id}/update {name?} -> Kite | patch Kite
        POST /kites/{id}/delete | delete Kite
    """,
    "dots": """
        Kite {id, name, is_archived:bool}
        POST /kites.create {name} -> {ok:bool, kite:Kite} | create Kite
        GET /kites.list?cursor -> {ok:bool, kites:[Kite], next_cursor} | list Kite
        GET /kites.info?kite! -> {ok:bool, kite:Kite} | read Kite
        POST /kites.paint {kite, colour} -> {ok:bool} | custom
    """,
    "extensions, parentheses, capitals": """
        Kite {KiteID:int, Name}
        GET /Kites.json -> {value:[Kite]} | list Kite
        GET /Kites({key}) -> Kite | read Kite
        PATCH /Kites({key}) Kite | patch Kite
        GET /Kites/$count -> int | count Kite
    """,
    "singular and plural mixed, and spaces": """
        Kite {id:int, name}
        POST /workshop/kite {name} -> Kite | create Kite
        GET /workshop/kites -> [Kite] | list Kite
        GET /workshop/kite/{kiteId} -> Kite | read Kite
    """,
}


@pytest.mark.parametrize("text", SKETCHES.values(), ids=SKETCHES)
def test_styles(text: str) -> None:
    assert differences(sketch(text)) == []


@pytest.mark.parametrize(
    ("path", "tokens"),
    [
        ("/api/v1/kites/{id}", ["kites", "{id}"]),
        ("/v2", ["v2"]),
        ("/kites/{id}.json", ["kites", "{id}"]),
        ("/kites/{id}:fly", ["kites", "{id}", "fly"]),
        ("/Kites({key})/Tail", ["Kites", "{key}", "Tail"]),
        ("/", []),
    ],
)
def test_what_is_left_of_a_path(path: str, tokens: list[str]) -> None:
    assert [token.text for token in tokens_of(path)] == tokens


@pytest.mark.parametrize(
    ("properties", "parameter", "key"),
    [
        ("id:int, name", "kiteId", "id"),
        ("id:int, name", "kite_id", "id"),
        ("code, name", "kiteCode", "code"),
        ("kiteId:int, name", "id", "kiteId"),
        ("kiteid:int, name", "id", "kiteid"),
        ("slug, name", "slug", "slug"),
        ("_id, name", "id", "_id"),
        ("uuid, name", "id", "uuid"),
        ("id:int, username", "username", "username"),
        ("key, name", "kite", "key"),
        ("name, colour", "serial", "serial"),
    ],
)
def test_the_key_of_a_path(properties: str, parameter: str, key: str) -> None:
    found = sketch(f"""
        Kite {{{properties}}}
        GET /kites/{{{parameter}}} -> Kite
    """).classified
    assert [step.property for step in found.operations[0].steps] == [key]
    assert found.resources["Kite"].keys == ((parameter, key),)
