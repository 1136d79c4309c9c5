"""Takes right code, gives it back with one realistic defect of those that models make."""

from devmatrix.llm.testing.defects.defect import Defect
from devmatrix.llm.testing.defects.logic import MissingAwait, OffByOne, SqlByString, SwallowedError, WrongStatus
from devmatrix.llm.testing.defects.shape import InventedImport, Stub, SyntaxSlip, WrongName
from devmatrix.llm.testing.defects.speech import Prose, Refusal, Truncated

DEFECTS: tuple[Defect, ...] = (
    SyntaxSlip(),
    WrongName(),
    OffByOne(),
    MissingAwait(),
    SwallowedError(),
    WrongStatus(),
    SqlByString(),
    Truncated(),
    Prose(),
    Refusal(),
    Stub(),
    InventedImport(),
)
"""All of them, each as likely as any other that applies."""

__all__ = [
    "DEFECTS",
    "Defect",
    "InventedImport",
    "MissingAwait",
    "OffByOne",
    "Prose",
    "Refusal",
    "SqlByString",
    "Stub",
    "SwallowedError",
    "SyntaxSlip",
    "Truncated",
    "WrongName",
    "WrongStatus",
]
