"""The scenarios of documents that were made by hand hold for the services that are generated for them."""

from pathlib import Path

import pytest

from devmatrix.discovery.proofs.derive import derive
from tests.imported_documents import trails
from tests.imported_museum import museum
from tests.integration.stacks.playing import failing, proven


def test_all_scenarios_of_the_museum_hold(museum_folder: Path) -> None:
    assert failing(museum_folder, proven(museum())) == []


def test_all_scenarios_of_the_trails_hold(trails_folder: Path) -> None:
    assert failing(trails_folder, proven(trails())) == []


@pytest.mark.parametrize("what", ["only what fits label", "only what fits part", "what is linked is listed"])
def test_the_museum_has_scenarios_of_every_kind_of_filter(what: str) -> None:
    titles = {scenario.title for one in derive(museum()).requirements for scenario in one.scenarios}
    assert what in titles
