from devmatrix.atoms import AtomKind, Contract, Module, Written, assemble


def _contract(name: str) -> Contract:
    face = f"def {name}() -> int:\n    raise NotImplementedError"
    return Contract(path="app/m.py", name=name, kind=AtomKind.FUNCTION, face=face)


MODULE = Module(
    path="app/m.py",
    task_id="m",
    docstring="A module.",
    imports=("import os",),
    preamble="X = 1",
    contracts=(_contract("a"), _contract("b")),
)


def test_without_code_the_module_is_its_skeleton() -> None:
    text = assemble(MODULE, {}).text
    assert text.count("raise NotImplementedError") == 2
    assert text.startswith('"""A module."""\n\nimport os\n\nX = 1\n\n\ndef a()')


def test_code_takes_the_place_of_its_face_only_and_brings_its_imports_once() -> None:
    written = {"app/m.py:b": Written("def b() -> int:\n    return math.floor(2)\n", ("import math", "import os"))}
    text = assemble(MODULE, written).text
    assert "def a() -> int:\n    raise NotImplementedError" in text
    assert "return math.floor(2)" in text
    assert text.count("import os") == 1
    assert "import math" in text


def test_each_line_belongs_to_its_atom() -> None:
    assembled = assemble(MODULE, {"app/m.py:a": Written("def a() -> int:\n    x = 1\n    return x")})
    lines = assembled.text.splitlines()
    assert assembled.atom_at(lines.index("    return x") + 1) == "app/m.py:a"
    assert assembled.atom_at(lines.index("def b() -> int:") + 1) == "app/m.py:b"
    assert assembled.atom_at(lines.index("import os") + 1) is None


def test_a_file_is_its_text() -> None:
    contract = Contract(path="README.md", name="README.md", kind=AtomKind.FILE, face="")
    module = Module(path="README.md", task_id="d", contracts=(contract,))
    assert assemble(module, {"README.md:README.md": Written("# Hi\n")}).text == "# Hi\n"
