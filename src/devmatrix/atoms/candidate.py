"""What an author hands in for an atom: here, below the authors, because a stack's design holds candidates, too."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from devmatrix.atoms.evidence import Finding


class AuthorKind(StrEnum):
    """Who wrote a candidate; cheapest first."""

    BLUEPRINT = "blueprint"
    RECORDED = "recorded"
    MODEL = "model"
    STAND_IN = "stand-in"
    """Nobody: what stands in the place of code that no author could write, and says so when it runs."""


class Candidate(BaseModel):
    """Code for one atom: the whole symbol (declaration and body), and the imports that its body needs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    atom_id: str
    code: str
    imports: tuple[str, ...] = ()
    """Import statements beyond those of the module's face, one name or module each."""
    author: AuthorKind
    model: str = ""
    """Which model wrote it, where one did."""
    tier: str = ""
    """How strong a model was asked, where one was."""
    cost_usd: float = 0.0
    tokens: int = 0
    """Of the call that wrote it, in and out; 0 where nothing was asked anew."""
    problems: tuple[Finding, ...] = ()
    """What is wrong with the answer itself (a refusal, prose, cut off): it is rejected without being judged."""


class Rejected(BaseModel):
    """A candidate that was not accepted, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    candidate: Candidate
    findings: tuple[Finding, ...]
