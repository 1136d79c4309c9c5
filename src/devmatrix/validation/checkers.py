"""The checkers outside: ruff, ty and pyrefly as processes, and what they said as data. A crash is never a pass."""

import glob
import json
import os
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Style is what formatting and the project's own configuration mend later. B008: signatures are the contract's.
# S101 asserts are for tests; S105-S107 take every "token" for a secret; ASYNC109 is about signatures.
ATOM_RULES = "F,E4,E7,E9,B,S,ASYNC,BLE,PLE,C90,DTZ,FIX"
ATOM_IGNORED = "B008,S101,S105,S106,S107,ASYNC109"
MAX_COMPLEXITY = 12
_Json = dict[str, Any]
_TY_ERRORS = ("possibly-unresolved-reference", "unused-awaitable")


@dataclass(frozen=True)
class Diagnostic:
    """One thing that a checker said. `path` is relative to the checked folder, with /."""

    rule: str
    path: str
    line: int
    message: str


@dataclass(frozen=True)
class Report:
    """What came out of one checker's run."""

    checker: str
    diagnostics: tuple[Diagnostic, ...]
    seconds: float
    failure: str = ""
    """Why the checker itself failed; then nothing it checked has passed."""


def run_ruff(folder: Path, paths: Iterable[str]) -> Report:
    """Lint for defects, with our rules whatever the project configures."""
    options = ["check", "--isolated", "--no-cache", "--output-format=json", "--ignore-noqa", "--target-version=py311"]
    options += [f"--select={ATOM_RULES}", f"--ignore={ATOM_IGNORED}"]
    options += ["--config", f"lint.mccabe.max-complexity={MAX_COMPLEXITY}", "--quiet"]
    return _run("ruff", folder, [*options, "--", *paths], _read_ruff)


def run_project_ruff(folder: Path) -> Report:
    """Lint the project with its own configuration."""
    return _run("ruff", folder, ["check", "--no-cache", "--output-format=json", "--quiet", "."], _read_ruff)


def run_format_check(folder: Path) -> Report:
    """Whether the project is formatted as its own configuration says."""
    return _run("ruff", folder, ["format", "--check", "--no-cache", "--output-format=json", "."], _read_ruff)


def run_ty(folder: Path, environment: Path, paths: Iterable[str] = ()) -> Report:
    """Type-check `paths` (default: all) of the project in `folder` against the packages of `environment`."""
    options = ["check", "--project", ".", "--python", str(environment), "--output-format=gitlab", "--no-progress"]
    options += ["--color=never", "--no-respect-ignore-files", *(f"--error={rule}" for rule in _TY_ERRORS)]
    return _run("ty", folder, [*options, "--", *paths], _read_ty)


def run_pyrefly(folder: Path, environment: Path) -> Report:
    """The independent second opinion on the types of the whole project, by its strict preset."""
    with tempfile.TemporaryDirectory(prefix="devmatrix-") as settings:
        # A configuration of ours: the project cannot ask for leniency.
        config = Path(settings) / "pyrefly.toml"
        config.write_text(
            f'preset = "strict"\nproject-includes = [{json.dumps(f"{glob.escape(str(folder))}/**/*.py")}]\n'
            "use-ignore-files = false\n"
            # Its own list would leave out all that lies below a hidden folder, such as ~/.local.
            "disable-project-excludes-heuristics = true\nproject-excludes = []\n"
            # typing.override came with Python 3.12; projects run from 3.11.
            "[errors]\nmissing-override-decorator = false\n"
        )
        options = ["check", "--config", str(config), "--output-format=json", "--summary=none", "--progress-bar=no"]
        options += ["--python-interpreter-path", str(environment / "bin" / "python"), "--search-path", str(folder)]
        return _run("pyrefly", folder, [*options, "--relative-to", str(folder)], _read_pyrefly)


def _run(
    name: str, folder: Path, arguments: Sequence[str], read: Callable[[Any, Path], Iterator[Diagnostic]]
) -> Report:
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="devmatrix-") as home:
        # No configuration of the user's may change a verdict.
        variables = {"PATH": os.defpath, "HOME": home, "XDG_CONFIG_HOME": home, "XDG_CACHE_HOME": home}
        try:
            done = subprocess.run(
                [*_program(name), *arguments],
                cwd=folder,
                env=variables,
                capture_output=True,
                timeout=300,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return Report(name, (), time.monotonic() - began, failure=str(error))
    seconds = time.monotonic() - began
    said = done.stderr.decode(errors="replace").strip()[-500:]
    if done.returncode not in (0, 1):
        return Report(name, (), seconds, failure=f"ended with {done.returncode}: {said}")
    try:
        diagnostics = tuple(read(json.loads(done.stdout), folder))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return Report(name, (), seconds, failure=f"printed nothing that can be read ({error!r}): {said}")
    if done.returncode == 1 and not diagnostics:
        return Report(name, (), seconds, failure=f"failed without saying why: {said}")
    return Report(name, diagnostics, seconds)


def _program(name: str) -> list[str]:
    """The installed binary itself where it can be found: a Python process in front would cost more than the check."""
    binary = Path(sysconfig.get_path("scripts")) / name
    return [str(binary)] if binary.exists() else [sys.executable, "-m", name]


def _read_ruff(data: list[_Json], folder: Path) -> Iterator[Diagnostic]:
    for entry in data:
        yield Diagnostic(
            entry["code"] or "invalid-syntax",
            _relative(entry["filename"], folder),
            int(entry["location"]["row"]),
            str(entry["message"]),
        )


def _read_ty(data: list[_Json], folder: Path) -> Iterator[Diagnostic]:
    for entry in data:
        place = entry["location"]
        yield Diagnostic(
            entry["check_name"],
            _relative(place["path"], folder),
            int(place["positions"]["begin"]["line"]),
            entry["description"].removeprefix(f"{entry['check_name']}: "),
        )


def _read_pyrefly(data: _Json, folder: Path) -> Iterator[Diagnostic]:
    for entry in data["errors"]:
        yield Diagnostic(
            entry["name"], _relative(entry["path"], folder), int(entry["line"]), entry["concise_description"]
        )


def _relative(path: str, folder: Path) -> str:
    place = Path(path)
    if not place.is_absolute():
        return place.as_posix()
    for base in (folder, folder.resolve()):
        if place.is_relative_to(base):
            return place.relative_to(base).as_posix()
    return place.as_posix()
