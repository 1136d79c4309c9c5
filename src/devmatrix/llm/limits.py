"""What may be spent: caps on money, tokens, calls and time, and the arithmetic of whether one more call fits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from devmatrix.errors import BudgetReached
from devmatrix.llm.request import Purpose, Request
from devmatrix.settings import VARIABLES, Settings

NANO = 1_000_000_000
"""Money is counted in whole billionths of a dollar: one token of the cheapest model costs ten, and sums stay exact."""
SOFT_SHARE = 0.8
BYTES_PER_TOKEN = 2.5
"""On the safe side: English has about 3 with current tokenizers, code somewhat less."""
FRAME_TOKENS = 100
"""What a provider adds around a question."""


class Scope(StrEnum):
    """Whose spending a cap limits."""

    RUN = "run"
    WORKSPACE = "workspace"
    DAY = "day"


class Unit(StrEnum):
    """What a cap counts."""

    USD = "usd"
    TOKENS = "tokens"
    CALLS = "calls"
    SECONDS = "seconds"


@dataclass(frozen=True)
class Cap:
    """A limit: at `soft` the user is warned, `hard` is never passed."""

    scope: Scope
    unit: Unit
    hard: float
    soft: float
    setting: str
    """The environment variable that says it."""

    @property
    def whose(self) -> str:
        """In words: this run, this workspace, today."""
        return {Scope.RUN: "this run", Scope.WORKSPACE: "this workspace", Scope.DAY: "today"}[self.scope]


@dataclass(frozen=True)
class Amount:
    """What calls cost."""

    nano_usd: int = 0
    tokens: int = 0
    calls: int = 0

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.nano_usd + other.nano_usd, self.tokens + other.tokens, self.calls + other.calls)

    def __sub__(self, other: "Amount") -> "Amount":
        return Amount(self.nano_usd - other.nano_usd, self.tokens - other.tokens, self.calls - other.calls)

    def of(self, unit: Unit) -> float:
        """In one unit; seconds are no part of it."""
        return {Unit.USD: self.nano_usd / NANO, Unit.TOKENS: self.tokens, Unit.CALLS: self.calls, Unit.SECONDS: 0.0}[
            unit
        ]


_NOTHING = Amount()


@dataclass(frozen=True)
class Account:
    """Where a scope stands: spent, and set aside for calls in flight."""

    spent: Amount = _NOTHING
    reserved: Amount = _NOTHING
    seconds: float = 0.0
    """How long it has been at work."""

    def moved(self, *, reserved: Amount = _NOTHING, spent: Amount = _NOTHING) -> "Account":
        """After so much more was set aside, and spent."""
        return replace(self, reserved=self.reserved + reserved, spent=self.spent + spent)

    def used(self, unit: Unit) -> float:
        """What is spent for certain."""
        return self.seconds if unit is Unit.SECONDS else self.spent.of(unit)


@dataclass(frozen=True)
class BudgetWarning:
    """A soft cap was passed just now."""

    cap: Cap
    used: float

    def __str__(self) -> str:
        used, hard = shown(self.cap.unit, self.used), shown(self.cap.unit, self.cap.hard)
        return f"{used} of {hard} are spent ({self.cap.whose}, {self.cap.setting})"


class Room(StrEnum):
    """Whether one more call fits below all caps."""

    FREE = "free"
    TAKEN = "taken"
    """It will, or not, when calls in flight have told what they really cost."""
    NONE = "none"


def caps_of(settings: Settings) -> tuple[Cap, ...]:
    """The caps that the settings name."""
    minutes = settings.budget_minutes
    named = (
        (Scope.RUN, Unit.USD, "budget_usd", settings.budget_usd),
        (Scope.WORKSPACE, Unit.USD, "budget_usd_per_workspace", settings.budget_usd_per_workspace),
        (Scope.DAY, Unit.USD, "budget_usd_per_day", settings.budget_usd_per_day),
        (Scope.RUN, Unit.TOKENS, "budget_tokens", settings.budget_tokens),
        (Scope.RUN, Unit.CALLS, "budget_calls", settings.budget_calls),
        (Scope.RUN, Unit.SECONDS, "budget_minutes", None if minutes is None else minutes * 60),
    )
    return tuple(
        Cap(scope, unit, hard=float(hard), soft=hard * SOFT_SHARE, setting=VARIABLES[field])
        for scope, unit, field, hard in named
        if hard is not None
    )


def scopes_of(purpose: Purpose, day: str) -> dict[Scope, str]:
    """The key of each account that a call is counted in."""
    return {
        Scope.RUN: f"run:{purpose.run_id}",
        Scope.WORKSPACE: f"workspace:{purpose.workspace_id}",
        Scope.DAY: f"day:{day}",
    }


def room(caps: Sequence[Cap], accounts: Mapping[Scope, Account], asked: Amount) -> tuple[Room, Cap | None]:
    """Whether `asked` fits, and the cap that says no."""
    taken: Cap | None = None
    for cap in caps:
        account = accounts[cap.scope]
        if cap.unit is Unit.SECONDS:
            if account.seconds >= cap.hard:
                return Room.NONE, cap
            continue
        if (account.spent + asked).of(cap.unit) > cap.hard:
            return Room.NONE, cap
        if (account.spent + account.reserved + asked).of(cap.unit) > cap.hard:
            taken = taken or cap
    return (Room.TAKEN if taken else Room.FREE), taken


def passed(caps: Sequence[Cap], before: Mapping[Scope, Account], after: Mapping[Scope, Account]) -> list[BudgetWarning]:
    """The soft caps that lie between two states: each is met once."""
    return [
        BudgetWarning(cap, after[cap.scope].used(cap.unit))
        for cap in caps
        if before[cap.scope].used(cap.unit) < cap.soft <= after[cap.scope].used(cap.unit)
    ]


def input_tokens(request: Request) -> int:
    """How many tokens a request has, rather too many than too few."""
    schema = str(request.schema) if request.schema else ""
    size = sum(len(text.encode("utf-8", "replace")) for text in (request.shared, request.context, request.question))
    return FRAME_TOKENS + int((size + len(schema)) / BYTES_PER_TOKEN)


def reached(cap: Cap, account: Account, asked: Amount) -> BudgetReached:
    """The error that says which cap, how much is spent, and how to go on."""
    used, hard = shown(cap.unit, account.used(cap.unit)), shown(cap.unit, cap.hard)
    next_call = (
        "" if cap.unit is Unit.SECONDS else f", and the next call may take {shown(cap.unit, asked.of(cap.unit))}"
    )
    option = " with a higher --budget, or" if cap.setting == VARIABLES["budget_usd"] else ""
    return BudgetReached(
        f"the budget is reached: {used} of {hard} are spent ({cap.whose}, {cap.setting}){next_call}",
        mend=f"run the same command again{option} with a higher {cap.setting}: what was paid is not paid again",
    )


def shown(unit: Unit, value: float) -> str:
    """A quantity as people read it."""
    if unit is Unit.USD:
        return f"${value:.2f}" if value >= 1 else f"${value:.4f}"
    if unit is Unit.SECONDS:
        return f"{value / 60:.0f} min"
    return f"{value:,.0f} {unit}"
