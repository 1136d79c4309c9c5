"""Level 1: takes candidates as they come, gives a verdict on each; one ruff and one ty judge all that wait."""

import asyncio
import hashlib
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from devmatrix.atoms.assembly import Assembled, Written, assemble
from devmatrix.atoms.candidate import Candidate
from devmatrix.atoms.contract import Atom, AtomKind, Contract, Module
from devmatrix.atoms.evidence import Evidence, EvidenceLevel, Finding
from devmatrix.errors import ContractError
from devmatrix.sandbox.sandbox import Sandbox
from devmatrix.validation.checkers import Report, run_ruff, run_ty
from devmatrix.validation.examples import RULE, Examples
from devmatrix.validation.file_rules import check_file
from devmatrix.validation.rules import RULES, Defect, Judged, Rule, parse_symbol

# Long enough for all that became ready together to be judged together.
_GATHER_SECONDS = 0.005


@dataclass(frozen=True)
class Verdict:
    """What level 1 says of a candidate. Accepted: every check ran, and none found anything."""

    accepted: bool
    findings: tuple[Finding, ...]
    evidence: tuple[Evidence, ...]


@dataclass
class _Case:
    """A candidate while it is judged."""

    candidate: Candidate
    contract: Contract
    evidence: list[Evidence] = field(default_factory=list)

    @property
    def content_hash(self) -> str:
        text = "\0".join((self.candidate.code, *self.candidate.imports))
        return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()

    @property
    def sound(self) -> bool:
        return all(evidence.passed for evidence in self.evidence)

    def record(self, check: str, defects: Iterable[Defect], seconds: float, detail: str) -> None:
        findings = tuple(
            Finding(
                level=EvidenceLevel.ATOM,
                rule=defect.rule,
                path=self.contract.path,
                line=defect.line,
                message=defect.message,
                atom_ids=(self.contract.id,),
            )
            for defect in defects
        )
        self.evidence.append(
            Evidence(
                level=EvidenceLevel.ATOM,
                check=check,
                subject=self.contract.id,
                passed=not findings,
                content_hash=self.content_hash,
                at=datetime.now(UTC),
                seconds=seconds,
                findings=findings,
                detail=detail,
            )
        )

    def shift(self, first_line: int) -> None:
        """Turn lines of the code into lines of the assembled file, where the code begins at `first_line`."""
        self.evidence = [
            evidence.model_copy(
                update={"findings": tuple(_shifted(finding, first_line) for finding in evidence.findings)}
            )
            for evidence in self.evidence
        ]

    def verdict(self) -> Verdict:
        findings = tuple(finding for evidence in self.evidence for finding in evidence.findings)
        return Verdict(bool(self.evidence) and not findings, findings, tuple(self.evidence))


def _shifted(finding: Finding, first_line: int) -> Finding:
    return finding.model_copy(update={"line": finding.line + first_line - 1}) if finding.line else finding


_Waiting = tuple[_Case, asyncio.Future[Verdict]]


class AtomJudge:
    """Judges candidates within the contract tree `modules`, with the packages of the virtual environment `environment`.

    Writes the tree below `workspace`, which is its own. What it accepted stands there when later candidates are judged.
    """

    def __init__(
        self,
        modules: tuple[Module, ...],
        atoms: tuple[Atom, ...],
        environment: Path,
        workspace: Path,
        sandbox: Sandbox | None = None,
        written: Mapping[str, Written] | None = None,
    ) -> None:
        """`sandbox` runs the examples of contracts; a contract that has some is not accepted without.

        `written`: code that was accepted before, by atom id.
        """
        beside = workspace.with_name(f"{workspace.name}-examples")
        self._examples = None if sandbox is None else Examples(sandbox, environment, beside)
        self._modules = {module.path: module for module in modules}
        self._contracts = {atom.id: atom.contract for atom in atoms}
        self._environment = environment
        self._tree = Tree(modules, workspace)
        self._importable = importable_names(modules, environment)
        self._accepted: dict[str, Written] = dict(written or {})
        self._tree.write(assemble(module, self._accepted) for module in modules if self._accepted)
        self._waiting: list[_Waiting] = []
        self._worker: asyncio.Task[None] | None = None
        self._expected: dict[str, Candidate] = {}
        self._known: dict[Candidate, Verdict] = {}

    def anticipate(self, candidates: Iterable[Candidate]) -> None:
        """Say which candidates will come, such as all blueprints: they are judged together, with the first that comes.

        Sound because a verdict rests on the candidate and the declared faces of all others, never on others' bodies.
        """
        self._expected |= {candidate.atom_id: candidate for candidate in candidates}

    def close(self) -> None:
        """End what was kept running for examples; it starts again where it is needed again."""
        if self._examples is not None:
            self._examples.close()

    async def judge(self, candidate: Candidate) -> Verdict:
        """The verdict. Raises ContractError when the candidate is for no atom of the tree."""
        contract = self._contracts.get(candidate.atom_id)
        if contract is None:
            raise ContractError(f"a candidate for {candidate.atom_id}, which is no atom of this project")
        if candidate in self._known:
            return self._known[candidate]
        future: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
        self._waiting.append((_Case(candidate, contract), future))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        return await future

    async def _work(self) -> None:
        while self._waiting:
            await asyncio.sleep(_GATHER_SECONDS)
            batch, self._waiting = _one_of_each(self._waiting)
            cases = [case for case, _ in batch]
            asked = {case.contract.id for case in cases}
            expected, self._expected = self._expected, {}
            cases += [
                _Case(candidate, self._contracts[atom_id])
                for atom_id, candidate in expected.items()
                if atom_id in self._contracts and atom_id not in asked
            ]
            try:
                await asyncio.to_thread(self._check, cases)
            except Exception as error:
                for _, future in batch:
                    if not future.done():
                        future.set_exception(error)
                continue
            self._known |= {case.candidate: case.verdict() for case in cases}
            for case, future in batch:
                if not future.done():
                    future.set_result(self._known[case.candidate])

    def _check(self, cases: list[_Case]) -> None:
        for case in cases:
            _check_text(case, self._importable)
            if not case.sound and case.contract.kind is not AtomKind.FILE:
                case.shift(self._first_line(case))
        python = [case for case in cases if case.sound and case.contract.kind is not AtomKind.FILE]
        if python:
            self._check_in_tree(python)
        self._accepted |= {case.contract.id: _written(case) for case in cases if case.sound}

    def _first_line(self, case: _Case) -> int:
        file = assemble(self._modules[case.contract.path], self._accepted | {case.contract.id: _written(case)})
        return next(place.first_line for place in file.places if place.atom_id == case.contract.id)

    def _check_in_tree(self, cases: list[_Case]) -> None:
        written = self._accepted | {case.contract.id: _written(case) for case in cases}
        paths = list(dict.fromkeys(case.contract.path for case in cases))
        assembled = {path: assemble(self._modules[path], written) for path in paths}
        self._tree.write(assembled.values())
        for report in check_paths(self._tree.folder, self._environment, paths):
            _distribute(report, cases, assembled)
        self._run_examples([case for case in cases if case.sound and case.contract.examples])
        rejected = {case.contract.path for case in cases if not case.sound}
        if rejected:  # what is not accepted must not stand in the way of others
            kept = self._accepted | {case.contract.id: _written(case) for case in cases if case.sound}
            self._tree.write(assemble(self._modules[path], kept) for path in rejected)

    def _run_examples(self, cases: list[_Case]) -> None:
        if not cases:
            return
        began = time.monotonic()
        found: Mapping[str, tuple[Defect, ...]] = {}
        if self._examples is not None:
            found = self._examples.judge([case.contract for case in cases], self._tree.folder)
        share = (time.monotonic() - began) / len(cases)
        for case in cases:
            defects = found.get(case.contract.id, (Defect(RULE, "there is no sandbox to run its examples in"),))
            case.record("examples", defects, share, f"{len(case.contract.examples)} executed in the sandbox")


class Tree:
    """The contract tree on disk, for checkers: Python files only, so that no candidate configures a checker."""

    def __init__(self, modules: Iterable[Module], folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "ty.toml").write_text("[environment]\nroot = ['.']\n", encoding="utf-8")
        self.write(assemble(module, {}) for module in modules)

    def write(self, files: Iterable[Assembled]) -> None:
        """Write the Python files among them."""
        for file in files:
            place = PurePosixPath(file.path)
            if place.suffix != ".py" or place.is_absolute() or ".." in place.parts:
                continue
            target = self.folder / place
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(file.text, encoding="utf-8")


def check_paths(folder: Path, environment: Path, paths: list[str]) -> tuple[Report, ...]:
    """Ruff and ty over these files, side by side."""
    with ThreadPoolExecutor(2) as pool:
        runs = (pool.submit(run_ruff, folder, paths), pool.submit(run_ty, folder, environment, paths))
        return tuple(run.result() for run in runs)


def importable_names(modules: Iterable[Module], environment: Path) -> frozenset[str]:
    """Top-level names that a project may import beyond the standard library: its own and its environment's."""
    own = {PurePosixPath(module.path).parts[0].removesuffix(".py") for module in modules}
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    found = sorted((environment / "lib").glob("python3.*/site-packages")) or [environment / "lib" / version]
    packages = {
        entry.name.removesuffix(".py").split(".")[0]
        for folder in found
        if folder.is_dir()
        for entry in folder.iterdir()
        if not entry.name.endswith((".dist-info", ".pth"))
    }
    return frozenset(own | packages)


def _one_of_each(waiting: list[_Waiting]) -> tuple[list[_Waiting], list[_Waiting]]:
    """The first candidate of each atom, and the rest: two for one atom cannot stand in the same tree."""
    batch = list({case.contract.id: (case, future) for case, future in reversed(waiting)}.values())[::-1]
    chosen = {id(case) for case, _ in batch}
    return batch, [(case, future) for case, future in waiting if id(case) not in chosen]


def _written(case: _Case) -> Written:
    return Written(case.candidate.code, case.candidate.imports)


def _check_text(case: _Case, importable: frozenset[str]) -> None:
    began = time.monotonic()
    code, contract = case.candidate.code, case.contract
    if contract.kind is AtomKind.FILE:
        defects = check_file(contract.path, code)
        case.record("file", defects, time.monotonic() - began, "parses by its suffix, not empty, no leftovers")
        return
    definition = parse_symbol(code)
    if isinstance(definition, Defect):
        case.record("text", (definition,), time.monotonic() - began, "atom.parses")
        return
    judged = Judged(case.candidate, contract, definition, importable)
    found = [defect for rule in RULES for defect in _apply(rule, judged)]
    case.record("text", found, time.monotonic() - began, ", ".join(("atom.parses", *(rule.id for rule in RULES))))


def _apply(rule: Rule, judged: Judged) -> tuple[Defect, ...]:
    try:
        return rule.check(judged)
    except Exception as error:  # a rule that breaks has not passed anything
        return (Defect(f"checker.{rule.id}", f"the check broke: {error!r}"),)


def _distribute(report: Report, cases: list[_Case], assembled: Mapping[str, Assembled]) -> None:
    """Give each case what the checker said of its lines, and record that it ran."""
    found: dict[str, list[Defect]] = defaultdict(list)
    for diagnostic in report.diagnostics:
        file = assembled.get(diagnostic.path)
        if file is None:
            continue
        rule = f"{report.checker}.{diagnostic.rule}"
        owner = file.atom_at(diagnostic.line)
        owners = [owner] if owner else _importers(file, diagnostic.line, cases)
        for atom_id in owners:
            found[atom_id].append(Defect(rule, diagnostic.message, diagnostic.line))
    share = report.seconds / len(cases)
    for case in cases:
        defects = found.get(case.contract.id, [])
        if report.failure:
            defects = [Defect(f"checker.{report.checker}", f"{report.checker} {report.failure}")]
        case.record(report.checker, defects, share, f"one run over {len(cases)} candidates")


def _importers(file: Assembled, line: int, cases: list[_Case]) -> list[str]:
    """Whoever brought the import that stands on the line."""
    text = file.text.splitlines()[line - 1] if 0 < line <= file.text.count("\n") else ""
    return [case.contract.id for case in cases if case.contract.path == file.path and text in case.candidate.imports]
