"""As root: how the sandbox's unprivileged user reaches folders that lie below closed ones (/root is mode 0700)."""

import os
import shutil
import stat
import tempfile
from pathlib import Path

# Reserved by Debian policy (65000-65533): nobody else's. As real root, bubblewrap's limit of processes is ignored.
SANDBOX_UID = 65_533

_SCRIPT = """set -e
while [ "$1" != -- ]; do mount --bind -- "$1" "$2"; shift 2; done
shift
uid=$1
shift
exec setpriv --reuid "$uid" --regid "$uid" --clear-groups -- "$@"
"""


class Reach:
    """Where each folder is found by the user that the sandbox runs as; `close` removes what was made for that."""

    def __init__(self) -> None:
        self.uid = SANDBOX_UID if os.geteuid() == 0 else None
        self._stage: Path | None = None
        self._mounts: list[str] = []

    def path(self, folder: Path) -> Path:
        """A path by which it can bind `folder`."""
        if self.uid is None or _is_open(folder):
            return folder
        if self._stage is None:
            self._stage = Path(tempfile.mkdtemp(prefix="devmatrix-"))
            self._stage.chmod(0o711)
        target = self._stage / str(len(self._mounts))
        target.mkdir()
        self._mounts += [str(folder), str(target)]
        return target

    def launch(self, argv: tuple[str, ...]) -> tuple[tuple[str, ...], int | None]:
        """The command that starts `argv` so, and the user to start it as. The mounts are seen by that command only."""
        if not self._mounts:
            return argv, self.uid
        unshare = ("unshare", "--mount", "--propagation", "private", "--", "/bin/sh", "-c", _SCRIPT, "sh")
        return (*unshare, *self._mounts, "--", str(self.uid), *argv), None

    def hand_over(self, folder: Path) -> None:
        """Give the folder to the sandbox's user. Links are given themselves, not followed."""
        if self.uid is None:
            return
        for _, folders, files, descriptor in os.fwalk(folder, follow_symlinks=False):
            os.fchown(descriptor, self.uid, self.uid)
            for name in (*folders, *files):
                os.chown(name, self.uid, self.uid, dir_fd=descriptor, follow_symlinks=False)

    def close(self) -> None:
        """Remove the mount points; the mounts themselves went with the command."""
        if self._stage is not None:
            shutil.rmtree(self._stage, ignore_errors=True)


def _is_open(folder: Path) -> bool:
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in folder.resolve().parents)
