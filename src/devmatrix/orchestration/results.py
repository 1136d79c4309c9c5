"""What a run has come to so far: filled by the pipeline, read for the report and the closing event."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from devmatrix.atoms import AuthorKind, Evidence, EvidenceLevel, Finding, Written
from devmatrix.delivery import AskedAttempt, AtomOutcome, Bill, Delivered, Report, build_report
from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.events import Precision
from devmatrix.execution import Attempts
from devmatrix.llm import Charge, Forecast, Spending
from devmatrix.planning import MasterPlan
from devmatrix.stacks.stack import Design
from devmatrix.validation import LevelResult, Yield, judge_gate, measure_precision, measure_yield, prove


@dataclass
class Results:
    """One per run. What a stage has not given yet is absent, and reading it is a programming error."""

    run_id: str
    document: DiscoveryDocument
    plan: MasterPlan = field(init=False)
    design: Design = field(init=False)
    files: Mapping[str, str] = field(init=False)
    delivered: Delivered = field(init=False)
    report: Report | None = None
    attempts: dict[str, Attempts] = field(default_factory=dict)
    levels: list[LevelResult] = field(default_factory=list)
    stages: dict[str, float] = field(default_factory=dict)
    forecast: Forecast | None = None
    """What the plan said that models would take; none: none was to be asked."""
    asked: int = 0
    """Atoms that are for a model, and not known from an earlier run."""
    bill: tuple[Charge, ...] = ()
    """The lines of what was paid to models."""
    spending: Spending | None = None
    """What was paid to models; none: nothing was asked."""

    def written(self, atom_id: str) -> Written | None:
        """The code that was accepted for an atom so far."""
        attempts = self.attempts.get(atom_id)
        accepted = attempts and attempts.accepted
        return Written(accepted.candidate.code, accepted.candidate.imports) if accepted else None

    @property
    def is_delivered(self) -> bool:
        """Whether the project lies in its folder."""
        return hasattr(self, "delivered")

    @property
    def atoms_yield(self) -> Yield:
        """Accepted atoms, at the first attempt and in the end."""
        return measure_yield(
            [attempt is attempts.written for attempt in attempts.made] for attempts in self.attempts.values()
        )

    @property
    def findings(self) -> int:
        """Findings so far, of all attempts and of the levels above the first."""
        at_atoms = sum(len(attempt.findings) for attempts in self.attempts.values() for attempt in attempts.made)
        above = (level for level in self.levels if level.level is not EvidenceLevel.ATOM)
        return at_atoms + sum(len(entry.findings) for level in above for entry in level.evidence)

    @property
    def cost_usd(self) -> float:
        """What was paid, broken-off calls included."""
        if self.spending is not None:
            return self.spending.usd + self.spending.uncertain_usd
        return sum(attempts.cost_usd for attempts in self.attempts.values())

    @property
    def tasks_done(self) -> int:
        """Tasks all of whose atoms are done."""
        waiting = {atom.task_id for atom in self.design.atoms if atom.id not in self.attempts}
        return sum(1 for task in self.plan.tasks if task.id not in waiting)

    @property
    def by_author(self) -> dict[str, int]:
        """Accepted atoms by who wrote them, stand-ins for what nobody wrote included."""
        accepted = (attempts.accepted for attempts in self.attempts.values())
        return dict(Counter(attempt.candidate.author.value for attempt in accepted if attempt))

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """All that was executed."""
        return tuple(entry for level in self.levels for entry in level.evidence)

    @property
    def precision(self) -> Precision:
        """Requirements proven, of all."""
        return measure_precision(prove(self.document, self.evidence))

    @property
    def missing(self) -> tuple[str, ...]:
        """What keeps the gate closed, and which requirements are not proven; nothing when all is well."""
        unproven = [proof for proof in prove(self.document, self.evidence) if not proof.proven]
        texts = {requirement.id: requirement.text for requirement in self.document.requirements}
        return (
            *judge_gate(self.precision, self.levels).reasons,
            *(
                f"{proof.requirement_id} {texts[proof.requirement_id]}: {', '.join(proof.failing)}"
                for proof in unproven
            ),
        )

    @property
    def status(self) -> Literal["succeeded", "incomplete"]:
        """Succeeded only through the gate."""
        return "succeeded" if judge_gate(self.precision, self.levels).open else "incomplete"

    @property
    def outcomes(self) -> tuple[AtomOutcome, ...]:
        """What became of each atom."""
        return tuple(_outcome(attempts) for attempts in self.attempts.values())

    def close_atoms(self, seconds: float) -> None:
        """Sum level 1 up: the checks on what was accepted of each atom, or tried last; a failure where nobody tried."""
        evidence = tuple(entry for attempts in self.attempts.values() for entry in _last_evidence(attempts))
        self.levels[:1] = [LevelResult(EvidenceLevel.ATOM, evidence, seconds)]

    def make_report(self, seconds: float) -> Report:
        """The report, as things stand."""
        return build_report(
            run_id=self.run_id,
            status=self.status,
            document=self.document,
            plan=self.plan,
            atoms=self.design.atoms,
            outcomes=self.outcomes,
            evidence=self.evidence,
            seconds=seconds,
            stages=self.stages,
            cost_usd=self.cost_usd,
            files=self.files,
            missing=self.missing,
            bill=Bill(self.bill, self.forecast),
        )


def _last_evidence(attempts: Attempts) -> tuple[Evidence, ...]:
    if attempts.made:
        return (attempts.accepted or attempts.made[-1]).evidence
    atom = attempts.atom
    message = "no author could write it"
    path = atom.contract.path
    finding = Finding(level=EvidenceLevel.ATOM, rule="atom.written", path=path, message=message, atom_ids=(atom.id,))
    return (
        Evidence(
            level=EvidenceLevel.ATOM,
            check="written",
            subject=atom.id,
            passed=False,
            content_hash=atom.content_hash,
            at=datetime.now(UTC),
            seconds=0.0,
            findings=(finding,),
            detail=message,
        ),
    )


def _outcome(attempts: Attempts) -> AtomOutcome:
    accepted, written = attempts.accepted, attempts.written
    return AtomOutcome(
        atom_id=attempts.atom.id,
        task_id=attempts.atom.task_id,
        author=accepted.candidate.author.value if accepted else None,
        attempts=len(attempts.made),
        accepted=written is not None,
        accepted_first=written is not None and len(attempts.made) == 1,
        content_hash=attempts.atom.content_hash,
        asked=tuple(
            AskedAttempt(
                number=attempt.number,
                model=attempt.candidate.model,
                tier=attempt.candidate.tier,
                accepted=attempt is accepted,
            )
            for attempt in attempts.made
            if attempt.candidate.author is AuthorKind.MODEL
        ),
    )
