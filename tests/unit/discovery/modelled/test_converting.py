"""A model's reading becomes a document, or is sent back with all that is wrong with it."""

import json
from typing import Any

import pytest

from devmatrix.discovery.modelled.converting import Converted, convert
from devmatrix.discovery.modelled.sentences import Sentence, sentences_of
from devmatrix.discovery.passages import Passage
from devmatrix.discovery.proving import prove

TEXT = "Shelves hold boxes. Ein Regal hat einen Namen und eine Tragkraft. Volle Regale werden abgelehnt."


def _step(**more: object) -> dict[str, Any]:
    step = {"phase": "when", "text": "a shelf is made", "method": "POST", "path": "/shelves", "actor": "", "token": ""}
    body = json.dumps({"name": "A", "capacity": 5})
    return {**step, "body": body, "status": 201, "expect": '{"$open": {"load": 0}}', "capture": [], **more}


def _answer(**more: object) -> dict[str, Any]:
    scenario = {"title": "a shelf starts empty", "kind": "happy", "steps": [_step()]}
    answer: dict[str, Any] = {
        "title": "Shelf keeping",
        "lines": [
            {
                "notation": "Shelf: name string(1..40), capacity int 1..100, load int = 0",
                "service_set": ["load"],
                "examples": [{"field": "capacity", "value": "50"}],
                "sentences": [1, 2],
            }
        ],
        "rules": [
            {
                "entity": "Shelf",
                "name": "is_not_full",
                "before": ["update"],
                "does": "The load is at most the capacity.",
                "refuses": [{"status": 409, "when": "the load is above the capacity"}],
                "sentences": [3],
            }
        ],
        "procedures": [],
        "requirements": [
            {
                "text": "Full shelves are refused",
                "level": "must",
                "rules": ["Shelf.is_not_full"],
                "procedures": [],
                "sentences": [3],
                "scenarios": [scenario],
            }
        ],
        "prepare": [],
        "questions": [],
        "nothing": [],
    }
    return {**answer, **more}


def _sentences() -> tuple[Sentence, ...]:
    return sentences_of([Passage(TEXT)])


def _converted(answer: dict[str, Any]) -> Converted:
    return convert(json.dumps(answer), _sentences(), TEXT)


def _faults(**more: object) -> str:
    converted = _converted(_answer(**more))
    assert converted.document is None
    return "\n".join(converted.faults)


def test_a_sound_reading_is_a_document_whose_parts_know_their_sentences() -> None:
    document = _converted(_answer()).document
    assert document is not None
    (shelf,) = document.entities
    assert (shelf.attribute("load").server_set, shelf.attribute("capacity").example) == (True, "50")
    assert [rule.name for rule in shelf.rules] == ["is_not_full"]
    assert [(item.understood, item.span.text[:12]) for item in document.statements] == [
        (True, "Shelves hold"),
        (True, "Ein Regal ha"),
        (True, "Volle Regale"),
    ]
    (need,) = document.requirements
    assert need.span is not None
    assert need.span.text == "Volle Regale werden abgelehnt."
    assert TEXT[need.span.start : need.span.end] == need.span.text


def test_derived_requirements_come_to_those_of_the_reading() -> None:
    document = _converted(_answer()).document
    assert document is not None
    proven = prove(document, amended=True)
    assert proven.requirements[0].rules == ("Shelf.is_not_full",)
    assert len(proven.requirements) > 5
    assert len({item.id for item in proven.requirements}) == len(proven.requirements)
    created = next(item for item in proven.requirements if "can be created" in item.text)
    bodies = [step.body for scenario in created.scenarios for step in scenario.steps if isinstance(step.body, dict)]
    assert 50 in [body.get("capacity") for body in bodies], "the example is where scenarios start"


def test_a_sentence_that_nothing_came_of_is_not_understood() -> None:
    document = _converted(_answer(rules=[], requirements=[], nothing=[])).document
    assert document is not None
    assert [item.understood for item in document.statements] == [True, True, False]


def test_a_sentence_that_is_only_a_question_is_not_understood() -> None:
    question = {"text": "How full is full?", "default": "100", "why": "it decides", "sentences": [3]}
    document = _converted(_answer(rules=[], requirements=[], questions=[question])).document
    assert document is not None
    assert document.statements[2].became == "question: How full is full?"
    assert not document.statements[2].understood
    assert document.questions[-1].default == "100"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"lines": []}, "/lines: the request is empty"),
        ({"requirements": []}, "no requirement lists Shelf.is_not_full"),
        ({"title": 3}, "/title"),
        ({"nothing": "none"}, "/nothing"),
        (
            {"lines": [{**_answer()["lines"][0], "sentences": [9]}]},
            "no sentence is cited",
        ),
        (
            {"lines": [{**_answer()["lines"][0], "service_set": ["weight"]}]},
            "Shelf has no field weight",
        ),
        (
            {"lines": [{**_answer()["lines"][0], "examples": [{"field": "capacity", "value": "many"}]}]},
            "many is no value that capacity accepts",
        ),
        (
            {"lines": [{**_answer()["lines"][0], "examples": [{"field": "capacity", "value": "1000"}]}]},
            "1000 is no value that capacity accepts",
        ),
        ({"rules": [{**_answer()["rules"][0], "before": ["burning"]}]}, "burning"),
        ({"prepare": [_step(path="/nowhere")]}, "/requirements"),
    ],
)
def test_what_is_wrong_is_said_so_that_it_can_be_mended(more: dict[str, Any], said: str) -> None:
    if "prepare" in more:  # nobody signs in: there is nobody to prepare, and nothing wrong with it
        assert _converted(_answer(**more)).document is not None
        return
    assert said in _faults(**more)


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (_step(path="/shelfs"), "POST /shelfs, which is no operation"),
        (_step(method="PATCH"), "PATCH /shelves, which is no operation"),
        (_step(body="{name: A}"), "body is no JSON"),
        (_step(actor="carol"), "carol"),
        (_step(phase="given"), "no step has the phase `when`"),
    ],
)
def test_a_step_must_be_playable(step: dict[str, Any], said: str) -> None:
    need = {**_answer()["requirements"][0], "scenarios": [{"title": "t", "kind": "happy", "steps": [step]}]}
    assert said in _faults(requirements=[need])


def test_what_is_no_json_is_said_to_be_none() -> None:
    assert convert("Sure, here it is:", _sentences(), TEXT).faults != []


def test_a_procedure_takes_and_gives_fields_of_the_notation() -> None:
    procedure = {
        "id": "fill_shelf",
        "entity": "Shelf",
        "method": "POST",
        "path": "/shelves/{shelf_id}/fill",
        "status": 200,
        "summary": "Fill it",
        "takes": ["boxes int 1..10"],
        "gives": ["load int", "note string?"],
        "many": False,
        "does": "Adds the boxes to the load.",
        "refuses": [],
        "authenticated": False,
        "roles": [],
        "owner": False,
        "sentences": [1],
    }
    need = {**_answer()["requirements"][0], "procedures": ["fill_shelf"]}
    document = _converted(_answer(procedures=[procedure], requirements=[need])).document
    assert document is not None
    operation = document.operation("fill_shelf")
    assert operation.procedure is not None
    assert [(item.name, item.maximum) for item in operation.procedure.takes] == [("boxes", 10)]
    assert [item.required for item in operation.procedure.gives] == [True, False]
    wrong = {**procedure, "takes": ["shelf -> Shelf"]}
    assert "fill_shelf" in _faults(procedures=[wrong], requirements=[need])
