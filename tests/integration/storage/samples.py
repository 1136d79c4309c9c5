"""Small real values to keep."""

from datetime import UTC, datetime, timedelta

from devmatrix.atoms import Atom, AtomKind, Contract, Evidence, EvidenceLevel, Finding
from devmatrix.discovery.document import Attribute, Context, DiscoveryDocument, Entity, FieldType, Operation
from devmatrix.discovery.document import OperationKind as Kind
from devmatrix.planning.plan import Estimate, MasterPlan, Milestone, Phase, Range, Task
from devmatrix.storage import AttemptRecord, RunRecord, RunStatus

NOON = datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=UTC)
SOME = Range(low=1, likely=2, high=3)
PLAN = MasterPlan(
    title="Shelves",
    stack="fastapi",
    phases=(
        Phase(
            id="features",
            title="Features",
            milestones=(
                Milestone(
                    id="shelves",
                    title="Shelves",
                    tasks=(
                        Task(
                            id="shelves.model",
                            title="Model",
                            files=("app/shelves/model.py",),
                            depends_on=(),
                            requirement_ids=("R-01",),
                            lines=SOME,
                        ),
                        Task(
                            id="shelves.service",
                            title="Service",
                            files=("app/shelves/service.py",),
                            depends_on=("shelves.model",),
                            requirement_ids=("R-01", "R-02"),
                            lines=SOME,
                        ),
                    ),
                ),
            ),
        ),
    ),
    estimate=Estimate(lines=SOME, tokens_in=SOME, tokens_out=SOME, usd=SOME, minutes=SOME),
)
DOCUMENT = DiscoveryDocument(
    title="Shelves",
    slug="shelves",
    request="Track shelves \x00 <script>\ud800",
    contexts=(Context(name="shelves", entities=("Shelf",)),),
    entities=(Entity(name="Shelf", plural="shelves", attributes=(Attribute(name="label", type=FieldType.STRING),)),),
    operations=(
        Operation(id="list_shelves", kind=Kind.LIST, entity="Shelf", method="GET", path="/shelves", success_status=200),
    ),
)


def run(run_id: str = "4f1c00aa", *, minutes: int = 0, workspace_id: str = "default") -> RunRecord:
    return RunRecord(
        id=run_id,
        workspace_id=workspace_id,
        request="Track shelves",
        out="/tmp/shelves",
        stack="fastapi",
        status=RunStatus.RUNNING,
        created_at=NOON + timedelta(minutes=minutes),
        devmatrix_version="0.1.0",
    )


def atom(number: int, *depends_on: str) -> Atom:
    name = f"make_{number}"
    face = f"def {name}() -> int:\n    raise NotImplementedError\n"
    contract = Contract(path="app/shelves/service.py", name=name, kind=AtomKind.FUNCTION, face=face)
    return Atom(contract=contract, task_id="shelves.service", requirement_ids=("R-01",), depends_on=depends_on)


def attempt(of: Atom, number: int = 1, *, accepted: bool = True, code: str = "return 1") -> AttemptRecord:
    return AttemptRecord(
        atom_id=of.id,
        number=number,
        author="blueprint",
        accepted=accepted,
        content_hash=of.content_hash,
        code=code,
        imports=("import math",),
        findings=() if accepted else ({"rule": "atom.parses", "message": "no"},),
        cost_usd=0.25,
        tokens=4_000_000_000,
        seconds=0.5,
        at=NOON + timedelta(seconds=number),
    )


def evidence(subject: str, *, passed: bool = True) -> Evidence:
    finding = Finding(level=EvidenceLevel.ATOM, rule="atom.parses", message="NUL \x00 in it")
    return Evidence(
        level=EvidenceLevel.ATOM,
        check="parses",
        subject=subject,
        passed=passed,
        content_hash="0" * 64,
        at=NOON,
        seconds=0.01,
        findings=() if passed else (finding,),
        detail="seen \x00",
    )
