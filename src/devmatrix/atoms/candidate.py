"""What an author hands in for an atom: here, below the authors, because a stack's design holds candidates, too."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


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
