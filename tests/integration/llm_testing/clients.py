"""The vendors' clients that a test opened: one that is only forgotten leaves its sockets to another test."""

from contextlib import ExitStack

opened = ExitStack()
