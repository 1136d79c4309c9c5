"""Splits open contracts into helpers before any body is asked for: the tree with them type-checks, or they go."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from devmatrix.atoms import Atom, AtomKind, Finding, Module
from devmatrix.authoring import Briefing
from devmatrix.authoring.model.splitting import Helper, split
from devmatrix.execution import Attempts
from devmatrix.llm import Asks
from devmatrix.stacks.stack import Design

SIZE = "atom.size"
"""Rule of the finding on a body with too many lines."""
LONG = 500
"""Characters of a contract that are worth the question; what is said in less is written in one piece."""

Check = Callable[[tuple[Module, ...]], tuple[Finding, ...]]


@dataclass(frozen=True)
class Splitter:
    """Splits the contracts of one project."""

    briefing: Briefing
    gateway: Asks
    run_id: str
    check: Check
    """What is wrong with the types of a contract tree."""

    async def split(self, design: Design, atoms: Sequence[Atom]) -> Design:
        """`design` with helpers for those of `atoms` that fit helpers, each in front of what it is for."""
        asked = [atom for atom in atoms if atom.contract.kind is AtomKind.FUNCTION]
        if not asked:
            return design
        found = await asyncio.gather(*(self._ask(design, atom) for atom in asked))
        helpers = {atom.id: one for atom, one in zip(asked, found, strict=True) if one}
        return _with_helpers(design, helpers) if helpers else design

    async def _ask(self, design: Design, atom: Atom) -> tuple[Helper, ...]:
        """Helpers that fit; none where the second answer does not fit either."""
        module = next(module for module in design.modules if module.path == atom.contract.path)
        wrong = ""
        for _ in range(2):
            helpers, wrong = await split(atom, module, self.briefing, self.gateway, run_id=self.run_id, wrong=wrong)
            if not wrong and helpers:
                tree = _with_helpers(design, {atom.id: helpers})
                findings = await asyncio.to_thread(self.check, tree.modules)
                wrong = "; ".join(f"{finding.path}:{finding.line} {finding.message}" for finding in findings[:5])
            if not wrong:
                return helpers
        return ()


def too_large(attempts: Iterable[Attempts]) -> list[Atom]:
    """The atoms that nobody could write in so few lines."""
    return [
        each.atom
        for each in attempts
        if each.written is None and any(finding.rule == SIZE for one in each.made for finding in one.findings)
    ]


def is_long(atom: Atom) -> bool:
    """Whether its contract is worth the question."""
    return atom.contract.kind is AtomKind.FUNCTION and len(atom.contract.face) > LONG


def _with_helpers(design: Design, helpers: Mapping[str, Sequence[Helper]]) -> Design:
    """The design with helpers before what they are for."""
    return design.model_copy(
        update={
            "modules": tuple(_module(module, helpers) for module in design.modules),
            "atoms": tuple(one for atom in design.atoms for one in _atoms(atom, helpers.get(atom.id, ()))),
        }
    )


def _module(module: Module, helpers: Mapping[str, Sequence[Helper]]) -> Module:
    own = [helper for contract in module.contracts for helper in helpers.get(contract.id, ())]
    if not own:
        return module
    contracts = [
        one
        for contract in module.contracts
        for one in (*(helper.contract for helper in helpers.get(contract.id, ())), contract)
    ]
    imports = dict.fromkeys((*module.imports, *(line for helper in own for line in helper.imports)))
    return module.model_copy(update={"contracts": tuple(contracts), "imports": tuple(imports)})


def _atoms(atom: Atom, helpers: Sequence[Helper]) -> tuple[Atom, ...]:
    made = tuple(atom.model_copy(update={"contract": helper.contract}) for helper in helpers)
    needs = tuple(dict.fromkeys((*atom.depends_on, *(one.id for one in made))))
    return (*made, atom.model_copy(update={"depends_on": needs}) if made else atom)
