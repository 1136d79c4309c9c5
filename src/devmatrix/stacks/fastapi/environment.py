"""The stack's own virtual environment: just what a generated project declares, made once and kept."""

import ast
import hashlib
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from devmatrix.errors import StackError

REQUIREMENTS = Path(__file__).parent / "requirements"
_LOCK = REQUIREMENTS / "dev.txt"

_UV_VARIABLES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
}
_STAMP = "devmatrix-complete"
_SECONDS = 900
_FOR_EVERYONE = 0o022
"""umask: in the sandbox another user reads the environment."""


def make_environment(home: Path) -> Path:
    """Folder of the virtual environment below `home`; made where it is not there. Raises StackError."""
    folder = _place(home)
    if _is_complete(folder):
        return folder
    try:
        _make_alone(folder, _LOCK)
    except OSError as error:
        raise StackError(
            f"the environment of generated projects cannot be written to {folder}: {error}",
            mend="make that folder writable, or set DEVMATRIX_HOME to one that is",
        ) from error
    return folder


def is_made(home: Path) -> bool:
    """Whether the environment is there already."""
    return _is_complete(_place(home))


def _place(home: Path) -> Path:
    digest = hashlib.sha256(_LOCK.read_bytes()).hexdigest()[:12]
    return home / "environments" / f"fastapi-{digest}"


def _is_complete(folder: Path) -> bool:
    return (folder / _STAMP).exists() and (folder / "bin" / "python").exists()


def _make_alone(folder: Path, lock: Path) -> None:
    from filelock import FileLock

    for place in (folder.parent.parent, folder.parent):
        if not place.exists():
            place.mkdir(parents=True)
            place.chmod(0o755)
    with FileLock(f"{folder}.lock"):
        if _is_complete(folder):
            return
        # Scripts in it name their own place, so it cannot be made elsewhere and moved: the stamp comes last.
        shutil.rmtree(folder, ignore_errors=True)
        variables = _uv_variables()
        _uv(variables, "venv", "--python", str(find_interpreter()), str(folder))
        python = str(folder / "bin" / "python")
        _uv(variables, "pip", "install", "--python", python, "--require-hashes", "--compile-bytecode", "-r", str(lock))
        (folder / _STAMP).touch()


def find_interpreter() -> Path:
    """A Python, 3.11 or newer, that every user can read. Raises StackError where there is none."""
    candidates = (Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}", Path("/usr/bin/python3"))
    for candidate in candidates:
        if candidate.exists() and _everyone_reads(candidate.resolve()) and _is_new_enough(candidate):
            return candidate
    raise StackError(
        "no Python from 3.11 was found that other users can read; the sandbox runs generated code as another user",
        mend="install the system's python3 (on Debian: apt-get install python3)",
    )


def _everyone_reads(path: Path) -> bool:
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in path.parents)


def _is_new_enough(python: Path) -> bool:
    question = "import ssl, sqlite3, sys; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([python, "-I", "-c", question], capture_output=True, check=False).returncode == 0


def _uv(variables: Mapping[str, str], *arguments: str) -> None:
    command = [sys.executable, "-m", "uv", *arguments, "--quiet"]
    try:
        done = subprocess.run(
            command,
            env=variables,
            cwd="/",
            umask=_FOR_EVERYONE,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _failed(f"uv {arguments[0]} took longer than {_SECONDS} s") from error
    if done.returncode:
        raise _failed((done.stderr or done.stdout).strip()[-800:])


def _failed(what: str) -> StackError:
    return StackError(
        f"the environment of generated projects could not be made: {what}",
        mend="check that pip's package index can be reached (pip config list), then run devmatrix doctor --prepare",
    )


def _uv_variables() -> dict[str, str]:
    """The process's environment, with pip's index handed on to uv, which does not read pip's configuration."""
    variables = {"UV_PYTHON_DOWNLOADS": "never", "UV_LINK_MODE": "copy", **os.environ}
    for name, value in _pip_settings():
        variables.setdefault(_UV_VARIABLES[name], " ".join(value.split()))
    if "UV_INDEX" in variables:
        variables.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    return variables


def _pip_settings() -> Iterable[tuple[str, str]]:
    """What pip's environment variables and configuration files say; the variables come first."""
    for name in _UV_VARIABLES:
        value = os.environ.get(f"PIP_{name.replace('-', '_').upper()}")
        if value:
            yield name, value
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    for line in listed.stdout.splitlines():
        key, _, value = line.partition("=")
        name = key.rpartition(".")[2]
        if name in _UV_VARIABLES:
            yield name, str(ast.literal_eval(value))
