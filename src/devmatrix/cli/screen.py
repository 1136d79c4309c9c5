"""The terminal: consoles that take text as it is, and whether anybody sits there."""

import sys
from collections.abc import Sequence

from rich.console import Console

from devmatrix.cli.text import line


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


def choose(options: Sequence[str]) -> str:
    """Let a person choose, by number or by word; Enter takes the first."""
    for number, option in enumerate(options, start=1):
        print(f"  {number}) {line(option)}{' (default)' if number == 1 else ''}")
    while True:
        try:
            said = input(f"  1-{len(options)} [1]: ").strip().lower()
        except EOFError:
            print()
            return options[0]
        if not said:
            return options[0]
        if said.isdecimal() and 1 <= int(said) <= len(options):
            return options[int(said) - 1]
        meant = [option for option in options if option.lower() == said]
        if meant:
            return meant[0]
        print("  that is none of them")
