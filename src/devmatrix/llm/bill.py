"""The lines of a run's bill: what each call cost, on whose account."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from devmatrix.llm.ledger import CHARGES, ChargeKind, usage_of
from devmatrix.llm.limits import NANO
from devmatrix.llm.request import Usage


@dataclass(frozen=True)
class Charge:
    """One line: a call that was paid, one that broke off, or an answer that was there already."""

    kind: ChargeKind
    task_id: str
    atom_id: str
    attempt: int
    model: str
    usage: Usage
    usd: float
    """At list price; at most so much where `kind` is uncertain."""


def charges_of(connection: Connection, run_id: str) -> tuple[Charge, ...]:
    """All lines of a run, in the order in which they were written."""
    rows = connection.execute(select(CHARGES).where(CHARGES.c.run_id == run_id).order_by(CHARGES.c.id))
    return tuple(
        Charge(
            kind=ChargeKind(row.kind),
            task_id=row.task_id,
            atom_id=row.atom_id,
            attempt=row.attempt,
            model=row.model,
            usage=usage_of(row),
            usd=row.nano_usd / NANO,
        )
        for row in rows
    )
