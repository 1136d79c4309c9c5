"""Takes an atom, gives a candidate: code for it, by whoever is the cheapest that can."""

from devmatrix.authoring.author import Author, AuthorKind, Candidate
from devmatrix.authoring.blueprint import BlueprintAuthor

__all__ = ["Author", "AuthorKind", "BlueprintAuthor", "Candidate"]
