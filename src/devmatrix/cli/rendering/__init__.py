"""Takes the events of a run, gives what is seen of it: live on a terminal, plain lines elsewhere, or JSON lines."""

from devmatrix.cli.rendering.live import LiveRenderer
from devmatrix.cli.rendering.plain import JsonRenderer, PlainRenderer
from devmatrix.cli.rendering.renderer import Renderer
from devmatrix.cli.rendering.summary import write_summary
from devmatrix.cli.rendering.understanding import write_changes, write_plan, write_understanding

__all__ = [
    "JsonRenderer",
    "LiveRenderer",
    "PlainRenderer",
    "Renderer",
    "write_changes",
    "write_plan",
    "write_summary",
    "write_understanding",
]
