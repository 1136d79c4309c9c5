"""Takes a DiscoveryDocument and a stack's outline, gives the MasterPlan."""

from devmatrix.planning.make import make_plan
from devmatrix.planning.plan import Estimate, History, MasterPlan, Milestone, Phase, Range, Task, TaskOutline

__all__ = ["Estimate", "History", "MasterPlan", "Milestone", "Phase", "Range", "Task", "TaskOutline", "make_plan"]
