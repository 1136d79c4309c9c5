"""The bounds of numbers, as both versions of the format write them."""

import math

from devmatrix.discovery.openapi.loading.files import At

_NAMES = {
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusiveMinimum": "exclusive_minimum",
    "exclusiveMaximum": "exclusive_maximum",
    "multipleOf": "multiple_of",
}


def bounds(at: At) -> dict[str, float]:
    """The bounds that a schema gives; in 3.0, `exclusiveMinimum: true` makes `minimum` exclusive."""
    found: dict[str, float] = {}
    for key, name in _NAMES.items():
        value = at.mapping.get(key)
        if value is None or isinstance(value, bool):
            continue
        if not isinstance(value, int | float) or not math.isfinite(value):
            raise at.child(key).fail(f"{key} takes a number, not {str(value)[:40]!r}")
        found[name] = float(value)
    for inclusive, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if at.flag(exclusive) and inclusive in found:
            found[_NAMES[exclusive]] = found.pop(inclusive)
    if found.get("multiple_of", 1) <= 0:
        raise at.child("multipleOf").fail("multipleOf takes a number above 0")
    return found
