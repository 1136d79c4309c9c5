"""Long contracts are split into helpers that fit the tree, or stay whole."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

from devmatrix.atoms import Atom, AtomGraph, AtomKind, Candidate, Contract, EvidenceLevel, Finding, Module, assemble
from devmatrix.atoms.candidate import AuthorKind
from devmatrix.authoring import Briefing
from devmatrix.execution import Attempt, Attempts
from devmatrix.llm import Purpose, Reply, Request, Stop, Tier, Usage
from devmatrix.orchestration.splitting import LONG, Splitter, is_long, too_large
from devmatrix.stacks.stack import Design

DOC = "Adds up what the boxes weigh. " * (LONG // 25)
LONG_FACE = f'def total(weights: list[int]) -> int:\n    """{DOC}"""\n    raise NotImplementedError'
SHORT_FACE = 'def half(weight: int) -> int:\n    """Half."""\n    raise NotImplementedError'
TOTAL = Contract(path="app/boxes/procedures.py", name="total", kind=AtomKind.FUNCTION, face=LONG_FACE)
HALF = Contract(path="app/boxes/procedures.py", name="half", kind=AtomKind.FUNCTION, face=SHORT_FACE)
HELPER = {
    "declaration": "def weight_of(boxes: list[int], tare: Decimal) -> Decimal:",
    "docstring": "The sum, with the tare.\nNever less than 0.",
    "imports": ["from decimal import Decimal, InvalidOperation"],
    "examples": [{"call": "weight_of([1, 2], Decimal('0.5'))", "result": "Decimal('3.5')"}],
}


class Model:
    """Answers from a script, and keeps what it was asked."""

    def __init__(self, *script: list[dict[str, Any]] | str) -> None:
        self.script = list(script)
        self.asked: list[Request] = []

    async def ask(self, request: Request, purpose: Purpose, tier: Tier = Tier.STANDARD) -> Reply:
        self.asked.append(request)
        said = self.script.pop(0)
        text = said if isinstance(said, str) else json.dumps({"helpers": said})
        return Reply(text, Stop.END, "m", Usage(), 0.0, 0.0, "k")


def _design() -> Design:
    atoms = tuple(Atom(contract=each, task_id="t", requirement_ids=("R-1",)) for each in (HALF, TOTAL))
    stand_ins = {each.id: Candidate(atom_id=each.id, code="x", author=AuthorKind.STAND_IN) for each in (HALF, TOTAL)}
    module = Module(path=TOTAL.path, task_id="t", contracts=(HALF, TOTAL))
    return Design(modules=(module,), atoms=atoms, blueprints={}, stand_ins=stand_ins)


def _split(model: Model, *wrong: str) -> Design:
    design, findings = _design(), list(wrong)
    briefing = Briefing.of(
        design.modules, design.atoms, guide="g", digest="d", requirements={}, accepted=lambda _: None
    )

    def check(modules: tuple[Module, ...]) -> tuple[Finding, ...]:
        found = findings.pop(0) if findings else ""
        return (Finding(level=EvidenceLevel.ATOM, rule="ty", message=found),) if found else ()

    return asyncio.run(Splitter(briefing, model, "run", check).split(design, [design.atoms[1]]))


def test_what_is_said_in_many_words_is_long() -> None:
    assert [is_long(atom) for atom in _design().atoms] == [False, True]


def test_what_nobody_wrote_in_so_few_lines_is_too_large() -> None:
    size = Finding(level=EvidenceLevel.ATOM, rule="atom.size", message="16 lines in its body; at most 15")
    other = size.model_copy(update={"rule": "ty.x"})
    half, total = _design().atoms
    assert too_large([_tried(total, size)]) == [total]
    assert too_large([_tried(half, other), _tried(total, size, accepted=True)]) == []


def _tried(atom: Atom, finding: Finding, *, accepted: bool = False) -> Attempts:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    candidate = Candidate(atom_id=atom.id, code="x", author=AuthorKind.MODEL)
    made = [Attempt(1, candidate, False, (finding,), (), now, 0.0)]
    made += [Attempt(2, candidate, True, (), (), now, 0.0)] if accepted else []
    return Attempts(atom, tuple(made))


def test_helpers_stand_before_what_they_are_for() -> None:
    model = Model([HELPER])
    design = _split(model)
    assert len(model.asked) == 1
    assert [atom.contract.name for atom in design.atoms] == ["half", "weight_of", "total"]
    helper, total = design.atoms[1], design.atoms[2]
    assert helper.id in total.depends_on
    assert helper.requirement_ids == ("R-1",)
    assert [example.gives for example in helper.contract.examples] == ["Decimal('3.5')"]
    text = assemble(design.modules[0], {}).text
    compile(text, "m", "exec")
    assert "from decimal import Decimal\nfrom decimal import InvalidOperation\n" in text
    assert "    Never less than 0.\n" in text
    assert len(AtomGraph.of(design.atoms)) == 3


def test_what_needs_no_helper_stays_whole() -> None:
    assert _split(Model([])) == _design()


def test_an_answer_that_does_not_fit_is_asked_for_once_more_with_what_is_wrong() -> None:
    model = Model([HELPER], [HELPER])
    design = _split(model, "Decimal is unknown")
    assert "Decimal is unknown" in model.asked[1].question
    assert len(design.atoms) == 3
    model = Model([HELPER], "no JSON")
    assert _split(model, "Decimal is unknown") == _design()


def test_a_name_that_is_there_and_what_declares_nothing_do_not_fit() -> None:
    for wrong in ({**HELPER, "declaration": "def half(x: int) -> int"}, {**HELPER, "declaration": "x = 1"}):
        model = Model([wrong], [HELPER])
        assert len(_split(model).atoms) == 3
        assert len(model.asked) == 2
