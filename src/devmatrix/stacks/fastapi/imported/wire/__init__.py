"""The wire side of imported APIs: a document with an interface in; schemas, refusals, security and route texts out.

`Wire(document, names)` answers the writer of routes (plans.py says what its answers mean):

- `.annotation(shape, side)` -> Annotation: the type of a value;
- `.parameters(endpoint)` -> tuple[Declared, ...]: path, query, header and cookie parameters, required ones first;
- `.body(endpoint)` -> BodyPlan | None;
- `.access(endpoint, pointer)` -> Access: `/trail/title` -> `body.trail.title`; `.item_access(endpoint, batch, pointer)`
  the same for one item of the list at `batch`, as the variable `item`;
- `.guard(endpoint)` -> Guard; `.route(endpoint)` -> RoutePlan;
- `.answer_class(shape_of_an_answer)` -> Annotation: the class to build; `.fields(shape)` -> wire name -> Python name;
- `.group(endpoint)` -> name of the module in `app/schemas` and `app/routers`; `.groups.all` -> endpoints by group, both
  in the order in which routes must stand; `.groups.tag(group)`.
"""

from devmatrix.stacks.fastapi.imported.wire.plans import (
    Access,
    Annotation,
    BodyPlan,
    Declared,
    Guard,
    RoutePlan,
    Side,
)
from devmatrix.stacks.fastapi.imported.wire.wire import Wire

__all__ = ["Access", "Annotation", "BodyPlan", "Declared", "Guard", "RoutePlan", "Side", "Wire"]
