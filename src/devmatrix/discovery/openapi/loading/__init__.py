"""Takes an OpenAPI document, gives it as `Given`: read within limits, references resolved, schemas normalised."""

from devmatrix.discovery.openapi.given import Given
from devmatrix.discovery.openapi.loading.blanks import refuse_blanks
from devmatrix.discovery.openapi.loading.document import load

__all__ = ["Given", "load", "refuse_blanks"]
