"""Level 1 with the real checkers: right candidates pass, wrong ones fail, and none is blamed for another."""

import asyncio
from pathlib import Path

import pytest

from devmatrix.atoms.candidate import AuthorKind, Candidate
from devmatrix.atoms.contract import Atom, AtomKind, Contract, Module
from devmatrix.atoms.faces import face_of
from devmatrix.errors import ContractError
from devmatrix.validation import AtomJudge, Verdict, check_skeleton
from devmatrix.validation.checkers import run_ty

SOURCES = {
    "double": 'def double(number: int) -> int:\n    """Twice."""\n    return 2 * number\n',
    "shout": 'async def shout(text: str) -> str:\n    """Loud."""\n    return text.upper()\n',
    "both": 'async def both(text: str) -> str:\n    """Loud twice."""\n    return await shout(text) * double(1)\n',
    "Part": 'class Part(BaseModel):\n    """A part."""\n\n    model_config = ConfigDict(strict=True)\n    size: int\n',
}
PATH = "app/parts.py"
BROKEN = 'def double(number: int) -> int:\n    """Twice."""\n    return str(missing)\n'


def _kind(name: str) -> AtomKind:
    return AtomKind.CLASS if name[0].isupper() else AtomKind.FUNCTION


def contracts(sources: dict[str, str]) -> tuple[Contract, ...]:
    return tuple(
        Contract(path=PATH, name=name, kind=_kind(name), face=face_of(source, _kind(name)))
        for name, source in sources.items()
    )


README = Contract(path="README.md", name="README.md", kind=AtomKind.FILE, face="")
MODULES = (
    Module(path="app/__init__.py", task_id="t", docstring="The service."),
    Module(
        path=PATH,
        task_id="t",
        docstring="Parts.",
        imports=("from pydantic import BaseModel",),
        contracts=contracts(SOURCES),
    ),
    Module(path="README.md", task_id="t", contracts=(README,)),
)
ATOMS = tuple(
    Atom(contract=contract, task_id="t", requirement_ids=()) for module in MODULES for contract in module.contracts
)


def candidate(name: str, code: str | None = None, imports: tuple[str, ...] | None = None) -> Candidate:
    if imports is None:
        imports = ("from pydantic import ConfigDict",) if name == "Part" else ()
    text = SOURCES[name] if code is None else code
    return Candidate(atom_id=f"{PATH}:{name}", code=text, imports=imports, author=AuthorKind.MODEL)


@pytest.fixture
def judge(stack_environment: Path, tmp_path: Path) -> AtomJudge:
    return AtomJudge(MODULES, ATOMS, stack_environment, tmp_path / "tree")


def verdicts(judge: AtomJudge, *candidates: Candidate) -> list[Verdict]:
    async def gather() -> list[Verdict]:
        return list(await asyncio.gather(*map(judge.judge, candidates)))

    return asyncio.run(gather())


def rules(verdict: Verdict) -> set[str]:
    return {finding.rule for finding in verdict.findings}


def test_right_candidates_are_accepted_with_evidence_of_each_check(judge: AtomJudge) -> None:
    for verdict in verdicts(judge, *map(candidate, SOURCES)):
        assert verdict.accepted, verdict.findings
        assert [entry.check for entry in verdict.evidence] == ["text", "ruff", "ty"]
        assert all(entry.passed and entry.seconds > 0 and len(entry.content_hash) == 64 for entry in verdict.evidence)


def test_waiting_candidates_share_one_run(judge: AtomJudge) -> None:
    for verdict in verdicts(judge, *map(candidate, SOURCES)):
        assert verdict.evidence[-1].detail == f"one run over {len(SOURCES)} candidates"


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("return str(number)", "ty.invalid-explicit-return"),
        ("return 2 * missing", "ruff.F821"),
        ("return number.nothing", "ty.missing-attribute"),
        ("return double()", "ty.missing-argument"),
        ("shout('x')\n    return 2", "ty.unused-awaitable"),
        ("if number:\n        found = 2\n    return found", "ty.possibly-unresolved-reference"),
        ("try:\n        return 2\n    except Exception:\n        return 1", "ruff.BLE001"),
        ("query = f'select {number} from t where x = {number}'\n    return len(query)", "ruff.S608"),
        ("unused = 1\n    return number", "ruff.F841"),
    ],
)
def test_a_defect_is_found_at_its_line(judge: AtomJudge, body: str, rule: str, tmp_path: Path) -> None:
    head = 'def double(number: int) -> int:\n    """Twice."""\n'
    (verdict,) = verdicts(judge, candidate("double", f"{head}    {body}\n"))
    assert rule in rules(verdict)
    assert not verdict.accepted
    assert all(finding.path == PATH and finding.line > 3 for finding in verdict.findings)
    assert all(finding.atom_ids == (f"{PATH}:double",) for finding in verdict.findings)
    assert "NotImplementedError" in (tmp_path / "tree" / PATH).read_text().split("def double")[1].split("def ")[0]


def test_nobody_is_blamed_for_another(judge: AtomJudge) -> None:
    bad, *good = verdicts(judge, candidate("double", BROKEN), candidate("shout"), candidate("both"), candidate("Part"))
    assert not bad.accepted
    assert [verdict.accepted for verdict in good] == [True] * 3


def test_what_does_not_parse_does_not_spoil_the_module(judge: AtomJudge) -> None:
    bad, good = verdicts(judge, candidate("double", "def double(:\n"), candidate("shout"))
    assert rules(bad) == {"atom.parses"}
    assert good.accepted


def test_an_import_falls_back_on_who_brought_it(judge: AtomJudge) -> None:
    bad, good = verdicts(judge, candidate("double", imports=("from app import nothing",)), candidate("shout"))
    assert {rule.split(".")[0] for rule in rules(bad)} == {"ruff", "ty"}
    assert good.accepted


def test_a_second_attempt_can_be_right(judge: AtomJudge) -> None:
    async def attempts() -> list[bool]:
        texts = (BROKEN, SOURCES["double"])
        return [(await judge.judge(candidate("double", text))).accepted for text in texts]

    assert asyncio.run(attempts()) == [False, True]


def test_two_candidates_for_one_atom_are_judged_apart(judge: AtomJudge) -> None:
    bad, good = verdicts(judge, candidate("double", BROKEN), candidate("double"))
    assert (bad.accepted, good.accepted) == (False, True)


def test_anticipated_candidates_are_judged_with_the_first(judge: AtomJudge) -> None:
    judge.anticipate([candidate("double", BROKEN), *map(candidate, ("shout", "both", "Part"))])
    broken = verdicts(judge, candidate("double", BROKEN))[0]
    others = [verdicts(judge, candidate(name))[0] for name in ("shout", "both", "Part")]
    assert not broken.accepted
    assert all(verdict.accepted for verdict in others)
    assert {entry.detail for verdict in others for entry in verdict.evidence[1:]} == {"one run over 4 candidates"}
    assert verdicts(judge, candidate("double"))[0].accepted


def test_files_are_judged_by_what_they_are(judge: AtomJudge) -> None:
    texts = ("# Parts\n", "", "# {{ title }}\n")
    found = [
        verdicts(judge, Candidate(atom_id=README.id, code=text, author=AuthorKind.MODEL))[0].accepted for text in texts
    ]
    assert found == [True, False, False]


def test_a_candidate_for_nothing_is_an_error(judge: AtomJudge) -> None:
    stray = Candidate(atom_id="app/parts.py:nothing", code="x", author=AuthorKind.MODEL)
    with pytest.raises(ContractError, match="no atom"):
        verdicts(judge, stray)


def test_a_checker_that_fails_is_never_a_pass(tmp_path: Path) -> None:
    judge = AtomJudge(MODULES, ATOMS, tmp_path / "no-environment", tmp_path / "tree")
    (verdict,) = verdicts(judge, candidate("double"))
    assert not verdict.accepted
    assert rules(verdict) == {"checker.ty"}


def test_the_skeleton_type_checks_before_any_body(stack_environment: Path, tmp_path: Path) -> None:
    assert check_skeleton(MODULES, stack_environment, tmp_path / "good") == ()
    wrong = SOURCES | {"double": SOURCES["double"].replace("number: int", "number: Numbr")}
    modules = (MODULES[0], MODULES[1].model_copy(update={"contracts": contracts(wrong)}))
    found = check_skeleton(modules, stack_environment, tmp_path / "bad")
    assert {(finding.rule, finding.atom_ids) for finding in found} == {("ty.unresolved-reference", (f"{PATH}:double",))}
    failed = check_skeleton(MODULES, tmp_path / "no-environment", tmp_path / "none")
    assert [finding.rule for finding in failed] == ["checker.ty"]


def test_ty_sees_projects_below_hidden_folders(stack_environment: Path, tmp_path: Path) -> None:
    folder = tmp_path / ".local" / "build"
    folder.mkdir(parents=True)
    (folder / "wrong.py").write_text('x: int = "a"\n')
    assert [found.line for found in run_ty(folder, stack_environment).diagnostics] == [1]
