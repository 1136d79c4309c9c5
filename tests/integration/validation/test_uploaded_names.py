"""File names of uploads: a service that writes where the name leads is caught, one that keeps bytes only is not."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from devmatrix.discovery.document import DiscoveryDocument, Level, Operation, OperationKind, Requirement
from devmatrix.discovery.scenario import Expectation, Scenario, Step
from devmatrix.stacks.stack import Boot
from devmatrix.validation.probes.exchanges import Answer, Headers, Journal, Line
from devmatrix.validation.probes.reaching import UploadedNames
from devmatrix.validation.probes.rows import Remembered, Rows
from devmatrix.validation.probes.situations import Situations
from devmatrix.validation.probes.world import World
from tests import documents

RAW = (
    '--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n'
    "hello\r\n--b--\r\n"
)
STEP = Step(
    phase="when",
    text="a file is sent",
    method="PUT",
    path="/shelves/1/picture",
    headers={"Content-Type": "multipart/form-data; boundary=b"},
    raw=RAW,
    expect=Expectation(status=204, has_body=False),
)


def document() -> DiscoveryDocument:
    upload = Operation(
        id="upload",
        kind=OperationKind.UPLOAD,
        entity="Shelf",
        method="PUT",
        path="/shelves/{id}/picture",
        success_status=204,
    )
    scenario = Scenario(id="R-01.1", title="a picture is kept", kind="happy", steps=(STEP,))
    requirement = Requirement(id="R-01", level=Level.MUST, text="Pictures.", span=None, scenarios=(scenario,))
    found = documents.library()
    return found.model_copy(update={"operations": (upload,), "requirements": (requirement,)})


class Service(Line):
    """Keeps uploads in `folder`, under the names that they have, or under none."""

    def __init__(self, folder: Path, *, by_name: bool) -> None:
        super().__init__(folder, Journal())
        self.folder, self.by_name, self.names = folder, by_name, list[str]()

    def request(
        self, method: str, url: str, /, *, headers: Mapping[str, str] | None = None, content: bytes | None = None
    ) -> Answer:
        name = re.findall(rb'filename="([^"]*)"', content or b"")[0].decode()
        self.names.append(name)
        target = self.folder / "uploads" / "of" / "shelves" / name.replace("\\", "/")
        if self.by_name and target.resolve().is_relative_to(self.folder.resolve()):
            target.resolve().write_text("hello")
        return Answer(204, Headers([]), b"", 0.0)


class NoRows(Rows):
    """There is no database here."""

    def restore(self, rows: Remembered) -> None:
        pass

    def remember(self) -> Remembered:
        return {}

    def mark(self) -> None:
        pass


@pytest.mark.parametrize("by_name", [False, True])
def test_a_name_must_lead_nowhere(tmp_path: Path, *, by_name: bool) -> None:
    (tmp_path / "uploads" / "of" / "shelves").mkdir(parents=True)
    service = Service(tmp_path, by_name=by_name)
    boot = Boot(serve=("x",), port=1, ready_path="/", test=("x",), environment={}, database_file="x.db")
    wanted = document()
    world = World(wanted, boot, tmp_path, service, NoRows(tmp_path), Journal(), Situations(wanted), {})
    probe = UploadedNames()
    assert list(probe.subjects(world)) == ["upload"]
    found = list(probe.ask(world, "upload"))
    assert any(name.startswith("../") for name in service.names)
    assert any("\\" in name for name in service.names)
    assert [item.subject for item in found] == (["upload"] if by_name else [])
