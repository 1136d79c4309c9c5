"""The seam to whoever writes code."""

from enum import StrEnum
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from devmatrix.atoms.contract import Atom
from devmatrix.atoms.evidence import Finding


class AuthorKind(StrEnum):
    """Who wrote a candidate; cheapest first."""

    BLUEPRINT = "blueprint"
    RECORDED = "recorded"
    MODEL = "model"


class Candidate(BaseModel):
    """Code for one atom: the whole symbol (declaration and body), and the imports that its body needs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    atom_id: str
    code: str
    imports: tuple[str, ...] = ()
    """Import statements beyond those of the module's face, one name or module each."""
    author: AuthorKind
    cost_usd: float = 0.0
    tokens: int = 0


class Author(Protocol):
    """Writes candidates. Returns none for an atom that it cannot write, so that the next author is asked."""

    kind: AuthorKind

    async def write(self, atom: Atom, findings: tuple[Finding, ...]) -> Candidate | None:
        """A candidate for `atom`, in the light of the findings on the attempt before (empty at first)."""
        ...
