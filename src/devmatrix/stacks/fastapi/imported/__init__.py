"""Imported APIs: takes a document with an interface, gives the tasks and modules of a project that serves it."""

from devmatrix.stacks.fastapi.imported.building import imported_facts, imported_outline, imported_sources

__all__ = ["imported_facts", "imported_outline", "imported_sources"]
