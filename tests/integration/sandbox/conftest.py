"""Each test gets the sandbox as whoever runs the tests; as root, also as an ordinary user would have it."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from devmatrix.sandbox import Completed, Limits
from devmatrix.sandbox.bubblewrap import Bubblewrap

Run = Callable[..., Completed]


@pytest.fixture(scope="session")
def environment() -> Path:
    return Path(sys.prefix)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def sandbox() -> Bubblewrap:
    return Bubblewrap.find()


@pytest.fixture
def python(sandbox: Bubblewrap, project: Path, environment: Path) -> Run:
    """Runs Python code in the sandbox."""

    def run(code: str, **limits: float) -> Completed:
        return sandbox.run(
            ("python", "-c", code), project=project, environment=environment, limits=Limits.model_validate(limits)
        )

    return run
