"""How far code reaches: takes a definition and its imports, gives what leads out of a project's own data and database.

For code that a model wrote: a text that the model read may have asked it for more than its contract does.
"""

import ast
from collections.abc import Iterator, Sequence

from devmatrix.syntax import parse_statements

_MODULES = frozenset(
    """os sys pathlib shutil tempfile glob fileinput io mmap signal inspect gc resource platform getpass pwd grp site
    sysconfig builtins types ssl select selectors asyncio.subprocess requests httpx aiohttp urllib3 urllib.request
    urllib.error websockets paramiko logging.handlers logging.config webbrowser ensurepip venv pip setuptools pkgutil
    zipimport zipfile tarfile sqlite3 dotenv""".split()
)
_CALLS = frozenset("open input globals locals vars dir memoryview delattr help exit quit".split())
_DUNDERS = frozenset(
    """__init__ __call__ __name__ __qualname__ __doc__ __tablename__ __table__ __table_args__ __len__
    __iter__""".split()
)


def reaching(definition: ast.AST, imports: Sequence[str]) -> Iterator[tuple[str, int]]:
    """What reaches out, in words, and its line (0: an import beside the definition)."""
    # What does not parse is found by the rule on imports.
    yield from ((what, 0) for brought in parse_statements(imports) for what in _imported(brought))
    for node in ast.walk(definition):
        line = getattr(node, "lineno", 0)
        yield from ((what, line) for what in (*_imported(node), *_named(node)))


def _imported(node: ast.AST) -> Iterator[str]:
    names: list[str] = []
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and not node.level:
        names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
    found = {".".join(name.split(".")[:length]) for name in names for length in range(1, name.count(".") + 2)}
    yield from (f"imports {name}" for name in sorted(found & _MODULES))


def _named(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call(func=ast.Name(id=name)) if name in _CALLS:
            yield f"calls {name}"
        case ast.Attribute(attr=name) if _is_inner(name):
            yield f"looks into {name}"
        case ast.Name(id=name) if _is_inner(name):
            yield f"names {name}"
        case ast.Call(func=ast.Name(id="getattr" | "setattr" | "hasattr"), args=[_, ast.Constant(value=str(name)), *_]):
            if _is_inner(name):
                yield f"looks into {name}"


def _is_inner(name: str) -> bool:
    return name.startswith("__") and name.endswith("__") and name not in _DUNDERS
