"""The command line as a user runs it, with a home of its own so that nothing of the machine's runs is seen."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from devmatrix.settings import Settings


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def text(self) -> str:
        return self.stdout + self.stderr


Devmatrix = Callable[..., Ran]


@pytest.fixture(scope="session")
def variables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of the commands: the stack's packages where set-up put them, the database apart."""
    database = tmp_path_factory.mktemp("runs") / "runs.db"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DEVMATRIX_", "MGE_"))}
    return kept | {
        "DEVMATRIX_DATABASE_URL": f"sqlite:///{database}",
        "DEVMATRIX_HOME": str(Settings.read().home),
        # Less than people get, so that many builds stay quick; how much is tried changes no kind of check.
        "DEVMATRIX_FUZZ_EXAMPLES": "1",
    }


@pytest.fixture(scope="session")
def devmatrix(variables: dict[str, str]) -> Devmatrix:
    def run(*arguments: str | bytes, stdin: bytes = b"", cwd: Path | None = None) -> Ran:
        command: list[str | bytes] = [sys.executable, "-m", "devmatrix", *arguments]
        done = subprocess.run(
            command, input=stdin, capture_output=True, env=variables, cwd=cwd, timeout=600, check=False
        )
        return Ran(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))

    return run


@pytest.fixture(scope="session")
def builds(devmatrix: Devmatrix, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Builds a request once and gives its folder; a build that does not succeed is a failure that shows its output."""
    made: dict[str, Path] = {}
    root = tmp_path_factory.mktemp("builds")

    def build(request: str) -> Path:
        if request not in made:
            out = root / f"project-{len(made)}"
            ran = devmatrix("build", request, "--out", str(out), "--yes")
            assert ran.exit_code == 0, ran.text[-3000:]
            made[request] = out
        return made[request]

    return build


def report_of(project: Path) -> dict[str, Any]:
    """The report of a delivered project."""
    report: dict[str, Any] = json.loads((project / ".devmatrix" / "report.json").read_text(encoding="utf-8"))
    return report
