"""The project folder in the making: assembled from accepted code, formatted, read back."""

import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from devmatrix.atoms.assembly import Written, assemble
from devmatrix.atoms.contract import Module
from devmatrix.errors import RunError


def write_project(
    folder: Path, modules: Iterable[Module], written: Mapping[str, Written], extra: Mapping[str, str]
) -> None:
    """Write all files below `folder` (made anew) and format them as the project's own settings say.

    `extra` holds further files, path -> text, such as the compiled scenarios.
    """
    texts = {module.path: assemble(module, written).text for module in modules} | dict(extra)
    for path, text in texts.items():
        place = folder / PurePosixPath(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    _ruff(folder, "check", "--select", "I", "--fix", "--quiet", "--no-cache", ".")
    _ruff(folder, "format", "--quiet", "--no-cache", ".")


def read_project(folder: Path, paths: Iterable[str]) -> dict[str, str]:
    """The files as they are now."""
    return {path: (folder / PurePosixPath(path)).read_text(encoding="utf-8") for path in paths}


def _ruff(folder: Path, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RunError(
            f"ruff {arguments[0]} failed on the assembled project: {(done.stderr or done.stdout).strip()[:500]}"
        )
