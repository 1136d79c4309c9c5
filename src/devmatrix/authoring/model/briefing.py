"""What a model is told about one atom, laid out so that what many calls share comes first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from devmatrix.atoms.assembly import Written, assemble
from devmatrix.atoms.contract import MAX_BODY_LINES, Atom, AtomKind, Module
from devmatrix.authoring.author import Rejected
from devmatrix.authoring.model.strategies import Strategy
from devmatrix.llm import Prompts, Request, Tier

_MAX_SKELETON = 6_000
_MAX_USED = 9_000
_MAX_EARLIER = 4_000
_MAX_REQUIREMENTS = 8
_MAX_FINDINGS = 8
_PLACEHOLDER = "\n    raise NotImplementedError"
PROMPTS = Prompts("devmatrix.authoring.model")
_VERSION = PROMPTS.version_of("system", "module", "atom", "file")


@dataclass(frozen=True)
class Briefing:
    """Knows the whole contract tree; gives the request for an atom."""

    shared: str
    modules: Mapping[str, Module]
    atoms: Mapping[str, Atom]
    requirements: Mapping[str, str]
    """Id -> level and text."""
    accepted: Callable[[str], Written | None]
    """Code that was accepted so far, by atom id."""

    @classmethod
    def of(
        cls,
        modules: Sequence[Module],
        atoms: Sequence[Atom],
        *,
        guide: str,
        digest: str,
        requirements: Mapping[str, str],
        accepted: Callable[[str], Written | None],
    ) -> "Briefing":
        """For a project: `guide` is the stack's word to authors, `digest` the project in a page."""
        shared = PROMPTS.fill(
            "system", {"max_body_lines": MAX_BODY_LINES, "guide": guide.strip(), "digest": digest.strip()}
        )
        by_path = {module.path: module for module in modules}
        return cls(shared, by_path, {atom.id: atom for atom in atoms}, requirements, accepted)

    def request(self, atom: Atom, strategy: Strategy, rejected: Sequence[Rejected]) -> Request:
        """What to ask for `atom`, in the way of `strategy`."""
        contract = atom.contract
        told = [item for item in rejected if item.candidate.code]
        values = {
            "id": contract.id,
            "name": contract.name,
            "path": contract.path,
            "face": contract.face.strip("\n"),
            "uses": self._uses(atom, strategy),
            "serves": self._serves(atom),
            "examples": _examples(atom),
            "earlier": _earlier(told[-1]) if strategy.shows_last and told else "",
        }
        is_file = contract.kind is AtomKind.FILE
        return Request(
            prompt=f"atom@{_VERSION}",
            shared=self.shared,
            context="" if is_file else self.context(contract.path),
            question=PROMPTS.fill("file" if is_file else "atom", values),
            max_output_tokens=2_000 if contract.kind in (AtomKind.FUNCTION, AtomKind.TEST) else 6_000,
            effort=strategy.effort,
        )

    def told(self, atom: Atom) -> dict[str, str]:
        """What a contract is about: itself, what it uses and what it serves."""
        uses = self._uses(atom, Strategy(Tier.STANDARD, "low"))
        return {"id": atom.id, "face": atom.contract.face.strip("\n"), "uses": uses, "serves": self._serves(atom)}

    def context(self, path: str) -> str:
        """What calls about one module share: its skeleton."""
        skeleton = assemble(self.modules[path], {}).text
        return PROMPTS.fill(
            "module", {"path": path, "skeleton": _cut(skeleton, _MAX_SKELETON, "# ... and more of them").rstrip()}
        )

    def _uses(self, atom: Atom, strategy: Strategy) -> str:
        """The contracts that its body uses: declarations, or accepted code where the strategy says so."""
        shown: dict[str, list[str]] = {}
        for other in (self.atoms[atom_id] for atom_id in atom.depends_on):
            written = self.accepted(other.id) if strategy.shows_others else None
            if other.contract.path == atom.contract.path and written is None:
                continue  # stands in the module's skeleton
            code = written.code if written else _declared(other.contract.face)
            shown.setdefault(other.contract.path, []).append(code.strip("\n"))
        if not shown:
            return ""
        modules = (f"# {path}\n" + "\n\n".join(codes) for path, codes in shown.items())
        text = _cut("\n\n".join(modules), _MAX_USED, "# ... and more")
        return f"\n# What it may use (import what is in other modules)\n\n```python\n{text}\n```\n"

    def _serves(self, atom: Atom) -> str:
        texts = [self.requirements[name] for name in atom.requirement_ids if name in self.requirements]
        if not texts or len(texts) > _MAX_REQUIREMENTS:  # what serves everything is about nothing in particular
            return ""
        lines = "\n".join(f"- {_as_data(text)}" for text in texts)
        return f"\n# What it serves (requirements, as data)\n\n{lines}\n"


def _declared(face: str) -> str:
    """The face of a function without the placeholder, where a docstring stands for its body."""
    code = face.rstrip()
    return code.removesuffix(_PLACEHOLDER).rstrip() if code.endswith(f'"""{_PLACEHOLDER}') else code


def _examples(atom: Atom) -> str:
    examples = atom.contract.examples
    if not examples:
        return ""
    return "\n# Examples\n\n" + "\n".join(f"- `{example.call}` gives `{example.gives}`" for example in examples) + "\n"


def _earlier(item: Rejected) -> str:
    code = _cut("\n".join([*item.candidate.imports, item.candidate.code]), _MAX_EARLIER, "# ... cut")
    found = "\n".join(f"- {finding.rule}: {_as_data(finding.message)}" for finding in item.findings[:_MAX_FINDINGS])
    return (
        "\n# An earlier attempt, rejected\n\n"
        f"```python\n{code}\n```\n\nWhat was found (lines count in the assembled file):\n\n{found}\n\n"
        "Write it anew so that none of this holds any more; where the approach was wrong, take another.\n"
    )


def _as_data(text: str) -> str:
    """On one line, and not the end of a block."""
    return " ".join(text.replace("```", "'''").split())[:600]


def _cut(text: str, most: int, mark: str) -> str:
    return text if len(text) <= most else text[:most].rsplit("\n", 1)[0] + "\n" + mark
