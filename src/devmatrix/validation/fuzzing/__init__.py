"""Takes a running project and its OpenAPI document, sends what nobody thought of, gives evidence for each operation."""

from devmatrix.validation.fuzzing.checking import check_fuzzing
from devmatrix.validation.fuzzing.job import Fuzzing
from devmatrix.validation.fuzzing.running import Fuzzed, Start, fuzz

__all__ = ["Fuzzed", "Fuzzing", "Start", "check_fuzzing", "fuzz"]
