"""Projects written once for all tests that only look at them or serve them."""

from pathlib import Path

import pytest

from tests.imported_documents import trails
from tests.imported_museum import museum
from tests.integration.stacks.records.projects import materialise


@pytest.fixture(scope="session")
def museum_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("museum")
    materialise(folder, museum())
    return folder


@pytest.fixture(scope="session")
def trails_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trails")
    materialise(folder, trails())
    return folder
