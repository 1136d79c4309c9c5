"""Judges variants of the tiny project."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from devmatrix.atoms.evidence import Evidence, EvidenceLevel
from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.sandbox import Sandbox
from devmatrix.sandbox.bubblewrap import Bubblewrap
from devmatrix.settings import Settings
from devmatrix.stacks.fastapi.stack import FastAPIStack
from devmatrix.validation import LevelResult, judge_project
from tests.integration.validation.tiny import TinyStack, tiny_design, tiny_document, write_tiny


@dataclass(frozen=True)
class Outcome:
    scenario_id: str
    passed: bool
    seconds: float
    message: str


def play(document: DiscoveryDocument, socket: Path, database: Path) -> tuple[Outcome, ...]:
    """The one scenario of the tiny document, over real HTTP."""
    with httpx.Client(transport=httpx.HTTPTransport(uds=str(socket)), base_url="http://project") as client:
        answer = client.post("/things", json={"name": "lamp"})
    assert database.is_file()
    passed = answer.status_code == 201 and answer.json() == {"id": 1, "name": "lamp"}
    return (Outcome("R-01.1", passed, 0.1, "" if passed else f"{answer.status_code} {answer.text}"),)


@dataclass(frozen=True)
class Judgement:
    levels: tuple[LevelResult, ...]

    def failed(self) -> list[tuple[int, str, str]]:
        return [(entry.level.value, entry.check, entry.subject) for entry in self.evidence() if not entry.passed]

    def findings(self, check: str) -> list[str]:
        found = [finding for entry in self.evidence() if entry.check == check for finding in entry.findings]
        return [f"{finding.rule}: {finding.message}" for finding in found]

    def evidence(self) -> list[Evidence]:
        return [entry for level in self.levels for entry in level.evidence]

    def blamed(self, level: EvidenceLevel, check: str) -> tuple[str, ...]:
        entries = [entry for entry in self.evidence() if (entry.level, entry.check) == (level, check)]
        return tuple(atom for entry in entries for finding in entry.findings for atom in finding.atom_ids)


Judging = Callable[..., Judgement]


@pytest.fixture(scope="session")
def stack_environment() -> Path:
    return FastAPIStack(Settings.read().home).environment()


@pytest.fixture
def judge(stack_environment: Path, tmp_path: Path) -> Judging:
    """Judges the tiny project with changes, as a build would judge a project."""

    def run(changes: dict[str, str] | None = None, *, sandbox: Sandbox | None = None) -> Judgement:
        project = write_tiny(tmp_path / "project", changes)

        async def collect() -> tuple[LevelResult, ...]:
            results = judge_project(
                project,
                tiny_design(),
                tiny_document(),
                TinyStack(stack_environment),
                sandbox or Bubblewrap.find(),
                play=play,
            )
            return tuple([result async for result in results])

        return Judgement(asyncio.run(collect()))

    return run
