"""What a record needs is written down once, and every scenario goes its own way from there."""

from collections.abc import Iterator

from devmatrix.discovery import discover
from devmatrix.discovery.document import Requirement
from devmatrix.discovery.scenario import Step

_CHAIN = """API to track sites.
Site: name
Hall: name, site -> Site, versioned
Row: name, hall -> Hall
Shelf: name unique, row -> Row, spare row -> Row?
Box: name, shelf -> Shelf unique, lid -> Lid?
Lid: name, box count int, row -> Row
"""


def _first_makers(requirements: tuple[Requirement, ...], path: str) -> Iterator[Step]:
    for requirement in requirements:
        for scenario in requirement.scenarios:
            step = next((step for step in scenario.steps if step.path == path and step.method == "POST"), None)
            if step is not None and step.phase == "given" and step.text.startswith(("a ", "an ")):
                yield step


def test_records_that_many_scenarios_need_are_made_by_the_same_steps() -> None:
    document = discover(_CHAIN)
    boxes = tuple(one for one in document.requirements if "Box" in one.entities)
    for path in ("/sites", "/halls", "/rows"):
        makers = list(_first_makers(boxes, path))
        assert len(makers) > 5
        assert len({id(step) for step in makers}) == 1


def test_each_scenario_captures_what_it_names() -> None:
    for requirement in discover(_CHAIN).requirements:
        for scenario in requirement.scenarios:
            known: set[str] = set()
            for step in scenario.steps:
                sent = f"{step.path} {step.headers} {step.body}"
                named = {part.split("}")[0] for part in sent.split("${")[1:]}
                assert named <= known
                assert not known & set(step.capture)
                known |= set(step.capture)
