"""`python -m devmatrix.sandbox.conformance`: all attacks on this machine's sandbox, as JSON, a line for each."""

import json
import sys
from pathlib import Path

from devmatrix.sandbox.bubblewrap import Bubblewrap
from devmatrix.sandbox.conformance.checking import conform


def main() -> int:
    """0 when all were contained."""
    seen = conform(Bubblewrap.find(), Path(sys.prefix))
    for verdict in seen.verdicts:
        line = {"attack": verdict.attack.id, "through": verdict.through, "left_processes": verdict.left_processes}
        print(json.dumps(line | {"seconds": round(verdict.seconds, 3)}))
    print(json.dumps({"attacks": len(seen.verdicts), "contained": seen.contained, "seconds": round(seen.seconds, 2)}))
    return int(seen.contained < len(seen.verdicts))


if __name__ == "__main__":
    sys.exit(main())
