"""Findings and evidence: what validation says of atoms, modules, components and the system."""

from datetime import datetime
from enum import IntEnum

from pydantic import BaseModel, ConfigDict


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EvidenceLevel(IntEnum):
    """What is judged."""

    ATOM = 1
    MODULE = 2
    COMPONENT = 3
    SYSTEM = 4


class Finding(_Part):
    """One defect."""

    level: EvidenceLevel
    rule: str
    """Such as atom.parses, ruff.F821, ty.invalid-return-type, scenario."""
    path: str = ""
    line: int = 0
    """1-based line in the assembled file; 0 where no line is known."""
    message: str
    atom_ids: tuple[str, ...] = ()
    """The atoms to blame, most likely first."""


class Evidence(_Part):
    """One check that was executed, and what came out."""

    level: EvidenceLevel
    check: str
    """Such as ruff, ty, imports, pyrefly, scenarios-in-process, boot, scenario, make-test."""
    subject: str
    """What was judged: an atom id, a path, a context, a scenario id, the project."""
    passed: bool
    content_hash: str
    """SHA-256 of what was judged."""
    at: datetime
    seconds: float
    findings: tuple[Finding, ...] = ()
    detail: str = ""
    """What was seen, in a line."""
