"""Takes a DiscoveryDocument and a stack's outline, gives the MasterPlan, on paper and in a folder to be edited too."""

from devmatrix.planning.make import make_plan
from devmatrix.planning.plan import Estimate, History, MasterPlan, Milestone, Phase, Range, Task, TaskOutline

__all__ = [
    "Estimate",
    "History",
    "MasterPlan",
    "Milestone",
    "Phase",
    "Range",
    "Task",
    "TaskOutline",
    "make_plan",
]
