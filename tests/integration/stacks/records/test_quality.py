"""The projects pass the checks that their reviewers would run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROUND_TRIP = """
from alembic import command
from alembic.config import Config

config = Config("alembic.ini")
command.upgrade(config, "head")
command.check(config)
command.downgrade(config, "base")
command.upgrade(config, "head")
command.check(config)
"""


def run(folder: Path, *command: str, **variables: str) -> None:
    done = subprocess.run(
        command, cwd=folder, env={"PATH": os.defpath, **variables}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


@pytest.mark.parametrize("name", ["museum", "trails"])
@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        ("pyrefly", "check", "--python-interpreter-path", sys.executable),
        ("mypy", "--strict", "--config-file", os.devnull, "app", "migrations", "tests"),
        ("pytest", "-q"),
    ],
    ids=lambda command: command[0] + command[1][:5] if len(command) > 1 else command[0],
)
def test_checks(name: str, command: tuple[str, ...], request: pytest.FixtureRequest, tmp_path: Path) -> None:
    folder: Path = request.getfixturevalue(f"{name}_folder")
    cache = ("--cache-dir", str(tmp_path)) if command[0] == "mypy" else ()
    run(folder, sys.executable, "-m", command[0], *command[1:], *cache)


@pytest.mark.parametrize("name", ["museum", "trails"])
@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_migrations_up_down_up(name: str, backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    folder: Path = request.getfixturevalue(f"{name}_folder")
    url = f"sqlite:///{tmp_path}/app.db" if backend == "sqlite" else request.getfixturevalue("postgres_url")
    run(folder, sys.executable, "-W", "error::UserWarning", "-c", ROUND_TRIP, DATABASE_URL=url)
