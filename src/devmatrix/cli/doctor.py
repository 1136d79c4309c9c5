"""`devmatrix doctor`: tries everything that a build needs, and says how to mend what does not work."""

import json as json_module
import os
import platform
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from rich.text import Text

from devmatrix.cli.screen import open_console
from devmatrix.cli.text import line
from devmatrix.errors import DevMatrixError, SettingsError
from devmatrix.settings import Settings

State = Literal["ok", "note", "missing"]
_MARKS: dict[State, tuple[str, str]] = {
    "ok": ("ok", "green"),
    "note": ("note", "yellow"),
    "missing": ("missing", "bold red"),
}


@dataclass(frozen=True)
class Diagnosis:
    """What one check found. `note` is worth knowing but stops no build; `missing` does."""

    check: str
    state: State
    found: str
    mend: str = ""


def doctor_command(*, prepare: bool, json: bool) -> int:
    """Run all checks, showing each as it ends. Returns 0, or 1 where something needed is missing."""
    console = open_console()
    diagnoses = []
    for diagnosis in examine(prepare=prepare):
        diagnoses.append(diagnosis)
        if json:
            print(json_module.dumps(asdict(diagnosis)), flush=True)
            continue
        mark, style = _MARKS[diagnosis.state]
        console.print(Text.assemble((f"{mark:8}", style), f"{diagnosis.check}: {line(diagnosis.found, 400)}"))
        if diagnosis.mend:
            console.print(Text(f"        mend: {line(diagnosis.mend, 400)}"))
    return int(any(diagnosis.state == "missing" for diagnosis in diagnoses))


def examine(*, prepare: bool = False) -> Iterator[Diagnosis]:
    """Each check's diagnosis, in order. `prepare` makes the stack's environment where it is not there yet."""
    yield _python()
    yield from (_tool(name) for name in ("git", "make"))
    try:
        settings = Settings.read()
    except DevMatrixError as error:
        yield Diagnosis("settings", "missing", error.message, error.mend)
        return
    yield _guarded("home", lambda: _home(settings))
    yield _guarded("database", lambda: _database(settings))
    yield _guarded("stack fastapi", lambda: _stack(settings, prepare=prepare))
    yield _guarded("sandbox", lambda: _sandbox(settings))
    yield _model(settings)


def _guarded(check: str, examine_it: Callable[[], Diagnosis]) -> Diagnosis:
    try:
        return examine_it()
    except DevMatrixError as error:
        return Diagnosis(check, "missing", error.message, error.mend)


def _python() -> Diagnosis:
    found = f"{platform.python_version()} at {sys.executable}"
    hidden = _hidden_folder(Path(sys.base_prefix))
    if os.geteuid() == 0 and hidden is not None:
        return Diagnosis(
            "python",
            "missing",
            f"{found}; its folder {hidden} cannot be read by other users, and the sandbox runs as one",
            "install the system's python3 (apt-get install python3), remove .venv, and run make setup",
        )
    return Diagnosis("python", "ok", found)


def _hidden_folder(path: Path) -> Path | None:
    return next((folder for folder in (path, *path.parents) if not folder.stat().st_mode & stat.S_IXOTH), None)


def _tool(name: str) -> Diagnosis:
    mend = f"install {name} (on Debian: sudo apt-get install {name})"
    path = shutil.which(name)
    if path is None:
        return Diagnosis(name, "missing", "not found on PATH", mend)
    try:
        ran = subprocess.run(
            [path, "--version"], capture_output=True, text=True, errors="replace", timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        return Diagnosis(name, "missing", f"{path} does not work: {error}", mend)
    return Diagnosis(name, "ok", ran.stdout.partition("\n")[0])


def _home(settings: Settings) -> Diagnosis:
    mend = "set DEVMATRIX_HOME to a folder that you can write to"
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.home):
            pass
    except OSError as error:
        return Diagnosis("home", "missing", f"{settings.home} cannot be written: {error.strerror}", mend)
    return Diagnosis("home", "ok", f"{settings.home} can be written")


def _database(settings: Settings) -> Diagnosis:
    from devmatrix.storage import open_store

    open_store(settings.database)
    place = f"SQLite file {settings.home / 'devmatrix.db'}" if not settings.database_url else "DEVMATRIX_DATABASE_URL"
    return Diagnosis("database", "ok", f"{place} opens and is up to date")


def _stack(settings: Settings, *, prepare: bool) -> Diagnosis:
    from devmatrix.stacks.fastapi import FastAPIStack

    stack = FastAPIStack(settings.home)
    if not prepare and not stack.is_prepared:
        mend = "run devmatrix doctor --prepare; otherwise the first build does it"
        return Diagnosis(
            "stack fastapi", "note", "the environment that generated projects run in is not made yet", mend
        )
    return Diagnosis("stack fastapi", "ok", f"its environment is in {stack.environment()}")


def _sandbox(settings: Settings) -> Diagnosis:
    from devmatrix.sandbox import open_sandbox
    from devmatrix.sandbox.conformance import check_sandbox

    if settings.sandbox == "off":
        return Diagnosis(
            "sandbox",
            "note",
            "off: generated code runs unprotected, as yourself",
            "unset DEVMATRIX_SANDBOX to have it run in bubblewrap",
        )
    check = check_sandbox(open_sandbox(settings))
    mend = (
        "" if check.passed else "see whether `bwrap --unshare-all --ro-bind / / true` works; containers often forbid it"
    )
    return Diagnosis("sandbox", "ok" if check.passed else "missing", check.detail, mend)


def _model(settings: Settings) -> Diagnosis:
    if not settings.model:
        return Diagnosis("model", "ok", "none is set: everything is written by blueprints, at no cost")
    from devmatrix.llm import check_model

    try:
        check_model(settings)
    except SettingsError as error:
        return Diagnosis("model", "missing", error.message, error.mend)
    return Diagnosis("model", "ok", f"{settings.model} can be asked; a run may cost ${settings.budget_usd:,.2f}")
