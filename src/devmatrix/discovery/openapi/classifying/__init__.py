"""Takes a loaded OpenAPI document, gives the resources behind it and the kind of every operation."""

from devmatrix.discovery.openapi.classifying.classify import classify

__all__ = ["classify"]
