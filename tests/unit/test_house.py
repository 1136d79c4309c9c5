"""The rules of the house that no linter knows. Each test lists what breaks its rule."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from devmatrix import __version__
from devmatrix.settings import VARIABLES, Settings

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "devmatrix"
SOURCES = sorted(path for folder in ("src", "tests", "benchmarks") for path in (ROOT / folder).rglob("*.py"))
PACKAGES = sorted(
    path
    for path in PACKAGE.rglob("__init__.py")
    if path.parent != PACKAGE and "migrations" not in path.parts  # Alembic runs those, nobody imports them
)

FILE_LINES = 450
FUNCTION_LINES = 60

GENERATORS = ("stacks", "authoring", "atoms", "validation")
DOMAIN_WORDS = frozenset(
    "user customer order cart product invoice payment book loan member shelf permit vehicle recipe ingredient sample"
    " laboratory ticket booking reservation employee patient article author_name blog post comment".split()
)
TECHNICAL_WORDS = frozenset(
    # Archetypes of entities whose names are words of the trade as well: HTTP, SQL, Python, projects, DevMatrix itself.
    "account agent answer application article author category class column comment doctor driver event file grade group"
    " item job link location log member message note option poll"
    " order permission post project question reading record registration report result review role sample session stock"
    " tag task team token zone".split()
)


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in SOURCES:
        yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def test_files_are_short() -> None:
    lengths = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").count("\n") for path in SOURCES}
    assert {path: lines for path, lines in lengths.items() if lines > FILE_LINES} == {}


def test_functions_are_short() -> None:
    long = [
        f"{path}:{node.lineno} {node.name}: {node.end_lineno - node.lineno + 1} lines"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > FUNCTION_LINES
    ]
    assert long == []


def test_nothing_is_called_by_what_it_is_not() -> None:
    banned = {"utils", "util", "helpers", "helper", "common", "core", "misc"}
    named = [path.relative_to(ROOT) for path in (*SOURCES, *(p.parent for p in PACKAGES)) if path.stem in banned]
    versioned = [path.relative_to(ROOT) for path in SOURCES if re.search(r"_v\d+$", path.stem)]
    assert named + versioned == []


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.parent.relative_to(PACKAGE).as_posix())
def test_a_package_says_what_goes_in_and_what_comes_out(package: Path) -> None:
    tree = ast.parse(package.read_text(encoding="utf-8"))
    docstring = ast.get_docstring(tree)
    assert docstring
    assert "TODO" not in docstring
    exported = [
        node for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    assert len(exported) == 1, "exports nothing: it has no __all__"
    names = ast.literal_eval(exported[0].value)
    assert len(names) == len(set(names))


def test_settings_are_read_in_one_place() -> None:
    handing_on = {  # to child processes: where programs are found, what git and uv may inherit
        "src/devmatrix/delivery/git.py",
        "src/devmatrix/sandbox/bubblewrap.py",
        "src/devmatrix/sandbox/unconfined.py",
        "src/devmatrix/stacks/fastapi/environment.py",
    }
    readers = {
        path.as_posix()
        for path, tree in trees()
        if path.parts[:2] == ("src", "devmatrix")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ("os.environ", "os.environb", "os.getenv")
    }
    assert readers - handing_on == {"src/devmatrix/settings.py"}


def test_nothing_is_left_to_do() -> None:
    left = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted(PACKAGE.rglob("*"))
        if path.suffix in (".py", ".jinja", ".yaml", ".yml", ".html", ".md")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"(#|<!--|\"{3}).*\b(TODO|FIXME|XXX|HACK)\b", line)
    ]
    assert left == []


def test_generators_know_no_domain() -> None:
    archetypes = {path.stem for path in (PACKAGE / "discovery" / "archetypes").glob("[!_]*.y*ml")}
    assert archetypes
    words = (DOMAIN_WORDS | archetypes) - TECHNICAL_WORDS
    known = [
        f"{path.relative_to(ROOT)}:{number} {text!r} says {word!r}"
        for folder in GENERATORS
        for path in sorted((PACKAGE / folder).rglob("*"))
        if path.suffix in (".py", ".jinja") and "requirements" not in path.parts
        for number, text in spoken(path)
        for word in sorted(singulars(text) & words)
    ]
    assert known == []


def spoken(path: Path) -> Iterator[tuple[int, str]]:
    """Line and text of what a file gives away of its knowledge: names and strings; a template as a whole."""
    content = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        yield from enumerate(content.splitlines(), 1)
        return
    tree = ast.parse(content)
    # What is said to people (documentation, errors) is not what is generated.
    said = {id(text) for node in ast.walk(tree) for text in (*bare_strings(node), *error_texts(node))}
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        match node:
            case ast.Constant(value=str(text)) if id(node) not in said:
                yield line, text
            case ast.Name(id=name) | ast.arg(arg=name) | ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
                yield line, name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield line, name


def bare_strings(node: ast.AST) -> list[ast.expr]:
    """Strings that stand for themselves: documentation of what is around them."""
    body = getattr(node, "body", None)
    if not isinstance(body, list):
        return []
    return [statement.value for statement in body if isinstance(statement, ast.Expr)]


def error_texts(node: ast.AST) -> list[ast.AST]:
    """All of what an error is made of."""
    if not isinstance(node, ast.Call) or not ast.unparse(node.func).endswith(("Error", "_failed")):
        return []
    return list(ast.walk(node))


def singulars(text: str) -> set[str]:
    """The words of a text or name, in lower case and without a plural s. Shouted ones (USER) are no domain's."""
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", text)
    lower = {part.lower() for part in parts if not part.isupper()}
    return lower | {word[:-1] for word in lower if word.endswith("s")}


def test_words_are_heard_in_names_and_strings_but_not_in_what_is_said_to_people(tmp_path: Path) -> None:
    source = tmp_path / "x.py"
    source.write_text(
        '"""A cart."""\n'
        "def invoice(order=1):\n"
        '    """A shelf."""\n'
        '    raise StackError(f"no member {order}", mend="ask a user")\n'
        'text = f"the book {ticket.loan}"\n'
    )
    heard = {word for _, text in spoken(source) for word in singulars(text)}
    assert heard >= {"invoice", "order", "the", "book", "ticket", "loan", "text"}
    assert not heard & {"cart", "shelf", "member", "user"}


def test_the_words_of_a_name_are_found() -> None:
    assert singulars("list_userBooks of USER") >= {"list", "user", "book", "of"}
    assert "user" not in singulars("USER app")


def test_the_example_environment_documents_every_variable_with_its_default() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert sorted(set(re.findall(r"^(?:# )?([A-Z][A-Z0-9_]+)=", text, re.MULTILINE))) == sorted(VARIABLES.values())
    given = dict(re.findall(r"^([A-Z][A-Z0-9_]+)=(.*)$", text, re.MULTILINE))
    assert Settings.read(given) == Settings.read({})


def test_the_version_is_the_same_wherever_it_stands() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert declared == __version__
    headings = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == "Unreleased"


PAPERS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_papers_are_finished_and_their_links_lead_somewhere(paper: Path) -> None:
    text = paper.read_text(encoding="utf-8")
    assert "RESULT-GOES-HERE" not in text
    assert "TODO" not in text
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", text)
    assert [link for link in links if not (paper.parent / link).exists()] == []


def test_papers_name_only_targets_that_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {name for paper in PAPERS for name in re.findall(r"`make ([a-z]+)", paper.read_text(encoding="utf-8"))}
    assert named <= targets
    assert {"setup", "demo", "test", "check", "bench"} <= targets


def test_files_name_no_place_of_a_developer() -> None:
    place = re.compile(r"(?<![\w.])/(?:work|root|home/[a-z]+)/")
    folders = ("src", "benchmarks", "scripts", "docs", "requirements", ".ci")
    files = [path for folder in folders for path in sorted((ROOT / folder).rglob("*")) if path.is_file()]
    files += [*PAPERS, ROOT / "Makefile", ROOT / "pyproject.toml", ROOT / ".env.example"]
    named = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in files
        if "__pycache__" not in path.parts
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if place.search(line)
    ]
    assert named == []
