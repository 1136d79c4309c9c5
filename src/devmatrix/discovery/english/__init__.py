"""English sentences: takes a clause and the draft, gives what the clause became, or None if it was not understood."""

from devmatrix.discovery.english.access import declare_objects
from devmatrix.discovery.english.clauses import Reading, Stage, read_clause
from devmatrix.discovery.english.language import is_foreign
from devmatrix.discovery.english.quotas import declare_counted, relate_counted
from devmatrix.discovery.english.reasons import reason_for

__all__ = [
    "Reading",
    "Stage",
    "declare_counted",
    "declare_objects",
    "is_foreign",
    "read_clause",
    "reason_for",
    "relate_counted",
]
