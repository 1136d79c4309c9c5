"""Takes a request for a language model, gives its reply: the only way to a model, within limits, never paid twice."""

from devmatrix.llm.request import Effort, Purpose, Reply, Request, Stop, Tier, Usage

__all__ = ["Effort", "Purpose", "Reply", "Request", "Stop", "Tier", "Usage"]
