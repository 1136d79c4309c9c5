"""Contracts, atoms and their graph: takes a planned project, gives the units to write and how to put them together."""

from devmatrix.atoms.assembly import Assembled, Place, Written, assemble
from devmatrix.atoms.candidate import AuthorKind, Candidate, Rejected
from devmatrix.atoms.contract import MAX_BODY_LINES, Atom, AtomKind, Contract, Example, Module
from devmatrix.atoms.evidence import Evidence, EvidenceLevel, Finding
from devmatrix.atoms.graph import AtomGraph

__all__ = [
    "MAX_BODY_LINES",
    "Assembled",
    "Atom",
    "AtomGraph",
    "AtomKind",
    "AuthorKind",
    "Candidate",
    "Contract",
    "Evidence",
    "EvidenceLevel",
    "Example",
    "Finding",
    "Module",
    "Place",
    "Rejected",
    "Written",
    "assemble",
]
