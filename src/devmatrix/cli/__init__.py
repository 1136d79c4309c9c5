"""The command line: takes arguments and a terminal, gives progress, a summary and an exit code."""

from devmatrix.cli.application import main

__all__ = ["main"]
