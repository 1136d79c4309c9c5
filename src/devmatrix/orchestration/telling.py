"""What the pipeline says at each turn: from results to events."""

import shlex
import time
from collections.abc import Sequence
from pathlib import Path

from devmatrix.discovery.coverage import place_of
from devmatrix.discovery.document import DiscoveryDocument, Level
from devmatrix.events import AtomJudged, LevelFinished, Planned, Progress, RunFinished, Stage, Understood
from devmatrix.execution import Attempt, Attempts
from devmatrix.orchestration.recorder import Recorder
from devmatrix.orchestration.results import Results
from devmatrix.planning import History
from devmatrix.stacks.stack import Boot
from devmatrix.validation import LevelResult

_SECONDS_BETWEEN_PROGRESS = 0.1


def tell_understood(recorder: Recorder, document: DiscoveryDocument) -> None:
    """What discovery made of the request."""
    levels = [requirement.level for requirement in document.requirements]
    recorder.tell(
        Understood,
        title=document.title,
        entities=tuple(entity.name for entity in document.entities),
        operations=len(document.operations),
        must=levels.count(Level.MUST),
        should=levels.count(Level.SHOULD),
        assumptions=tuple(assumption.text for assumption in document.assumptions),
        questions=tuple(f"{item.text} ({item.answer or item.default})" for item in document.questions),
        not_understood=tuple(
            f"{place_of(said.span)} {said.span.text}".lstrip() for said in document.statements if not said.understood
        ),
    )


def tell_planned(recorder: Recorder, results: Results) -> None:
    """How much there is to do, and what it may cost."""
    plan = results.plan
    minutes, usd = plan.estimate.minutes, plan.estimate.usd
    recorder.tell(
        Planned,
        milestones=len(plan.milestones),
        tasks=len(plan.tasks),
        atoms=len(results.design.atoms),
        estimated_seconds=minutes.likely * 60 if minutes else None,
        estimated_usd=usd.likely,
        usd_low=usd.low,
        usd_high=usd.high,
        model_atoms=results.asked,
    )


def tell_judged(recorder: Recorder, attempts: Attempts, made: Sequence[Attempt]) -> None:
    """Attempts at one atom: those of all that were `made` just now."""
    recorder.keep_attempts(attempts)
    for attempt in made:
        recorder.tell(
            AtomJudged,
            atom_id=attempts.atom.id,
            attempt=attempt.number,
            author=attempt.candidate.author.value,
            accepted=attempt.accepted,
            findings=tuple(f"{finding.rule}: {finding.message}" for finding in attempt.findings),
        )


def tell_level(recorder: Recorder, level: LevelResult) -> None:
    """One evidence level is through."""
    recorder.tell(
        LevelFinished,
        level=int(level.level),
        ran=level.ran,
        passed=level.passed,
        failed=level.failed,
        seconds=level.seconds,
    )


class ProgressTeller:
    """Tells where the run stands, not more often than anyone can read."""

    def __init__(self, recorder: Recorder, results: Results, history: History | None) -> None:
        self._recorder = recorder
        self._results = results
        self._history = history
        self._last = 0.0

    def tell(self, stage: Stage) -> None:
        """The standing now; nothing if the last one is younger than a blink."""
        now = time.monotonic()
        if now - self._last < _SECONDS_BETWEEN_PROGRESS:
            return
        self._last = now
        results = self._results
        self._recorder.tell(
            Progress,
            stage=stage,
            tasks_done=results.tasks_done,
            tasks=len(results.plan.tasks),
            atoms_done=len(results.attempts),
            atoms=len(results.design.atoms),
            accepted_first=results.atoms_yield.accepted_first,
            findings=results.findings,
            cost_usd=results.cost_usd,
            elapsed_seconds=self._recorder.seconds,
            rest_seconds=self._rest(),
        )

    def _rest(self) -> float | None:
        if self._history is None:
            return None
        return max(0.0, self._history.likely * len(self._results.plan.tasks) - self._recorder.seconds)


def tell_finished(recorder: Recorder, results: Results, boot: Boot) -> None:
    """The end, with all that the closing summary shows."""
    recorder.tell(
        RunFinished,
        status=results.status,
        title=results.document.title,
        out=str(results.delivered.out),
        precision=results.precision,
        atoms=len(results.design.atoms),
        atoms_accepted=results.atoms_yield.accepted,
        atoms_accepted_first=results.atoms_yield.accepted_first,
        atoms_by_author=results.by_author,
        tasks=len(results.plan.tasks),
        levels={int(level.level): (level.ran, level.passed, level.failed) for level in results.levels},
        seconds=recorder.seconds,
        cost_usd=results.cost_usd,
        usd_low=results.forecast.low_usd if results.forecast else 0.0,
        usd_high=results.forecast.high_usd if results.forecast else 0.0,
        calls=results.spending.calls if results.spending else 0,
        reused=results.spending.reused if results.spending else 0,
        missing=results.missing,
        serve_command=_in_folder(results.delivered.out, boot.serve),
        test_command=_in_folder(results.delivered.out, boot.test),
        report=str(results.delivered.report_html),
    )


def _in_folder(folder: Path, command: tuple[str, ...]) -> str:
    return f"cd {shlex.quote(str(folder))} && {shlex.join(command)}"
