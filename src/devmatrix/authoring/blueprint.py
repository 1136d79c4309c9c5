"""The author that costs nothing: it writes what the stack's blueprints know."""

from collections.abc import Mapping

from devmatrix.atoms.contract import Atom
from devmatrix.atoms.evidence import Finding
from devmatrix.authoring.author import AuthorKind, Candidate


class BlueprintAuthor:
    """Answers from the candidates that a stack's design holds; deterministic, so findings change nothing."""

    kind = AuthorKind.BLUEPRINT

    def __init__(self, blueprints: Mapping[str, Candidate]) -> None:
        self._blueprints = blueprints

    async def write(self, atom: Atom, findings: tuple[Finding, ...]) -> Candidate | None:
        """The blueprint's candidate; none where the stack has no blueprint for the atom."""
        return self._blueprints.get(atom.id)
