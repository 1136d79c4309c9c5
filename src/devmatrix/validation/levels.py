"""Levels 2 to 4: takes a finished project folder, gives one LevelResult for each level, with all that was executed."""

import asyncio
import contextlib
import functools
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeVar

from devmatrix.atoms.evidence import Evidence, EvidenceLevel
from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.sandbox.sandbox import Sandbox
from devmatrix.stacks.stack import Boot, Design, Stack
from devmatrix.validation.blame import Blame
from devmatrix.validation.commands import check_commands, check_readme
from devmatrix.validation.components import check_migrations, check_openapi, check_tests
from devmatrix.validation.fuzzing import Fuzzing, check_fuzzing
from devmatrix.validation.ledger import Ledger
from devmatrix.validation.modules import check_imports, check_lint, check_types
from devmatrix.validation.probes import Journal, check_probes, check_starts, try_starts
from devmatrix.validation.requirements import check_requirements
from devmatrix.validation.system import (
    Observed,
    Play,
    check_boot,
    check_scenarios,
    check_test_command,
    observe,
)
from devmatrix.validation.testing import TestRun, run_tests

Result = TypeVar("Result")

_LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache")


@dataclass(frozen=True)
class LevelResult:
    """What ran at one level."""

    level: EvidenceLevel
    evidence: tuple[Evidence, ...]
    seconds: float
    """From the start of its first check to the end of its last; levels overlap."""

    @property
    def ran(self) -> int:
        """Checks that were executed or should have been."""
        return len(self.evidence)

    @property
    def passed(self) -> int:
        """Checks without a finding."""
        return sum(evidence.passed for evidence in self.evidence)

    @property
    def failed(self) -> int:
        """The others."""
        return self.ran - self.passed

    @property
    def ok(self) -> bool:
        """Whether something ran and nothing failed."""
        return self.ran > 0 and not self.failed


async def judge_project(
    project: Path,
    design: Design,
    document: DiscoveryDocument,
    stack: Stack,
    sandbox: Sandbox,
    *,
    play: Play | None = None,
    fuzzing: Fuzzing | None = None,
) -> AsyncIterator[LevelResult]:
    """Judge the finished project in the folder `project`, which stays as it is: each check works on a copy beside it.

    Levels 2, 3 and 4 in order; their checks run side by side. `play` plays the scenarios (default: our own runner),
    `fuzzing` says how much is tried beyond them. Closing the iterator early closes `sandbox`, which must be for this
    run alone.
    """
    boot, environment = stack.boot(document), stack.environment()
    journal = Journal()
    if play is None:
        from devmatrix.validation import scenarios

        play = functools.partial(scenarios.play, hear=journal.hear)
    blame = Blame(project, design.atoms, document)
    ledgers = {
        level: Ledger(level, project, blame)
        for level in (EvidenceLevel.MODULE, EvidenceLevel.COMPONENT, EvidenceLevel.SYSTEM)
    }
    with _Copies(project) as copies:
        checks = _Checks(copies, boot, environment, document, sandbox, play, fuzzing or Fuzzing(), journal, ledgers)
        finished = False
        try:
            async for result in checks.run():
                yield result
            finished = True
        finally:
            if not finished:
                sandbox.close()


@dataclass(frozen=True)
class _Checks:
    copies: "_Copies"
    boot: Boot
    environment: Path
    document: DiscoveryDocument
    sandbox: Sandbox
    play: Play
    fuzzing: Fuzzing
    journal: Journal
    ledgers: dict[EvidenceLevel, Ledger]

    async def run(self) -> AsyncIterator[LevelResult]:
        began = time.monotonic()
        module, component, system = self.ledgers.values()
        # The longest two first: on two cores everything else fits beside them.
        tests = self._start(self._tests)
        seen = self._start(self._observe)
        migrations = self._start(self._migrations)
        commands = self._start(self._commands)
        modules = self._start(self._modules)
        tasks = (tests, seen, migrations, commands, modules)
        try:
            await modules
            yield _result(EvidenceLevel.MODULE, module, began)
            await migrations
            observed, run = await seen, await tests
            check_tests(component, run, self.document)
            check_openapi(component, observed.openapi, self.document, observed.openapi_failure, 0.0)
            yield _result(EvidenceLevel.COMPONENT, component, began)
            await commands
            check_boot(system, observed)
            check_scenarios(system, observed, self.document)
            check_fuzzing(system, observed.fuzzed, self.document, observed.log)
            check_probes(system, observed.probed, observed.log, observed.failure)
            check_test_command(system, run)
            yield _result(EvidenceLevel.SYSTEM, system, began)
        finally:
            for task in tasks:
                task.cancel()

    def _start(self, check: Callable[[], Result]) -> asyncio.Task[Result]:
        return asyncio.create_task(asyncio.to_thread(check))

    def _tests(self) -> TestRun:
        with self.copies.take() as folder:
            return run_tests(self.boot, self.sandbox, folder, self.environment)

    def _observe(self) -> Observed:
        with self.copies.take() as folder:
            return observe(
                self.boot,
                self.sandbox,
                folder,
                self.environment,
                self.document,
                self.play,
                self.fuzzing,
                self.journal,
            )

    def _migrations(self) -> None:
        with self.copies.take() as folder:
            check_migrations(self.ledgers[EvidenceLevel.COMPONENT], self.sandbox, folder, self.environment)

    def _modules(self) -> None:
        ledger = self.ledgers[EvidenceLevel.MODULE]
        with self.copies.take() as folder:  # not yet touched by any code of the project
            check_lint(ledger, folder)
            check_types(ledger, folder, self.environment)
            check_requirements(ledger, self.boot, folder, self.environment)
            check_imports(ledger, self.sandbox, folder, self.environment)

    def _commands(self) -> None:
        ledger = self.ledgers[EvidenceLevel.SYSTEM]
        with self.copies.take() as folder:
            check_readme(ledger, self.boot, folder)
            check_commands(ledger, self.boot, self.sandbox, folder, self.environment)
        with self.copies.take() as folder:
            check_starts(ledger, self.boot, try_starts(self.boot, self.sandbox, folder, self.environment))


class _Copies:
    """Copies of the project in a folder beside it: what one check leaves behind meets no other, nor the delivery."""

    def __init__(self, project: Path) -> None:
        self._project = project
        self._root = Path(tempfile.mkdtemp(prefix=".judging-", dir=project.parent))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        shutil.rmtree(self._root, ignore_errors=True)

    @contextlib.contextmanager
    def take(self) -> Iterator[Path]:
        """A fresh copy, gone afterwards."""
        root = Path(tempfile.mkdtemp(dir=self._root))
        folder = root / "project"
        shutil.copytree(self._project, folder, symlinks=True, ignore=_LEFT_OUT)
        try:
            yield folder
        finally:
            shutil.rmtree(root, ignore_errors=True)


def _result(level: EvidenceLevel, ledger: Ledger, began: float) -> LevelResult:
    return LevelResult(level, tuple(ledger.evidence), time.monotonic() - began)
