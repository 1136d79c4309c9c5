"""Runs one of our scripts inside the sandbox and reads back what it found."""

import json
import secrets
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from devmatrix.sandbox.sandbox import Limits, Sandbox


@dataclass(frozen=True)
class Step:
    """One named result of a script: the stack trace of what went wrong, or nothing."""

    trace: str
    seconds: float


@dataclass(frozen=True)
class Script:
    """What a script printed. `failure` says why there is nothing (or not all) to read."""

    steps: dict[str, Step]
    failure: str
    seconds: float


def run_script(
    sandbox: Sandbox, name: str, arguments: tuple[str, ...], *, project: Path, environment: Path, seconds: float = 120
) -> Script:
    """Run `inside/<name>.py` with the project as the working folder."""
    text = resources.files("devmatrix.validation.inside").joinpath(f"{name}.py").read_text(encoding="utf-8")
    mark = secrets.token_hex(16)
    done = sandbox.run(
        ("python", "-c", text, mark, *arguments),
        project=project,
        environment=environment,
        limits=Limits(seconds=seconds),
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith(mark)]
    said = (done.stderr or done.stdout).strip()[-1000:]
    if done.timed_out:
        return Script({}, f"did not end within {seconds:g} s: {said}", done.seconds)
    if not lines:
        return Script({}, f"ended with {done.exit_code} and no result: {said}", done.seconds)
    try:
        steps = {
            key: Step(str(step["trace"]), float(step["seconds"])) for key, step in json.loads(lines[-1][32:]).items()
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return Script({}, f"printed a result that cannot be read: {error!r}", done.seconds)
    return Script(steps, "", done.seconds)


def last_line(trace: str) -> str:
    """The exception itself: the last line of a stack trace that is not empty."""
    lines = trace.strip().splitlines()
    return lines[-1].strip() if lines else ""
