"""The seam to whoever writes code."""

from typing import Protocol

from devmatrix.atoms.candidate import AuthorKind, Candidate
from devmatrix.atoms.contract import Atom
from devmatrix.atoms.evidence import Finding

__all__ = ["Author", "AuthorKind", "Candidate"]


class Author(Protocol):
    """Writes candidates. Returns none for an atom that it cannot write, so that the next author is asked."""

    kind: AuthorKind

    async def write(self, atom: Atom, findings: tuple[Finding, ...]) -> Candidate | None:
        """A candidate for `atom`, in the light of the findings on the attempt before (empty at first)."""
        ...
