"""Takes a command, a folder and a virtual environment; gives what it printed, the rest of the machine untouched."""

from devmatrix.sandbox.holding import read_left
from devmatrix.sandbox.opening import open_sandbox
from devmatrix.sandbox.sandbox import Completed, EndedBy, Limits, Sandbox, Service
from devmatrix.sandbox.warm import Warm

__all__ = ["Completed", "EndedBy", "Limits", "Sandbox", "Service", "Warm", "open_sandbox", "read_left"]
