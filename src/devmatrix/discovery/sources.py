"""What a request is made of: texts and files, each in one format."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class SourceFormat(StrEnum):
    """How a source is read."""

    TEXT = "text"  # English, the notation, or both
    MARKDOWN = "markdown"
    SQL = "sql"
    OPENAPI = "openapi"
    DOCUMENT = "document"  # a DiscoveryDocument


@dataclass(frozen=True)
class Source:
    """One part of a request, as it came."""

    text: str
    name: str = ""
    """The file's name as it was given; empty for text that stands on the command line."""
    path: Path | None = None
    """The file; none where the text came from elsewhere. References to sibling files start from its folder."""
    format: SourceFormat | None = None
    """None: recognised by its name and content."""
    content: bytes | None = None
    """The file's bytes; none where the text is all there is."""

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self._bytes)

    @property
    def sha256(self) -> str:
        """Of the bytes."""
        return hashlib.sha256(self._bytes).hexdigest()

    @property
    def _bytes(self) -> bytes:
        return self.content if self.content is not None else self.text.encode("utf-8", "surrogatepass")
