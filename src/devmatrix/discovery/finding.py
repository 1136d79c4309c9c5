"""Finds one of a model's parts by its name, in a time that does not grow with their number."""

from collections.abc import Hashable, Sequence
from typing import TypeVar

from pydantic import BaseModel

Part = TypeVar("Part", bound=BaseModel)


def find_part(holder: BaseModel, parts: Sequence[Part], name: Hashable, *, by: str = "name") -> Part | None:
    """The first of `holder`'s `parts` whose attribute `by` is `name`, if there is one.

    The names are indexed at the first question, and kept beside the model's fields; a copy with other parts is
    indexed anew.
    """
    beside = holder.__dict__
    slot = f"_{by}_of_{type(parts[0]).__name__}" if parts else ""
    if not slot:
        return None
    known = beside.get(slot)
    if known is None or known[0] is not parts:
        known = (parts, {getattr(part, by): part for part in reversed(parts)})
        beside[slot] = known
    found: Part | None = known[1].get(name)
    return found
