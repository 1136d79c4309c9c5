"""The command line starts quickly because it imports little: guarded by what is imported, not by the clock."""

import subprocess
import sys

import pytest

SCRIPT = """
import sys
from devmatrix.cli.boundary import exit_code
from devmatrix.cli.application import application
sys.argv = ["devmatrix", *{arguments!r}]
code = exit_code(lambda: application(prog_name="devmatrix"))
print(code, *sorted(set(name.partition(".")[0] for name in sys.modules)), file=sys.stderr)
"""
HEAVY = {"alembic", "fastapi", "httpx", "inflect", "jinja2", "numpy", "rich", "sqlalchemy", "yaml"}


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (["--help"], HEAVY | {"asyncio", "pydantic"}),
        (["build", "--help"], HEAVY),  # Typer itself takes pydantic to read arguments
        (["doctor", "--help"], HEAVY),
    ],
)
def test_help_imports_nothing_heavy(arguments: list[str], heavy: set[str]) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(arguments=arguments)], capture_output=True, text=True, check=True
    )
    code, *modules = ran.stderr.split()
    assert code == "0"
    assert ran.stdout.startswith("Usage: devmatrix")
    assert "typer" in modules
    assert not heavy & set(modules)


def test_version_is_told() -> None:
    ran = subprocess.run([sys.executable, "-m", "devmatrix", "--version"], capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("devmatrix 0.")


@pytest.mark.parametrize("arguments", [["biuld"], ["build"], ["build", "x", "--colour"], ["runs", "--limit", "0"]])
def test_wrong_usage_is_exit_2_without_a_traceback(arguments: list[str]) -> None:
    ran = subprocess.run([sys.executable, "-m", "devmatrix", *arguments], capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert "Usage: " in ran.stderr
    assert "Traceback" not in ran.stderr
