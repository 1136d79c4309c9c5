"""Takes a graph of atoms, authors and a judge; gives the attempts at each atom as they end."""

from devmatrix.execution.attempts import Attempt, Attempts, Judge, Verdict, attempt_atom, reattempt
from devmatrix.execution.project import read_project, write_project
from devmatrix.execution.scheduler import run_ready_set

__all__ = [
    "Attempt",
    "Attempts",
    "Judge",
    "Verdict",
    "attempt_atom",
    "read_project",
    "reattempt",
    "run_ready_set",
    "write_project",
]
