"""Puts code together and judges it at levels 2 to 4: as often as something in it changes."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from devmatrix.atoms import Evidence, Written
from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.execution import read_project, write_project
from devmatrix.sandbox import Sandbox
from devmatrix.stacks.stack import Design, Stack
from devmatrix.validation import LevelResult, judge_project
from devmatrix.validation.fuzzing import Fuzzing
from devmatrix.validation.scenarios import compile_scenarios


@dataclass(frozen=True)
class Proven:
    """What was executed on one state of the project, and its files as they were judged."""

    files: Mapping[str, str]
    levels: tuple[LevelResult, ...]

    @property
    def passed(self) -> frozenset[tuple[int, str, str]]:
        """Level, check and subject of what passed."""
        return frozenset((int(entry.level), entry.check, entry.subject) for entry in self.evidence if entry.passed)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """All that was executed."""
        return tuple(entry for level in self.levels for entry in level.evidence)

    @property
    def failing(self) -> tuple[Evidence, ...]:
        """What failed."""
        return tuple(entry for entry in self.evidence if not entry.passed)


class Prover:
    """Judges the project of one run, in a folder that is its own."""

    def __init__(
        self,
        design: Design,
        document: DiscoveryDocument,
        stack: Stack,
        sandbox: Sandbox,
        folder: Path,
        fuzzing: Fuzzing,
    ) -> None:
        self._design = design
        self._document = document
        self._stack = stack
        self._sandbox = sandbox
        self._folder = folder
        self._fuzzing = fuzzing
        self._states = 0

    async def prove(self, written: Mapping[str, Written], tell: Callable[[LevelResult], None]) -> Proven:
        """Judge the project that `written` (by atom id) makes; `tell` hears of each level as it ends."""
        self._states += 1
        folder = self._folder / f"state-{self._states}" / "project"
        scenarios = await asyncio.to_thread(compile_scenarios, self._document)
        await asyncio.to_thread(write_project, folder, self._design.modules, written, scenarios)
        paths = [*(module.path for module in self._design.modules), *scenarios]
        files = await asyncio.to_thread(read_project, folder, paths)
        levels = []
        async for level in self._levels(folder):
            levels.append(level)
            tell(level)
        return Proven(files, tuple(levels))

    def _levels(self, folder: Path) -> AsyncIterator[LevelResult]:
        return judge_project(folder, self._design, self._document, self._stack, self._sandbox, fuzzing=self._fuzzing)
