"""The book of model calls: who asks, what was answered, what is spent. Each method is a step of a transaction."""

import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from devmatrix.errors import BudgetReached
from devmatrix.llm.limits import (
    NANO,
    Account,
    Amount,
    BudgetWarning,
    Cap,
    Room,
    Scope,
    passed,
    reached,
    room,
    scopes_of,
)
from devmatrix.llm.provider import Answer
from devmatrix.llm.request import Purpose, Stop, Usage
from devmatrix.storage.tables import Base

# Below the object layer, which would take three times as long.
REPLIES, CLAIMS, CHARGES, TOTALS = (
    Base.metadata.tables[f"model_{name}"] for name in ("replies", "claims", "charges", "totals")
)

LONGEST_PAUSE_SECONDS = 300.0
"""Time between two calls counts as work up to this long; a run that waits for its user longer than that rests."""


class ChargeKind(StrEnum):
    """What a line of the bill is for."""

    PAID = "paid"
    FAULT = "fault"
    """No answer came, but the provider told what it charges."""
    UNCERTAIN = "uncertain"
    """No answer came, and it may have been billed: what was set aside counts as spent."""
    REUSED = "reused"


@dataclass(frozen=True)
class Call:
    """One question on somebody's account, and what it may take at most."""

    key: str
    model: str
    prompt: str
    purpose: Purpose
    most: Amount


@dataclass(frozen=True)
class Known:
    """The question was answered before."""

    answer: Answer
    nano_usd: int


class Claimed(StrEnum):
    """Where a claim stands."""

    MINE = "mine"
    ELSEWHERE = "elsewhere"
    """Another process is asking the same."""
    NO_ROOM = "no_room"
    """Calls in flight hold what this one would need."""


@dataclass(frozen=True)
class Spending:
    """What was spent."""

    usd: float = 0.0
    """What providers charge for certain, at list price."""
    uncertain_usd: float = 0.0
    """What they may charge beyond that, at most: for calls that broke off."""
    usage: Usage = field(default_factory=Usage)
    calls: int = 0
    """Answers that were paid."""
    reused: int = 0
    """Answers that were there already."""
    faults: int = 0
    """Calls that broke off and are, or may be, charged for."""


class Ledger:
    """The rules of the book, for one owner of claims."""

    def __init__(self, caps: Sequence[Cap], *, lease_seconds: float) -> None:
        self.caps = tuple(caps)
        self.lease_seconds = lease_seconds
        self.owner = f"{_machine()}:{os.getpid()}:{os.urandom(8).hex()}"

    def known(self, connection: Connection, call: Call) -> Known | None:
        """The answer, where there is one; that it was used again is noted."""
        row = connection.execute(select(REPLIES).where(REPLIES.c.key == call.key)).one_or_none()
        if row is None:
            return None
        _charge(connection, call, ChargeKind.REUSED, Usage(), 0, 0.0)
        answer = Answer(text=row.text, stop=Stop(row.stop), usage=usage_of(row), seconds=row.seconds)
        return Known(answer, row.nano_usd)

    def claim(self, connection: Connection, call: Call) -> Known | Claimed | BudgetReached:
        """Take a question for oneself, with what it may cost set aside.

        BudgetReached is given, not raised: it must not undo what shares the transaction.
        """
        known = self.known(connection, call)
        if known is not None:
            return known
        now = _now()
        held = connection.execute(select(CLAIMS).where(CLAIMS.c.key == call.key)).one_or_none()
        if held is not None:
            if not self._is_over(held, now):
                return Claimed.ELSEWHERE
            self._write_off(connection, held, now)
        accounts = _accounts(connection, call.purpose, _day(now), now)
        verdict, cap = room(self.caps, accounts, call.most)
        if verdict is not Room.FREE and self._sweep(connection, now):
            accounts = _accounts(connection, call.purpose, _day(now), now)
            verdict, cap = room(self.caps, accounts, call.most)
        if verdict is Room.NONE and cap is not None:
            return reached(cap, accounts[cap.scope], call.most)
        if verdict is Room.TAKEN:
            return Claimed.NO_ROOM
        self._hold(connection, call, now)
        reserved = {scope: account.moved(reserved=call.most) for scope, account in accounts.items()}
        _keep(connection, call.purpose, _day(now), now, reserved)
        return Claimed.MINE

    def settle(self, connection: Connection, call: Call, answer: Answer, nano_usd: int) -> list[BudgetWarning]:
        """Keep an answer, for ever, and what it cost; gives the soft caps that were passed with it."""
        usage = answer.usage
        values = {
            "key": call.key,
            "model": call.model,
            "prompt": call.prompt,
            "text": answer.text,
            "stop": str(answer.stop),
            **_tokens(usage),
            "nano_usd": nano_usd,
            "seconds": answer.seconds,
            "at": _now(),
        }
        _insert_new(connection, REPLIES, values)
        _charge(connection, call, ChargeKind.PAID, usage, nano_usd, answer.seconds)
        return self._close(connection, call, Amount(nano_usd, usage.total_tokens, 1))

    def break_off(
        self, connection: Connection, call: Call, usage: Usage | None, nano_usd: int, *, billed: bool
    ) -> list[BudgetWarning]:
        """Give a claim back without an answer. `billed` with `usage`: charged so; without: as much as was set aside."""
        if not billed:
            return self._close(connection, call, Amount())
        if usage is not None:
            _charge(connection, call, ChargeKind.FAULT, usage, nano_usd, 0.0)
            return self._close(connection, call, Amount(nano_usd, usage.total_tokens, 1))
        _charge(connection, call, ChargeKind.UNCERTAIN, Usage(), call.most.nano_usd, 0.0)
        return self._close(connection, call, call.most)

    def renew(self, connection: Connection) -> None:
        """Say that the owner is alive."""
        until = _now() + timedelta(seconds=self.lease_seconds)
        connection.execute(update(CLAIMS).where(CLAIMS.c.owner == self.owner), {"lease_until": until})

    def spent(self, connection: Connection, run_id: str) -> Spending:
        """What a run spent so far."""
        column = CHARGES.c
        sums = [func.count(), *(func.sum(column[name]) for name in ("nano_usd", *_tokens(Usage())))]
        query = select(column.kind, *sums).where(column.run_id == run_id).group_by(column.kind)
        rows = {row[0]: [int(value or 0) for value in row[1:]] for row in connection.execute(query)}
        nothing = [0] * 6
        paid, fault = rows.get(ChargeKind.PAID, nothing), rows.get(ChargeKind.FAULT, nothing)
        uncertain = rows.get(ChargeKind.UNCERTAIN, nothing)
        tokens = [one + other for one, other in zip(paid[2:], fault[2:], strict=True)]
        return Spending(
            usd=(paid[1] + fault[1]) / NANO,
            uncertain_usd=uncertain[1] / NANO,
            usage=Usage(*tokens),
            calls=paid[0],
            reused=rows.get(ChargeKind.REUSED, nothing)[0],
            faults=fault[0] + uncertain[0],
        )

    def accounts(self, connection: Connection, purpose: Purpose) -> dict[Scope, Account]:
        """Where the scopes stand today that a call on this account is counted in."""
        now = _now()
        return _accounts(connection, purpose, _day(now), now)

    def _hold(self, connection: Connection, call: Call, now: datetime) -> None:
        values = {
            "key": call.key,
            "owner": self.owner,
            "lease_until": now + timedelta(seconds=self.lease_seconds),
            **_purpose(call.purpose),
            "model": call.model,
            "day": _day(now),
            "nano_usd": call.most.nano_usd,
            "tokens": call.most.tokens,
        }
        connection.execute(insert(CLAIMS), values)

    def _close(self, connection: Connection, call: Call, spent: Amount) -> list[BudgetWarning]:
        now = _now()
        mine = (CLAIMS.c.key == call.key, CLAIMS.c.owner == self.owner)
        held = connection.execute(select(CLAIMS).where(*mine)).one_or_none()
        # Whoever lost its claim (it slept too long) pays all the same; what was set aside is written off already.
        freed = Amount() if held is None else Amount(held.nano_usd, held.tokens, 1)
        day = _day(now) if held is None else held.day
        if held is not None:
            connection.execute(delete(CLAIMS).where(*mine))
        before = _accounts(connection, call.purpose, day, now)
        after = {scope: account.moved(reserved=Amount() - freed, spent=spent) for scope, account in before.items()}
        _keep(connection, call.purpose, day, now, after)
        return passed(self.caps, before, after)

    def _sweep(self, connection: Connection, now: datetime) -> bool:
        """Write off what the dead hold; whether there was any."""
        dead = [row for row in connection.execute(select(CLAIMS)).all() if self._is_over(row, now)]
        for row in dead:
            self._write_off(connection, row, now)
        return bool(dead)

    def _write_off(self, connection: Connection, held: Row[Any], now: datetime) -> None:
        """The claimant died with its question on the way: it may have been billed."""
        purpose = Purpose(
            run_id=held.run_id,
            workspace_id=held.workspace_id,
            task_id=held.task_id,
            atom_id=held.atom_id,
            attempt=held.attempt,
        )
        amount = Amount(held.nano_usd, held.tokens, 1)
        call = Call(key=held.key, model=held.model, prompt="", purpose=purpose, most=amount)
        connection.execute(delete(CLAIMS).where(CLAIMS.c.key == held.key))
        _charge(connection, call, ChargeKind.UNCERTAIN, Usage(), held.nano_usd, 0.0)
        before = _accounts(connection, purpose, held.day, now)
        after = {scope: account.moved(reserved=Amount() - amount, spent=amount) for scope, account in before.items()}
        _keep(connection, purpose, held.day, now, after)

    def _is_over(self, held: Row[Any], now: datetime) -> bool:
        return held.lease_until < now or _is_dead(held.owner)


def _now() -> datetime:
    return datetime.now(UTC)


def _day(now: datetime) -> str:
    return now.date().isoformat()


def usage_of(row: Row[Any]) -> Usage:
    """The tokens in a row of replies or charges."""
    return Usage(row.input_tokens, row.cache_read_tokens, row.cache_write_tokens, row.output_tokens)


def _tokens(usage: Usage) -> dict[str, int]:
    return {
        "input_tokens": usage.input_tokens,
        "cache_read_tokens": usage.cache_read_tokens,
        "cache_write_tokens": usage.cache_write_tokens,
        "output_tokens": usage.output_tokens,
    }


def _purpose(purpose: Purpose) -> dict[str, Any]:
    return {
        "run_id": purpose.run_id,
        "workspace_id": purpose.workspace_id,
        "task_id": purpose.task_id,
        "atom_id": purpose.atom_id,
        "attempt": purpose.attempt,
    }


def _accounts(connection: Connection, purpose: Purpose, day: str, now: datetime) -> dict[Scope, Account]:
    """Where the scopes stand, with the time since they were last seen."""
    scopes = scopes_of(purpose, day)
    rows = connection.execute(select(TOTALS).where(TOTALS.c.scope.in_(scopes.values())))
    found = {row.scope: _account(row, now) for row in rows}
    return {scope: found.get(key, Account()) for scope, key in scopes.items()}


def _account(row: Row[Any], now: datetime) -> Account:
    pause = min(max((now - row.seen_at).total_seconds(), 0.0), LONGEST_PAUSE_SECONDS)
    return Account(
        spent=Amount(row.spent_nano_usd, row.spent_tokens, row.spent_calls),
        reserved=Amount(row.reserved_nano_usd, row.reserved_tokens, row.reserved_calls),
        seconds=row.seconds + pause,
    )


def _keep(connection: Connection, purpose: Purpose, day: str, now: datetime, accounts: Mapping[Scope, Account]) -> None:
    upsert = _upsert(connection, TOTALS)
    rows = [
        {
            "scope": key,
            "reserved_nano_usd": accounts[scope].reserved.nano_usd,
            "reserved_tokens": accounts[scope].reserved.tokens,
            "reserved_calls": accounts[scope].reserved.calls,
            "spent_nano_usd": accounts[scope].spent.nano_usd,
            "spent_tokens": accounts[scope].spent.tokens,
            "spent_calls": accounts[scope].spent.calls,
            "seconds": accounts[scope].seconds,
            "seen_at": now,
        }
        for scope, key in scopes_of(purpose, day).items()
    ]
    changed = {name: upsert.excluded[name] for name in rows[0] if name != "scope"}
    connection.execute(upsert.on_conflict_do_update(index_elements=["scope"], set_=changed), rows)


def _charge(connection: Connection, call: Call, kind: ChargeKind, usage: Usage, nano_usd: int, seconds: float) -> None:
    values = {
        "kind": str(kind),
        "key": call.key,
        **_purpose(call.purpose),
        "model": call.model,
        **_tokens(usage),
        "nano_usd": nano_usd,
        "seconds": seconds,
        "at": _now(),
    }
    connection.execute(insert(CHARGES), values)


def _insert_new(connection: Connection, table: Table, values: Mapping[str, Any]) -> None:
    connection.execute(_upsert(connection, table).on_conflict_do_nothing(), dict(values))


def _upsert(connection: Connection, table: Table) -> "postgresql.Insert | sqlite.Insert":
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def _machine() -> str:
    """Where process ids mean the same: this host, and in it this container."""
    namespace = Path("/proc/self/ns/pid")
    inside = namespace.stat().st_ino if namespace.exists() else 0
    return f"{socket.gethostname()}/{inside}"


def _is_dead(owner: str) -> bool:
    """Whether the owner's process is certainly gone: then nobody need wait for its lease to run out."""
    machine, pid, _ = owner.rsplit(":", 2)
    if machine != _machine():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
