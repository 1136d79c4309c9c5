"""Builds the report from what the stages left: every figure is counted from executed evidence."""

import hashlib
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from devmatrix import __version__
from devmatrix.atoms import Atom, Evidence, EvidenceLevel
from devmatrix.delivery.costing import Bill
from devmatrix.delivery.report import (
    AssumptionEntry,
    AtomDetail,
    AtomFigures,
    AtomOutcome,
    Count,
    EvidenceEntry,
    FindingEntry,
    LevelFigures,
    NotUnderstood,
    Outcome,
    PrecisionFigures,
    QuestionEntry,
    Report,
    RequirementResult,
    ScenarioResult,
    Shared,
    SourceEntry,
    SpanText,
    StatementResult,
    Status,
    TaskResult,
)
from devmatrix.discovery.coverage import lost_by_source, place_of
from devmatrix.discovery.document import DiscoveryDocument, Level, Requirement
from devmatrix.discovery.scenario import Scenario
from devmatrix.events import Precision
from devmatrix.planning.plan import MasterPlan
from devmatrix.validation.precision import SCENARIO_CHECK, measure_precision, prove


def build_report(
    *,
    run_id: str,
    status: Status,
    document: DiscoveryDocument,
    plan: MasterPlan,
    atoms: Sequence[Atom],
    outcomes: Sequence[AtomOutcome],
    evidence: Sequence[Evidence],
    seconds: float,
    stages: Mapping[str, float],
    cost_usd: float,
    files: Mapping[str, str],
    missing: Sequence[str],
    bill: Bill | None = None,
) -> Report:
    """The report of a run. Of several executions of one check (repairs) the last in `evidence` counts."""
    verdicts = _Verdicts.of(evidence)
    bill = bill or Bill()
    trace = _Trace(document, plan, atoms, outcomes, verdicts, bill)
    proofs = prove(document, verdicts.last.values())
    requirements = tuple(
        trace.requirement(requirement, proof.proven)
        for requirement, proof in zip(document.requirements, proofs, strict=True)
    )
    return Report(
        status=status,
        run_id=run_id,
        title=document.title,
        request=document.request,
        sources=tuple(
            SourceEntry(name=file.name, format=file.format, sha256=file.sha256, size=file.size)
            for file in document.sources
        ),
        created_at=datetime.now(UTC),
        devmatrix_version=__version__,
        precision=_precision(measure_precision(proofs)),
        atoms=_atom_figures(len(atoms), outcomes),
        levels={str(level.value): _level_figures(level, evidence, verdicts) for level in EvidenceLevel},
        missing=tuple(missing),
        cost_usd=cost_usd,
        cost=bill.of_run(len(atoms), outcomes),
        seconds=seconds,
        stages=dict(stages),
        code_hash=code_hash(files),
        files=len(files),
        requirements=requirements,
        shared=trace.shared,
        tasks=trace.tasks(),
        atoms_detail=trace.atom_details(),
        evidence=verdicts.entries,
        statements=_statements(document),
        assumptions=tuple(AssumptionEntry(text=a.text, why=a.why) for a in document.assumptions),
        questions=_questions(document),
        not_understood=_not_understood(document),
    )


def _precision(precision: Precision) -> PrecisionFigures:
    must = Count(passed=precision.must_passed, total=precision.must_total)
    should = Count(passed=precision.should_passed, total=precision.should_total)
    both = Count(passed=must.passed + should.passed, total=must.total + should.total)
    return PrecisionFigures(must=must, should=should, all=both)


def code_hash(files: Mapping[str, str]) -> str:
    """SHA-256 over sorted paths and contents, each preceded by its length, so that no two projects run together."""
    digest = hashlib.sha256()
    for path in sorted(files):
        for part in (path.encode(), files[path].encode()):
            digest.update(b"%d:" % len(part) + part)
    return digest.hexdigest()


@dataclass(frozen=True)
class _Verdicts:
    """The last execution of each check."""

    last: Mapping[tuple[int, str, str], Evidence]
    entries: tuple[EvidenceEntry, ...]
    ids: Mapping[tuple[int, str], tuple[str, ...]]
    """(level, subject) -> ids of entries."""
    outcomes: Mapping[tuple[int, str], Outcome]
    """(level, subject) -> outcome."""

    @classmethod
    def of(cls, evidence: Iterable[Evidence]) -> "_Verdicts":
        last = {(int(entry.level), entry.check, entry.subject): entry for entry in evidence}
        entries: list[EvidenceEntry] = []
        ids: dict[tuple[int, str], list[str]] = defaultdict(list)
        grouped: dict[tuple[int, str], list[bool]] = defaultdict(list)
        for (level, _check, subject), found in last.items():
            grouped[level, subject].append(found.passed)
            if level > EvidenceLevel.ATOM or not found.passed:
                entry = _entry(f"E-{len(entries) + 1:04}", found)
                entries.append(entry)
                ids[level, subject].append(entry.id)
        outcomes = {key: outcome_of(passed) for key, passed in grouped.items()}
        return cls(last, tuple(entries), {key: tuple(found_ids) for key, found_ids in ids.items()}, outcomes)

    def outcome(self, level: int, subjects: Iterable[str]) -> Outcome:
        """The common outcome of all checks at a level on these subjects."""
        found = [self.outcomes[level, subject] for subject in subjects if (level, subject) in self.outcomes]
        return outcome_of(outcome == "passed" for outcome in found)


def outcome_of(passed: Iterable[bool]) -> Outcome:
    """`passed` when all did; `none` when there are none."""
    seen = list(passed)
    if not seen:
        return "none"
    return "passed" if all(seen) else "failed"


class _Trace:
    """Follows requirements to tasks, atoms and evidence."""

    def __init__(
        self,
        document: DiscoveryDocument,
        plan: MasterPlan,
        atoms: Sequence[Atom],
        outcomes: Sequence[AtomOutcome],
        verdicts: _Verdicts,
        bill: Bill,
    ) -> None:
        self._document, self._plan, self._atoms, self._verdicts = document, plan, atoms, verdicts
        self._bill = bill
        self._outcomes = {outcome.atom_id: outcome for outcome in outcomes}
        self._scenarios = {subject: found for (level, check, subject), found in verdicts.last.items()
                           if level == EvidenceLevel.SYSTEM and check == SCENARIO_CHECK}  # fmt: skip
        everything = {requirement.id for requirement in document.requirements}
        self._tasks_of, shared_tasks = _by_requirement(
            everything, ((task.id, task.requirement_ids) for task in plan.tasks)
        )
        self._atoms_of, shared_atoms = _by_requirement(everything, ((atom.id, atom.requirement_ids) for atom in atoms))
        self._files = {task.id: task.files for task in plan.tasks}
        self.shared = Shared(tasks=shared_tasks, atoms=shared_atoms)

    def requirement(self, requirement: Requirement, proven: bool) -> RequirementResult:
        scenarios = tuple(self._scenario(scenario) for scenario in requirement.scenarios)
        tasks = self._tasks_of.get(requirement.id, ())
        atoms = self._atoms_of.get(requirement.id, ())
        # What nothing of its own serves is served by what all share.
        judged_atoms = atoms or self.shared.atoms
        judged_files = [path for task in tasks or self.shared.tasks for path in self._files[task]]
        files = [path for task in tasks for path in self._files[task]]
        contexts = [
            context.name
            for context in self._document.contexts
            if not set(requirement.entities).isdisjoint(context.entities)
        ]
        subjects = {
            2: files,
            3: [*contexts, *requirement.operations, *files],
            4: [scenario.id for scenario in requirement.scenarios],
        }
        outcomes: dict[str, Outcome] = {
            "1": outcome_of(self._outcomes[atom].accepted for atom in judged_atoms if atom in self._outcomes),
            **{str(level): self._verdicts.outcome(level, (*named, *judged_files)) for level, named in subjects.items()},
        }
        if not all(scenario.ran for scenario in scenarios):
            outcomes["4"] = "failed" if outcomes["4"] == "failed" else "none"
        span = requirement.span
        return RequirementResult(
            id=requirement.id,
            level="must" if requirement.level is Level.MUST else "should",
            text=requirement.text,
            span=SpanText(start=span.start, end=span.end, text=span.text, place=place_of(span)) if span else None,
            proven=proven,
            levels=outcomes,
            scenarios=scenarios,
            tasks=tasks,
            atoms=atoms,
            evidence=tuple(
                entry
                for level, named in subjects.items()
                for subject in dict.fromkeys(named)
                for entry in self._verdicts.ids.get((level, subject), ())
            ),
        )

    def tasks(self) -> tuple[TaskResult, ...]:
        total = Counter(atom.task_id for atom in self._atoms)
        accepted = Counter(outcome.task_id for outcome in self._outcomes.values() if outcome.accepted)
        spent = {task.id: self._bill.of_task(task.id) for task in self._plan.tasks}
        return tuple(
            TaskResult(
                id=task.id,
                title=task.title,
                milestone=milestone.id,
                files=task.files,
                depends_on=task.depends_on,
                requirements=task.requirement_ids,
                atoms=Count(passed=accepted[task.id], total=total[task.id]),
                tokens=spent[task.id][0],
                cost_usd=spent[task.id][1],
            )
            for milestone in self._plan.milestones
            for task in milestone.tasks
        )

    def atom_details(self) -> tuple[AtomDetail, ...]:
        checks: dict[str, list[Evidence]] = defaultdict(list)
        for (level, _check, subject), found in self._verdicts.last.items():
            if level == EvidenceLevel.ATOM:
                checks[subject].append(found)
        details = []
        for atom in self._atoms:
            outcome = self._outcomes.get(atom.id)
            ran = checks.get(atom.id, [])
            tokens, usd = self._bill.of_atom(atom.id)
            details.append(
                AtomDetail(
                    id=atom.id,
                    task=atom.task_id,
                    kind=str(atom.contract.kind),
                    author=outcome.author if outcome else None,
                    attempts=outcome.attempts if outcome else 0,
                    accepted=outcome.accepted if outcome else False,
                    accepted_first=outcome.accepted_first if outcome else False,
                    content_hash=atom.content_hash,
                    outcome=outcome_of(found.passed for found in ran),
                    checks=len(ran),
                    seconds=sum(found.seconds for found in ran),
                    tokens=tokens,
                    cost_usd=usd,
                    asked=self._bill.of_attempts(outcome) if outcome else (),
                )
            )
        return tuple(details)

    def _scenario(self, scenario: Scenario) -> ScenarioResult:
        verdict = self._scenarios.get(scenario.id)
        message = "not run"
        if verdict is not None:
            message = "; ".join(finding.message for finding in verdict.findings) or verdict.detail
        return ScenarioResult(
            id=scenario.id,
            title=scenario.title,
            kind=scenario.kind,
            ran=verdict is not None,
            passed=verdict is not None and verdict.passed,
            seconds=verdict.seconds if verdict else 0.0,
            message=message,
        )


def _by_requirement(
    everything: set[str], served: Iterable[tuple[str, Sequence[str]]]
) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """Requirement id -> ids of what serves it, and apart the ids of what serves all of several requirements."""
    own: dict[str, list[str]] = defaultdict(list)
    shared: list[str] = []
    for name, requirement_ids in served:
        if len(everything) > 1 and everything <= set(requirement_ids):
            shared.append(name)
            continue
        for requirement_id in requirement_ids:
            own[requirement_id].append(name)
    return {requirement_id: tuple(names) for requirement_id, names in own.items()}, tuple(shared)


def _entry(entry_id: str, found: Evidence) -> EvidenceEntry:
    return EvidenceEntry(
        id=entry_id,
        level=int(found.level),
        check=found.check,
        subject=found.subject,
        passed=found.passed,
        content_hash=found.content_hash,
        at=found.at,
        seconds=found.seconds,
        detail=found.detail,
        findings=tuple(
            FindingEntry(
                rule=finding.rule, path=finding.path, line=finding.line, message=finding.message, atoms=finding.atom_ids
            )
            for finding in found.findings
        ),
    )


def _atom_figures(total: int, outcomes: Sequence[AtomOutcome]) -> AtomFigures:
    authors = Counter(outcome.author for outcome in outcomes if outcome.accepted and outcome.author)
    return AtomFigures(
        total=total,
        accepted=sum(outcome.accepted for outcome in outcomes),
        accepted_first=sum(outcome.accepted_first for outcome in outcomes),
        by_author=dict(sorted(authors.items())),
    )


def _level_figures(level: EvidenceLevel, evidence: Sequence[Evidence], verdicts: _Verdicts) -> LevelFigures:
    last = [found.passed for (of, _check, _subject), found in verdicts.last.items() if of == level]
    executed = [found.seconds for found in evidence if found.level == level]
    return LevelFigures(
        ran=len(last),
        passed=sum(last),
        failed=len(last) - sum(last),
        executions=len(executed),
        seconds=sum(executed),
    )


def _statements(document: DiscoveryDocument) -> tuple[StatementResult, ...]:
    """Each statement with the requirements whose span lies in it."""
    needs = _needs(document)
    return tuple(
        StatementResult(
            place=place_of(said.span),
            text=said.span.text,
            understood=said.understood,
            became=said.became,
            requirements=tuple(needs[number]),
        )
        for number, said in enumerate(document.statements)
    )


def _needs(document: DiscoveryDocument) -> list[list[str]]:
    """Ids of requirements by number of statement. The statements of one source are apart."""
    by_source: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for number, said in enumerate(document.statements):
        by_source[said.span.source].append((said.span.start, said.span.end, number))
    for spans in by_source.values():
        spans.sort()
    needs: list[list[str]] = [[] for _ in document.statements]
    for requirement in document.requirements:
        span = requirement.span
        spans = by_source.get(span.source, []) if span else []
        if span is None:
            continue
        first = max(0, bisect_right(spans, (span.start, -1, -1)) - 1)
        for start, end, number in spans[first:]:
            if start >= span.end:
                break
            if end > span.start:
                needs[number].append(requirement.id)
    return needs


def _questions(document: DiscoveryDocument) -> tuple[QuestionEntry, ...]:
    return tuple(
        QuestionEntry(
            id=item.id,
            text=item.text,
            default=item.default,
            why=item.why,
            options=item.options,
            depends=item.depends,
            answer=item.answer,
        )
        for item in document.questions
    )


def _not_understood(document: DiscoveryDocument) -> tuple[NotUnderstood, ...]:
    return tuple(
        NotUnderstood(source=name, place=place_of(said.span), text=said.span.text, why=said.became)
        for name, lost in lost_by_source(document).items()
        for said in lost
    )
