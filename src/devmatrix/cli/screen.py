"""The terminal: consoles that take text as it is, and whether anybody sits there."""

import sys

from rich.console import Console


def open_console() -> Console:
    """A console on standard output that reads no markup, no emoji codes and no numbers out of what it is given."""
    # Files and pipes have no width: whoever reads them later searches for whole lines.
    width = None if sys.stdout.isatty() else 1000
    return Console(markup=False, emoji=False, highlight=False, width=width)


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
