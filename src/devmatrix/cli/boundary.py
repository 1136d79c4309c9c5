"""The boundary between exceptions and people: sentences on standard error, exit codes, crash files."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from devmatrix.errors import DevMatrixError

CANCELLED = 130


def run_guarded(command: Callable[[], object]) -> NoReturn:
    """Run `command` and exit with its code; no exception passes as a traceback."""
    for stream in (sys.stdout, sys.stderr):
        # Terminals that cannot show a character get a replacement, never an exception.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
    sys.exit(exit_code(command))


def exit_code(command: Callable[[], object]) -> int:
    """Run `command`; its exit code, after its error (if any) was told on standard error."""
    try:
        command()
    except SystemExit as ended:
        return _flushed(ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1)
    except DevMatrixError as error:
        tell(f"error: {error.message}")
        if error.mend:
            tell(f"mend: {error.mend}")
        return error.exit_code
    except BrokenPipeError:
        return _silenced()
    except Exception as error:
        # The last resort: everything that is expected has been handled nearer to its cause.
        tell(f"error: DevMatrix itself failed ({type(error).__name__}); {_recorded(error)}")
        return 1
    return _flushed(0)


def tell(text: str) -> None:
    """Print `text`, without what could disturb a terminal, on standard error."""
    from devmatrix.cli.text import clean

    print(clean(text), file=sys.stderr)


def _flushed(code: int) -> int:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        return _silenced()
    return code


def _silenced() -> int:
    # Whoever read us has gone (`devmatrix runs | head`); Python's own flush at exit must not complain.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1


def _recorded(error: Exception) -> str:
    """Write the traceback to a file; says in a clause where it is."""
    import traceback
    from datetime import UTC, datetime

    text = "".join(traceback.format_exception(error))
    for folder in _crash_folders():
        path = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.txt"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", errors="backslashreplace")
        except OSError:
            continue
        return f"the details are in {path}, please report them"
    return f"no file could be written for the details; in short: {error}"


def _crash_folders() -> list[Path]:
    import tempfile

    from devmatrix.settings import Settings

    fallback = Path(tempfile.gettempdir()) / "devmatrix-crashes"
    try:
        return [Settings.read().home / "crashes", fallback]
    except DevMatrixError:
        return [fallback]
