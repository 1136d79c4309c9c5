"""From a document and a stack's outline to a MasterPlan; and the rule that nothing in it is untraced."""

from collections.abc import Sequence

from devmatrix.discovery.document import DiscoveryDocument, Level
from devmatrix.errors import ContractError
from devmatrix.planning.plan import Estimate, History, MasterPlan, Milestone, Phase, Range, Task, TaskOutline

_FOUNDATION, _DELIVERY = "foundation", "delivery"


def make_plan(
    document: DiscoveryDocument, outline: Sequence[TaskOutline], *, stack: str, history: History | None = None
) -> MasterPlan:
    """The plan for `outline`. Raises ContractError where a task has no requirement or a MUST has no task."""
    tasks = {item.id: _task(item, document) for item in outline}
    _require_traced(document, tuple(tasks.values()))
    contexts = tuple(context.name for context in document.contexts)
    titles = {_FOUNDATION: "Foundation", _DELIVERY: "Delivery"}
    milestones = {
        name: Milestone(
            id=name,
            title=titles.get(name, name.replace("_", " ").capitalize()),
            tasks=tuple(tasks[item.id] for item in outline if item.milestone == name),
        )
        for name in (_FOUNDATION, *contexts, _DELIVERY)
    }
    unknown = {item.milestone for item in outline} - set(milestones)
    if unknown:
        raise ContractError(f"tasks belong to no milestone of the document: {', '.join(sorted(unknown))}")
    return MasterPlan(
        title=document.title,
        stack=stack,
        phases=(
            Phase(id="foundation", title="Foundation", milestones=(milestones[_FOUNDATION],)),
            Phase(id="features", title="Features", milestones=tuple(milestones[name] for name in contexts)),
            Phase(id="delivery", title="Delivery", milestones=(milestones[_DELIVERY],)),
        ),
        estimate=_estimate(outline, history),
    )


def _task(item: TaskOutline, document: DiscoveryDocument) -> Task:
    about = set(item.entities)
    needs = tuple(need.id for need in document.requirements if not about or about & set(need.entities))
    return Task(
        id=item.id,
        title=item.title,
        files=item.files,
        depends_on=item.depends_on,
        requirement_ids=needs,
        lines=_spread(item.estimated_lines),
    )


def _require_traced(document: DiscoveryDocument, tasks: Sequence[Task]) -> None:
    untraced = [task.id for task in tasks if not task.requirement_ids]
    if untraced:
        raise ContractError(f"tasks without a requirement: {', '.join(untraced)}")
    served = {need for task in tasks for need in task.requirement_ids}
    forgotten = [need.id for need in document.requirements if need.level is Level.MUST and need.id not in served]
    if forgotten:
        raise ContractError(f"requirements without a task: {', '.join(forgotten)}")
    unproven = [need.id for need in document.requirements if not need.scenarios]
    if unproven:
        raise ContractError(f"requirements without a scenario: {', '.join(unproven)}")


def _spread(likely: float) -> Range:
    return Range(low=round(likely * 0.7), likely=likely, high=round(likely * 1.5))


def _estimate(outline: Sequence[TaskOutline], history: History | None) -> Estimate:
    lines = sum(item.estimated_lines for item in outline)
    free = Range(low=0, likely=0, high=0)
    minutes = None
    if history is not None:
        tasks_minutes = len(outline) / 60
        minutes = Range(
            low=tasks_minutes * history.low, likely=tasks_minutes * history.likely, high=tasks_minutes * history.high
        )
    # Every task has a blueprint, and blueprints cost nothing; there is no author yet that does.
    return Estimate(lines=_spread(lines), tokens=free, usd=free, minutes=minutes)
