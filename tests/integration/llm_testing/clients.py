"""The vendors' clients that a test opened: one that is only forgotten leaves its sockets to whichever test comes next."""

from contextlib import ExitStack

opened = ExitStack()
