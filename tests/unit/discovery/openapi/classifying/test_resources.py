"""Which kinds of records there are, what they are called, and where they stand in bodies and answers."""

import pytest

from tests.unit.discovery.openapi.classifying.sketches import sketch


@pytest.mark.parametrize(
    ("answer", "at"),
    [
        ("Kite", ""),
        ("{kite:Kite}", "/kite"),
        ("{kiteid:int, kite:Kite}", "/kite"),
        ("{kite:Kite, token}", "/kite"),
        ("{data:Kite, meta:{took:int}}", "/data"),
        ("{success:bool, message, result:Kite}", "/result"),
        ("{status, data:{kite:Kite}}", "/data/kite"),
    ],
)
def test_where_a_record_stands(answer: str, at: str) -> None:
    found = sketch(f"""
        Kite {{id:int, name, parts:[{{name}}]}}
        GET /kites/{{id}} -> {answer}
        PUT /kites/{{id}} Kite -> {answer}
    """).classified
    assert [one.record_at for one in found.operations] == [at, at]
    assert found.resources["Kite"].shape_name == "Kite"


@pytest.mark.parametrize(
    ("answer", "at"),
    [
        ("[Kite]", ""),
        ("{kites:[Kite], kitesCount:int}", "/kites"),
        ("{data:[Kite], meta:{page:int}, links:{next?}}", "/data"),
        ("{_embedded:{kites:[Kite]}, page:{size:int, number:int}}", "/_embedded/kites"),
        ("{status, results:int, data:{kites:[Kite]}}", "/data/kites"),
        ("{inhalt:[Kite], gesamt:int, seite:int}", "/inhalt"),
        ("{object, data:[Kite], has_more:bool, url}", "/data"),
        ("<Kite>", None),
    ],
)
def test_where_records_stand(answer: str, at: str | None) -> None:
    found = sketch(f"""
        Kite {{id:int, name, parts:[{{name}}]}}
        GET /kites -> {answer}
        GET /kites/{{id}} -> Kite
    """).classified
    assert (found.operations[0].kind, found.operations[0].records_at) == ("list", at)


def test_an_object_in_the_body_is_no_envelope_where_the_record_has_it() -> None:
    found = sketch("""
        Kite {id:int, name, owner:{street, city}}
        GET /kites/{id} -> Kite
        PATCH /kites/{id} {owner?:{street, city}} -> Kite
    """).classified
    assert found.operations[1].body_at == ""


def test_one_resource_for_all_forms_of_a_record() -> None:
    found = sketch("""
        NewKite {name, span?:num}
        UpdateKite {name?}
        Kite {id:int, name, span:num, maker:{name}}
        KiteSummary {id:int, name}
        GET /kites -> [KiteSummary]
        POST /kites NewKite -> 201 Kite
        GET /kites/{id} -> Kite
        PATCH /kites/{id} UpdateKite -> Kite
        GET /makers/{makerId}/kites -> [KiteSummary]
        GET /makers/{makerId} -> {id:int, name}
    """).classified
    assert set(found.resources) == {"Kite", "Maker"}
    kite = found.resources["Kite"]
    assert (kite.shape_name, kite.plural, kite.parent) == ("Kite", "kites", None)
    assert [[item.name for item in shape.properties] for shape in kite.inputs] == [["name"], ["name", "span"]]


def test_what_always_lives_in_another_has_a_parent() -> None:
    found = sketch("""
        GET /kites/{id} -> {id:int, name}
        GET /kites/{id}/flights -> [{id:int, wind:num}]
        DELETE /kites/{id}/flights/{flightId}
    """).classified
    assert found.resources["Flight"].parent == "Kite"
    assert [step.resource for step in found.operations[2].steps] == ["Kite", "Flight"]


def test_the_first_of_two_parameters_in_a_row_finds_what_the_record_shows_by_its_name() -> None:
    found = sketch("""
        Pilot {login, name}
        Kite {id:int, name, owner:Pilot}
        GET /kites/{owner}/{kite} -> Kite
        GET /pilots/{login} -> Pilot
    """).classified
    steps = [(step.parameter, step.resource, step.property) for step in found.operations[0].steps]
    assert steps == [("owner", "Pilot", "login"), ("kite", "Kite", "id")]


def test_paths_may_call_a_parameter_otherwise() -> None:
    found = sketch("""
        Kite {id:int, serial, name}
        GET /kites/{kiteId} -> Kite
        POST /kites/{serial}/rename {name} -> Kite
    """).classified
    assert [one.steps[0].parameter for one in found.operations] == ["kiteId", "serial"]
    assert [one.steps[0].property for one in found.operations] == ["id", "serial"]


def test_like_words_with_unlike_records_are_two_resources() -> None:
    found = sketch("""
        GET /kites/{id} -> {id:int, name}
        GET /boats/{id} -> {id:int, name, draught:num}
        GET /kites/{id}/settings -> {trim:num, bridle}
        PUT /kites/{id}/settings {trim:num, bridle} -> {trim:num, bridle}
        GET /boats/{id}/settings -> {anchor:bool, flag}
        PUT /boats/{id}/settings {anchor:bool, flag} -> {anchor:bool, flag}
    """).classified
    assert set(found.resources) == {"Kite", "Boat", "Settings", "BoatSettings"}
    assert len({one.plural for one in found.resources.values()}) == 4


def test_two_collections_of_one_schema_stay_two() -> None:
    found = sketch("""
        Term {id:int, label}
        GET /colours -> [Term]
        POST /colours {label} -> 201 Term
        GET /fabrics -> [Term]
        POST /fabrics {label} -> 201 Term
    """).classified
    assert len({one.resource for one in found.operations}) == 2


@pytest.mark.parametrize(
    ("schema", "segment", "name"),
    [
        ("KiteDto", "kites", "Kite"),
        ("Point", "telemetry", "Point"),
        ("Limits", "limits", "Limit"),
        ("Kurs", "kurse", "Kurs"),
        ("KiteRow", "rows", "KiteRow"),
        ("Item", "kites", "Kite"),
    ],
)
def test_names(schema: str, segment: str, name: str) -> None:
    found = sketch(f"""
        {schema} {{id:int, value:num}}
        GET /{segment} -> [{schema}]
        POST /{segment} {{value:num}} -> 201 {schema}
    """).classified
    assert list(found.resources) == [name]
