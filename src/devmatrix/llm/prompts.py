"""Prompts: Markdown files in the folder `prompts` of the package that asks; each has a version that changes with it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from string import Template


@dataclass(frozen=True)
class Prompts:
    """The prompts of a package."""

    package: str

    def text(self, name: str) -> str:
        """The prompt `name` as it is written."""
        return (files(self.package) / "prompts" / f"{name}.md").read_text(encoding="utf-8")

    def fill(self, name: str, values: Mapping[str, object]) -> str:
        """The prompt `name`, with every `$placeholder` replaced. KeyError for one without a value."""
        return Template(self.text(name)).substitute(values)

    def version_of(self, *names: str) -> str:
        """Eight hexadecimal digits that change when one of the files does."""
        return hashlib.sha256("\0".join(map(self.text, names)).encode()).hexdigest()[:8]
