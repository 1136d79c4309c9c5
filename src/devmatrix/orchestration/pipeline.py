"""One run from a DiscoveryDocument to a delivered project."""

import asyncio
import contextlib
import secrets
import shutil
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from devmatrix import __version__
from devmatrix.atoms import Atom, AtomGraph, AuthorKind, Finding, Module, Written
from devmatrix.delivery import check_output, deliver
from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.errors import BudgetReached, ContractError, ModelError
from devmatrix.events import BudgetWarned, Event, RunStarted, Stage, StageFinished, StageStarted
from devmatrix.execution import Attempt, Attempts, run_ready_set
from devmatrix.llm import BudgetWarning, Gateway, Tier, check_model, open_gateway
from devmatrix.orchestration.forecasting import forecast_atoms, long_ones, with_forecast
from devmatrix.orchestration.proving import Proven, Prover
from devmatrix.orchestration.recorder import Recorder
from devmatrix.orchestration.repairing import Repairer, written_of
from devmatrix.orchestration.results import Results
from devmatrix.orchestration.splitting import Splitter, too_large
from devmatrix.orchestration.telling import (
    ProgressTeller,
    tell_finished,
    tell_judged,
    tell_level,
    tell_planned,
    tell_understood,
)
from devmatrix.orchestration.writers import make_briefing, make_writers, open_atoms, recall
from devmatrix.planning import History, make_plan
from devmatrix.sandbox import Sandbox
from devmatrix.settings import Settings
from devmatrix.stacks.stack import Stack
from devmatrix.storage import RunRecord, RunStatus, RunStore
from devmatrix.validation import AtomJudge, LevelResult, Suspect, check_skeleton, suspects_of
from devmatrix.validation.fuzzing import Fuzzing


class Pipeline:
    """Takes one document through planning, atoms, authoring, validation and delivery."""

    def __init__(
        self,
        settings: Settings,
        store: RunStore,
        stack: Stack,
        sandbox: Sandbox,
        document: DiscoveryDocument,
        out: Path,
        discovery_seconds: float | None = None,
        *,
        resumes: str | None = None,
    ) -> None:
        """`resumes`: id of the run that this one goes on with; what it paid for is not paid again."""
        self._settings = settings
        self._store = store
        self._stack = stack
        self._sandbox = sandbox
        self._opened = contextlib.ExitStack()
        self._document = document
        self._output = check_output(out)
        self._resumes = resumes is not None
        self._run_id = resumes or f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
        self._authors = tuple(AuthorKind(name) for name in settings.authors.split(","))
        self._gateway: Gateway | None = None
        self._recorded: Mapping[str, tuple[str, tuple[str, ...]]] = {}
        self._work = settings.home / "work" / self._run_id
        self._results = Results(self._run_id, document)
        self._discovery_seconds = discovery_seconds
        self._recorder = Recorder(store, self._run_id)

    async def run(self) -> AsyncGenerator[Event]:
        """All stages; the last event is RunFinished. Closed early, the run is marked cancelled and leaves no trace."""
        if self._resumes:
            await asyncio.to_thread(self._store.set_status, self._run_id, RunStatus.RUNNING)
        else:
            await asyncio.to_thread(self._store.start_run, self._record())
        work = asyncio.create_task(self._all_stages())
        work.add_done_callback(lambda _: self._recorder.close())
        status = RunStatus.FAILED
        try:
            async for event in self._recorder.events():
                yield event
            await work
            status = RunStatus(self._results.status)
        except (GeneratorExit, asyncio.CancelledError):
            status = RunStatus.CANCELLED
            raise
        except BudgetReached as error:
            status = RunStatus.PAUSED
            mend = f"{error.mend}; to go on with this run: devmatrix resume {self._run_id} --budget USD"
            raise BudgetReached(error.message, mend=mend) from error
        except ModelError:
            status = RunStatus.PAUSED
            raise
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            if self._gateway is not None:
                await self._gateway.close()
            if self._results.is_delivered:  # the project is there and whole: too late to call it cancelled
                status = RunStatus(self._results.status)
            await asyncio.to_thread(self._close, status)

    def _record(self) -> RunRecord:
        return RunRecord(
            id=self._run_id,
            request=self._document.request,
            title=self._document.title,
            stack=self._stack.name,
            out=str(self._output.path),
            status=RunStatus.RUNNING,
            created_at=datetime.now(UTC),
            devmatrix_version=__version__,
        )

    def _close(self, status: RunStatus) -> None:
        self._recorder.flush()
        self._store.finish_run(
            self._run_id,
            status,
            self._results.report,
            seconds=self._recorder.seconds,
            cost_usd=self._results.cost_usd,
        )
        self._opened.close()
        shutil.rmtree(self._work, ignore_errors=True)

    async def _all_stages(self) -> None:
        self._recorder.tell(RunStarted, request=self._document.request, out=str(self._output.path))
        self._tell_discovery()
        stages: dict[Stage, Callable[[], Awaitable[str]]] = {
            "planning": self._planning,
            "atoms": self._atoms,
            "authoring": self._authoring,
            "validation": self._validation,
            "delivery": self._delivery,
        }
        for stage, work in stages.items():
            self._recorder.tell(StageStarted, stage=stage)
            began = time.monotonic()
            summary = await work()
            seconds = time.monotonic() - began
            self._results.stages[stage] = seconds
            self._recorder.tell(StageFinished, stage=stage, seconds=seconds, summary=summary)
        tell_finished(self._recorder, self._results, self._stack.boot(self._document))

    def _tell_discovery(self) -> None:
        seconds, document = self._discovery_seconds, self._document
        if seconds is None:  # the document was given
            tell_understood(self._recorder, document)
            return
        self._results.stages["discovery"] = seconds
        self._recorder.tell(StageStarted, stage="discovery")
        tell_understood(self._recorder, document)
        summary = f"{len(document.entities)} entities, {len(document.requirements)} requirements"
        self._recorder.tell(StageFinished, stage="discovery", seconds=seconds, summary=summary)

    async def _planning(self) -> str:
        history = History.of(await asyncio.to_thread(self._store.seconds_per_task))
        outline = self._stack.outline(self._document)
        plan = make_plan(self._document, outline, stack=self._stack.name, history=history)
        self._results.plan = plan
        self._progress = ProgressTeller(self._recorder, self._results, history)
        await asyncio.to_thread(self._store.save_plan, self._run_id, self._document, plan)
        return f"{len(plan.milestones)} milestones, {len(plan.tasks)} tasks"

    async def _atoms(self) -> str:
        """Cut the plan into atoms, and see that their contracts type-check before any body exists."""
        plan = self._results.plan
        design = await asyncio.to_thread(self._stack.design, self._document, plan)
        graph = AtomGraph.of(design.atoms)
        self._results.design = design
        self._open = open_atoms(design, self._authors)
        self._briefing = make_briefing(self._document, design, self._stack.guide(), self._results.written)
        if self._settings.enable_caching:
            self._recorded = await asyncio.to_thread(recall, self._store, self._open)
        await asyncio.to_thread(self._forecast)
        tell_planned(self._recorder, self._results)
        await asyncio.to_thread(self._store.save_atoms, self._run_id, design.atoms)
        environment = await asyncio.to_thread(self._stack.environment)
        wrong = await asyncio.to_thread(check_skeleton, design.modules, environment, self._work / "skeleton")
        if wrong:
            first = wrong[0]
            raise ContractError(f"the contract tree does not type-check: {first.path}:{first.line} {first.message}")
        if self._asks_model:
            await asyncio.to_thread(check_model, self._settings)
            self._gateway = open_gateway(self._settings, self._store, on_warning=self._warn)
            await self._split(self._gateway, environment, long_ones(design, self._open))
            graph = AtomGraph.of(self._results.design.atoms)
        told = (
            f"{len(graph)} atoms in {len(design.modules)} modules and {len(graph.waves())} waves; contracts type-check"
        )
        return f"{told}; {self._results.asked} for a model" if self._results.asked else told

    async def _split(self, gateway: Gateway, environment: Path, atoms: Sequence[Atom]) -> None:
        """Cut what is too much for one body into helpers; what is open, known and told follows from the new design."""
        if not atoms:
            return
        folder = self._work / "split"

        def check(modules: tuple[Module, ...]) -> tuple[Finding, ...]:
            return check_skeleton(modules, environment, folder / secrets.token_hex(4))

        results = self._results
        splitter = Splitter(self._briefing, gateway, self._run_id, check)
        design = await splitter.split(results.design, atoms)
        if design is results.design:
            return
        results.design = design
        self._open = open_atoms(design, self._authors)
        self._briefing = make_briefing(self._document, design, self._stack.guide(), results.written)
        if self._settings.enable_caching:
            self._recorded = await asyncio.to_thread(recall, self._store, self._open)
        await asyncio.to_thread(self._store.save_atoms, self._run_id, design.atoms)

    def _warn(self, warning: BudgetWarning) -> None:
        self._recorder.tell(BudgetWarned, message=str(warning))

    @property
    def _asks_model(self) -> bool:
        return bool(self._open and self._settings.model and AuthorKind.MODEL in self._authors)

    def _forecast(self) -> None:
        """What asking a model will cost, into the plan; what was accepted in an earlier run costs nothing."""
        results = self._results
        if not self._asks_model:
            return
        asked = [atom for atom in self._open if atom.content_hash not in self._recorded]
        results.asked = len(asked)
        long = long_ones(results.design, asked)
        results.forecast = forecast_atoms(self._settings, self._briefing, asked, long=long)
        estimate = with_forecast(results.plan.estimate, results.forecast)
        results.plan = results.plan.model_copy(update={"estimate": estimate})
        self._store.save_plan(self._run_id, self._document, results.plan)

    async def _authoring(self) -> str:
        """Write every atom, each judged at level 1 at once; what proves too large for one body is split and written."""
        began, results = time.monotonic(), self._results
        await self._write()
        large = too_large(results.attempts.values()) if self._gateway and self._writers.stopped is None else []
        if self._gateway is not None and large:
            before = results.design
            await self._split(self._gateway, self._stack.environment(), large)
            if results.design is not before:
                await self._write()
        if self._gateway is not None:
            results.spending = await asyncio.to_thread(self._gateway.spent, self._run_id)
        if self._writers.stopped is not None:
            raise self._writers.stopped
        results.close_atoms(time.monotonic() - began)
        tell_level(self._recorder, results.levels[-1])
        figures = results.atoms_yield
        return f"{figures.accepted} of {figures.atoms} atoms accepted, {figures.accepted_first} at the first attempt"

    async def _write(self) -> None:
        """Write the atoms of the design that have not been tried in their present form."""
        design, results = self._results.design, self._results
        written = written_of({key: each for key, each in results.attempts.items() if each.written is not None})
        judge = AtomJudge(
            design.modules, design.atoms, self._stack.environment(), self._work / "atoms", self._sandbox, written
        )
        self._opened.callback(judge.close)
        opened = {atom.id for atom in self._open}
        judge.anticipate(item for key, item in design.blueprints.items() if key not in opened | set(results.attempts))
        writers = self._writers = make_writers(
            design,
            self._authors,
            judge,
            recorded=self._recorded,
            gateway=self._gateway,
            briefing=self._briefing,
            run_id=self._run_id,
            start=Tier(self._settings.model_start),
            max_attempts=self._settings.max_attempts,
        )

        async def write(atom: Atom) -> Attempts:
            known = results.attempts.get(atom.id)
            return known if known and known.atom == atom else await writers.write(atom)

        graph = AtomGraph.of(design.atoms)
        async for atom, attempts in run_ready_set(graph, write, concurrency=self._settings.max_concurrency):
            if results.attempts.get(atom.id) is attempts:
                continue
            results.attempts[atom.id] = attempts
            tell_judged(self._recorder, attempts, attempts.made)
            self._progress.tell("authoring")

    async def _validation(self) -> str:
        """Put the project together, judge modules, components and system, and repair what a model wrote wrong."""
        results = self._results
        fuzzing = Fuzzing(examples=self._settings.fuzz_examples)
        prover = Prover(results.design, self._document, self._stack, self._sandbox, self._work, fuzzing)

        async def prove(written: Mapping[str, Written]) -> Proven:
            return await prover.prove(written, self._tell_level)

        proven = await prove(written_of(results.attempts))
        if proven.failing and self._gateway is not None:
            changeable = {atom.id for atom in self._open}
            repairer = Repairer(results.attempts, self._writers, changeable, prove, self._rank, self._tell_attempts)
            proven = await repairer.repair(proven)
            results.spending = await asyncio.to_thread(self._gateway.spent, self._run_id)
            results.close_atoms(results.levels[0].seconds)
        results.files = proven.files
        results.levels[1:] = proven.levels
        for level in results.levels:
            await asyncio.to_thread(self._store.save_evidence, self._run_id, level.evidence)
        if self._writers.stopped is not None:
            raise self._writers.stopped
        return f"precision MUST {results.precision.must_passed}/{results.precision.must_total}"

    def _rank(self, proven: Proven, written: Mapping[str, Written]) -> tuple[Suspect, ...]:
        code = {atom_id: each.code for atom_id, each in written.items()}
        return suspects_of(proven.evidence, self._results.design.atoms, self._document, code)

    def _tell_level(self, level: LevelResult) -> None:
        tell_level(self._recorder, level)
        self._progress.tell("validation")

    def _tell_attempts(self, attempts: Attempts, made: Sequence[Attempt]) -> None:
        tell_judged(self._recorder, attempts, made)

    async def _delivery(self) -> str:
        results = self._results
        if self._gateway is not None:
            results.bill = await asyncio.to_thread(self._gateway.bill, self._run_id)
        report = results.report = results.make_report(self._recorder.seconds)
        work = asyncio.create_task(
            asyncio.to_thread(
                deliver, self._output, files=results.files, document=self._document, plan=results.plan, report=report
            )
        )
        try:
            results.delivered = await asyncio.shield(work)
        except asyncio.CancelledError:
            results.delivered = await work  # a thread cannot be stopped: what it has begun is brought to its end
            raise
        return f"{len(results.files)} files, {len(results.delivered.commits)} new commits in {results.delivered.out}"
