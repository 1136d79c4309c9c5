"""Who signs in, what they own, what they link."""

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.discovery.interface import Endpoint, Source
from tests.unit.discovery.openapi.binding.labelled import (
    NUMBER,
    TEXT,
    Json,
    bound,
    listed,
    operation,
    query,
    record,
    ref,
    refusals,
)

_SECRET: Json = {"type": "string", "format": "password"}
_SCHEMAS: dict[str, Json] = {
    "Member": record("name", "email", "token", name=TEXT, email=TEXT, token=TEXT),
    "Card": record("name", "following", name=TEXT, following={"type": "boolean"}, followersCount=NUMBER),
    "Trail": record(
        "id",
        "title",
        "starred",
        "author",
        id=NUMBER,
        title=TEXT,
        starred={"type": "boolean"},
        starsCount=NUMBER,
        author=ref("Card"),
    ),
    "Error": record("message", message=TEXT),
}
_TOKEN: Json = {
    "bearer": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "Send `Authorization: Token xxxx.yyyy.zzzz`",
    }
}
_ENVELOPED = record("member", member=ref("Member"))
_NEW = record("member", member=record("name", "email", "password", name=TEXT, email=TEXT, password=_SECRET))
_LOGIN = record("member", member=record("email", "password", email=TEXT, password=_SECRET))
_NO_ERROR: dict[str, str | Json] = {"401": "Unauthorized"}


def _trails() -> DiscoveryDocument:
    one = record("trail", trail=ref("Trail"))
    card = record("card", card=ref("Card"))
    return bound(
        {
            "POST /members | register Member": operation(_ENVELOPED, _NEW, status=201),
            "POST /members/login | login Member": operation(_ENVELOPED, _LOGIN, errors={"401": "Wrong"}),
            "GET /member | current Member": operation(_ENVELOPED, secured=True, errors=_NO_ERROR),
            "GET /members/{name} | read Member": operation(card),
            "POST /members/{name}/follow | link Member": operation(card, secured=True),
            "DELETE /members/{name}/follow | unlink Member": operation(card, secured=True),
            "POST /trails | create Trail": operation(
                one, record("trail", trail=record("title", title=TEXT)), status=201, secured=True
            ),
            "GET /trails | list Trail": operation(
                record("trails", "trailsCount", trails=listed(ref("Trail")), trailsCount=NUMBER),
                parameters=[query("author"), query("starred"), query("limit", NUMBER), query("offset", NUMBER)],
                summary="The most recent trails",
            ),
            "GET /trails/feed | list Trail": operation(
                record("trails", trails=listed(ref("Trail"))), secured=True, summary="Trails of members you follow"
            ),
            "DELETE /trails/{id} | delete Trail": operation(status=204, secured=True, errors={"403": "Not yours"}),
            "POST /trails/{id}/star | link Trail": operation(one, secured=True, errors={"409": "Already starred"}),
            "DELETE /trails/{id}/star | unlink Trail": operation(one, secured=True),
        },
        _SCHEMAS,
        _TOKEN,
    )


def _endpoint(found: DiscoveryDocument, operation_id: str) -> Endpoint:
    assert found.interface
    return found.interface.endpoint(operation_id)


def test_the_account_is_known_by_its_login_and_answers_a_token_to_itself_only() -> None:
    found = _trails()
    account = found.entity("Member").account
    assert account is not None
    assert (account.login_field, account.password_field) == ("email", "password")
    assert found.interface
    assert [(one.kind, one.prefix) for one in found.interface.schemes] == [("token", "Token ")]
    token = {one.name: one.value.source for one in found.interface.view("Member").members}["token"]
    assert token is Source.TOKEN
    assert all(one.value.source is not Source.TOKEN for one in found.interface.view("Card").members)
    login = _endpoint(found, "post_members_login").effect
    assert login
    assert login.credentials
    assert (login.credentials.login, login.credentials.password) == ("/member/email", "/member/password")


def test_whoever_makes_a_record_owns_it() -> None:
    found = _trails()
    assert found.entity("Trail").owner_field == "author"
    create = _endpoint(found, "post_trails").effect
    assert create
    assert [(one.attribute, one.place) for one in create.writes] == [("title", "body"), ("author", "caller")]
    assert found.operation("delete_trails_id").access.owner
    assert refusals(_endpoint(found, "delete_trails_id"))["forbidden"].status == 403


def test_toggles_are_associations_of_the_account_and_answers_tell_of_them() -> None:
    found = _trails()
    lists = {one.name: one.target for one in found.entity("Member").attributes if one.type == "references"}
    assert lists == {"follows": "Member", "stars": "Trail"}
    assert found.interface
    trail = {one.name: one.value for one in found.interface.view("Trail").members}
    assert (trail["starred"].source, trail["starred"].attribute) == (Source.LINKED, "stars")
    assert (trail["starsCount"].source, trail["starsCount"].attribute) == (Source.LINK_COUNT, "stars")
    card = {one.name: one.value for one in found.interface.view("Card").members}
    assert card["followersCount"].source is Source.LINK_COUNT
    star = _endpoint(found, "post_trails_id_star").effect
    assert star
    assert (star.holder, star.association, star.status_of_repeat) == ("Member", "stars", 409)
    unstar = _endpoint(found, "delete_trails_id_star").effect
    assert unstar
    assert (unstar.association, unstar.status_of_repeat) == ("stars", None)


def test_answers_that_differ_by_caller_accept_credentials() -> None:
    found = _trails()
    endpoint = _endpoint(found, "get_trails")
    assert endpoint.schemes == ("bearer",)
    assert not found.operation("get_trails").access.authenticated


def test_lists_are_narrowed_by_names_of_people_and_by_what_they_linked() -> None:
    effect = _endpoint(_trails(), "get_trails").effect
    assert effect
    assert [(one.parameter, one.path, one.operator) for one in effect.filters] == [
        ("author", ("author", "name"), "equals"),
        ("starred", ("stars", "name"), "linked_by"),
    ]
    assert effect.sorting.descending


def test_a_feed_has_what_those_made_whom_the_caller_follows() -> None:
    effect = _endpoint(_trails(), "get_trails_feed").effect
    assert effect
    assert [(one.path, one.operator) for one in effect.filters] == [(("author", "follows"), "of_caller")]


def test_followers_and_the_followed_are_told_apart() -> None:
    cards = listed(ref("Card"))
    found = bound(
        {
            "POST /members | register Member": operation(_ENVELOPED, _NEW, status=201),
            "POST /members/login | login Member": operation(_ENVELOPED, _LOGIN),
            "GET /members/{name} | read Member": operation(record("card", card=ref("Card"))),
            "POST /members/{name}/follow | link Member": operation(status=204, secured=True),
            "GET /members/{name}/followers | nested_list Member linked=Member": operation(cards),
            "GET /members/{name}/following | nested_list Member linked=Member": operation(cards),
        },
        _SCHEMAS,
        _TOKEN,
    )
    followers = _endpoint(found, "get_members_name_followers").effect
    following = _endpoint(found, "get_members_name_following").effect
    assert followers
    assert following
    assert [(one.operator, one.path) for one in followers.filters] == [("links", ("follows", "name"))]
    assert [(one.operator, one.path) for one in following.filters] == [("linked_by", ("follows", "name"))]


def test_records_that_the_words_call_ones_own_have_a_hidden_owner() -> None:
    note = record("id", "text", id=NUMBER, text=TEXT)
    found = bound(
        {
            "POST /members | register Member": operation(_ENVELOPED, _NEW, status=201),
            "POST /members/login | login Member": operation(_ENVELOPED, _LOGIN),
            "POST /notes | create Note": operation(ref("Note"), record("text", text=TEXT), status=201, secured=True),
            "GET /notes | list Note": operation(listed(ref("Note")), secured=True, summary="All of your notes"),
            "GET /notes/{id} | read Note": operation(ref("Note"), secured=True, errors={"404": "Not found"}),
        },
        {**_SCHEMAS, "Note": note},
        _TOKEN,
    )
    assert found.entity("Note").owner_field == "owner"
    effect = _endpoint(found, "get_notes").effect
    assert effect
    assert [one.place for one in effect.lookups] == ["caller"]
    assert effect.parent == "owner"
    assert refusals(_endpoint(found, "get_notes_id"))["forbidden"].status == 404


def test_a_toggle_without_accounts_turns_a_flag_of_the_record() -> None:
    task = record("id", id=NUMBER, text=TEXT, starred={"type": "boolean"})
    found = bound(
        {
            "POST /tasks | create Task": operation(ref("Task"), record(text=TEXT), status=201),
            "GET /tasks/{id} | read Task": operation(ref("Task")),
            "PUT /tasks/{id}/star | link Task": operation(ref("Task")),
            "DELETE /tasks/{id}/star | unlink Task": operation(ref("Task")),
        },
        {"Task": task},
    )
    assert found.interface
    effects = [found.interface.endpoint(one).effect for one in ("put_tasks_id_star", "delete_tasks_id_star")]
    assert [(one.writes[0].attribute, one.writes[0].value) for one in effects if one] == [
        ("starred", True),
        ("starred", False),
    ]


def test_links_between_two_records_are_held_by_the_first() -> None:
    found = bound(
        {
            "POST /songs | create Song": operation(ref("Song"), record(name=TEXT), status=201),
            "GET /songs/{songId} | read Song": operation(ref("Song")),
            "POST /labels | create Label": operation(ref("Label"), record(name=TEXT), status=201),
            "GET /labels/{labelId} | read Label": operation(ref("Label")),
            "PUT /songs/{songId}/labels/{labelId} | link Label": operation(status=204),
            "GET /songs/{songId}/labels | nested_list Label linked=Label": operation(listed(ref("Label"))),
        },
        {"Song": record("id", id=NUMBER, name=TEXT), "Label": record("id", id=NUMBER, name=TEXT)},
    )
    link = _endpoint(found, "put_songs_song_id_labels_label_id").effect
    listing = _endpoint(found, "get_songs_song_id_labels").effect
    assert link
    assert listing
    assert (link.holder, link.association, [one.within for one in link.lookups]) == ("Song", "labels", [None, None])
    assert (listing.holder, listing.association) == ("Song", "labels")


def test_without_a_way_to_a_first_account_it_is_made_at_start() -> None:
    found = bound(
        {
            "POST /members | create Member": operation(_ENVELOPED, _NEW, status=201, secured=True),
            "POST /members/login | login Member": operation(record("token", token=TEXT), _LOGIN),
        },
        _SCHEMAS,
        _TOKEN,
    )
    assert found.interface
    assert [one.kind for one in found.interface.schemes] == ["token"]
    account = found.entity("Member").account
    assert account
    assert account.seeded == ("admin",)
    assert not account.listed
    assert any("ADMIN_LOGIN and ADMIN_PASSWORD" in one.text for one in found.assumptions)
    assert _endpoint(found, "post_members_login").effect


def test_keys_of_two_parts_find_the_owner_first() -> None:
    text: Json = {"type": "string"}
    pack = record("id", "name", "owner", id=NUMBER, name=text, owner=ref("Card"))
    found = bound(
        {
            "POST /members | register Member": operation(_ENVELOPED, _NEW, status=201),
            "POST /members/login | login Member": operation(_ENVELOPED, _LOGIN),
            "GET /members/{name} | read Member": operation(record("card", card=ref("Card"))),
            "POST /packs | create Pack": operation(ref("Pack"), record("name", name=text), status=201, secured=True),
            "GET /packs/{owner}/{pack} | read Pack key-of-two": operation(ref("Pack")),
        },
        {**_SCHEMAS, "Pack": pack},
        _TOKEN,
    )
    effect = _endpoint(found, "get_packs_owner_pack").effect
    assert effect
    assert [(one.name, one.entity, one.attribute, one.within) for one in effect.lookups] == [
        ("owner", "Member", "name", None),
        ("pack", "Pack", "name", "owner"),
    ]
    assert found.entity("Pack").unique_together == (("owner", "name"),)
    assert not found.entity("Pack").attribute("name").unique
