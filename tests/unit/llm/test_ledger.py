"""The book of model calls, in any order of events: exact, never negative, never over a cap."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sqlalchemy import Connection, create_engine, func, insert, select, update
from sqlalchemy.pool import StaticPool

from devmatrix.errors import BudgetReached
from devmatrix.llm.ledger import CHARGES, CLAIMS, LONGEST_PAUSE_SECONDS, TOTALS, Call, Claimed, Known, Ledger
from devmatrix.llm.limits import NANO, Account, Amount, Cap, Scope, Unit
from devmatrix.llm.provider import Answer
from devmatrix.llm.request import Purpose, Stop, Usage
from devmatrix.storage.tables import Base

CAPS = (
    Cap(Scope.RUN, Unit.USD, hard=0.10, soft=0.08, setting="DEVMATRIX_BUDGET_USD"),
    Cap(Scope.WORKSPACE, Unit.TOKENS, hard=900, soft=800, setting="DEVMATRIX_BUDGET_TOKENS"),
    Cap(Scope.DAY, Unit.CALLS, hard=12, soft=10, setting="DEVMATRIX_BUDGET_CALLS"),
)


@contextmanager
def book() -> Iterator[Connection]:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    Base.metadata.create_all(engine)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def call(number: int, *, usd: float = 0.02, tokens: int = 100, run_id: str = "r1") -> Call:
    purpose = Purpose(run_id=run_id, atom_id=f"a{number}")
    return Call(f"k{number}", "anthropic:x", "p@1", purpose, Amount(round(usd * NANO), tokens, 1))


def answer(tokens: int = 10) -> Answer:
    return Answer("text", Stop.END, Usage(output_tokens=tokens), 0.1)


@dataclass(frozen=True)
class Step:
    """One event: which question, by which of two gateways, and what happens to it."""

    what: str
    number: int
    gateway: int
    share: float


steps = some.lists(
    some.builds(
        Step,
        what=some.sampled_from(["claim", "claim", "settle", "not billed", "billed", "billed so", "die"]),
        number=some.integers(0, 7),
        gateway=some.integers(0, 1),
        share=some.floats(0, 1),
    ),
    max_size=40,
)


@settings(max_examples=150, deadline=None)
@given(steps)
def test_whatever_happens_the_book_is_sound(events: list[Step]) -> None:
    ledgers = [Ledger(CAPS, lease_seconds=60) for _ in range(2)]
    held: dict[int, int] = {}
    spent: dict[str, int] = {}
    with book() as connection:
        for event in events:
            asked = call(event.number, usd=0.01 * (1 + event.number % 3), run_id=f"r{event.number % 2}")
            ledger = ledgers[event.gateway]
            part = round(asked.most.nano_usd * event.share)
            usage = Usage(output_tokens=round(asked.most.tokens * event.share))
            mine = held.get(event.number) == event.gateway
            if event.what == "claim":
                if ledger.claim(connection, asked) is Claimed.MINE:
                    assert event.number not in held
                    held[event.number] = event.gateway
            elif event.what == "die":
                if held.pop(event.number, None) is not None:
                    gone = {"owner": "gone/0:1:x", "lease_until": datetime(2020, 1, 1, tzinfo=UTC)}
                    connection.execute(update(CLAIMS).where(CLAIMS.c.key == asked.key).values(**gone))
            elif mine:
                held.pop(event.number)
                if event.what == "settle":
                    ledger.settle(connection, asked, Answer("text", Stop.END, usage, 0.1), part)
                    spent[asked.purpose.run_id] = spent.get(asked.purpose.run_id, 0) + part
                else:
                    known = usage if event.what == "billed so" else None
                    ledger.break_off(connection, asked, known, part, billed=event.what != "not billed")
            check(connection)
        for run_id, paid in spent.items():
            told = ledgers[0].spent(connection, run_id)
            assert told.usd + told.uncertain_usd >= paid / NANO - 1e-12


def check(connection: Connection) -> None:
    reserved = Amount(0, 0, 0)
    for row in connection.execute(select(CLAIMS.c.nano_usd, CLAIMS.c.tokens)):
        reserved += Amount(row.nano_usd, row.tokens, 1)
    sums = {"run": Amount(), "workspace": Amount(), "day": Amount()}
    for row in connection.execute(select(TOTALS)):
        counts = [
            getattr(row, f"{kind}_{unit}") for kind in ("reserved", "spent") for unit in ("nano_usd", "tokens", "calls")
        ]
        assert min(counts) >= 0
        scope = row.scope.partition(":")[0]
        sums[scope] += Amount(*counts[:3])
        for cap in CAPS:
            if cap.scope == scope:
                held = Amount(*counts[:3]) + Amount(*counts[3:])
                assert held.of(cap.unit) <= cap.hard
    assert set(sums.values()) <= {reserved}
    billed = connection.scalar(select(func.sum(CHARGES.c.nano_usd))) or 0
    total = connection.scalar(select(func.sum(TOTALS.c.spent_nano_usd)).where(TOTALS.c.scope.like("run:%"))) or 0
    assert billed == total


def test_a_cap_that_calls_in_flight_fill_is_not_reached_yet() -> None:
    ledger = Ledger(CAPS[:1], lease_seconds=60)
    with book() as connection:
        assert ledger.claim(connection, call(1, usd=0.06)) is Claimed.MINE
        assert ledger.claim(connection, call(2, usd=0.06)) is Claimed.NO_ROOM
        ledger.settle(connection, call(1, usd=0.06), answer(), round(0.03 * NANO))
        assert ledger.claim(connection, call(2, usd=0.06)) is Claimed.MINE
        ledger.settle(connection, call(2, usd=0.06), answer(), round(0.05 * NANO))
        over = ledger.claim(connection, call(3, usd=0.06))
    assert isinstance(over, BudgetReached)
    assert over.message.startswith("the budget is reached: $0.0800 of $0.1000 are spent (this run")


def test_a_soft_cap_warns_once() -> None:
    ledger = Ledger(CAPS[:1], lease_seconds=60)
    with book() as connection:
        told = []
        for number in range(5):
            ledger.claim(connection, call(number))
            told += ledger.settle(connection, call(number), answer(), round(0.02 * NANO))
    assert [str(warning) for warning in told] == ["$0.0800 of $0.1000 are spent (this run, DEVMATRIX_BUDGET_USD)"]


def test_what_was_answered_is_given_to_all() -> None:
    ledger, other = Ledger((), lease_seconds=60), Ledger((), lease_seconds=60)
    with book() as connection:
        odd = Answer("NUL \x00, half a character \ud83d, ümlaut", Stop.LENGTH, Usage(1, 2, 3, 4), 0.5)
        ledger.claim(connection, call(1))
        assert other.claim(connection, call(1)) is Claimed.ELSEWHERE
        ledger.settle(connection, call(1), odd, 7)
        known = other.claim(connection, call(1, run_id="r2"))
        assert other.spent(connection, "r2").reused == 1
    assert known == Known(odd, 7)


def test_who_lost_a_claim_and_answers_late_pays_all_the_same() -> None:
    late, other = Ledger((), lease_seconds=-1), Ledger((), lease_seconds=60)
    with book() as connection:
        late.claim(connection, call(1))
        assert other.claim(connection, call(1)) is Claimed.MINE
        late.settle(connection, call(1), answer(), 11)
        other.settle(connection, call(1), answer(), 13)
        spending = late.spent(connection, "r1")
        account = late.accounts(connection, Purpose("r1"))[Scope.RUN]
    assert (spending.calls, spending.faults) == (2, 1)
    assert spending.usd * NANO == pytest.approx(24)
    assert account.reserved == Amount()


def test_a_long_pause_is_no_work() -> None:
    ledger = Ledger((), lease_seconds=60)
    with book() as connection:
        row = {column.name: 0 for column in TOTALS.columns}
        connection.execute(insert(TOTALS).values(**row | {"scope": "run:r1", "seen_at": func.datetime(0, "unixepoch")}))
        account = ledger.accounts(connection, Purpose("r1"))[Scope.RUN]
    assert account == Account(seconds=LONGEST_PAUSE_SECONDS)
