"""Whatever an OpenAPI document describes: its contracts type-check before any body exists, and the project starts."""

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from devmatrix.discovery.openapi import read_openapi
from devmatrix.discovery.sources import Source
from devmatrix.errors import RequestError
from devmatrix.validation import check_skeleton
from tests.integration.stacks.projects import materialise
from tests.integration.stacks.serving import serving
from tests.unit.discovery.openapi.binding.test_any_document import documents


@settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=(HealthCheck.function_scoped_fixture, HealthCheck.too_slow),
)
@given(text=documents(), number=st.integers(0, 2**32))
def test_any_document_becomes_contracts_that_hold_and_a_project_that_starts(
    text: str, number: int, tmp_path: Path
) -> None:
    try:
        document = read_openapi(Source(text, "any.json"))
    except RequestError:
        assume(False)
        raise
    folder = tmp_path / str(number)
    design = materialise(folder, document)
    assert check_skeleton(design.modules, Path(sys.prefix), tmp_path / f"skeleton-{number}") == ()
    with serving(folder) as client:
        paths = client.get("/openapi.json").json()["paths"]
    described = {path for path in paths if not path.startswith("/health")}
    assert len(described) == len({operation.path for operation in document.operations})


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
