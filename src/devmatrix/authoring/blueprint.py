"""The author that costs nothing: it writes what the stack's blueprints know."""

from collections.abc import Mapping

from devmatrix.atoms.contract import Atom
from devmatrix.authoring.author import AuthorKind, Candidate, Rejected


class BlueprintAuthor:
    """Answers from the candidates that a stack's design holds; deterministic, so it is asked once."""

    kind = AuthorKind.BLUEPRINT

    def __init__(self, blueprints: Mapping[str, Candidate]) -> None:
        self._blueprints = blueprints

    async def write(self, atom: Atom, rejected: tuple[Rejected, ...]) -> Candidate | None:
        """The blueprint's candidate; none where the stack has no blueprint for the atom, or it was rejected."""
        candidate = self._blueprints.get(atom.id)
        return None if any(item.candidate == candidate for item in rejected) else candidate
