"""Records of imported APIs: a document with an interface in; models, queries, changes, views and routes out."""

from devmatrix.stacks.fastapi.imported.records.build import record_outline, record_sources, routers

__all__ = ["record_outline", "record_sources", "routers"]
