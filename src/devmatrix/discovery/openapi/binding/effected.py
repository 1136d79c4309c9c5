"""An effect on its way: without its answer, with what the answer needs to know."""

from dataclasses import dataclass

from devmatrix.discovery.document import OperationKind
from devmatrix.discovery.interface import Effect, Value
from devmatrix.discovery.openapi.binding.drafts import Desk, EntityDraft, Unexplained
from devmatrix.discovery.openapi.binding.lookups import unfound_parameters
from devmatrix.discovery.openapi.classified import Classified


@dataclass(frozen=True)
class Effected:
    """An effect without its answer."""

    kind: OperationKind
    effect: Effect
    related: EntityDraft | None = None
    """Whose records the answer shows, where it is not the effect's entity."""
    values: Value | None = None
    """What a list of plain values lists."""
    counted: Value | None = None
    """What a count answers as a whole."""


def require_found_paths(desk: Desk, operation: Classified, *, but: tuple[str, ...] = ()) -> None:
    """Raise Unexplained where a parameter of the path finds nothing."""
    left = [name for name in unfound_parameters(desk, operation) if name not in but]
    if left:
        raise Unexplained(f"nothing says what {{{left[0]}}} in its path finds")
