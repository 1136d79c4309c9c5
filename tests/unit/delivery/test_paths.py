import pytest

from devmatrix.delivery.paths import check_paths
from devmatrix.errors import RunError


@pytest.mark.parametrize(
    "path",
    [
        "app/main.py",
        ".env.example",
        ".github/workflows/ci.yml",
        ".gitignore",
        "docs/größe.md",
        "a b.txt",
        "a..b/...c.txt",
        'odd "name".txt',
    ],
)
def test_plain_paths_are_fine(path: str) -> None:
    check_paths({path: "text"})


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "../up.py",
        "app/../../up.py",
        "app/./main.py",
        "app//main.py",
        "app/",
        ".",
        "..",
        "C:/x.py",
        "app\\main.py",
        ".git/config",
        ".GIT/hooks/post-checkout",
        "sub/.git/config",
        ".git./config",
        ".git /config",
        "git~1/config",
        ".g\u200cit/config",
        ".devmatrix/report.json",
        "a\0b",
        "a\nb",
        "a\x1bb",
        "a\u202eb",
        "a\ud800b",
        "x" * 256,
        "/".join(["long"] * 300),
    ],
)
def test_paths_that_no_project_may_have(path: str) -> None:
    with pytest.raises(RunError, match="cannot have a file"):
        check_paths({"fine.py": "", path: "text"})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("app/Main.py", "app/main.py"),
        ("APP/x.py", "app/X.py"),
        ("caf\u00e9.py", "cafe\u0301.py"),
        ("app", "app/main.py"),
        ("App", "app/main.py"),
        ("a/b", "a/b/c/d.py"),
    ],
)
def test_paths_that_file_systems_confuse(one: str, other: str) -> None:
    for files in ({one: "", other: ""}, {other: "", one: ""}):
        with pytest.raises(RunError, match="both"):
            check_paths(files)


def test_text_that_no_file_can_hold() -> None:
    with pytest.raises(RunError, match="Unicode"):
        check_paths({"a.py": "\ud800"})
