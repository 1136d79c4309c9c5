"""What is wrong in a document: where, what, and what to do."""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

_LISTED = 8


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, at a JSON pointer."""

    pointer: str
    what: str
    mend: str


def unknown(pointer: str, kind: str, name: str, known: Iterable[str]) -> Fault:
    """A name that nothing has, with those that are likely meant."""
    names = list(known)
    close = get_close_matches(name, names, n=3, cutoff=0.6)
    listed = ", ".join(close or names[:_LISTED]) + (", ..." if not close and len(names) > _LISTED else "")
    return Fault(pointer, f"there is no {kind} {name!r}", f"name one of: {listed}" if names else f"there is no {kind}")


def repeated(items: Iterable[tuple[str, Hashable]], kind: str) -> Iterator[Fault]:
    """Pointers of values that came before, where every one must be another."""
    first: dict[Hashable, str] = {}
    for pointer, value in items:
        if value in first:
            yield Fault(pointer, f"{kind} {value!r} is there twice (first at {first[value]})", "give it another name")
        else:
            first[value] = pointer
