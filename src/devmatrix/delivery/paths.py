"""Which paths a delivered project may have: generated text decides them, so they are not trusted."""

import unicodedata
from collections.abc import Iterable, Mapping

from devmatrix.errors import RunError

_RESERVED = (".git", ".devmatrix")
_LONGEST_NAME = 255
_LONGEST_PATH = 1_000


def check_paths(files: Mapping[str, str]) -> None:
    """Raise RunError, naming the path, unless all are plain relative paths that no file system confuses."""
    for path, text in files.items():
        reason = _wrong_with(path) or _wrong_with_text(text)
        if reason:
            raise RunError(f"the project cannot have a file {path!r}: {reason}")
    _check_no_confusion(files)


def _wrong_with(path: str) -> str:
    if not path or len(path.encode(errors="replace")) > _LONGEST_PATH:
        return "its path is empty or too long"
    if any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") for character in path):
        return "its path has characters that cannot be seen"
    if path.startswith("/") or "\\" in path or path[1:2] == ":":
        return "its path is not relative with /"
    parts = path.split("/")
    if any(part in ("", ".", "..") for part in parts):
        return "its path has an empty part, . or .."
    if any(len(part.encode()) > _LONGEST_NAME for part in parts):
        return "a name in its path is too long"
    if any(_as_seen(part).rstrip(" .") in (*_RESERVED, "git~1") for part in parts):
        return "that name belongs to git or to DevMatrix"
    return ""


def _wrong_with_text(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return "its text is not valid Unicode"
    return ""


def _check_no_confusion(paths: Iterable[str]) -> None:
    """No two paths that a file system takes for one, and no file where another needs a folder."""
    seen: dict[str, str] = {}
    for path in paths:
        other = seen.setdefault(_as_seen(path), path)
        if other != path:
            raise RunError(f"the project cannot have both {other!r} and {path!r}: some file systems take them for one")
    for path in paths:
        parts = _as_seen(path).split("/")
        for end in range(1, len(parts)):
            file = seen.get("/".join(parts[:end]))
            if file is not None:
                raise RunError(f"the project cannot have both a file {file!r} and, below it, {path!r}")


def _as_seen(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
