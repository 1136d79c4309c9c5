"""Who writes the atoms of a run: the authors, cheapest first, and when to stop asking a model."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from devmatrix.atoms import Atom, AtomKind, AuthorKind, Finding, Written
from devmatrix.authoring import Author, BlueprintAuthor, Briefing, ModelAuthor, RecordedAuthor, digest
from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.errors import BudgetReached, ModelError, RunError
from devmatrix.execution import Attempts, Judge, attempt_atom, reattempt
from devmatrix.llm import Asks, Tier
from devmatrix.stacks.stack import Design
from devmatrix.storage import RunStore


def open_atoms(design: Design, authors: Sequence[AuthorKind]) -> tuple[Atom, ...]:
    """The atoms that are for a model: those without a blueprint, or, where blueprints are switched off, all but files.

    A file such as a Makefile has no contract that would say what belongs into it: it always comes from its blueprint.
    """
    if AuthorKind.BLUEPRINT in authors:
        return tuple(atom for atom in design.atoms if atom.id not in design.blueprints)
    return tuple(atom for atom in design.atoms if atom.contract.kind is not AtomKind.FILE)


def make_briefing(
    document: DiscoveryDocument, design: Design, guide: str, accepted: Callable[[str], Written | None]
) -> Briefing:
    """What a model is told about the project."""
    return Briefing.of(
        design.modules,
        design.atoms,
        guide=guide,
        digest=digest(document),
        requirements={item.id: f"{item.level.value.upper()} {item.text}" for item in document.requirements},
        accepted=accepted,
    )


@dataclass
class Writers:
    """Writes atoms. Once a model must not or cannot be asked any more, only what costs nothing is still written."""

    authors: Sequence[Author]
    stand_in: Author
    judge: Judge
    max_attempts: int
    stopped: RunError | None = None
    """Why the run stops when what is under way has ended."""

    async def write(self, atom: Atom) -> Attempts:
        """All attempts at the atom; after a stop, what costs nothing."""
        try:
            return await self._write(atom, self.authors if self.stopped is None else self._free())
        except (BudgetReached, ModelError) as error:
            self.stopped = self.stopped or error
            return await self._write(atom, self._free())

    async def rewrite(self, attempts: Attempts, findings: tuple[Finding, ...]) -> Attempts:
        """Further attempts at an accepted atom that later checks found wrong."""
        try:
            return await reattempt(attempts, findings, self.authors, self.judge, max_attempts=self.max_attempts)
        except (BudgetReached, ModelError) as error:
            self.stopped = self.stopped or error
            return attempts

    async def _write(self, atom: Atom, authors: Sequence[Author]) -> Attempts:
        # Who will be asked again after a stop gets no stand-in now.
        stand_in = self.stand_in if self.stopped is None else None
        return await attempt_atom(atom, authors, self.judge, max_attempts=self.max_attempts, stand_in=stand_in)

    def _free(self) -> tuple[Author, ...]:
        return tuple(author for author in self.authors if author.kind is not AuthorKind.MODEL)


def make_writers(
    design: Design,
    authors: Sequence[AuthorKind],
    judge: Judge,
    *,
    recorded: Mapping[str, tuple[str, tuple[str, ...]]],
    gateway: Asks | None,
    briefing: Briefing,
    run_id: str,
    start: Tier,
    max_attempts: int,
) -> Writers:
    """The writers of one run."""
    for_model = {atom.id for atom in open_atoms(design, authors)}
    blueprints = {atom_id: item for atom_id, item in design.blueprints.items() if atom_id not in for_model}
    chosen: list[Author] = [BlueprintAuthor(blueprints)]
    if AuthorKind.RECORDED in authors and recorded:
        chosen.append(RecordedAuthor(recorded))
    if gateway is not None:
        chosen.append(ModelAuthor(gateway, briefing, run_id=run_id, start=start))
    return Writers(chosen, BlueprintAuthor(design.stand_ins), judge, max_attempts)


def recall(store: RunStore, atoms: Sequence[Atom]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """What a model wrote for the same questions in earlier runs, and was accepted."""
    found = store.accepted_code([atom.content_hash for atom in atoms])
    written = {AuthorKind.MODEL.value, AuthorKind.RECORDED.value}
    return {key: (code.code, code.imports) for key, code in found.items() if code.author in written}
