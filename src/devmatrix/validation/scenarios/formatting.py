"""Takes Python files, gives them as `ruff format` leaves them."""

import subprocess
import sysconfig
import tempfile
from pathlib import Path
from shutil import which

from devmatrix.errors import SettingsError

_CONFIG = ("--isolated", "--line-length", "120", "--target-version", "py311", "--no-cache")


def formatted(files: dict[str, str]) -> dict[str, str]:
    """Each text by its name, formatted. Raises SettingsError where ruff is not installed."""
    ruff = which("ruff", path=sysconfig.get_path("scripts")) or which("ruff")
    if ruff is None:
        raise SettingsError("The formatter ruff is not installed.", mend="pip install ruff")
    with tempfile.TemporaryDirectory(prefix="devmatrix-scenarios-") as folder:
        for name, text in files.items():
            Path(folder, name).write_text(text, "utf-8")
        subprocess.run([ruff, "format", *_CONFIG, "--quiet", folder], check=True, capture_output=True, text=True)
        return {name: Path(folder, name).read_text("utf-8") for name in files}
