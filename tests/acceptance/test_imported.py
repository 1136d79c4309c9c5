"""OpenAPI documents, built by the command line, then attacked over HTTP with the given document in hand."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Devmatrix, report_of
from tests.acceptance.serving import serving

DOCUMENTS = Path(__file__).parents[1] / "openapi" / "documents"
CHECKS = "not_a_server_error,response_schema_conformance"


@pytest.mark.parametrize("name", ["jotter.yaml", "reading-circle.json"])
def test_an_imported_api_is_proven_as_far_as_it_is_written_and_withstands_fuzzing(
    name: str, devmatrix: Devmatrix, tmp_path: Path
) -> None:
    out = tmp_path / "project"
    ran = devmatrix("build", str(DOCUMENTS / name), "--out", str(out), "--yes")
    report = report_of(out)
    unwritten = {one for need in report["requirements"] if _is_unwritten(need) for one in need["operations"]}
    assert ran.exit_code == (3 if unwritten else 0), ran.text[-3000:]
    failing = [need["text"] for need in report["requirements"] if not need["proven"] and not _is_unwritten(need)]
    assert failing == []
    copy = tmp_path / "copy"
    shutil.copytree(out, copy)
    with serving(out, copy) as url:
        _fuzz(url, DOCUMENTS / name, tmp_path, unwritten)


def _is_unwritten(need: dict[str, Any]) -> bool:
    return " does what the document says" in need["text"]


def _fuzz(url: str, document: Path, folder: Path, unwritten: set[str]) -> None:
    assert not unwritten, "leave the unwritten operations out by --exclude-operation-id"
    command = [
        str(Path(sys.executable).parent / "schemathesis"),
        "run",
        str(document),
        f"--url={url}",
        f"--checks={CHECKS}",
        "--phases=examples,coverage,fuzzing",
        "--max-examples=15",
        "--seed=1",
        "--continue-on-failure",
        "--suppress-health-check=all",
        "--warnings=off",
        "--no-color",
    ]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=500, check=False
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
