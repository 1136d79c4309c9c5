"""Scripts that run inside the sandbox by the project's own Python; each ends with one line of JSON."""

__all__ = ()
