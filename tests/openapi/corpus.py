"""The labelled documents and the hostile ones, as data."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import yaml

from devmatrix.discovery.sources import Source

HERE = Path(__file__).parent
DOCUMENTS = HERE / "documents"
LABELS = HERE / "labels"
HOSTILE = HERE / "hostile"


@dataclass(frozen=True)
class Label:
    """What one operation is, by hand."""

    name: str
    """METHOD path."""
    kind: str
    entity: str | None
    crud: bool


@dataclass(frozen=True)
class Auth:
    """How callers show who they are."""

    kind: str
    place: str
    name: str
    prefix: str


@dataclass(frozen=True)
class Labelled:
    """One document and what its operations are."""

    path: Path
    auth: Auth | None
    labels: tuple[Label, ...]


@dataclass(frozen=True)
class Expected:
    """What becomes of a hostile document."""

    outcome: Literal["works", "error"]
    operations: int | None = None
    properties: dict[str, list[str]] = field(default_factory=dict)
    line: int | None = None
    pointer: str = ""
    says: str = ""
    mend: str = ""
    seconds: float = 20
    """At most, on a busy machine. A bomb takes hours."""


def read_source(path: Path) -> Source:
    content = path.read_bytes()
    return Source(text=content.decode("utf-8", "replace"), name=path.name, path=path, content=content)


def labelled() -> tuple[Labelled, ...]:
    """Every labelled document, by name."""
    return tuple(_labelled(path) for path in sorted(LABELS.glob("*.yaml")))


def _labelled(path: Path) -> Labelled:
    read = yaml.safe_load(path.read_text("utf-8"))
    return Labelled(
        DOCUMENTS / read["document"],
        Auth(**read["auth"]) if read["auth"] else None,
        tuple(
            Label(name, given["class"], given["entity"], given["crud"]) for name, given in read["operations"].items()
        ),
    )


def expected(section: Literal["files", "generated"]) -> dict[str, Expected]:
    """What becomes of each hostile document, by its name."""
    read = yaml.safe_load((HOSTILE / "expected.yaml").read_text("utf-8"))
    return {name: Expected(**given) for name, given in read[section].items()}
