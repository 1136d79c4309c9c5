"""The packages of the generated project, one for each entity: takes a document, gives task outlines and sources."""

from devmatrix.stacks.fastapi.features.build import feature_outline, feature_sources

__all__ = ["feature_outline", "feature_sources"]
