"""Takes a document's scenarios, gives verdicts (played over HTTP) or pytest files (compiled for the project)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from devmatrix.validation.scenarios.compiler import compile_scenarios
    from devmatrix.validation.scenarios.runner import ScenarioVerdict, play, play_with

__all__ = ["ScenarioVerdict", "compile_scenarios", "play", "play_with"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever is exported
    # httpx and the compiler are imported when they are used: the command line starts without them.
    if name == "compile_scenarios":
        from devmatrix.validation.scenarios.compiler import compile_scenarios

        return compile_scenarios
    if name in __all__:
        from devmatrix.validation.scenarios import runner

        return getattr(runner, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
