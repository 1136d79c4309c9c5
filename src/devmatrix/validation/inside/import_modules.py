"""Imports each named module, in one process. `python -c TEXT MARK MODULE...` prints MARK and the tracebacks as JSON."""

import importlib
import json
import sys
import time
import traceback


def main() -> None:
    """Import all; what a module raises, even SystemExit, is its own result."""
    mark, *names = sys.argv[1:]
    results = {}
    for name in names:
        began = time.perf_counter()
        trace = ""
        try:
            importlib.import_module(name)
        except BaseException:
            trace = traceback.format_exc()
        results[name] = {"trace": trace, "seconds": time.perf_counter() - began}
    print(f"\n{mark}{json.dumps(results)}", flush=True)


main()
