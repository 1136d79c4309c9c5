"""Writes a plan as a person would want to read it: plan.md."""

import re
from collections.abc import Iterable, Iterator, Sequence

from devmatrix.discovery.coverage import lost_by_source, place_of, reason
from devmatrix.discovery.document import Attribute, DiscoveryDocument, Entity, Level
from devmatrix.discovery.formats import FORMATS
from devmatrix.discovery.proofs.wording import quota_in_words
from devmatrix.planning.changes import access_in_words
from devmatrix.planning.estimating import unwritten
from devmatrix.planning.plan import Estimate, MasterPlan, Range, Task

_DRAWN = 60
"""So many tasks can be followed in a picture; of more, milestones are drawn."""
_BOUNDS = (("minimum", ">="), ("exclusive_minimum", ">"), ("maximum", "<="), ("exclusive_maximum", "<"))


def render_plan(document: DiscoveryDocument, plan: MasterPlan) -> str:
    """The text of plan.md."""
    parts = (
        _head(document, plan),
        _entities(document),
        _endpoints(document),
        _requirements(document),
        _decisions(document),
        _lost(document),
        _tasks(plan),
        _graph(plan),
    )
    return "\n".join(line for part in parts for line in part).rstrip() + "\n"


def _cell(text: str) -> str:
    """One line without what would end a cell or begin markup."""
    return re.sub(r"([|\\`*_\[\]]|<(?=[A-Za-z/!?]))", r"\\\1", " ".join(text.split()))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def _head(document: DiscoveryDocument, plan: MasterPlan) -> Iterator[str]:
    must = sum(item.level is Level.MUST for item in document.requirements)
    scenarios = sum(len(item.scenarios) for item in document.requirements)
    yield f"# {_cell(document.title)}"
    yield ""
    yield (
        f"{len(document.entities)} entities with {len(document.operations)} operations. {len(document.requirements)}"
        f" requirements ({must} MUST, {len(document.requirements) - must} SHOULD) are proven by {scenarios} scenarios."
        f" {len(plan.tasks)} tasks in {len(plan.milestones)} milestones, for the stack `{plan.stack}`."
    )
    yield ""
    for source in document.sources:
        yield f"- Read: {_cell(source.name)} ({FORMATS[source.format]}, {source.size:,} bytes)"
    if document.sources:
        yield ""
    yield from ("> " + _cell(line) for line in document.request.splitlines() if line.strip())
    yield ""
    yield from _estimate(plan.estimate, unwritten(document))


def _estimate(estimate: Estimate, custom: int) -> Iterator[str]:
    yield "## What it takes"
    yield ""
    minutes = estimate.minutes
    rows = [("lines of code", estimate.lines, ",.0f")]
    rows += [("minutes", minutes, ",.1f")] if minutes else []
    rows += [("tokens in", estimate.tokens_in, ",.0f"), ("tokens out", estimate.tokens_out, ",.0f")]
    rows += [("USD at list price", estimate.usd, ",.2f")]
    yield from _table(("", "low", "likely", "high"), ((name, *_figures(value, form)) for name, value, form in rows))
    if minutes is None:
        yield "How many minutes is not known: there are no earlier runs to learn from."
        yield ""
    if custom:
        yield f"{custom} operations are of a kind that nobody here can write without a language model; without one they"
        yield "answer 501. Everything else is written by blueprints, which take no tokens."
        yield ""


def _figures(value: Range, form: str) -> tuple[str, str, str]:
    return format(value.low, form), format(value.likely, form), format(value.high, form)


def _entities(document: DiscoveryDocument) -> Iterator[str]:
    yield "## What is kept"
    yield ""
    for entity in document.entities:
        yield f"### {_cell(entity.name)}"
        yield ""
        if entity.description:
            yield _cell(entity.description)
            yield ""
        rows = ((f"`{item.name}`", _kind(item), _cell("; ".join(_marks(item)))) for item in entity.attributes)
        yield from _table(("field", "type", "rules"), rows)
        notes = list(_notes(entity))
        yield from (f"- {_cell(note)}" for note in notes)
        if notes:
            yield ""


def _kind(item: Attribute) -> str:
    return f"{item.type} → {_cell(item.target)}" if item.target else item.type.value


def _marks(item: Attribute) -> Iterator[str]:
    if item.server_set:
        yield "set by the service"
    elif not item.required:
        yield "optional"
    if item.unique:
        yield "unique"
    if item.choices:
        yield f"one of {', '.join(item.choices)}"
    yield from (f"{sign} {getattr(item, name):g}" for name, sign in _BOUNDS if getattr(item, name) is not None)
    if item.min_length is not None or item.max_length is not None:
        yield f"{item.min_length or 0} to {item.max_length if item.max_length is not None else 'any'} characters"
    if item.pattern:
        yield f"matches {item.pattern}"
    if item.default is not None:
        yield f"default {_default(item)}"


def _default(item: Attribute) -> str:
    default = item.default
    if default is None or default.kind == "literal":
        return str(default.value if default else None)
    return f"{default.kind} + {default.days} days" if default.days else default.kind


def _notes(entity: Entity) -> Iterator[str]:
    if entity.account is not None:
        account = entity.account
        yield (
            f"known by {account.login_field} and a key of the settings"
            if account.listed
            else f"signs in with {account.login_field} and {account.password_field}"
        )
    if entity.owner_field:
        yield f"belongs to who made it ({entity.owner_field})"
    yield from (f"unique together: {', '.join(group)}" for group in entity.unique_together)
    yield from (f"{check.left} {check.operator} {check.right}" for check in entity.checks)
    yield from (quota_in_words(entity, quota) for quota in entity.quotas)
    if entity.states is not None:
        yield f"{entity.states.field} begins as {entity.states.initial}"
        for move in entity.states.transitions:
            needs = f", requires {', '.join(move.requires)}" if move.requires else ""
            yield f"{move.name}: {' or '.join(move.sources)} → {move.target}{needs}"
    if entity.soft_delete:
        yield "deleted records are kept, and hidden"
    if entity.versioned:
        yield "writes need the version that they change"


def _endpoints(document: DiscoveryDocument) -> Iterator[str]:
    yield "## Endpoints"
    yield ""
    rows = (
        (item.method, f"`{item.path}`", _cell(item.summary or item.id), _cell(access_in_words(item.access)), item.kind)
        for item in document.operations
    )
    yield from _table(("method", "path", "does", "for", "kind"), rows)


def _requirements(document: DiscoveryDocument) -> Iterator[str]:
    yield "## Requirements"
    yield ""
    rows = ((item.id, item.level.upper(), _cell(item.text), str(len(item.scenarios))) for item in document.requirements)
    yield from _table(("id", "level", "what holds", "scenarios"), rows)


def _decisions(document: DiscoveryDocument) -> Iterator[str]:
    if document.questions:
        yield "## Questions"
        yield ""
        for item in document.questions:
            held = f"**{_cell(item.answer)}** (you said so)" if item.answer else f"**{_cell(item.default)}** (default)"
            others = [option for option in item.options if option != (item.answer or item.default)]
            yield f"- `{item.id}`: {_cell(item.text)} {held}" + (
                f"; else: {_cell(', '.join(others))}" if others else ""
            )
            depends = f" Decides on {_cell(', '.join(item.depends))}." if item.depends else ""
            yield f"  {_cell(item.why)}.{depends}"
        yield ""
        if any(item.options for item in document.questions):
            yield "To answer, write `id: answer` into a file, one a line, and plan again with `--answers FILE`."
            yield ""
    if document.assumptions:
        yield "## Assumed"
        yield ""
        yield from (f"- {_cell(item.text)} ({_cell(item.why)})" for item in document.assumptions)
        yield ""


def _lost(document: DiscoveryDocument) -> Iterator[str]:
    by_source = lost_by_source(document)
    if not by_source:
        return
    yield "## Not understood"
    yield ""
    yield "Nothing of this is built."
    yield ""
    for name, lost in by_source.items():
        yield f"**{_cell(name) or 'The request'}**: {len(lost)}"
        yield ""
        for item in lost:
            where = place_of(item.span)
            yield f"- {_cell(where) + ': ' if where else ''}“{_cell(item.span.text)}”: {_cell(reason(item))}"
        yield ""


def _tasks(plan: MasterPlan) -> Iterator[str]:
    yield "## Tasks"
    yield ""
    everything = max((len(task.requirement_ids) for task in plan.tasks), default=0)
    for phase in plan.phases:
        for milestone in phase.milestones:
            heading = phase.title if phase.title == milestone.title else f"{phase.title}: {milestone.title}"
            yield f"### {_cell(heading)}"
            yield ""
            rows = (_task(task, everything) for task in milestone.tasks)
            yield from _table(("task", "files", "after", "for", "lines"), rows)


def _task(task: Task, everything: int) -> tuple[str, ...]:
    needs = task.requirement_ids
    serves = "all requirements" if len(needs) == everything else _listed(needs)
    return (
        f"`{task.id}` {_cell(task.title)}",
        _listed([f"`{path}`" for path in task.files]),
        _listed([f"`{name}`" for name in task.depends_on]),
        serves,
        f"{task.lines.low:,.0f} to {task.lines.high:,.0f}",
    )


def _listed(items: Sequence[str], few: int = 6) -> str:
    return ", ".join(items[:few]) + (f" and {len(items) - few} more" if len(items) > few else "")


def _graph(plan: MasterPlan) -> Iterator[str]:
    """Tasks and what they wait for; of large plans, milestones."""
    place = {task.id: number for number, milestone in enumerate(plan.milestones) for task in milestone.tasks}
    tasks = {task.id: number for number, task in enumerate(plan.tasks)}
    yield "## What waits for what"
    yield ""
    yield "```mermaid"
    yield "flowchart LR"
    if len(tasks) <= _DRAWN:
        for number, milestone in enumerate(plan.milestones):
            yield f'  subgraph m{number}["{_label(milestone.title)}"]'
            yield from (f'    t{tasks[task.id]}["{_label(task.id)}"]' for task in milestone.tasks)
            yield "  end"
        yield from (f"  t{tasks[name]} --> t{tasks[task.id]}" for task in plan.tasks for name in _direct(task, plan))
    else:
        yield from (f'  m{number}["{_label(item.title)}"]' for number, item in enumerate(plan.milestones))
        edges = {(place[name], place[task.id]) for task in plan.tasks for name in task.depends_on if name in place}
        yield from (f"  m{start} --> m{end}" for start, end in sorted(edges) if start != end)
    yield "```"


def _direct(task: Task, plan: MasterPlan) -> list[str]:
    """What a task waits for, without what follows from the rest."""
    before = {item.id: item.depends_on for item in plan.tasks}
    implied: set[str] = set()
    waiting = [name for parent in task.depends_on for name in before.get(parent, ())]
    while waiting:
        name = waiting.pop()
        if name not in implied:
            implied.add(name)
            waiting += before.get(name, ())
    return [name for name in task.depends_on if name not in implied and name in before]


def _label(text: str) -> str:
    return re.sub(r'["\[\]{}<>|#;`]', " ", text)
