"""Takes a command, a folder and a virtual environment; gives what it printed, the rest of the machine untouched."""

from devmatrix.sandbox.opening import open_sandbox
from devmatrix.sandbox.sandbox import Completed, Limits, Sandbox, Service
from devmatrix.sandbox.selftest import Check, check_sandbox

__all__ = ["Check", "Completed", "Limits", "Sandbox", "Service", "check_sandbox", "open_sandbox"]
