"""Takes a document with an interface, gives its requirements with scenarios: what every operation does and refuses."""

from devmatrix.discovery.proofs.imported.derive import derive_imported

__all__ = ["derive_imported"]
