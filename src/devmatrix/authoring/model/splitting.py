"""Splits an open contract: a model names helper contracts, which must parse and fit before anybody writes a body."""

import ast
import re
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, ValidationError

from devmatrix.atoms import MAX_BODY_LINES, Atom, AtomKind, Contract, Example, Module
from devmatrix.atoms.faces import face_of
from devmatrix.authoring.model.briefing import PROMPTS, Briefing
from devmatrix.errors import ContractError
from devmatrix.llm import Asks, Purpose, Request, Stop, Tier
from devmatrix.syntax import one_import_each, parse_python

MOST_HELPERS = 5
_VERSION = PROMPTS.version_of("system", "module", "split")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SaidExample(_Part):
    """A call and its result, as Python."""

    call: str
    result: str


class SaidHelper(_Part):
    """One helper."""

    declaration: str
    docstring: str
    imports: tuple[str, ...]
    examples: tuple[SaidExample, ...]


class Split(_Part):
    """What a model answers."""

    helpers: tuple[SaidHelper, ...]


class Helper(_Part):
    """A helper as the tree takes it."""

    contract: Contract
    imports: tuple[str, ...]


async def split(
    atom: Atom, module: Module, briefing: Briefing, gateway: Asks, *, run_id: str, wrong: str = ""
) -> tuple[tuple[Helper, ...], str]:
    """Helpers for `atom`, and what is wrong with the answer (then there are none). `wrong`: of an earlier answer."""
    request = _request(atom, briefing, wrong)
    purpose = Purpose(run_id=run_id, task_id=atom.task_id, atom_id=f"{atom.id} split", attempt=2 if wrong else 1)
    reply = await gateway.ask(request, purpose, Tier.STANDARD)
    if reply.stop is not Stop.END:
        return (), f"the answer was not finished ({reply.stop})"
    try:
        said = Split.model_validate_json(reply.text)
        return tuple(_helper(item, module) for item in said.helpers[:MOST_HELPERS]), ""
    except (ValidationError, ContractError, SyntaxError, ValueError) as error:
        return (), str(error)[:600]


def _request(atom: Atom, briefing: Briefing, wrong: str) -> Request:
    values = briefing.told(atom)
    question = PROMPTS.fill("split", {**values, "max_body_lines": MAX_BODY_LINES})
    if wrong:
        question += f"\nAn earlier answer could not be used: {wrong}\n"
    return Request(
        prompt=f"split@{_VERSION}",
        shared=briefing.shared,
        context=briefing.context(atom.contract.path),
        question=question,
        schema=Split.model_json_schema(),
        max_output_tokens=3_000,
        effort="low",
    )


def _helper(said: SaidHelper, module: Module) -> Helper:
    head = " ".join(said.declaration.split()).rstrip(":")
    doc = re.sub(r'("""|\\)', "'", said.docstring.strip())
    lines = [f"    {line.rstrip()}" if line.strip() else "" for line in doc.splitlines()]
    text = "\n".join([f"{head}:", *_quoted(lines), "    raise NotImplementedError"])
    nodes = parse_python(text).body
    if len(nodes) != 1 or not isinstance(nodes[0], ast.FunctionDef | ast.AsyncFunctionDef):
        raise ContractError(f"{head!r} declares no function")
    name = nodes[0].name
    if any(name == contract.name for contract in module.contracts) or name in module.preamble:
        raise ContractError(f"{name} is there already")
    imports = tuple(line for said_line in said.imports for line in _statements(said_line))
    examples = tuple(Example(call=item.call.strip(), gives=item.result.strip()) for item in said.examples)
    contract = Contract(
        path=module.path, name=name, kind=AtomKind.FUNCTION, face=face_of(text, AtomKind.FUNCTION), examples=examples
    )
    return Helper(contract=contract, imports=imports)


def _quoted(lines: Sequence[str]) -> list[str]:
    if len(lines) == 1:
        return [f'    """{lines[0].strip()}"""']
    return [f'    """{lines[0].strip()}', *lines[1:], '    """'] if lines else ['    """What its name says."""']


def _statements(text: str) -> list[str]:
    """One import a name, as modules have them."""
    found: list[str] = []
    for node in parse_python(text).body:
        if not isinstance(node, ast.Import | ast.ImportFrom):
            raise ContractError(f"no import: {text[:80]}")
        found += one_import_each(node)
    return found
