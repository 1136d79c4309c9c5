"""Git, told what to do and nothing else: no hooks, no user's settings, no repository around."""

import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from devmatrix.errors import RunError, SettingsError

BRANCH = "main"
AUTHOR = ("DevMatrix", "devmatrix@localhost")

_SETTINGS = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.autocrlf": "false",
    "core.attributesFile": os.devnull,
    "core.excludesFile": os.devnull,
    "gc.auto": "0",
    "log.showSignature": "false",
}


@dataclass(frozen=True)
class Change:
    """One commit to be: texts to put and paths to remove."""

    message: str
    put: Mapping[str, bytes]
    remove: tuple[str, ...] = ()


def require_git() -> None:
    """Raise SettingsError where there is no git."""
    if shutil.which("git") is None:
        raise SettingsError("git is not installed", mend="install it: apt-get install git")


class Repository:
    """The repository of one folder, `folder`/.git; a repository that the folder lies in does not count."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def exists(self) -> bool:
        """Whether the folder has a repository of its own."""
        return (self.folder / ".git").is_dir()

    def init(self) -> None:
        """Make it, empty."""
        _run([*_command(), "init", "-q", "--template=", "-b", BRANCH, str(self.folder)])

    def head(self) -> str | None:
        """The commit that is checked out; none where there is none."""
        done = self._git("rev-parse", "--verify", "-q", "HEAD", may_fail=True)
        return done.decode().strip() or None

    def modified(self) -> tuple[str, ...]:
        """Tracked files that differ from HEAD, staged or not, and files staged since."""
        entries = self._git("status", "--porcelain", "-z", "--no-renames", "--untracked-files=no").split(b"\0")
        return tuple(os.fsdecode(entry[3:]) for entry in entries if entry)

    def changed_since(self, commit: str) -> tuple[str, ...] | None:
        """Files in which HEAD differs from `commit`; none where there is no such commit."""
        if not self._git("rev-parse", "--verify", "-q", f"{commit}^{{commit}}", may_fail=True):
            return None
        names = self._git("diff", "--name-only", "--no-renames", "-z", commit, "HEAD", "--").split(b"\0")
        return tuple(os.fsdecode(name) for name in names if name)

    def tracked(self) -> dict[str, str]:
        """Path -> blob hash of every file in HEAD."""
        lines = self._git("ls-tree", "-r", "-z", "HEAD").split(b"\0")
        entries = (line.split(b"\t", 1) for line in lines if line)
        return {os.fsdecode(path): about.split()[2].decode() for about, path in entries}

    def prepare(self, changes: Sequence[Change], *, on: str | None) -> tuple[str, ...]:
        """Make the commits, one on top of the other, on `on`; neither HEAD nor any file moves. Gives their hashes."""
        ref = "refs/devmatrix/next"
        self._git("fast-import", "--quiet", "--force", stdin=_stream(changes, ref, on))
        made = self._git("rev-list", "--reverse", ref, *([f"^{on}"] if on else [])).decode().split()
        self._git("update-ref", "-d", ref)
        return tuple(made)

    def move_to(self, commit: str) -> None:
        """Let the branch and the index be at `commit`; the files are the caller's."""
        self._git("update-ref", "-m", "devmatrix: deliver", "HEAD", commit)
        self._git("reset", "-q")

    def _git(self, *arguments: str, stdin: bytes = b"", may_fail: bool = False) -> bytes:
        place = [f"--git-dir={self.folder / '.git'}", f"--work-tree={self.folder}"]
        return _run([*_command(), *place, *arguments], stdin=stdin, may_fail=may_fail, cwd=self.folder)


def blob_hash(content: bytes) -> str:
    """The name that git has for a file of that content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _command() -> list[str]:
    return ["git", *(part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}"))]


def _environment() -> dict[str, str]:
    # GIT_DIR and its like point to another repository when DevMatrix is called from a hook.
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return clean | {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}


def _run(argv: Sequence[str], *, stdin: bytes = b"", may_fail: bool = False, cwd: Path | None = None) -> bytes:
    alone = _environment() | {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    # A session of its own: Ctrl-C is for DevMatrix, which then lets git finish or undoes what it did.
    done = subprocess.run(
        argv, input=stdin, capture_output=True, check=False, env=alone, cwd=cwd, start_new_session=True
    )
    if done.returncode and not may_fail:
        said = done.stderr.decode(errors="replace").strip()
        raise RunError(f"git failed: {said or f'exit {done.returncode}'}", mend="see that the disk is not full")
    return b"" if done.returncode else done.stdout


def _identity() -> tuple[str, str]:
    """The user's name and address where git knows both, else DevMatrix's."""
    found = []
    for key in ("user.name", "user.email"):
        argv = ["git", "config", "--global", "--includes", "--get", key]
        done = subprocess.run(argv, capture_output=True, check=False, env=_environment(), cwd="/")
        found.append("".join(c for c in done.stdout.decode(errors="replace").strip() if c not in "<>\r\n\0"))
    return (found[0], found[1]) if all(found) else AUTHOR


def _stream(changes: Sequence[Change], ref: str, on: str | None) -> bytes:
    """The commits in the language of git fast-import."""
    name, address = _identity()
    who = f"{name} <{address}> {int(time.time())} +0000".encode()
    out: list[bytes] = []
    for number, change in enumerate(changes):
        message = change.message.encode()
        out.append(b"commit %s\nauthor %s\ncommitter %s\n" % (ref.encode(), who, who))
        out.append(b"data %d\n%s\n" % (len(message), message))
        if number == 0 and on:
            out.append(b"from %s\n" % on.encode())
        out += [b"D %s\n" % _quoted(path) for path in change.remove]
        for path, content in change.put.items():
            out.append(b"M 100644 inline %s\ndata %d\n%s\n" % (_quoted(path), len(content), content))
    return b"".join(out)


def _quoted(path: str) -> bytes:
    return b'"' + os.fsencode(path).replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
