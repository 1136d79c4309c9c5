"""Takes an atom, gives a candidate: code for it, by whoever is the cheapest that can."""

from devmatrix.authoring.author import Author, AuthorKind, Candidate, Rejected
from devmatrix.authoring.blueprint import BlueprintAuthor
from devmatrix.authoring.model import Briefing, ModelAuthor, digest, strategies
from devmatrix.authoring.recorded import RecordedAuthor

__all__ = [
    "Author",
    "AuthorKind",
    "BlueprintAuthor",
    "Briefing",
    "Candidate",
    "ModelAuthor",
    "RecordedAuthor",
    "Rejected",
    "digest",
    "strategies",
]
