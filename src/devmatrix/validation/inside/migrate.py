"""Migrations up, down, up, and compared with the models. `python -c TEXT MARK` prints MARK and each step as JSON."""

import json
import sys
import time
import traceback

from alembic.autogenerate import comparators
from alembic.autogenerate.api import AutogenContext
from alembic.config import main as alembic
from alembic.operations.ops import ModifyTableOps
from sqlalchemy import CheckConstraint, Table

_STEPS = {
    "up": ["upgrade", "head"],
    "down": ["downgrade", "base"],
    "up-again": ["upgrade", "head"],
    "agree-with-models": ["check"],
}


@comparators.dispatch_for("table")
def compare_checks(
    context: AutogenContext,
    operations: ModifyTableOps,
    schema: str | None,
    name: str,
    in_database: Table | None,
    in_models: Table | None,
) -> None:
    """Alembic itself compares all but CHECK constraints."""
    if in_database is None or in_models is None:
        return
    dialect, inspector = context.dialect, context.inspector
    assert dialect is not None
    wanted = {
        (dialect.identifier_preparer.format_constraint(one), words(one.sqltext.compile(dialect=dialect)))
        for one in in_models.constraints
        if isinstance(one, CheckConstraint)
    }
    found = {(one["name"], words(one["sqltext"])) for one in inspector.get_check_constraints(name, schema=schema)}
    differing = [
        f"only in the {'models' if each in wanted else 'migrations'}: '{each[0]}' CHECK ({each[1]})"
        for each in sorted(wanted ^ found, key=str)
    ]
    if differing:
        raise AssertionError(f"table '{name}': {'; '.join(differing)}")


def words(text: object) -> str:
    """The text without what says nothing."""
    return " ".join(str(text).replace('"', " ").replace("(", " ").replace(")", " ").split())


def main() -> None:
    """Each step in turn; what follows a failed one is not run, and so has no result."""
    mark = sys.argv[1]
    results = {}
    for step, arguments in _STEPS.items():
        began = time.perf_counter()
        trace = ""
        try:
            alembic(argv=["--raiseerr", *arguments])
        except BaseException:
            trace = traceback.format_exc()
        results[step] = {"trace": trace, "seconds": time.perf_counter() - began}
        if trace:
            break
    print(f"\n{mark}{json.dumps(results)}", flush=True)


main()
