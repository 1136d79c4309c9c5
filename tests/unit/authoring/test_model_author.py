import asyncio
from dataclasses import dataclass, field

from devmatrix.atoms import Atom, AtomKind, Candidate, Contract, EvidenceLevel, Example, Finding, Module, Written
from devmatrix.authoring import Briefing, ModelAuthor, Rejected
from devmatrix.llm import Purpose, Reply, Request, Stop, Tier, Usage


def _contract(path: str, name: str, **more: object) -> Contract:
    face = f'def {name}(value: int) -> int:\n    """Of {name}."""\n    raise NotImplementedError'
    return Contract.model_validate({"path": path, "name": name, "kind": AtomKind.FUNCTION, "face": face, **more})


HALF = _contract("app/halves.py", "half")
NEAR = _contract("app/sums.py", "near")
DOUBLE = _contract("app/sums.py", "double", examples=(Example(call="double(2)", gives="4"),))
ATOMS = (
    Atom(contract=HALF, task_id="t", requirement_ids=()),
    Atom(contract=NEAR, task_id="t", requirement_ids=()),
    Atom(contract=DOUBLE, task_id="t", requirement_ids=("R-01",), depends_on=(HALF.id, NEAR.id)),
)
MODULES = (
    Module(path="app/halves.py", task_id="t", contracts=(HALF,)),
    Module(path="app/sums.py", task_id="t", imports=("import math",), contracts=(NEAR, DOUBLE)),
)


@dataclass
class Model:
    """Answers from a script, and keeps what it was asked."""

    script: list[str]
    asked: list[tuple[Request, Purpose, Tier]] = field(default_factory=list)

    async def ask(self, request: Request, purpose: Purpose, tier: Tier = Tier.STANDARD) -> Reply:
        self.asked.append((request, purpose, tier))
        usage = Usage(input_tokens=3, output_tokens=4)
        return Reply(self.script.pop(0), Stop.END, "some:model", usage, 0.01, 0.0, request.key("some:model"))


def _author(model: Model, accepted: dict[str, Written] | None = None) -> ModelAuthor:
    briefing = Briefing.of(
        MODULES,
        ATOMS,
        guide="# The guide",
        digest="a project",
        requirements={"R-01": "MUST: twice ```of everything"},
        accepted=(accepted or {}).get,
    )
    return ModelAuthor(model, briefing, run_id="run", start=Tier.CHEAP)


def _write(author: ModelAuthor, *rejected: Rejected) -> Candidate | None:
    return asyncio.run(author.write(ATOMS[2], rejected))


def _reject(candidate: Candidate, message: str) -> Rejected:
    return Rejected(candidate=candidate, findings=(Finding(level=EvidenceLevel.ATOM, rule="r", message=message),))


def test_a_prompt_says_what_is_wanted_with_what_and_for_what() -> None:
    model = Model(["def double(value: int) -> int:\n    return value * 2"])
    candidate = _write(_author(model))
    assert candidate is not None
    assert (candidate.model, candidate.tokens, candidate.cost_usd) == ("some:model", 7, 0.01)
    request, purpose, tier = model.asked[0]
    assert (purpose, tier) == (Purpose("run", task_id="t", atom_id=DOUBLE.id, attempt=1), Tier.CHEAP)
    assert "# The guide" in request.shared
    assert "a project" in request.shared
    assert "import math" in request.context
    assert "def near" in request.context
    for part in (DOUBLE.id, DOUBLE.face, "# app/halves.py\ndef half", "double(2)", "MUST: twice '''of everything"):
        assert part in request.question, part
    assert "def near" not in request.question, "it stands in the module already"


def test_what_calls_share_is_the_same_byte_for_byte() -> None:
    model = Model(["x", "y", "z"])
    author = _author(model)
    first = _write(author)
    assert first is not None
    _write(author, _reject(first, "one"))
    asyncio.run(author.write(ATOMS[1], ()))
    assert len({request.shared for request, _, _ in model.asked}) == 1
    assert len({request.context for request, _, _ in model.asked}) == 1, "all of one module"


def test_a_retry_shows_what_was_rejected_and_later_what_others_wrote() -> None:
    model = Model(["def double(): ...", "other", "third"])
    author = _author(model, {HALF.id: Written("def half(value: int) -> int:\n    return value // 2")})
    rejected: list[Rejected] = []
    for number in range(3):
        candidate = _write(author, *rejected)
        assert candidate is not None
        rejected.append(_reject(candidate, f"wrong {number}"))
    questions = [request.question for request, _, _ in model.asked]
    assert "rejected" not in questions[0]
    assert "def double(): ..." in questions[1]
    assert "wrong 0" in questions[1]
    assert "value // 2" not in questions[1]
    assert "value // 2" in questions[2]
    assert [tier for _, _, tier in model.asked] == [Tier.CHEAP, Tier.CHEAP, Tier.STANDARD]
    assert len({request.key("m") for request, _, _ in model.asked}) == 3


def test_it_gives_up_without_asking_when_nothing_helps() -> None:
    model = Model(["x"])
    author = _author(model)
    first = _write(author)
    assert first is not None
    same = _reject(first, "one")
    assert _write(author, same, same, same) is None
    assert len(model.asked) == 1
