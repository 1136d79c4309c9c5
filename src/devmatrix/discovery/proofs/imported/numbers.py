"""Numbers from the bounds of shapes: how far they reach, the outermost that are allowed, the nearest that are not."""

import math
from collections.abc import Iterator
from decimal import Decimal

from devmatrix.discovery.shapes import Shape, ShapeKind

_FAR = {"int32": 2**31 - 1, "int64": 2**63 - 1}
_SAFE = 2**53 - 1
_FINE = Decimal("0.01")
"""How near to a bound that is itself excluded a number with a fraction comes."""


def reach(shape: Shape) -> tuple[float, float, float]:
    """(least, most, step) for ordinary values."""
    step = shape.multiple_of or (1 if shape.kind is ShapeKind.INTEGER else 0.5)
    far = float(_FAR["int32"] if shape.format == "int32" or shape.kind is ShapeKind.NUMBER else _SAFE)
    low = shape.minimum if shape.minimum is not None else -far
    high = shape.maximum if shape.maximum is not None else far
    if shape.exclusive_minimum is not None:
        low = max(low, math.floor(shape.exclusive_minimum / step) * step + step)
    if shape.exclusive_maximum is not None:
        high = min(high, math.ceil(shape.exclusive_maximum / step) * step - step)
    return math.ceil(low / step) * step, math.floor(high / step) * step, step


def tidy(value: float | Decimal) -> int | float:
    """As JSON has it: whole numbers without a fraction."""
    return int(value) if value == int(value) else float(value)


def outermost(shape: Shape) -> tuple[Decimal | None, Decimal | None]:
    """(least, greatest) of the numbers that are allowed; none on a side without a bound."""
    step = _step(shape)
    lows = [] if shape.minimum is None else [_up(_exact(shape.minimum), step)]
    highs = [] if shape.maximum is None else [_down(_exact(shape.maximum), step)]
    if shape.exclusive_minimum is not None:
        lows.append(_down(_exact(shape.exclusive_minimum), step) + (step or _FINE))
    if shape.exclusive_maximum is not None:
        highs.append(_up(_exact(shape.exclusive_maximum), step) - (step or _FINE))
    far = _FAR.get(shape.format) if shape.kind is ShapeKind.INTEGER else None
    if far is not None:
        lows.append(_up(Decimal(-far - 1), step))
        highs.append(_down(Decimal(far), step))
    return max(lows, default=None), min(highs, default=None)


def outside(shape: Shape) -> Iterator[tuple[str, int | float]]:
    """(what is wrong, the nearest number for which it is) for each bound."""
    low, high = outermost(shape)
    step = _step(shape)
    small = shape.kind is ShapeKind.INTEGER and shape.format == "int32"
    below = small or shape.minimum is not None or shape.exclusive_minimum is not None
    above = small or shape.maximum is not None or shape.exclusive_maximum is not None
    if low is not None and below:
        yield "too small", tidy(low - (step or _FINE))
    if high is not None and above and high < _FAR["int64"]:  # whatever is larger is refused for that
        yield "too large", tidy(high + (step or _FINE))
    smallest = Decimal(1) if shape.kind is ShapeKind.INTEGER else None
    if step is not None and shape.multiple_of is not None and step != smallest:
        between = (low if low is not None else step) + (smallest or step / 2)
        if high is None or between < high:
            yield "no multiple", tidy(between)


def _step(shape: Shape) -> Decimal | None:
    """What every value is a multiple of; none: of nothing."""
    whole = shape.kind is ShapeKind.INTEGER
    if shape.multiple_of is not None and shape.multiple_of > 0 and (not whole or shape.multiple_of % 1 == 0):
        return _exact(shape.multiple_of)
    return Decimal(1) if whole else None


def _exact(value: float) -> Decimal:
    return Decimal(str(value))


def _up(value: Decimal, step: Decimal | None) -> Decimal:
    return value if step is None else Decimal(math.ceil(value / step)) * step


def _down(value: Decimal, step: Decimal | None) -> Decimal:
    return value if step is None else Decimal(math.floor(value / step)) * step
