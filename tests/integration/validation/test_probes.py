"""Probes find nothing in sound projects, and each hole of the others: that one, and no other."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from devmatrix.discovery.document import Attribute, DiscoveryDocument, FieldType
from devmatrix.sandbox.bubblewrap import Bubblewrap
from devmatrix.sandbox.sandbox import Limits
from devmatrix.stacks.fastapi.stack import FastAPIStack
from devmatrix.validation.probes import Journal, Probed, Prober, Verdict, exhaustion
from devmatrix.validation.probes.probing import CATALOGUE
from devmatrix.validation.system import _wait_until_ready
from tests import documents
from tests.integration.stacks.projects import materialise, with_scenarios
from tests.integration.validation.holes import HOLES


def news() -> DiscoveryDocument:
    """Accounts with roles, and announcements that have an address."""
    document = documents.accounts()
    site = Attribute(name="site", type=FieldType.URL, required=False)
    entities = [
        entity.model_copy(update={"attributes": (*entity.attributes, site)}) if entity.account is None else entity
        for entity in document.entities
    ]
    return document.model_copy(update={"entities": tuple(entities)})


DOCUMENTS = {"news": news, "owned_notes": documents.owned_notes}
Probing = Callable[..., tuple[tuple[Verdict, ...], Probed]]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    folders: dict[str, Path] = {}

    def write(name: str) -> Path:
        if name not in folders:
            folders[name] = tmp_path_factory.mktemp(name)
            materialise(folders[name], DOCUMENTS[name]())
        return folders[name]

    return write


@pytest.fixture
def probe(written: Callable[[str], Path], stack_environment: Path, tmp_path: Path) -> Probing:
    """Serves a project with changes, and probes it."""

    def run(name: str, changes: tuple[tuple[str, str, str], ...] = ()) -> tuple[tuple[Verdict, ...], Probed]:
        folder = Path(shutil.copytree(written(name), tmp_path / "project"))
        for path, old, new in changes:
            text = (folder / path).read_text()
            assert old in text, f"{path} has no {old}"
            (folder / path).write_text(text.replace(old, new))
        document = with_scenarios(DOCUMENTS[name]())
        boot = FastAPIStack(Path()).boot(document)
        service = Bubblewrap.find().serve(
            boot.serve,
            port=boot.port,
            project=folder,
            environment=stack_environment,
            variables=boot.environment,
            limits=Limits(seconds=120),
        )
        try:
            assert _wait_until_ready(service, boot.ready_path) == ""
            probed = Prober(document, boot, folder, Journal()).probe(service.socket)
        finally:
            ended = service.stop()
        return probed.complete(f"{ended.stdout}\n{ended.stderr}"), probed

    return run


def found(verdicts: tuple[Verdict, ...]) -> dict[tuple[str, str], str]:
    return {(verdict.rule, verdict.subject): verdict.found[0].message for verdict in verdicts if verdict.found}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_sound_project_withstands_all_probes(name: str, probe: Probing) -> None:
    verdicts, probed = probe(name)
    assert probed.failure == ""
    assert found(verdicts) == {}
    assert {verdict.rule for verdict in verdicts} == {kind.rule for kind in CATALOGUE}
    assert sum(verdict.asked for verdict in verdicts) > 100


@pytest.mark.parametrize("hole", HOLES)
def test_each_hole_is_seen_and_nothing_else(hole: str, probe: Probing, monkeypatch: pytest.MonkeyPatch) -> None:
    if hole == "exhaustion":
        monkeypatch.setattr(exhaustion, "_SECONDS", 0.25)
    verdicts, _ = probe(HOLES[hole].document, HOLES[hole].changes)
    seen = found(verdicts)
    assert set(seen) == HOLES[hole].seen, seen


def test_every_rule_has_a_hole_here() -> None:
    tried = {rule for hole in HOLES.values() for rule, _ in hole.seen}
    # Uploads are imported APIs only: see test_uploaded_names.py.
    assert tried == {kind.rule for kind in CATALOGUE} - {"probe.uploaded-name"}
