"""Foundation: takes a document, gives the modules that every generated project shares, and its tests' fixtures."""

from devmatrix.stacks.fastapi.foundation.modules import (
    TEMPLATES,
    FoundationFacts,
    foundation_outline,
    foundation_sources,
)

__all__ = ["TEMPLATES", "FoundationFacts", "foundation_outline", "foundation_sources"]
