"""What was understood of a request, and what building it takes: shown before anything is built."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from devmatrix.cli.text import count, duration, line, money_range
from devmatrix.discovery.coverage import lost_by_source, reason
from devmatrix.discovery.document import (
    Attribute,
    DiscoveryDocument,
    Entity,
    Level,
    Operation,
    Question,
    SourceFile,
    Statement,
)
from devmatrix.discovery.formats import FORMATS
from devmatrix.planning.plan import MasterPlan, Range

SHOWN = 20


def write_understanding(console: Console, document: DiscoveryDocument) -> None:
    """Print entities, requirements, assumptions, questions, and what was not understood."""
    console.print(Text(line(document.title), style="bold"))
    _section(console, "Read", [_source(source) for source in document.sources])
    _section(
        console, count(len(document.entities), "entity"), [_entity(entity, document) for entity in document.entities]
    )
    must = sum(requirement.level is Level.MUST for requirement in document.requirements)
    should = len(document.requirements) - must
    scenarios = sum(len(requirement.scenarios) for requirement in document.requirements)
    console.print(
        f"{count(len(document.operations), 'operation')}; {count(must + should, 'requirement')}"
        f" ({must} MUST, {should} SHOULD), proven by {count(scenarios, 'scenario')}"
    )
    _section(
        console, "Assumed", [f"{item.text} ({item.why})" if item.why else item.text for item in document.assumptions]
    )
    _write_questions(console, document)
    _write_lost(console, document)


def write_changes(console: Console, changes: Sequence[str]) -> None:
    """Print what was edited since it was planned."""
    if not changes:
        console.print("Nothing was changed since it was planned.")
    _section(console, f"Changed since it was planned: {len(changes):,}", changes)


def write_plan(console: Console, plan: MasterPlan) -> None:
    """Print the milestones with their tasks, and the estimate."""
    milestones = [f"{line(item.title)}: {count(len(item.tasks), 'task')}" for item in plan.milestones]
    _section(console, f"{count(len(plan.tasks), 'task')} in {count(len(plan.milestones), 'milestone')}", milestones)
    estimate = plan.estimate
    parts = [f"{_range(estimate.lines)} lines"]
    if estimate.minutes is not None:
        low, high = duration(estimate.minutes.low * 60), duration(estimate.minutes.high * 60)
        parts.append(low if low == high else f"{low} to {high}")
    if estimate.tokens_in.high:
        parts.append(f"{_range(estimate.tokens_in)} tokens in, {_range(estimate.tokens_out)} out")
    parts.append(money_range(estimate.usd.low, estimate.usd.high))
    console.print(f"Estimate: {', '.join(parts)}")


def _write_questions(console: Console, document: DiscoveryDocument) -> None:
    answered = [item for item in document.questions if item.answer is not None]
    _section(console, "Answered", [f"{item.text} {item.answer}" for item in answered])
    opened = [item for item in document.questions if item.answer is None]
    _section(console, "Open questions, and what holds until they are answered", [_question(item) for item in opened])


def _question(question: Question) -> str:
    others = f" (or: {' | '.join(question.options[1:])})" if question.options else ""
    label = f"{question.id}: " if question.options else ""
    return f"{label}{question.text} Until then: {question.default}{others}. {question.why}"


def _write_lost(console: Console, document: DiscoveryDocument) -> None:
    """What was not understood, by source: so much of each that every source is seen."""
    by_source = lost_by_source(document)
    total = sum(map(len, by_source.values()))
    if not total:
        return
    console.print(Text(f"Not understood: {total:,} of {count(len(document.statements), 'part')}", style="bold yellow"))
    each = max(3, SHOWN // len(by_source))
    for name, lost in by_source.items():
        if name:
            console.print(Text(f"{line(name)}: {len(lost):,}"))
        for statement in lost[:each]:
            console.print(Text(f"- {_lost(statement)}"))
        if len(lost) > each:
            console.print(f"- … and {len(lost) - each:,} more (--json shows all)")
    if document.interface is None and any(
        not statement.span.pointer for lost in by_source.values() for statement in lost
    ):
        console.print(Text("A language model can read such text, where one is named: docs/models.md", style="dim"))


def _lost(statement: Statement) -> str:
    span = statement.span
    where = " ".join(part for part in (f"line {span.line}" if span.line else "", span.pointer) if part)
    return line(f'{where + ": " if where else ""}"{line(span.text)}": {reason(statement)}', 500)


def _source(source: SourceFile) -> str:
    return f"{source.name} ({FORMATS[source.format]}, {source.size:,} bytes)"


def _entity(entity: Entity, document: DiscoveryDocument) -> str:
    fields = ", ".join(_attribute(attribute) for attribute in entity.attributes)
    operations = [operation for operation in document.operations if operation.entity == entity.name]
    return f"{entity.name}: {fields} [{_kinds(operations)}]"


def _kinds(operations: Sequence[Operation]) -> str:
    return ", ".join(dict.fromkeys(operation.transition or operation.kind.value for operation in operations))


def _attribute(attribute: Attribute) -> str:
    marks = "" if attribute.required or attribute.server_set else "?"
    target = f" -> {attribute.target}" if attribute.target else ""
    return f"{attribute.name}{marks}{target}{' unique' if attribute.unique else ''}"


def _range(value: Range) -> str:
    low, high = _figure(value.low), _figure(value.high)
    return low if low == high else f"{low} to {high}"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"


def _section(console: Console, title: str, items: Sequence[str], *, style: str = "bold") -> None:
    if not items:
        return
    console.print(Text(title, style=style))
    for item in items[:SHOWN]:
        console.print(Text(f"- {line(item, 500)}"))
    if len(items) > SHOWN:
        console.print(f"- and {len(items) - SHOWN:,} more (--json shows all)")
