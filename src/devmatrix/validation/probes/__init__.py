"""Takes a running project and its document, asks what no caller should, and gives what was found, probe by probe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from devmatrix.validation.probes.exchanges import Journal
from devmatrix.validation.probes.verdict import Found, Verdict

if TYPE_CHECKING:
    from devmatrix.validation.probes.probing import Probed, Prober, check_probes
    from devmatrix.validation.probes.starting import check_starts, try_starts

__all__ = ["Found", "Journal", "Probed", "Prober", "Verdict", "check_probes", "check_starts", "try_starts"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever is exported
    # The probes are imported when a project is probed: the command line starts without them.
    if name in ("check_starts", "try_starts"):
        from devmatrix.validation.probes import starting

        return getattr(starting, name)
    if name in __all__:
        from devmatrix.validation.probes import probing

        return getattr(probing, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
