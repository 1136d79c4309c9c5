"""OpenAPI documents, built by the command line: proven as far as they are written, and tried beyond the scenarios."""

from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Devmatrix, report_of

DOCUMENTS = Path(__file__).parents[1] / "openapi" / "documents"


@pytest.mark.parametrize("name", ["jotter.yaml", "reading-circle.json"])
def test_an_imported_api_is_proven_as_far_as_it_is_written_and_withstands_fuzzing(
    name: str, devmatrix: Devmatrix, tmp_path: Path
) -> None:
    out = tmp_path / "project"
    ran = devmatrix("build", str(DOCUMENTS / name), "--out", str(out), "--yes")
    report = report_of(out)
    unwritten = [need for need in report["requirements"] if _is_unwritten(need)]
    assert ran.exit_code == (3 if unwritten else 0), ran.text[-3000:]
    failing = [need["text"] for need in report["requirements"] if not need["proven"] and not _is_unwritten(need)]
    assert failing == []
    fuzzed = [entry for entry in report["evidence"] if entry["check"] == "fuzz"]
    assert len(fuzzed) > 5
    assert [entry for entry in fuzzed if not entry["passed"]] == []
    assert all(int(entry["detail"].partition(" requests")[0]) > 0 for entry in fuzzed)


def _is_unwritten(need: dict[str, Any]) -> bool:
    return " does what the document says" in need["text"]
