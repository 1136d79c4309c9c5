"""What the paths of operations find that nobody here can write: what other operations find by their beginnings."""

import re
from collections.abc import Sequence
from dataclasses import replace

from devmatrix.discovery.interface import Lookup
from devmatrix.discovery.openapi.binding.drafts import Desk
from devmatrix.discovery.openapi.binding.operations import Bound
from devmatrix.discovery.openapi.binding.refusals import named_lookups, refusals_of_unwritten

_PARAMETER = re.compile(r"{([^{}]*)}")


def with_finds(desk: Desk, bound: Sequence[Bound]) -> list[Bound]:
    """The operations; those without an effect with what their paths find, and how they refuse."""
    known = _known(bound)
    return [one if one.endpoint.effect is not None else _completed(desk, one, known) for one in bound]


def _completed(desk: Desk, one: Bound, known: dict[str, tuple[Lookup, ...]]) -> Bound:
    finds = next((known[start] for start in reversed(_starts(one.operation.path)) if start in known), ())
    if not one.endpoint.schemes and any(lookup.place == "caller" for lookup in finds):
        finds = ()
    finds = _renamed(finds, one.operation.path)
    classified = replace(one.classified, operation=replace(one.classified.operation, endpoint=one.endpoint))
    is_limited = bool(one.operation.access.roles or one.endpoint.scopes)
    refusals = refusals_of_unwritten(desk, classified, finds, is_limited=is_limited)
    finds = named_lookups(finds, one.operation.path, refusals)
    return replace(one, endpoint=one.endpoint.model_copy(update={"finds": finds, "refusals": refusals}))


def _known(bound: Sequence[Bound]) -> dict[str, tuple[Lookup, ...]]:
    """Beginning of a path, up to a parameter -> the lookups by all parameters in it; shorter paths say it first."""
    found: dict[str, tuple[Lookup, ...]] = {}
    for one in sorted(bound, key=lambda each: len(each.operation.path)):
        lookups = one.endpoint.effect.lookups if one.endpoint.effect is not None else ()
        if any(lookup.place not in ("path", "caller", "only") for lookup in lookups):
            continue
        for start in _starts(one.operation.path):
            names = _PARAMETER.findall(one.operation.path)[: start.count("{}")]
            last = next((at for at, lookup in enumerate(lookups) if lookup.name == names[-1]), -1)
            taken = lookups[: last + 1]
            if taken and [lookup.name for lookup in taken if lookup.place == "path"] == names:
                found.setdefault(start, taken)
    return found


def _starts(path: str) -> list[str]:
    """The beginnings of a path that end with a whole segment that is a parameter, without the parameters' names."""
    parts = [_PARAMETER.sub("{}", part) for part in path.split("/")]
    return ["/".join(parts[: index + 1]) for index, part in enumerate(parts) if part == "{}"]


def _renamed(lookups: tuple[Lookup, ...], path: str) -> tuple[Lookup, ...]:
    """The lookups with the names that the parameters have in this path."""
    names = iter(_PARAMETER.findall(path))
    return tuple(one.model_copy(update={"name": next(names)}) if one.place == "path" else one for one in lookups)
