"""Which format a source has, by its name and, failing that, by its content; and how large it may be."""

import re
from pathlib import PurePath

from devmatrix.discovery.sources import Source, SourceFormat
from devmatrix.discovery.text import MAX_BYTES
from devmatrix.errors import RequestError

MAX_FILE_BYTES = 20_000_000
"""Of documents that programs write: OpenAPI, SQL, DiscoveryDocument."""
FORMATS = {
    SourceFormat.TEXT: "text",
    SourceFormat.MARKDOWN: "Markdown",
    SourceFormat.SQL: "SQL",
    SourceFormat.OPENAPI: "OpenAPI",
    SourceFormat.DOCUMENT: "DiscoveryDocument",
}
EXTENSIONS = {
    ".md": SourceFormat.MARKDOWN,
    ".markdown": SourceFormat.MARKDOWN,
    ".sql": SourceFormat.SQL,
    ".ddl": SourceFormat.SQL,
}
STRUCTURED = (".json", ".yaml", ".yml")
_OPENAPI = re.compile(r"""^(?:openapi|swagger)\s*:\s*["']?\d|["'](?:openapi|swagger)["']\s*:\s*["']?\d""", re.M)
_VERSION = re.compile(r"""^schema_version\s*:|["']schema_version["']\s*:""", re.M)
_ENTITIES = re.compile(r"""^entities\s*:|["']entities["']\s*:""", re.M)
_TABLE = re.compile(r"^\s*CREATE\s+(?:(?:GLOBAL|LOCAL|TEMP|TEMPORARY|UNLOGGED)\s+)*TABLE\b", re.I | re.M)


def format_of(source: Source) -> SourceFormat:
    """The format. Raises RequestError where a file promises structure and holds none that is read."""
    if source.format is not None:
        return source.format
    extension = PurePath(source.name).suffix.lower()
    if extension in EXTENSIONS:
        return EXTENSIONS[extension]
    found = _by_content(source.text)
    if extension in STRUCTURED and found not in (SourceFormat.OPENAPI, SourceFormat.DOCUMENT):
        raise RequestError(
            f"{source.name} is neither an OpenAPI document nor a DiscoveryDocument",
            mend="an OpenAPI document has the key `openapi`, a DiscoveryDocument `schema_version` and `entities`;"
            " give text in a .txt or .md file",
        )
    return found


def _by_content(text: str) -> SourceFormat:
    if _OPENAPI.search(text):
        return SourceFormat.OPENAPI
    if _VERSION.search(text) and _ENTITIES.search(text):
        return SourceFormat.DOCUMENT
    if _TABLE.search(text):
        return SourceFormat.SQL
    return SourceFormat.TEXT


def require_size(source: Source, kind: SourceFormat) -> None:
    """Raise RequestError where a source is larger than its format may be."""
    limit = MAX_BYTES if kind in (SourceFormat.TEXT, SourceFormat.MARKDOWN) else MAX_FILE_BYTES
    if source.size > limit:
        raise RequestError(
            f"{source.name or 'the request'} is longer than {limit:,} bytes",
            mend="give the part of it that says what to build",
        )
