"""Takes a loaded OpenAPI document, gives the resources behind it and the kind of every operation."""

from devmatrix.discovery.openapi.classifying.classify import classify
from devmatrix.discovery.openapi.classifying.telling import tell_tokens

__all__ = ["classify", "tell_tokens"]
