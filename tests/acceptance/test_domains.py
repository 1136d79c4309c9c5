"""Unrelated domains, built by the command line, then attacked over HTTP by somebody else's tool."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.acceptance.conftest import report_of
from tests.acceptance.serving import serving

EXAMPLE = "Create a REST API for user management"
REQUESTS = Path(__file__).parents[2] / "benchmarks" / "requests"
DOMAINS = {
    path.stem: path.read_text(encoding="utf-8") for path in sorted(REQUESTS.glob("*.txt")) if path.stem != "large"
}
RULED = """A REST API for a tool pool.

Member: account, email email, password password, name, role member|keeper|admin
Tool: name unique, daily_fee decimal(2) >= 0, kind hand|power = hand, owner -> Member owner, soft delete, versioned
Booking: tool -> Tool, starts date, ends date, check starts < ends, notes text?, status asked|granted|returned
Booking.status: asked -(grant)-> granted -(hand_back)-> returned
"""
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance"
SCHEMA_CHECK = "response_schema_conformance"


def test_at_least_five_domains_are_tried() -> None:
    assert len(DOMAINS) >= 5


@pytest.mark.parametrize("domain", [*DOMAINS, "example"])
def test_a_domain_is_proven_and_withstands_fuzzing(domain: str, builds: Callable[[str], Path], tmp_path: Path) -> None:
    project = builds(DOMAINS.get(domain, EXAMPLE))
    report = report_of(project)
    assert report["status"] == "succeeded"
    assert report["precision"]["must"]["passed"] == report["precision"]["must"]["total"] > 0
    assert all(level["ran"] > 0 and level["failed"] == 0 for level in report["levels"].values())

    copy = tmp_path / "project"
    shutil.copytree(project, copy)
    with serving(project, copy) as url:
        _fuzz(url, tmp_path)


def _fuzz(url: str, folder: Path) -> None:
    headers: list[str] = []
    if "/auth/login" in httpx.get(f"{url}/openapi.json").json()["paths"]:
        body = {"email": "admin@example.com", "password": "Admin-password-1"}
        token = httpx.post(f"{url}/auth/login", json=body).raise_for_status().json()["access_token"]
        headers = ["-H", f"Authorization: Bearer {token}"]
    scripts = Path(sys.executable).parent
    command = [
        str(scripts / "schemathesis"),
        "run",
        f"{url}/openapi.json",
        f"--checks={CHECKS},{SCHEMA_CHECK}",
        "--phases=examples,coverage,fuzzing,stateful",
        "--max-examples=15",
        "--seed=1",
        "--continue-on-failure",
        "--suppress-health-check=all",
        "--warnings=off",
        "--no-color",
        *headers,
    ]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=500, check=False
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def test_ownership_roles_states_and_versions_withstand_fuzzing(builds: Callable[[str], Path], tmp_path: Path) -> None:
    project = builds(RULED)
    copy = tmp_path / "project"
    shutil.copytree(project, copy)
    with serving(project, copy) as url:
        _fuzz(url, tmp_path)


def test_twenty_entities_make_a_large_project_that_is_proven(builds: Callable[[str], Path]) -> None:
    report = report_of(builds((REQUESTS / "large.txt").read_text(encoding="utf-8")))
    assert report["atoms"]["total"] >= 800
    assert len(report["tasks"]) >= 100
    assert report["precision"]["must"]["passed"] == report["precision"]["must"]["total"] > 0
