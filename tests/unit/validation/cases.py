"""Candidates for one contract each, for the checks of level 1."""

from devmatrix.atoms.candidate import AuthorKind, Candidate
from devmatrix.atoms.contract import AtomKind, Contract
from devmatrix.atoms.faces import face_of
from devmatrix.validation.rules import RULES, Defect, Judged, parse_symbol

GOOD = '''async def halve(number: int, *, exact: bool = False) -> float:
    """Half of it."""
    if exact and number % 2:
        raise ValueError(number)
    return number / 2
'''
GOOD_CLASS = '''class Part(BaseModel):
    """A part."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, default="x")
    size: int

    @property
    def label(self) -> str:
        """For people."""
        return f"{self.name} {self.size}"
'''
GOOD_TEST = '''def test_halves() -> None:
    """Half of four is two."""
    assert halve(4) == 2
'''
IMPORTABLE = frozenset({"app", "pydantic", "fastapi"})


def contract(source: str, name: str, kind: AtomKind = AtomKind.FUNCTION) -> Contract:
    return Contract(path="app/parts.py", name=name, kind=kind, face=face_of(source, kind))


HALVE = contract(GOOD, "halve")
PART = contract(GOOD_CLASS, "Part", AtomKind.CLASS)
TEST = contract(GOOD_TEST, "test_halves", AtomKind.TEST)


def defects(
    code: str, wanted: Contract = HALVE, imports: tuple[str, ...] = (), by: AuthorKind = AuthorKind.MODEL
) -> list[Defect]:
    """What all rules together find."""
    definition = parse_symbol(code)
    if isinstance(definition, Defect):
        return [definition]
    candidate = Candidate(atom_id=wanted.id, code=code, imports=imports, author=by)
    judged = Judged(candidate, wanted, definition, IMPORTABLE)
    return [defect for rule in RULES for defect in rule.check(judged)]


def rules(
    code: str, wanted: Contract = HALVE, imports: tuple[str, ...] = (), by: AuthorKind = AuthorKind.MODEL
) -> set[str]:
    return {defect.rule for defect in defects(code, wanted, imports, by)}
