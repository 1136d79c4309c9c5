"""Prompts: takes the name of a file here and values, gives the text; each has a version that changes with it."""

import hashlib
from collections.abc import Mapping
from importlib.resources import files
from string import Template

__all__ = ["fill", "version_of"]


def fill(name: str, values: Mapping[str, object]) -> str:
    """The prompt `name`, with every `$placeholder` replaced. KeyError for one without a value."""
    return Template(_text(name)).substitute(values)


def version_of(*names: str) -> str:
    """Eight hexadecimal digits that change when one of the files does."""
    return hashlib.sha256("\0".join(_text(name) for name in names).encode()).hexdigest()[:8]


def _text(name: str) -> str:
    return (files(__package__) / f"{name}.md").read_text(encoding="utf-8")
