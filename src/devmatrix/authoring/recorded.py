"""The author that remembers: code that was accepted for the same question in an earlier run."""

from collections.abc import Mapping

from devmatrix.atoms.contract import Atom
from devmatrix.authoring.author import AuthorKind, Candidate, Rejected


class RecordedAuthor:
    """Answers with code accepted earlier, by the atom's content hash. It is judged again, as any candidate."""

    kind = AuthorKind.RECORDED

    def __init__(self, accepted: Mapping[str, tuple[str, tuple[str, ...]]]) -> None:
        """`accepted`: content hash -> code, and the imports that it needs."""
        self._accepted = accepted

    async def write(self, atom: Atom, rejected: tuple[Rejected, ...]) -> Candidate | None:
        """The recorded code; none where there is none, or it was rejected."""
        if atom.content_hash not in self._accepted or any(item.candidate.author is self.kind for item in rejected):
            return None
        code, imports = self._accepted[atom.content_hash]
        return Candidate(atom_id=atom.id, code=code, imports=imports, author=self.kind)
