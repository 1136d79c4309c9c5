"""The module `app/seed.py`."""

import json
from collections.abc import Iterable

from devmatrix.atoms.contract import AtomKind
from devmatrix.discovery.document import Attribute, DiscoveryDocument, FieldType
from devmatrix.discovery.proofs.values import sample
from devmatrix.planning.plan import TaskOutline
from devmatrix.stacks.fastapi.columns import columns
from devmatrix.stacks.fastapi.features.model import related
from devmatrix.stacks.fastapi.naming import Names, attribute_name
from devmatrix.stacks.fastapi.seeds.examples import Examples, examples_of
from devmatrix.stacks.fastapi.source import Source, Symbol

_PATH = "app/seed.py"
_TASK = "delivery.seed"

_RUN = """
def run() -> None:
    \"\"\"Migrate the database of the settings, and fill it.\"\"\"
    migrate(get_settings().database_url)
    asyncio.run(fill())
"""

_FILL = """
async def fill() -> None:
    \"\"\"Make the examples, all or none; nothing where there is data.\"\"\"
    engine = create_engine(get_settings().database_url)
    async with open_session(engine) as session:
        if await session.scalar(select({model}.id).limit(1)) is None:
            await make_all(session)
            await session.commit()
            print("The examples are there now.")
        else:
            print("There is data already: nothing was changed.")
    await engine.dispose()
"""

_LOCALS_TAKEN = frozenset("values number made session select engine asyncio dt len enumerate".split())


def seed_outline(document: DiscoveryDocument, names: Names) -> tuple[TaskOutline, ...]:
    """The task of the examples, if there are any."""
    return tuple(
        TaskOutline(
            id=_TASK,
            title="Example records",
            milestone="delivery",
            files=(source.path,),
            depends_on=("foundation.application",),
            estimated_lines=source.preamble.count("\n") + sum(s.source.count("\n") for s in source.symbols),
        )
        for source in seed_sources(document, names)
    )


def seed_sources(document: DiscoveryDocument, names: Names) -> tuple[Source, ...]:
    """The module, if any entity has examples."""
    examples = examples_of(document)
    return (_Seed(document, names, examples).source(),) if examples else ()


class _Seed:
    def __init__(self, document: DiscoveryDocument, names: Names, examples: tuple[Examples, ...]) -> None:
        self._document = document
        self._names = names
        self._examples = examples

    def source(self) -> Source:
        # The first administrator is no sign of data.
        judged = next((one for one in self._examples if not one.entity.account), self._examples[0])
        return Source(
            path=_PATH,
            task_id=_TASK,
            docstring="Example records: `python -m app.seed` fills an empty database with them.",
            imports=tuple(self._imports()),
            preamble="\n\n".join(self._constants()),
            symbols=(
                *(Symbol(f"make_{self._package(one)}", self._function(one)) for one in self._examples),
                Symbol("make_all", self._make_all(), AtomKind.TABLE),
                Symbol("fill", _FILL.format(model=self._class(judged)).lstrip()),
                Symbol("run", _RUN.lstrip()),
            ),
            postamble='if __name__ == "__main__":\n    run()',
        )

    def _package(self, one: Examples) -> str:
        return self._names.package(one.entity)

    def _class(self, one: Examples) -> str:
        return self._names.class_name(one.entity)

    def _imports(self) -> Iterable[str]:
        yield from ("import asyncio", "import datetime as dt", "from decimal import Decimal", "from uuid import UUID")
        yield from ("from typing import Any", "from sqlalchemy import select")
        yield "from sqlalchemy.ext.asyncio import AsyncSession"
        yield "from app.authentication.passwords import hash_password"
        yield from (f"from app.database import {name}" for name in ("create_engine", "migrate", "open_session"))
        yield "from app.settings import get_settings"
        for one in self._examples:
            yield f"from app.{self._package(one)}.model import {self._class(one)}"

    def _constants(self) -> Iterable[str]:
        for one in self._examples:
            rows = ", ".join(_dictionary(row) for row in one.rows)
            yield f"{self._package(one).upper()}: list[dict[str, Any]] = [{rows}]"

    def _function(self, one: Examples) -> str:
        package, class_name = self._package(one), self._class(one)
        needed = [self._needed(field) for field in (*one.references, *one.links)]
        parameters = ["session: AsyncSession", *dict.fromkeys(f"{name}: list[{kind}]" for name, kind in needed)]
        arguments = ", ".join(["**values", *self._arguments(one)])
        enumerated = f"for number, values in enumerate({package.upper()})"
        plain = f"for values in {package.upper()}"
        made = f"{class_name}({arguments}) {enumerated if needed else plain}"
        return (
            f"async def make_{package}({', '.join(parameters)}) -> list[{class_name}]:\n"
            f'    """Examples of {package.replace("_", " ")}."""\n'
            f"    made = [{made}]\n"
            "    session.add_all(made)\n"
            "    await session.flush()\n"
            "    return made\n"
        )

    def _needed(self, field: Attribute) -> tuple[str, str]:
        target = self._document.entity(str(field.target))
        return _local(self._names.package(target)), self._names.class_name(target)

    def _arguments(self, one: Examples) -> Iterable[str]:
        seen: dict[str, int] = {}
        for field in one.references:
            target = self._needed(field)[0]
            shift = seen.get(target, 0)
            seen[target] = shift + 1
            # Two references to one entity point to different records.
            index = f"(number + {shift}) % len({target})" if shift else "number"
            yield f"{attribute_name(field.name)}={target}[{index}].id"
        for field in one.links:
            target = self._needed(field)[0]
            yield f"{related(field)}=[{target}[number % len({target})]]"
        hashes = {column.name: column.attribute for column in columns(one.entity, self._document, self._names)}
        for field in one.entity.attributes:
            if field.type is FieldType.PASSWORD:
                yield f"{hashes[f'{field.name}_hash']}=hash_password({json.dumps(sample(field, 1))})"

    def _make_all(self) -> str:
        needed = {self._needed(field)[0] for one in self._examples for field in (*one.references, *one.links)}
        lines = []
        for one in self._examples:
            package = self._package(one)
            local = _local(package)
            given = dict.fromkeys(self._needed(field)[0] for field in (*one.references, *one.links))
            call = f"await make_{package}({', '.join(['session', *given])})"
            lines.append(f"    {local} = {call}" if local in needed else f"    {call}")
        head = 'async def make_all(session: AsyncSession) -> None:\n    """Make examples of everything."""\n'
        return head + "\n".join(lines) + "\n"


def _local(package: str) -> str:
    """The variable for the records of a package."""
    return f"{package}_made" if package in _LOCALS_TAKEN else package


def _dictionary(row: dict[str, str]) -> str:
    # The comma at the end lets the formatter write one value a line.
    return "{" + "".join(f"{json.dumps(name)}: {value}, " for name, value in row.items()).rstrip(" ") + "}"
