"""The fuzzing process: `python -m devmatrix.validation.fuzzing JOB`, JSON lines on standard output.

It is a process of its own so that time, memory, threads and warnings of the fuzzer are bounded and end with it.
"""

import gc
import json
import os
import resource
import sys
import time
from pathlib import Path

from devmatrix.validation.fuzzing.attack import attack
from devmatrix.validation.fuzzing.job import LINE, Ended, Job, Line

_MEMORY_BYTES = 3 * 2**30
_FILE_BYTES = 64 * 2**20


def main() -> None:
    """Do the job in the file that is named."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_BYTES, _FILE_BYTES))
    gc.set_threshold(50_000, 50, 50)  # it makes much and lives briefly
    job = Job.model_validate_json(Path(sys.argv[1]).read_bytes())
    began = time.monotonic()
    for line in attack(job):
        _say(line)
    _say(Ended(reason="completed", seconds=time.monotonic() - began))
    sys.stdout.flush()
    os._exit(0)  # nothing is left to be tidied up, and the interpreter would take its time


def _say(line: Line) -> None:
    sys.stdout.write(json.dumps(LINE.dump_python(line, mode="json")) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
