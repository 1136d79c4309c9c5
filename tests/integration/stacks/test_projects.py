"""What a senior engineer would ask of a project: its own checks pass, on both databases."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

NAMES = ["library", "accounts", "owned_notes", "odd_names", "measurements"]


def run(folder: Path, *command: str, **variables: str) -> str:
    done = subprocess.run(
        command, cwd=folder, env={"PATH": os.defpath, **variables}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.parametrize("name", NAMES)
def test_its_own_check_passes(name: str, written: Callable[[str], Path]) -> None:
    run(written(name), "make", "check", VIRTUAL_ENV=sys.prefix)


@pytest.mark.parametrize("name", ["owned_notes", "accounts"])
def test_it_is_strictly_typed(name: str, written: Callable[[str], Path], tmp_path: Path) -> None:
    settings = ("--strict", "--config-file", os.devnull, "--cache-dir", str(tmp_path))
    run(written(name), sys.executable, "-m", "mypy", *settings, "app", "migrations", "tests/conftest.py")


@pytest.mark.parametrize("name", ["library", "owned_notes"])
def test_its_tests_pass_on_postgresql(name: str, project: Callable[[str], Path], postgres_url: str) -> None:
    run(project(name), "make", "test", VIRTUAL_ENV=sys.prefix, TEST_DATABASE_URL=postgres_url)


@pytest.mark.parametrize("name", ["accounts", "odd_names", "measurements"])
def test_its_tests_pass_on_sqlite(name: str, project: Callable[[str], Path]) -> None:
    run(project(name), "make", "test", VIRTUAL_ENV=sys.prefix)
