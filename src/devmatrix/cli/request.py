"""The REQUEST argument: text, a file, or standard input."""

import sys
from pathlib import Path

from devmatrix.cli.text import line
from devmatrix.discovery.text import MAX_BYTES
from devmatrix.errors import RequestError

_MEND = "give text, the path of a UTF-8 text file, or - for standard input"


def read_request(argument: str) -> str:
    """The request's text. Raises RequestError where it cannot be read, is no text, is empty or too long."""
    if argument == "-":
        return _checked(_decoded(sys.stdin.buffer.read(MAX_BYTES + 1), "standard input"), "standard input")
    if argument.startswith("@"):
        return _from_file(Path(argument[1:]))
    if _is_file(argument):
        return _from_file(Path(argument))
    return _checked(argument, "the request")


def _is_file(argument: str) -> bool:
    if "\n" in argument or "\0" in argument:
        return False
    try:
        return Path(argument).is_file()
    except (OSError, ValueError):
        return False  # longer than a file name can be: text


def _from_file(path: Path) -> str:
    name = line(str(path))
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise RequestError(f"{name} cannot be read: {why.lower()}", mend=_MEND) from error
    return _checked(_decoded(content, name), name)


def _decoded(content: bytes, name: str) -> str:
    if len(content) > MAX_BYTES:
        _refuse_size(name)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise RequestError(f"{name} is not UTF-8 text: line {row}, byte {error.start}", mend=_MEND) from error


def _checked(text: str, name: str) -> str:
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise RequestError(f"{name} is not UTF-8 text: character {error.start + 1}", mend=_MEND) from error
    if size > MAX_BYTES:
        _refuse_size(name)
    if "\0" in text:
        raise RequestError(f"{name} is binary, not text: it holds a NUL character", mend=_MEND)
    if not text.strip():
        raise RequestError(
            f"{name} is empty", mend='say what to build, such as "Create a REST API for user management"'
        )
    return text


def _refuse_size(name: str) -> None:
    raise RequestError(f"{name} is longer than {MAX_BYTES:,} bytes", mend="give the part of it that says what to build")
