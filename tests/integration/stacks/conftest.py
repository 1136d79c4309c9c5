"""Projects written once for all tests that only look at them or serve them."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import documents
from tests.integration.stacks.projects import materialise


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Folder of the project for the document of that name."""
    folders: dict[str, Path] = {}

    def write(name: str) -> Path:
        if name not in folders:
            folders[name] = tmp_path_factory.mktemp(name)
            materialise(folders[name], getattr(documents, name)())
        return folders[name]

    return write


@pytest.fixture
def project(written: Callable[[str], Path], tmp_path: Path) -> Callable[[str], Path]:
    """A copy of the project, to be run."""

    def copy(name: str) -> Path:
        return Path(shutil.copytree(written(name), tmp_path / name))

    return copy
