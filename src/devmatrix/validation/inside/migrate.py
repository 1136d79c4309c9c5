"""Migrations up, down, up, and compared with the models. `python -c TEXT MARK` prints MARK and each step as JSON."""

import json
import sys
import time
import traceback

from alembic.config import main as alembic

_STEPS = {
    "up": ["upgrade", "head"],
    "down": ["downgrade", "base"],
    "up-again": ["upgrade", "head"],
    "agree-with-models": ["check"],
}


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
