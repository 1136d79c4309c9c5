"""Unrelated domains, built by the command line: proven, and tried beyond what was thought of.

The two that are large are built by the benchmarks (build, model): they take a minute each.
"""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.settings import Settings
from devmatrix.stacks.fastapi import FastAPIStack
from tests.acceptance.conftest import report_of

EXAMPLE = "Create a REST API for user management"
REQUESTS = Path(__file__).parents[2] / "benchmarks" / "requests"
DOMAINS = {
    path.stem: path.read_text(encoding="utf-8")
    for path in sorted(REQUESTS.glob("*.txt"))
    if path.stem not in {"example", "festival", "large"}
}
RULED = """A REST API for a tool pool.

Member: account, email email, password password, name, role member|keeper|admin
Tool: name unique, daily_fee decimal(2) >= 0, kind hand|power = hand, owner -> Member owner, soft delete, versioned
Booking: tool -> Tool, starts date, ends date, check starts < ends, notes text?, status asked|granted|returned
Booking.status: asked -(grant)-> granted -(hand_back)-> returned
"""


def test_at_least_five_domains_are_tried() -> None:
    assert len(DOMAINS) >= 5


@pytest.mark.parametrize("domain", [*DOMAINS, "example"])
def test_a_domain_is_proven_and_withstands_fuzzing(domain: str, builds: Callable[[str], Path]) -> None:
    report = report_of(builds(DOMAINS.get(domain, EXAMPLE)))
    assert report["status"] == "succeeded"
    assert report["precision"]["must"]["passed"] == report["precision"]["must"]["total"] > 0
    assert all(level["ran"] > 0 and level["failed"] == 0 for level in report["levels"].values())
    _assert_fuzzed(builds(DOMAINS.get(domain, EXAMPLE)))


def _assert_fuzzed(project: Path) -> None:
    """Each operation was tried beyond its scenarios, in and out of what its document allows."""
    evidence = report_of(project)["evidence"]
    document = DiscoveryDocument.model_validate_json((project / ".devmatrix" / "document.json").read_text("utf-8"))
    fuzzed = {entry["subject"]: entry for entry in evidence if entry["check"] == "fuzz"}
    assert fuzzed.keys() == {*(operation.id for operation in document.operations), "project"}
    for entry in fuzzed.values():
        assert entry["passed"], entry
        assert int(entry["detail"].partition(" requests")[0]) > 0
    answers = " ".join(entry["detail"] for entry in fuzzed.values())
    assert all(f"answered {status}" in answers for status in (200, 201, 204, 404, 422))
    assert ", 0 of them in walks" not in fuzzed["project"]["detail"]


def test_ownership_roles_states_and_versions_withstand_fuzzing(builds: Callable[[str], Path]) -> None:
    _assert_fuzzed(builds(RULED))


def test_generated_code_keeps_strict_types(builds: Callable[[str], Path], tmp_path: Path) -> None:
    """Judged by a checker that no level uses, with rules of everything that a request may ask for."""
    project = builds(RULED)
    python = FastAPIStack(Settings.read().home).environment() / "bin" / "python"
    command = [sys.executable, "-m", "mypy", "--strict", "--python-executable", str(python), "app", "tests/unit"]
    command += ["--cache-dir", str(tmp_path)]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    lint = [sys.executable, "-m", "ruff", "check", "--no-cache", "."]
    done = subprocess.run(lint, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
