"""The SOURCE arguments: text, files, or standard input."""

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from devmatrix.cli.text import line
from devmatrix.discovery.formats import EXTENSIONS, MAX_FILE_BYTES, STRUCTURED, format_of
from devmatrix.discovery.sources import Source, SourceFormat
from devmatrix.discovery.text import MAX_BYTES
from devmatrix.errors import RequestError

_MEND = "give text, the path of a UTF-8 text file, or - for standard input"
_PATH = re.compile(r"(?:\.{1,2}|~)?/\S+|[A-Za-z]:\\\S+")
_TEXTUAL = (".txt", ".text", ".rst", ".adoc", ".toml", ".xml", ".csv", ".graphql", ".proto")


def read_sources(arguments: Sequence[str]) -> tuple[Source, ...]:
    """The sources, in order. Raises RequestError where one cannot be read, is no text, is empty or too long."""
    if arguments.count("-") > 1:
        raise RequestError("standard input can be read once only", mend="give - once")
    if not arguments:
        raise RequestError("nothing says what to build", mend=_MEND)
    return tuple(_read(argument) for argument in arguments)


def read_file(argument: str) -> Source:
    """The file of that path. Raises RequestError likewise."""
    path = Path(argument).expanduser()
    name = line(argument, 4096)
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except (OSError, ValueError, RuntimeError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise RequestError(f"{name or '@'} cannot be read: {why.lower()}", mend=_MEND) from error
    return Source(_checked(_decoded(content, name), name), name, path, content=content)


def _read(argument: str) -> Source:
    if argument == "-":
        content = sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
        text = _checked(_decoded(content, "standard input"), "standard input")
        is_free = format_of(Source(text)) is SourceFormat.TEXT
        return Source(text, "" if is_free else "standard input", content=content)
    if argument.startswith("@"):
        return read_file(argument[1:])
    if _exists(argument) or _is_path(argument):
        return read_file(argument)
    if len(argument) > MAX_BYTES:
        _refuse_size("the request", MAX_BYTES)
    return Source(_checked(argument, "the request"))


def _exists(argument: str) -> bool:
    if "\n" in argument or "\0" in argument:
        return False
    try:
        return Path(argument).expanduser().is_file()
    except (OSError, ValueError, RuntimeError):
        return False  # longer than a file name can be: text


def _is_path(argument: str) -> bool:
    """Whether it can only be meant as a path: a misspelt one must not be read as English."""
    if re.search(r"\s", argument) or "\0" in argument:
        return False
    suffix = Path(argument).suffix.lower()
    return suffix in (*EXTENSIONS, *STRUCTURED, *_TEXTUAL) or _PATH.fullmatch(argument) is not None


def _decoded(content: bytes, name: str) -> str:
    if len(content) > MAX_FILE_BYTES:
        _refuse_size(name, MAX_FILE_BYTES)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise RequestError(f"{name} is not UTF-8 text: line {row}, byte {error.start}", mend=_MEND) from error


def _checked(text: str, name: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise RequestError(f"{name} is not UTF-8 text: character {error.start + 1}", mend=_MEND) from error
    if "\0" in text:
        raise RequestError(f"{name} is binary, not text: it holds a NUL character", mend=_MEND)
    if not text.strip():
        raise RequestError(
            f"{name} is empty", mend='say what to build, such as "Create a REST API for user management"'
        )
    return text


def _refuse_size(name: str, limit: int) -> None:
    raise RequestError(f"{name} is longer than {limit:,} bytes", mend="give the part of it that says what to build")
