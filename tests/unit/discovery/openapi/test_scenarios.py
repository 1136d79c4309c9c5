"""The scenarios of all documents of the corpus hold for a service that obeys docs/imported.md."""

from pathlib import Path

import pytest

from devmatrix.discovery.openapi import read_openapi
from devmatrix.discovery.proofs.derive import derive
from devmatrix.discovery.sources import Source
from devmatrix.validation.scenarios import play_with
from tests.imported_museum import museum
from tests.imported_reference import ImportedReference
from tests.openapi.corpus import labelled


@pytest.mark.parametrize("path", [one.path for one in labelled()], ids=lambda path: path.stem)
def test_all_hold_but_those_of_what_nobody_can_write(path: Path) -> None:
    document = read_openapi(Source(path.read_text("utf-8"), path.name, path))
    derived = derive(document)
    document = document.model_copy(update={"actors": derived.actors, "requirements": derived.requirements})
    assert document.interface is not None
    unwritten = {one.operation for one in document.interface.endpoints if one.effect is None}
    about = {one.id: set(one.operations) for one in document.requirements}
    service = ImportedReference(document)
    failing = [one for one in play_with(service, service, document) if not one.passed]
    assert [one.message for one in failing if not about[one.requirement_id] & unwritten] == []


def test_those_of_the_museum_hold() -> None:
    document = museum()
    derived = derive(document)
    document = document.model_copy(update={"actors": derived.actors, "requirements": derived.requirements})
    service = ImportedReference(document)
    assert [one.message for one in play_with(service, service, document) if not one.passed] == []
