"""Takes a DiscoveryDocument as people write it (YAML, JSON, or a value), gives it validated, or all its faults."""

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.discovery.sources import Source

__all__ = ["faults_of", "read_document", "require_sound"]


def read_document(source: Source) -> DiscoveryDocument:
    """The document that a YAML or JSON source holds.

    Raises RequestError with everything that is wrong in it, each with file, line and JSON pointer.
    """
    from devmatrix.discovery.given.parsing import parse

    return parse(source)


def require_sound(document: DiscoveryDocument) -> None:
    """Raise RequestError with everything that does not fit together in a document, each with its JSON pointer."""
    from devmatrix.discovery.given.parsing import require_faultless

    require_faultless(document)


def faults_of(document: DiscoveryDocument) -> list[str]:
    """Everything that does not fit together in a document: pointer, what is wrong, what to do."""
    from devmatrix.discovery.given.parsing import all_faults

    return [f"{fault.pointer}: {fault.what}; {fault.mend}" for fault in all_faults(document)]
