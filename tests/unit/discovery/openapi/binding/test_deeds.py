"""States, files, many records at once, counts, parts of records, and what nobody can explain."""

from devmatrix.discovery.document import DiscoveryDocument, FieldType
from devmatrix.discovery.interface import Effect, Source
from tests.unit.discovery.openapi.binding.labelled import (
    NUMBER,
    TEXT,
    bound,
    listed,
    operation,
    query,
    record,
    ref,
)

_CRATE = record("id", "state", id=NUMBER, label=TEXT, state={"type": "string", "enum": ["packed", "shipped", "lost"]})
_CRATES = {
    "POST /crates | create Crate": operation(ref("Crate"), record(label=TEXT), status=201),
    "GET /crates/{id} | read Crate": operation(ref("Crate")),
}


def _effect(found: DiscoveryDocument, operation_id: str) -> Effect:
    assert found.interface
    effect = found.interface.endpoint(operation_id).effect
    assert effect
    return effect


def test_transitions_move_a_state_from_the_first_choice_on() -> None:
    found = bound(
        {
            **_CRATES,
            "POST /crates/{id}/ship | transition Crate": operation(
                ref("Crate"), summary="Only packed crates can be shipped", errors={"409": "Not packed"}
            ),
            "POST /crates/{id}/lose | transition Crate": operation(ref("Crate"), errors={"409": "Lost already"}),
        },
        {"Crate": _CRATE},
    )
    states = found.entity("Crate").states
    assert states is not None
    assert (states.field, states.initial) == ("state", "packed")
    assert [(one.name, one.sources, one.target) for one in states.transitions] == [
        ("ship", ("packed",), "shipped"),
        ("lose", ("packed", "shipped"), "lost"),
    ]
    assert found.operation("post_crates_id_ship").transition == "ship"
    assert any("lose leads to lost from every other state" in one.text for one in found.assumptions)


def test_words_and_prefixes_tell_where_a_transition_leads() -> None:
    card = record("id", id=NUMBER, state={"type": "string", "enum": ["active", "frozen", "blocked"]})
    found = bound(
        {
            "POST /cards | create Card": operation(ref("Card"), record(label=TEXT), status=201),
            "GET /cards/{id} | read Card": operation(ref("Card")),
            "POST /cards/{id}/freeze | transition Card": operation(ref("Card")),
            "POST /cards/{id}/unfreeze | transition Card": operation(ref("Card")),
            "POST /cards/{id}/report | transition Card": operation(ref("Card"), summary="ACTIVE to BLOCKED"),
        },
        {"Card": card},
    )
    states = found.entity("Card").states
    assert states is not None
    assert [(one.name, one.target) for one in states.transitions] == [
        ("freeze", "frozen"),
        ("unfreeze", "active"),
        ("report", "blocked"),
    ]
    assert states.transitions[2].sources == ("active",)


def test_a_state_that_bodies_set_is_written_without_a_machine() -> None:
    found = bound(
        {
            "POST /crates | create Crate": operation(ref("Crate"), ref("Crate"), status=201),
            "GET /crates/{id} | read Crate": operation(ref("Crate")),
            "POST /crates/{id}/ship | transition Crate": operation(ref("Crate")),
        },
        {"Crate": _CRATE},
    )
    assert found.entity("Crate").states is None
    writes = _effect(found, "post_crates_id_ship").writes
    assert [(one.attribute, one.place, one.value) for one in writes] == [("state", "constant", "shipped")]


def test_a_verb_that_changes_nothing_known_is_nobodys() -> None:
    found = bound({**_CRATES, "POST /crates/{id}/weigh | transition Crate": operation(ref("Crate"))}, {"Crate": _CRATE})
    assert found.interface
    endpoint = found.interface.endpoint("post_crates_id_weigh")
    assert endpoint.effect is None
    assert "weigh" in endpoint.why_not
    assert [(one.entity, one.attribute, one.name) for one in endpoint.finds] == [("Crate", "id", "id")]
    assert [str(one.reason) for one in endpoint.refusals] == ["invalid_path", "missing", "unwritten"]


def test_files_are_kept_and_sent_again() -> None:
    form = record("file", file={"type": "string", "format": "binary"})
    found = bound(
        {
            **_CRATES,
            "PUT /crates/{id}/picture | upload Crate": operation(status=204, body=form, media="multipart/form-data"),
            "GET /crates/{id}/picture | download Crate": operation(),
        },
        {"Crate": _CRATE},
    )
    assert found.entity("Crate").attribute("picture").type is FieldType.BINARY
    upload = _effect(found, "put_crates_id_picture")
    assert [(one.attribute, one.name) for one in upload.writes] == [("picture", "/file")]
    assert _effect(found, "get_crates_id_picture").lookups[-1].entity == "Crate"


def test_a_file_that_nobody_sends_cannot_be_fetched() -> None:
    found = bound({**_CRATES, "GET /crates/{id}/bill | download Crate": operation()}, {"Crate": _CRATE})
    assert found.interface
    assert "takes in the file" in found.interface.endpoint("get_crates_id_bill").why_not


def test_an_upload_below_another_record_makes_a_record() -> None:
    form = record("file", file={"type": "string", "format": "binary"}, caption=TEXT)
    found = bound(
        {
            **_CRATES,
            "POST /crates/{id}/photos | upload Photo": operation(
                ref("Photo"), form, status=201, media="multipart/form-data"
            ),
            "GET /crates/{id}/photos | nested_list Photo": operation(listed(ref("Photo"))),
        },
        {"Crate": _CRATE, "Photo": record("id", id=NUMBER, caption=TEXT)},
    )
    assert found.operation("post_crates_id_photos").kind == "nested_create"
    writes = _effect(found, "post_crates_id_photos").writes
    assert [(one.attribute, one.place) for one in writes] == [
        ("file", "body"),
        ("caption", "body"),
        ("crate", "parent"),
    ]


def test_many_records_are_made_and_deleted_at_once() -> None:
    found = bound(
        {
            **_CRATES,
            "POST /crates/bulk | bulk_create Crate": operation(listed(ref("Crate")), listed(record(label=TEXT))),
            "POST /crates/bulk-delete | bulk_delete Crate": operation(
                record(deleted=NUMBER), record("ids", ids=listed(NUMBER))
            ),
        },
        {"Crate": _CRATE},
    )
    made = _effect(found, "post_crates_bulk")
    assert (made.batch, [one.name for one in made.writes]) == ("", ["/label"])
    assert made.answer
    assert made.answer.source is Source.RECORDS
    gone = _effect(found, "post_crates_bulk_delete")
    assert (gone.batch, [(one.place, one.name, one.attribute) for one in gone.lookups]) == (
        "/ids",
        [("body", "", "id")],
    )
    assert gone.answer
    assert gone.answer.fields[0].value.source is Source.COUNT


def test_counts_are_one_number_or_one_for_each_value() -> None:
    found = bound(
        {
            **_CRATES,
            "GET /crates/count | count Crate": operation(record(count=NUMBER), parameters=[query("state")]),
            "GET /crates/inventory | count Crate": operation(
                {"type": "object", "additionalProperties": NUMBER}, summary="By state"
            ),
        },
        {"Crate": _CRATE},
    )
    single, each = _effect(found, "get_crates_count"), _effect(found, "get_crates_inventory")
    assert single.answer
    assert each.answer
    assert single.answer.fields[0].value.source is Source.COUNT
    assert [one.path for one in single.filters] == [("state",)]
    assert (each.answer.source, each.answer.attribute) == (Source.COUNTS, "state")


def test_the_only_one_of_its_kind_is_a_part_of_what_has_it() -> None:
    limits = record("perDay", perDay=NUMBER)
    found = bound(
        {
            **_CRATES,
            "GET /crates/{id}/limits | nested_read Limits": operation(ref("Limits")),
            "PUT /crates/{id}/limits | nested_replace Limits": operation(ref("Limits"), ref("Limits")),
        },
        {"Crate": _CRATE, "Limits": limits},
    )
    assert [one.name for one in found.entities] == ["Crate"]
    assert found.operation("put_crates_id_limits").kind == "nested_replace"
    effect = _effect(found, "put_crates_id_limits")
    assert (effect.entity, [one.attribute for one in effect.writes]) == ("Crate", ["perDay"])
    assert effect.answer
    assert found.interface
    assert found.interface.view(effect.answer.view).shape == "Limits"


def test_what_documents_no_success_answers_200() -> None:
    found = bound(
        {
            **_CRATES,
            "DELETE /crates/{id} | delete Crate": {"parameters": [], "responses": {"404": {"description": ""}}},
        },
        {"Crate": _CRATE},
    )
    assert found.operation("delete_crates_id").success_status == 200
    assert _effect(found, "delete_crates_id").answer is None


def test_answers_around_the_record_are_remarks_and_its_key() -> None:
    found = bound(
        {
            "POST /crates | create Crate": operation(
                record("created", "crateId", created={"type": "boolean"}, crateId=NUMBER, message=TEXT),
                record(label=TEXT),
                status=201,
            ),
            "GET /crates/{id} | read Crate": operation(ref("Crate")),
        },
        {"Crate": _CRATE},
    )
    answer = _effect(found, "post_crates").answer
    assert answer
    assert found.interface
    members = {one.name: one.value for one in found.interface.view(answer.view).members}
    assert (members["created"].value, members["message"].value) == (True, "OK")
    assert (members["crateId"].source, members["crateId"].attribute) == (Source.ATTRIBUTE, "id")
