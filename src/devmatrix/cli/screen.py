"""The terminal: consoles that take text as it is, and whether anybody sits there."""

import sys
from typing import TextIO

from rich.console import Console


def open_console(stream: TextIO | None = None) -> Console:
    """A console that reads no markup, no emoji codes and no numbers out of what it is given."""
    return Console(file=stream or sys.stdout, markup=False, emoji=False, highlight=False)


def is_attended() -> bool:
    """Whether a person can be asked: standard input and output are both a terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def can_redraw(console: Console) -> bool:
    """Whether lines can be redrawn in place."""
    return console.is_terminal and not console.is_dumb_terminal


def ask(question: str) -> bool:
    """Ask a person; only a clear yes is one."""
    try:
        answer = input(f"{question} [y/N] ")
    except EOFError:
        print()
        return False
    return answer.strip().lower() in ("y", "yes")
