"""The factory: the sandbox that the settings ask for."""

from devmatrix.sandbox.bubblewrap import Bubblewrap
from devmatrix.sandbox.sandbox import Sandbox
from devmatrix.sandbox.unconfined import Unconfined
from devmatrix.settings import Settings


def open_sandbox(settings: Settings) -> Sandbox:
    """Bubblewrap, or none where DEVMATRIX_SANDBOX=off says so.

    Raises SettingsError, with the one command that installs it, where bubblewrap is missing: generated code is never
    run without a sandbox unless the user asked for that.
    """
    if settings.sandbox == "off":
        return Unconfined()
    return Bubblewrap.find()
