"""How many there may be of each: in English, on pages, in the notation, by hand, and beside other documents."""

import pytest
import yaml

from devmatrix.discovery import Source, discover
from devmatrix.discovery.composing import read
from devmatrix.discovery.document import Quota
from devmatrix.discovery.given import read_document, require_sound
from devmatrix.discovery.interface import Reason
from devmatrix.discovery.writing import write_document
from devmatrix.errors import RequestError
from tests.imported_documents import trails
from tests.quota_documents import league
from tests.unit.discovery.reads import entity, names, not_understood
from tests.unit.discovery.reads import require_sound as require_covered

TEAMS = "An API for teams and players. A player belongs to a team."


@pytest.mark.parametrize(
    "sentence",
    [
        "Each team has at most 4 players.", "Up to 4 players per team.", "A team can have a maximum of four players.",
        "There can be no more than 4 players in each team.", "A team may not have more than 4 players.",
        "Teams are limited to 4 players.", "The number of players per team must not exceed 4.",
        "A team must never have more than four players.", "There is a limit of 4 players per team.",
        "A team can hold up to 4 players at the same time.", "A team is allowed to have only 4 players.",
        "Max 4 players per team.", "Players per team are limited to 4.", "4 players per team at most.",
        "A team may only have four players.", "No team may have more than 4 players.", "A team takes up to 4 players.",
        "Per team, at most 4 players are allowed.", "Max players per team: 4", "At most 4 per team.",
    ],
)  # fmt: skip
def test_a_number_for_each_in_many_words(sentence: str) -> None:
    request = f"{TEAMS} {sentence}"
    assert not_understood(request) == []
    assert names(request) == ["Team", "Player"]
    assert entity(request, "Player").quotas == (Quota(most=4, per="team_id"),)
    require_covered(read(request))


def test_what_is_counted_refers_to_that_for_which_it_is_counted() -> None:
    assert entity("An API for teams. A team has up to 11 players.", "Player").quotas == (Quota(most=11, per="team_id"),)
    request = "A REST API for todos. Users may have no more than 5 open todos at a time."
    todo = entity(request, "Todo")
    assert todo.owner_field == "user_id"
    assert todo.quotas == (Quota(most=5, per="user_id", field="status", values=("open",)),)
    assert entity("Users keep notes, at most 3 per user.", "Note").quotas == (Quota(most=3, per="user_id"),)


def test_what_is_done_is_counted_by_what_keeps_it() -> None:
    request = "An API for members and books. Members borrow books. A member can borrow at most 3 books at once."
    assert entity(request, "Loan").quotas == (Quota(most=3, per="member_id", field="status", values=("open",)),)
    request = (
        "Students enroll in courses. A student may enroll in at most 5 courses. A course accepts up to 30 students."
    )
    assert entity(request, "Enrollment").quotas == (Quota(most=5, per="student_id"), Quota(most=30, per="course_id"))


def test_what_is_counted_for_what_is_spoken_of() -> None:
    request = "Hotels have rooms. A hotel has a name and at most 300 rooms."
    assert not_understood(request) == []
    assert entity(request, "Room").quotas == (Quota(most=300, per="hotel_id"),)


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ("open", ("open",)), ("open or in progress", ("open", "in_progress")), ("not closed", ("open", "in_progress")),
        ("active", ("open", "in_progress")),
    ],
)  # fmt: skip
def test_only_some_count(words: str, values: tuple[str, ...]) -> None:
    request = "Agents and tickets. A ticket has an agent and a status: open, in progress or closed. {}"
    (quota,) = entity(request.format(f"At most 2 {words} tickets per agent."), "Ticket").quotas
    assert (quota.field, quota.values) == ("status", values)
    assert entity(request.format(f"An agent has at most 2 tickets that are {words}."), "Ticket").quotas == (quota,)


def test_whether_what_is_over_counts_is_a_question() -> None:
    request = "Members and books; a member borrows a book. A member may have at most 3 loans."
    document = read(request)
    (question,) = document.questions
    assert "that are returned" in question.text
    assert document.entity("Loan").quotas[0].values == ("open",)
    assert read(request, answers={question.id: "yes"}).entity("Loan").quotas == (Quota(most=3, per="member_id"),)


def test_two_numbers_are_a_question() -> None:
    document = read(f"{TEAMS} At most 4 players per team. A team has up to 5 players.")
    (question,) = document.questions
    assert question.options == ("4", "5")
    assert document.entity("Player").quotas == (Quota(most=4, per="team_id"),)
    assert not document.statements[-1].understood
    answered = read(document.request, answers={question.id: "5"})
    assert answered.entity("Player").quotas == (Quota(most=5, per="team_id"),)


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("At most 5 calls per minute.", "how many"),
        ("A team has at most 80 characters.", "how many"),
        ("At most 3 furious players per team.", "no choice of player is called furious"),
        ("A player has at most 3 teams.", "no reference to one player"),
    ],
)
def test_what_counts_nothing_that_is_kept_is_listed(sentence: str, why: str) -> None:
    document = read(f"{TEAMS} {sentence}")
    assert not document.statements[-1].understood
    assert why in document.statements[-1].became
    assert [item.quotas for item in document.entities] == [(), ()]


def test_the_requirement_points_to_its_sentence() -> None:
    document = discover(f"{TEAMS} Players have a name. Each team has at most 4 players.")
    requirement = next(item for item in document.requirements if item.text.startswith("At most 4"))
    assert requirement.span is not None
    assert requirement.span.text == "Each team has at most 4 players."


def test_what_a_page_recommends() -> None:
    rule = "A team SHOULD have at most 4 players."
    page = f"# Teams\n\nA team has a name. Players belong to a team.\n\n## Rules\n\n- {rule}\n"
    document = read([Source(page, "teams.md")])
    assert document.entity("Player").quotas == (Quota(most=4, per="team_id", recommended=True),)


def test_the_notation() -> None:
    lines = "Team: name\nPlayer: name, position keeper|back, team -> Team, at most 4 per team, max 1 keeper per team"
    assert not_understood(lines) == []
    assert entity(lines, "Player").quotas == (
        Quota(most=4, per="team_id"),
        Quota(most=1, per="team_id", field="position", values=("keeper",)),
    )
    owned = entity("User: account\nNote: title, owner, at most 3 per user", "Note")
    assert owned.quotas == (Quota(most=3, per="owner_id"),)
    assert not_understood("Team: name, at most 0 per club") != []
    asked = read("Team: name\nPlayer: name, team -> Team, at most 4 per club")
    assert [item.options for item in asked.questions] == [("none", "team_id")]


def test_a_document_by_hand_is_read_back_and_amended() -> None:
    text = write_document(league())
    assert read_document(Source(text, "d.yaml")).entity("Player").quotas == league().entity("Player").quotas
    bare = league().entity("Player").model_copy(update={"quotas": ()})
    teams = league().model_copy(update={"entities": (*league().entities[:2], bare)})
    amended = read([Source(write_document(teams), "d.yaml"), Source("and at most 5 per team")])
    require_sound(amended)
    assert all(item.understood for item in amended.statements)
    assert amended.entity("Player") == bare.model_copy(update={"quotas": (Quota(most=5, per="team_id"),)})
    assert amended.operations == teams.operations


@pytest.mark.parametrize(
    ("quota", "pointer", "said"),
    [
        ({"most": 0, "per": "team_id"}, "/most", "none at all"), ({"most": 1, "per": "team"}, "/per", "team_id"),
        ({"most": 1, "per": "name"}, "/per", "team_id"), ({"most": 1}, "", "required"),
        ({"most": 1, "per": "team_id", "values": ["keeper"]}, "/values", "no field"),
        ({"most": 1, "per": "team_id", "field": "name", "values": ["x"]}, "/field", "position"),
        ({"most": 1, "per": "team_id", "field": "position"}, "", "counts"),
        ({"most": 1, "per": "team_id", "field": "position", "values": ["kepper"]}, "/values/0", "keeper"),
        ({"most": 9, "per": "team_id"}, "", "twice"),
    ],
)  # fmt: skip
def test_quotas_that_do_not_fit_are_told(quota: dict[str, object], pointer: str, said: str) -> None:
    value = yaml.safe_load(write_document(league()))
    value["entities"][2]["quotas"].append(quota)
    with pytest.raises(RequestError) as refused:
        read_document(Source(yaml.safe_dump(value, sort_keys=False), "d.yaml"))
    told = [line for line in refused.value.message.splitlines() if f"/entities/2/quotas/3{pointer}" in line]
    assert any(said in line for line in told), refused.value.message


def test_beside_an_imported_document_operations_refuse_more() -> None:
    base = trails()
    document = read([Source(write_document(base), "base.yaml"), Source("A trail has at most 3 reports.")])
    require_sound(document)
    assert document.entity("Report").quotas == (Quota(most=3, per="trail"),)
    interface, before = document.interface, base.interface
    assert interface is not None
    assert before is not None
    refusing = [one for one in interface.endpoints if one not in before.endpoints]
    assert [(one.operation, one.refusals[-1].reason, one.refusals[-1].status) for one in refusing] == [
        ("add_report", Reason.STATE, 409)
    ]


@pytest.mark.parametrize("sentence", ["A report has at most 3 trails.", "A trail has at most 3 huts."])
def test_what_an_imported_document_has_no_place_for_is_listed(sentence: str) -> None:
    base = trails()
    document = read([Source(write_document(base), "base.yaml"), Source(sentence)])
    assert not document.statements[-1].understood
    assert document.entities == base.entities
