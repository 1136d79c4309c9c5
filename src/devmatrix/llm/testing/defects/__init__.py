"""Takes right code, gives it back with one realistic defect of those that models make."""

from devmatrix.llm.testing.defects.decisions import (
    AccessOpened,
    ConditionTurned,
    EqualityTurned,
    GuardDropped,
    JunctionSwapped,
)
from devmatrix.llm.testing.defects.declarations import ConstraintDropped, FlagTurned, SecretExposed, ValidationLoosened
from devmatrix.llm.testing.defects.defect import Defect
from devmatrix.llm.testing.defects.effects import (
    ArgumentsSwapped,
    ConstantAnswer,
    StatementDropped,
    TransactionSplit,
    WrongError,
    WrongWord,
)
from devmatrix.llm.testing.defects.logic import MissingAwait, OffByOne, SqlByString, SwallowedError, WrongStatus
from devmatrix.llm.testing.defects.queries import FilterIgnored, OrderLost, PageMissed
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
"""What a noisy author makes, each as likely as any other that applies."""

SERVICE_DEFECTS: tuple[Defect, ...] = (
    AccessOpened(),
    ArgumentsSwapped(),
    ConditionTurned(),
    ConstantAnswer(),
    ConstraintDropped(),
    EqualityTurned(),
    FilterIgnored(),
    FlagTurned(),
    GuardDropped(),
    JunctionSwapped(),
    MissingAwait(),
    OffByOne(),
    OrderLost(),
    PageMissed(),
    SecretExposed(),
    SqlByString(),
    StatementDropped(),
    SwallowedError(),
    TransactionSplit(),
    ValidationLoosened(),
    WrongError(),
    WrongStatus(),
    WrongWord(),
)
"""Those that leave a well-formed service that does the wrong thing: what evidence is measured by."""

__all__ = [
    "DEFECTS",
    "SERVICE_DEFECTS",
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
