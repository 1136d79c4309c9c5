"""Renders the report as one page that needs nothing else: no scripts, no fonts, no requests."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from devmatrix.delivery.report import AtomDetail, EvidenceEntry, Report, RequirementResult, TaskResult
from devmatrix.planning.plan import MasterPlan

if TYPE_CHECKING:
    from jinja2 import Environment

_FEW = 3
LEVEL_NAMES = {"1": "atom", "2": "module", "3": "component", "4": "system"}
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
"""Control characters break a page; those that turn the direction of text make it lie."""


class _Subject(NamedTuple):
    """Something that a requirement rests on: most often a file."""

    name: str
    atoms: tuple[AtomDetail, ...]
    whole: bool
    """Whether these are all atoms of the file, and more than a few."""
    passed: tuple[str, ...]
    """Checks."""
    failed: tuple[str, ...]
    seconds: float
    content_hash: str


class _MilestoneView(NamedTuple):
    title: str
    phase: str
    tasks: tuple[TaskResult, ...]


class _View:
    """What the template looks up: the report's flat lists by id."""

    def __init__(self, report: Report, plan: MasterPlan) -> None:
        self.tasks: Mapping[str, TaskResult] = {task.id: task for task in report.tasks}
        self.evidence: Mapping[str, EvidenceEntry] = {entry.id: entry for entry in report.evidence}
        self.anchors: Mapping[str, str] = _anchors(report)
        self._atoms = {atom.id: atom for atom in report.atoms_detail}
        self._atoms_in = Counter(atom.id.partition(":")[0] for atom in report.atoms_detail)
        self.milestones = tuple(
            _MilestoneView(
                milestone.title, phase.title, tuple(task for task in report.tasks if task.milestone == milestone.id)
            )
            for phase in plan.phases
            for milestone in phase.milestones
        )
        self.unproven = tuple(requirement for requirement in report.requirements if not requirement.proven)
        self.by_task = tuple(
            (task, tuple(atom for atom in report.atoms_detail if atom.task == task.id))
            for task in report.tasks
            if task.atoms.total
        )
        self.by_level = {
            level: sorted(
                (entry for entry in report.evidence if str(entry.level) == level), key=lambda entry: entry.passed
            )
            for level in LEVEL_NAMES
        }

    def subjects(self, requirement: RequirementResult) -> tuple[_Subject, ...]:
        """Files with its atoms, and whatever else was judged for it, apart from the scenarios."""
        scenarios = {scenario.id for scenario in requirement.scenarios}
        atoms: dict[str, list[AtomDetail]] = defaultdict(list)
        for atom_id in requirement.atoms:
            atoms[atom_id.partition(":")[0]].append(self._atoms[atom_id])
        entries: dict[str, list[EvidenceEntry]] = {path: [] for path in atoms}
        for entry in (self.evidence[entry_id] for entry_id in requirement.evidence):
            if entry.subject not in scenarios:
                entries.setdefault(entry.subject, []).append(entry)
        return tuple(
            _Subject(
                name,
                tuple(atoms.get(name, ())),
                len(atoms.get(name, ())) == self._atoms_in[name] > _FEW,
                tuple(entry.check for entry in found if entry.passed),
                tuple(entry.check for entry in found if not entry.passed),
                sum(entry.seconds for entry in found),
                found[-1].content_hash if found else "",
            )
            for name, found in entries.items()
        )


def render_page(report: Report, plan: MasterPlan) -> str:
    """The text of report.html."""
    template = _environment().get_template("report.html.j2")
    return template.render(report=report, view=_View(report, plan), level_names=LEVEL_NAMES)


def duration(seconds: float) -> str:
    """As a person would say it: 12 ms, 3.4 s, 2 min 05 s."""
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s"


def money(usd: float) -> str:
    """Dollars; fractions of a cent are shown where they are all there is."""
    return f"${usd:.2f}" if usd == 0 or usd >= 0.01 else f"${usd:.4f}"


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S UTC")


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.4g}%" if whole else "0%"


def _visible(value: object) -> object:
    return _INVISIBLE.sub("\ufffd", value) if type(value) is str else value


def _anchors(report: Report) -> dict[str, str]:
    """Id of a requirement, task, atom or piece of evidence -> fragment: ids may hold anything, fragments may not."""
    parts = (
        ("r", (requirement.id for requirement in report.requirements)),
        ("t", (task.id for task in report.tasks)),
        ("a", (atom.id for atom in report.atoms_detail)),
    )
    return {f"{kind}:{name}": f"{kind}{number}" for kind, names in parts for number, name in enumerate(names, 1)}


def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("devmatrix.delivery", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_visible,
    )
    environment.filters |= {"duration": duration, "money": money, "moment": _moment, "percent": _percent}
    return environment
