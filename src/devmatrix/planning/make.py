"""From a document and a stack's outline to a MasterPlan."""

from collections.abc import Sequence

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.errors import ContractError
from devmatrix.planning.estimating import estimate, spread
from devmatrix.planning.plan import History, MasterPlan, Milestone, Phase, Task, TaskOutline
from devmatrix.planning.tracing import Trace, require_traced

_FOUNDATION, _DELIVERY = "foundation", "delivery"


def make_plan(
    document: DiscoveryDocument, outline: Sequence[TaskOutline], *, stack: str, history: History | None = None
) -> MasterPlan:
    """The plan for `outline`. Raises ContractError where anything in it is untraced (see `tracing`)."""
    trace = Trace(document)
    tasks = {item.id: _task(item, trace) for item in outline}
    require_traced(document, tuple(tasks.values()))
    contexts = tuple(context.name for context in document.contexts)
    titles = {_FOUNDATION: "Foundation", _DELIVERY: "Delivery"}
    members: dict[str, list[str]] = {}
    for item in outline:
        members.setdefault(item.milestone, []).append(item.id)
    milestones = {
        name: Milestone(
            id=name,
            title=titles.get(name, name.replace("_", " ").capitalize()),
            tasks=tuple(tasks[id_] for id_ in members.get(name, ())),
        )
        for name in (_FOUNDATION, *contexts, _DELIVERY)
    }
    unknown = members.keys() - milestones.keys()
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
        estimate=estimate(document, outline, history),
    )


def _task(item: TaskOutline, trace: Trace) -> Task:
    return Task(
        id=item.id,
        title=item.title,
        files=item.files,
        depends_on=item.depends_on,
        requirement_ids=trace.needs(item.entities),
        lines=spread(item.estimated_lines),
    )
