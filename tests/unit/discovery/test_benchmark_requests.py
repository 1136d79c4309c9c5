from pathlib import Path

import pytest

from devmatrix.discovery.composing import read
from tests.unit.discovery.reads import require_sound

FOLDER = Path(__file__).parents[3] / "benchmarks" / "requests"
REQUESTS = {path.stem: path.read_text("utf-8") for path in sorted(FOLDER.glob("*.txt"))}

TITLES = {
    "example": "User management",
    "festival": "Music festival",
    "help-desk": "Help desk",
    "laboratory-samples": "Laboratory samples",
    "large": "Touring music festival",
    "library": "Lending library",
    "parking-permits": "Parking permits",
    "recipe-box": "Recipe box",
}


def test_there_are_several() -> None:
    assert len(REQUESTS) >= 5


@pytest.mark.parametrize("name", REQUESTS)
def test_every_sentence_of_the_benchmarks_is_understood(name: str) -> None:
    document = read(REQUESTS[name])
    require_sound(document)
    assert [item.span.text for item in document.statements if not item.understood] == []
    assert document.title == TITLES[name]
