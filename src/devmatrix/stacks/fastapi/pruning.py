"""Leaves out what a project does not use: the shared modules offer more than any one document needs."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass, replace

from devmatrix.atoms.contract import AtomKind
from devmatrix.stacks.fastapi.mentions import imported_by, mentions_of
from devmatrix.stacks.fastapi.source import Source
from devmatrix.syntax import parse_python

OFFERED = (
    "app/problems.py",
    "app/types.py",
    "app/pages.py",
    "app/database.py",
    "app/concurrency.py",
    "app/security.py",
    "app/refusals.py",
    "app/routing.py",
    "app/listing.py",
    "app/relating.py",
    "app/keeping.py",
    "app/authentication/revocations.py",
    "app/authentication/passwords.py",
    "app/authentication/tokens.py",
)
"""Modules whose names stand there to be used; everything in other modules is taken to be wanted."""


@dataclass(frozen=True)
class _Part:
    """A symbol, or one statement of a preamble or postamble."""

    path: str
    names: frozenset[str]
    """What it binds."""
    uses: frozenset[tuple[str, str]]
    """Path and name of what it names."""
    wanted: bool


def prune(sources: Iterable[Source]) -> tuple[Source, ...]:
    """`sources` without the symbols and statements of OFFERED modules that nothing uses, directly or indirectly."""
    sources = tuple(sources)
    parts = [part for source in sources for part in _parts(source)]
    owners = {(part.path, name): part for part in parts for name in part.names}
    reached = {part for part in parts if part.wanted}
    entered = list(reached)
    while entered:
        for used in entered.pop().uses:
            part = owners.get(used)
            if part is not None and part not in reached:
                reached.add(part)
                entered.append(part)
    kept = {(part.path, name) for part in reached for name in part.names}
    return tuple(_without(source, kept) if source.path in OFFERED else source for source in sources)


def _parts(source: Source) -> Iterable[_Part]:
    if any(symbol.kind is AtomKind.FILE for symbol in source.symbols):
        return
    wanted = source.path not in OFFERED
    origins = _origins(source)
    for symbol in source.symbols:
        yield _part(source, symbol.source, origins, wanted=wanted, offered=symbol.offers)
    for text in (source.preamble, source.postamble):
        for statement in _statements(text):
            yield _part(source, statement, origins, wanted=wanted)


def _part(
    source: Source, text: str, origins: dict[str, tuple[str, str]], *, wanted: bool, offered: Iterable[str] = ()
) -> _Part:
    mentions = mentions_of("\n".join([text, *offered]))
    uses = {origins.get(name, (source.path, name)) for name in mentions.names | mentions.quoted}
    uses |= {(_file(module), name) for module, name in mentions.imported}
    for base, name in mentions.attributes:
        if base in origins:
            folder, module = origins[base]
            uses.add((f"{folder.removesuffix('.py')}/{module}.py", name))
    return _Part(source.path, frozenset(_bound(text)), frozenset(uses), wanted)


def _origins(source: Source) -> dict[str, tuple[str, str]]:
    imports = [imported_by(line) for line in source.imports]
    return {one.name: (_file(one.module), one.original) for one in imports if one.module}


def _file(module: str) -> str:
    return f"{module.replace('.', '/')}.py"


def _bound(text: str) -> Iterable[str]:
    for node in parse_python(text).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id


def _statements(text: str) -> list[str]:
    lines = text.splitlines()
    nodes = parse_python(text).body
    starts = [0, *(node.end_lineno or node.lineno for node in nodes[:-1])]
    return ["\n".join(lines[start : node.end_lineno]).strip("\n") for start, node in zip(starts, nodes, strict=False)]


def _without(source: Source, kept: set[tuple[str, str]]) -> Source:
    def is_kept(text: str) -> bool:
        return any((source.path, name) in kept for name in _bound(text))

    return replace(
        source,
        symbols=tuple(symbol for symbol in source.symbols if is_kept(symbol.source)),
        preamble="\n\n".join(filter(is_kept, _statements(source.preamble))),
        postamble="\n".join(filter(is_kept, _statements(source.postamble))),
    )
