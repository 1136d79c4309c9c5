"""Reads a document, and plays all that is claimed of it against the reference."""

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.discovery.openapi.reading import read_openapi
from devmatrix.discovery.proofs.derive import derive
from devmatrix.discovery.sources import Source
from devmatrix.validation.scenarios.runner import play_with
from tests.imported_reference import ImportedReference

HEAD = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\n"


def proven(text: str) -> DiscoveryDocument:
    """The document; all its operations are written, and all its scenarios hold for the reference."""
    document = read_openapi(Source(HEAD + text, "api.yaml"))
    derived = derive(document)
    document = document.model_copy(update={"actors": derived.actors, "requirements": derived.requirements})
    assert document.interface
    assert [(one.operation, one.why_not) for one in document.interface.endpoints if one.effect is None] == []
    service = ImportedReference(document)
    verdicts = play_with(service, service, document)
    assert [(one.requirement_id, one.message) for one in verdicts if not one.passed] == []
    assert any(one.passed for one in verdicts)
    return document
