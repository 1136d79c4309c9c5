"""Takes a sandbox; gives, for each of a list of attacks, whether it was contained: the same for every sandbox."""

from devmatrix.sandbox.conformance.attack import Attack
from devmatrix.sandbox.conformance.checking import ATTACKS, Check, Conformance, check_sandbox, conform
from devmatrix.sandbox.conformance.judging import Verdict, judge

__all__ = ["ATTACKS", "Attack", "Check", "Conformance", "Verdict", "check_sandbox", "conform", "judge"]
