"""What a run has come to so far: filled by the pipeline, read for the report and the closing event."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from devmatrix.atoms import Evidence, EvidenceLevel
from devmatrix.delivery import AtomOutcome, Delivered, Report, build_report
from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.events import Precision
from devmatrix.execution import Attempts
from devmatrix.planning import MasterPlan
from devmatrix.stacks.stack import Design
from devmatrix.validation import LevelResult, gate_failures, precision_of


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

    @property
    def accepted(self) -> int:
        """Atoms with accepted code."""
        return sum(1 for attempts in self.attempts.values() if attempts.accepted)

    @property
    def accepted_first(self) -> int:
        """Atoms whose first candidate was accepted."""
        return sum(1 for attempts in self.attempts.values() if attempts.accepted and len(attempts.made) == 1)

    @property
    def findings(self) -> int:
        """Findings so far, of all attempts and levels above the first."""
        return sum(len(attempt.findings) for attempts in self.attempts.values() for attempt in attempts.made) + sum(
            len(entry.findings) for level in self.levels if level.level > 1 for entry in level.evidence
        )

    @property
    def cost_usd(self) -> float:
        """What all attempts cost."""
        return sum(attempts.cost_usd for attempts in self.attempts.values())

    @property
    def tasks_done(self) -> int:
        """Tasks all of whose atoms are done."""
        waiting = {atom.task_id for atom in self.design.atoms if atom.id not in self.attempts}
        return sum(1 for task in self.plan.tasks if task.id not in waiting)

    @property
    def by_author(self) -> dict[str, int]:
        """Accepted atoms by who wrote them."""
        accepted = (attempts.accepted for attempts in self.attempts.values())
        return dict(Counter(attempt.candidate.author.value for attempt in accepted if attempt))

    @property
    def precision(self) -> Precision:
        """Requirements proven, of all."""
        return precision_of(self.document, self.evidence)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """All that was executed."""
        return tuple(entry for level in self.levels for entry in level.evidence)

    @property
    def missing(self) -> tuple[str, ...]:
        """What keeps the gate closed; nothing when it is open."""
        return gate_failures(self.document, self.levels, self.outcomes)

    @property
    def status(self) -> str:
        """Succeeded only through the gate."""
        return "incomplete" if self.missing else "succeeded"

    @property
    def outcomes(self) -> tuple[AtomOutcome, ...]:
        """What became of each atom."""
        return tuple(_outcome(attempts) for attempts in self.attempts.values())

    def close_atoms(self, seconds: float) -> None:
        """Sum level 1 up: the checks on the last candidate of each atom; an atom nobody wrote has failed."""
        last = [attempts.made[-1].evidence for attempts in self.attempts.values() if attempts.made]
        self.levels.append(LevelResult.of(EvidenceLevel.ATOM, tuple(entry for each in last for entry in each), seconds))

    def make_report(self, seconds: float) -> Report:
        """The report, as things stand."""
        return build_report(
            run_id=self.run_id,
            status="incomplete" if self.missing else "succeeded",
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
        )


def _outcome(attempts: Attempts) -> AtomOutcome:
    accepted = attempts.accepted
    return AtomOutcome(
        atom_id=attempts.atom.id,
        task_id=attempts.atom.task_id,
        author=accepted.candidate.author.value if accepted else None,
        attempts=len(attempts.made),
        accepted=accepted is not None,
        accepted_first=accepted is not None and len(attempts.made) == 1,
        content_hash=attempts.atom.content_hash,
    )
