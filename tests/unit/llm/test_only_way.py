"""There is one way to a model, and it is cheap to import."""

import ast
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).parents[3] / "src" / "devmatrix"
VENDORS = {"anthropic", "openai", "pydantic_ai"}


def sources() -> list[tuple[str, ast.Module]]:
    return [
        (path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text(encoding="utf-8")))
        for path in sorted(PACKAGE.rglob("*.py"))
        if not path.is_relative_to(PACKAGE / "llm" / "testing")
    ]


def test_only_the_adapters_know_the_vendors() -> None:
    importers = {
        path
        for path, tree in sources()
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
        if name.split(".")[0] in VENDORS
    }
    assert importers == {"llm/adapters.py"}


def test_only_the_gateway_sends() -> None:
    senders = {
        path
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "send"
        if "provider" in ast.unparse(node.func.value)
    }
    assert senders == {"llm/gateway.py"}
    users = {
        path
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "devmatrix.llm.adapters"
    }
    assert users == {"llm/opening.py"}


def test_the_types_cost_nothing_to_import() -> None:
    program = (
        "import sys, devmatrix.llm, devmatrix.settings\n"
        "print([name for name in ('sqlalchemy', 'httpx', 'httpx2', 'genai_prices', *%r) if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program % (sorted(VENDORS),)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
