"""Whole files parse as what their names say, and hold no leftovers."""

import pytest

from devmatrix.validation.file_rules import check_file


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("package.json", '{"a": {"b": {}}}'),
        ("pyproject.toml", "[project]\nname = 'x'\n"),
        (".github/workflows/ci.yml", "jobs:\n  test:\n    runs-on: ${{ matrix.os }}\n"),
        ("alembic.ini", "[alembic]\nurl = %(here)s/x\n"),
        ("script.py.mako", "${upgrades if upgrades else 'pass'}\n"),
        ("README.md", '# Things\n\nSend `{"a": {}}`.\n'),
        ("README.md", "# Todo lists\n\nA TODO API of {\\{ things }}, {\\% and \\<your-name>\n"),
        ("app/py.typed", ""),
        ("seed.py", "x = {'a': {'b': 1}}\n"),
    ],
)
def test_right_files_are_accepted(path: str, text: str) -> None:
    assert check_file(path, text) == ()


@pytest.mark.parametrize(
    ("path", "text", "rule"),
    [
        ("package.json", "{'a': 1}", "file.parses"),
        ("pyproject.toml", "[project\n", "file.parses"),
        ("ci.yml", "a: [1\nb: 2\n", "file.parses"),
        ("ci.yaml", "a: !!python/object/apply:os.system [ls]\n", "file.parses"),
        ("alembic.ini", "no section\n", "file.parses"),
        ("seed.py", "def f(:\n", "file.parses"),
        ("README.md", "\0", "file.parses"),
        ("README.md", " \n", "file.empty"),
        ("Makefile", "", "file.empty"),
        ("README.md", "# {{ title }}\n", "file.leftover"),
        ("Dockerfile", "FROM x\n{% if y %}\n", "file.leftover"),
        ("README.md", "TODO: describe\n", "file.leftover"),
        ("README.md", "by <your-name>\n", "file.leftover"),
    ],
)
def test_wrong_files_are_found(path: str, text: str, rule: str) -> None:
    assert [defect.rule for defect in check_file(path, text)] == [rule]


def test_the_line_is_told() -> None:
    assert check_file("a.json", '{\n"a":\n}')[0].line == 3
    assert check_file("a.md", "one\n{{ two }}\n")[0].line == 2
