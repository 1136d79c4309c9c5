"""Examples of contracts, executed: warm first, and what passes there once more in a fresh sandbox."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from devmatrix.atoms.contract import AtomKind, Contract, Example
from devmatrix.sandbox import Sandbox
from devmatrix.sandbox.bubblewrap import Bubblewrap
from devmatrix.validation.examples import Examples


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    opened = Bubblewrap.find()
    yield opened
    opened.close()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    (folder / "app").mkdir(parents=True)
    (folder / "app" / "__init__.py").touch()
    return folder


@pytest.fixture
def examples(sandbox: Sandbox, stack_environment: Path, tmp_path: Path) -> Iterator[Examples]:
    opened = Examples(sandbox, stack_environment, tmp_path / "warm")
    yield opened
    opened.close()


def contract(path: str, name: str, *asked: tuple[str, str]) -> Contract:
    return Contract(
        path=path,
        name=name,
        kind=AtomKind.FUNCTION,
        face=f"def {name}(value: int) -> int: ...",
        examples=tuple(Example(call=call, gives=gives) for call, gives in asked),
    )


def said(found: tuple[object, ...]) -> str:
    return " | ".join(str(getattr(defect, "message", "")) for defect in found)


def test_each_contract_gets_its_own_verdict(examples: Examples, tree: Path) -> None:
    (tree / "app" / "sums.py").write_text(
        "import sqlalchemy\n\n\ndef double(value):\n    return 2 * value\n\n\n"
        "def half(value):\n    return value / 2\n\n\ndef broken(value):\n    return value[0]\n"
    )
    others = "from app.sums import double\n\n\ndef four(value):\n    return double(double(value))\n"
    (tree / "app" / "others.py").write_text(others)
    asked = (
        contract("app/sums.py", "double", ("double(2)", "4"), ("double(0)", "0")),
        contract("app/sums.py", "half", ("half(4)", "2")),
        contract("app/sums.py", "broken", ("broken(1)", "1")),
        contract("app/others.py", "four", ("four(1)", "4")),
    )
    found = examples.judge(asked, tree)
    assert {name: said(defects) for name, defects in found.items()} == {
        "app/sums.py:double": "",
        "app/sums.py:half": "half(4) gave 2.0, must give 2",
        "app/sums.py:broken": "broken(1) raised TypeError: 'int' object is not subscriptable",
        "app/others.py:four": "",
    }
    assert sorted(path.name for path in tree.rglob("*")) == ["__init__.py", "app", "others.py", "sums.py"]


def test_a_changed_body_gets_a_new_verdict(examples: Examples, tree: Path) -> None:
    asked = contract("app/sums.py", "double", ("double(2)", "4"))
    for body, expected in (("2 * value", ""), ("3 * value", "double(2) gave 6, must give 4"), ("2 * value", "")):
        (tree / "app" / "sums.py").write_text(f"def double(value):\n    return {body}\n")
        assert said(examples.judge((asked,), tree)[asked.id]) == expected


def test_code_that_rewrites_other_code_is_refuted_by_the_fresh_sandbox(examples: Examples, tree: Path) -> None:
    right = "def double(value):\n    return 2 * value\n"
    (tree / "app" / "hostile.py").write_text(
        f"import pathlib\npathlib.Path('app/victim.py').write_text({right!r})\n\n\ndef one(value):\n    return 1\n"
    )
    (tree / "app" / "victim.py").write_text("def double(value):\n    return 0\n")
    hostile = contract("app/hostile.py", "one", ("one(0)", "1"))
    victim = contract("app/victim.py", "double", ("double(2)", "4"))
    found = examples.judge((hostile, victim), tree)
    assert said(found[victim.id]) == "double(2) gave 0, must give 4"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import os\nos._exit(0)\n", "could not be run: nothing was said"),
        ("import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nimport time\ntime.sleep(5)\n", "could not be run"),
        ("raise SystemExit('no')\n", "could not be run: no"),
        ("def double(value:\n", "SyntaxError"),
        ("import atexit\natexit.register(print, 'later')\n\n\ndef double(value):\n    return 4\n", ""),
        ("print('[]')\n\n\ndef double(value):\n    print('{}')\n    return 4\n", ""),
    ],
)
def test_a_run_that_tells_nothing_is_a_defect(examples: Examples, tree: Path, code: str, expected: str) -> None:
    (tree / "app" / "sums.py").write_text(code)
    asked = contract("app/sums.py", "double", ("double(2)", "4"))
    seen = said(examples.judge((asked,), tree)[asked.id])
    assert expected in seen
    assert bool(seen) is bool(expected)
