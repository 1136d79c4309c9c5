"""Takes candidates, then the finished project; gives findings and evidence at four levels, and what they prove."""

from devmatrix.validation.atom_judge import AtomJudge, Verdict
from devmatrix.validation.levels import LevelResult, judge_project
from devmatrix.validation.precision import (
    Gate,
    Proof,
    Yield,
    judge_gate,
    measure_precision,
    measure_yield,
    prove,
)
from devmatrix.validation.skeleton import check_skeleton
from devmatrix.validation.suspects import Suspect, suspects_of

__all__ = [
    "AtomJudge",
    "Gate",
    "LevelResult",
    "Proof",
    "Suspect",
    "Verdict",
    "Yield",
    "check_skeleton",
    "judge_gate",
    "judge_project",
    "measure_precision",
    "measure_yield",
    "prove",
    "suspects_of",
]
