"""What goes wrong between a client and a model, and how long an answer takes; both drawn by a seed."""

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class FaultKind(StrEnum):
    """One thing that goes wrong."""

    RATE_LIMIT = "rate_limit"
    """429 with `retry-after`."""
    SERVER_ERROR = "server_error"
    """500."""
    OVERLOADED = "overloaded"
    """529; chat completions: 503."""
    SLOW = "slow"
    """Answered rightly, but late."""
    CUT = "cut"
    """The connection ends in the middle of the answer."""
    INVALID_JSON = "invalid_json"
    """200 with a body (or an event) that does not parse."""
    WRONG_BLOCK = "wrong_block"
    """A call of a tool that nobody offered, instead of text."""
    EMPTY = "empty"
    """200 without any content."""


BEFORE_ANSWERING = frozenset({FaultKind.RATE_LIMIT, FaultKind.SERVER_ERROR, FaultKind.OVERLOADED})
"""Nothing was generated, so nothing is billed. All other kinds are billed in full."""
SPOILING = frozenset({FaultKind.CUT, FaultKind.INVALID_JSON, FaultKind.WRONG_BLOCK, FaultKind.EMPTY})
"""Billed, but nothing came of it that a client could use: asking again is right."""


@dataclass(frozen=True)
class Faults:
    """How often what goes wrong. The same for the same seed, request body and occurrence, in whichever order they come.

    `planned` names the fault of a call by its number (1 for the first) and has precedence over the rates.
    """

    rates: Mapping[FaultKind, float] = field(default_factory=dict)
    seed: int = 0
    retry_after_seconds: float = 1
    slow_seconds: float = 5.0
    planned: Mapping[int, FaultKind] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 <= sum(self.rates.values()) <= 1 or any(rate < 0 for rate in self.rates.values()):
            raise ValueError(f"the rates of faults must be shares of all calls, not {dict(self.rates)}")

    @classmethod
    def mixed(cls, rate: float, *, seed: int = 0) -> "Faults":
        """All kinds alike, `rate` in all."""
        return cls({kind: rate / len(FaultKind) for kind in FaultKind}, seed=seed)

    def draw(self, number: int, body_hash: str, occurrence: int) -> FaultKind | None:
        """What goes wrong with this call; mostly nothing."""
        if number in self.planned:
            return self.planned[number]
        point = random.Random(f"fault {self.seed} {body_hash} {occurrence}").random()
        for kind, rate in self.rates.items():
            if point < rate:
                return kind
            point -= rate
        return None


@dataclass(frozen=True)
class Latency:
    """How long answers take: log-normal, as measured of real services; half of them less than the median.

    `first_share` is the part of the time until the answer begins; `scale` speeds all up (0.01: a hundred times).
    """

    median_seconds: float = 0.0
    sigma: float = 0.5
    first_share: float = 0.3
    scale: float = 1.0
    seed: int = 0

    def seconds(self, body_hash: str, occurrence: int) -> float:
        """How long this call takes; the same for the same seed, body and occurrence."""
        if self.median_seconds <= 0:
            return 0.0
        draw = random.Random(f"latency {self.seed} {body_hash} {occurrence}").gauss(0, self.sigma)
        return self.median_seconds * math.exp(draw) * self.scale
