"""Looks at the output folder before a run starts, so that nothing of the user's is ever overwritten."""

import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from devmatrix.delivery.git import Repository, require_git
from devmatrix.errors import OutputError, RunError

OWN = ".devmatrix"
"""The folder in a delivered project that holds what DevMatrix knows of it."""
STAGING = ".devmatrix-staging"
ANOTHER = "choose another folder with --out"


@dataclass(frozen=True)
class OutputPlan:
    """An output folder that can be used: `path` is absolute and real."""

    path: Path
    delivered: str | None
    """The commit that was delivered last, and is checked out untouched; none: a fresh folder."""


def check_output(out: Path) -> OutputPlan:
    """How to deliver into `out`. Raises OutputError, with what was found, when it cannot or must not be used."""
    require_git()
    try:
        if out.is_symlink() and not out.exists():
            raise OutputError(f"{out} is a link to nothing", mend=ANOTHER)
        path = Path(os.path.realpath(out))
        if path.exists() and not path.is_dir():
            raise OutputError(f"{out} is a file", mend=ANOTHER)
        _check_writable(path)
        found = sorted(entry.name for entry in path.iterdir()) if path.exists() else []
    except OutputError:
        raise
    except (OSError, ValueError) as error:
        raise OutputError(f"{out} cannot be used: {getattr(error, 'strerror', None) or error}", mend=ANOTHER) from error
    if all(name.startswith(STAGING) for name in found):
        return OutputPlan(path, None)
    return OutputPlan(path, _check_ours(path, found))


def listed(names: Sequence[str], limit: int = 5) -> str:
    """The first few names, and how many more there are."""
    shown = ", ".join(names[:limit])
    return shown if len(names) <= limit else f"{shown} and {len(names) - limit} more"


def _check_writable(path: Path) -> None:
    """Tries it: permission bits say little to root and on read-only or odd file systems."""
    nearest = path
    while not nearest.exists():
        nearest = nearest.parent
    if not nearest.is_dir():
        raise OutputError(f"{path} cannot be made: {nearest} is a file", mend=ANOTHER)
    if len(os.fsencode(path.name)) > os.pathconf(nearest, "PC_NAME_MAX") - len(STAGING) - 20:
        raise OutputError(f"the name of {path} is too long", mend=ANOTHER)
    try:
        Path(tempfile.mkdtemp(dir=nearest, prefix=STAGING)).rmdir()
    except OSError as error:
        raise OutputError(f"{nearest} cannot be written to: {error.strerror}", mend=ANOTHER) from error


def _check_ours(path: Path, found: Sequence[str]) -> str:
    repository = Repository(path)
    commit = _delivered_commit(path)
    if commit is None or not repository.exists:
        raise OutputError(f"{path} is not empty and was not made by DevMatrix: it has {listed(found)}", mend=ANOTHER)
    mend = f"{ANOTHER}, or undo the edits (git -C {path} status shows them)"
    try:
        head, edited = repository.head(), repository.modified()
        if head != commit:
            changed = repository.changed_since(commit)
            what = f"other commits in {listed(changed)}" if changed else "another commit checked out"
            raise OutputError(f"{path} was changed since it was delivered: {what}", mend=mend)
    except RunError as error:
        raise OutputError(f"the git repository in {path} cannot be read: {error.message}", mend=ANOTHER) from error
    if edited:
        raise OutputError(f"{path} was edited since it was delivered: {listed(edited)}", mend=mend)
    return commit


def _delivered_commit(path: Path) -> str | None:
    file = path / OWN / "delivery.json"
    try:
        known = json.loads(file.read_text(encoding="utf-8")) if not file.parent.is_symlink() else None
    except (OSError, ValueError):
        return None
    commit = known.get("commit") if isinstance(known, dict) else None
    hexadecimal = isinstance(commit, str) and len(commit) in (40, 64) and set(commit) <= set("0123456789abcdef")
    return str(commit) if hexadecimal else None
