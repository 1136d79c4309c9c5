"""The seam to whoever writes code."""

from typing import Protocol

from devmatrix.atoms.candidate import AuthorKind, Candidate, Rejected
from devmatrix.atoms.contract import Atom

__all__ = ["Author", "AuthorKind", "Candidate", "Rejected"]


class Author(Protocol):
    """Writes candidates. Returns none where it has nothing (more) to offer, so that the next author is asked."""

    kind: AuthorKind

    async def write(self, atom: Atom, rejected: tuple[Rejected, ...]) -> Candidate | None:
        """A candidate for `atom`, in the light of all that was rejected before, by whomever it was written."""
        ...
