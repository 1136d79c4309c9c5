"""The author that asks a language model: takes an atom and what was rejected, gives what the model wrote for it."""

from devmatrix.authoring.model.author import ModelAuthor
from devmatrix.authoring.model.briefing import Briefing
from devmatrix.authoring.model.digest import digest
from devmatrix.authoring.model.strategies import strategies

__all__ = ["Briefing", "ModelAuthor", "digest", "strategies"]
