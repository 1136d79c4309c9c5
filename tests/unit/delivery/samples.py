"""A run as the stages leave it, of any size."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from devmatrix.atoms import Atom, AtomKind, Contract, Evidence, EvidenceLevel, Finding
from devmatrix.delivery import AtomOutcome, Bill, Report, build_report
from devmatrix.delivery.report import Status
from devmatrix.discovery.document import (
    Assumption,
    Attribute,
    Context,
    DiscoveryDocument,
    Entity,
    FieldType,
    Level,
    Operation,
    OperationKind,
    Question,
    Requirement,
    Span,
    Statement,
)
from devmatrix.discovery.scenario import Expectation, Scenario, Step
from devmatrix.planning.plan import Estimate, MasterPlan, Milestone, Phase, Range, Task

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ACTIONS = ("create", "list", "read", "replace", "patch", "delete")
NAMES = ("shelf", "book", "member", "loan", "fine", "branch", "author", "series", "copy", "notice")
SOME = Range(low=1, likely=2, high=3)
STEP = Step(phase="when", text="asked", method="GET", path="/", expect=Expectation(status=200))


@dataclass(frozen=True)
class Sample:
    """What `build_report` takes."""

    document: DiscoveryDocument
    plan: MasterPlan
    atoms: tuple[Atom, ...]
    outcomes: tuple[AtomOutcome, ...]
    evidence: tuple[Evidence, ...]
    files: dict[str, str]
    missing: tuple[str, ...] = ()
    status: Status = "succeeded"
    bill: Bill = field(default_factory=Bill)

    def report(self) -> Report:
        return build_report(
            run_id="4f1c00aa",
            status=self.status,
            document=self.document,
            plan=self.plan,
            atoms=self.atoms,
            outcomes=self.outcomes,
            evidence=self.evidence,
            seconds=11.4,
            stages={"discovery": 0.04, "planning": 0.02, "atoms": 0.3, "authoring": 4.1, "validation": 6.8},
            cost_usd=0.0,
            files=self.files,
            missing=self.missing,
            bill=self.bill,
        )


def make_sample(entities: int = 2, *, scenarios: int = 4, helpers: int = 3, request: str | None = None) -> Sample:
    """A run in which all went well."""
    names = [NAMES[number] if number < len(NAMES) else f"thing{number}" for number in range(entities)]
    text = request if request is not None else f"Track {', '.join(name + 's' for name in names)}. Each has a title."
    requirements = _requirements(names, scenarios, text)
    everything = tuple(requirement.id for requirement in requirements)
    plan = _plan(names, requirements)
    atoms = _atoms(names, requirements, everything, helpers)
    files = {path: f"# {path}\n" for task in plan.tasks for path in task.files}
    return Sample(
        document=_document(names, requirements, text),
        plan=plan,
        atoms=atoms,
        outcomes=tuple(
            AtomOutcome(
                atom_id=atom.id,
                task_id=atom.task_id,
                author="blueprint",
                attempts=1,
                accepted=True,
                accepted_first=True,
                content_hash=atom.content_hash,
            )
            for atom in atoms
        ),
        evidence=_evidence(names, plan, atoms, requirements),
        files=files | {"tests/scenarios/test_all.py": "# compiled\n"},
    )


def break_scenario(sample: Sample, scenario_id: str, message: str) -> Sample:
    """The same run, but that scenario failed and another of its requirement did not run."""
    requirement_id = scenario_id.partition(".")[0]
    finding = Finding(
        level=EvidenceLevel.SYSTEM, rule="scenario", message=message, path="app/shelfs/service.py", line=4
    )
    kept = tuple(found for found in sample.evidence if found.subject != f"{requirement_id}.2")
    broken = tuple(
        found.model_copy(update={"passed": False, "findings": (finding,)}) if found.subject == scenario_id else found
        for found in kept
    )
    missing = (f"{requirement_id} is not proven: {message}",)
    return replace(sample, evidence=broken, missing=missing, status="incomplete")


def evidence(level: EvidenceLevel, check: str, subject: str, *, passed: bool = True, number: int = 0) -> Evidence:
    return Evidence(
        level=level,
        check=check,
        subject=subject,
        passed=passed,
        content_hash=f"{number:064x}",
        at=NOON + timedelta(milliseconds=number),
        seconds=0.004 + number % 7 / 100,
        detail="as expected" if passed else "not as expected",
    )


def _requirements(names: list[str], scenarios: int, text: str) -> tuple[Requirement, ...]:
    made: list[Requirement] = []
    for name in names:
        for action in ACTIONS:
            number = f"R-{len(made) + 1:02}"
            start = max(text.find(name), 0)
            titles = ("with all it takes", "without a title", "of somebody else", "that is not there")
            made.append(
                Requirement(
                    id=number,
                    level=Level.MUST if action != "patch" else Level.SHOULD,
                    text=f"A {name} can be {action}d by whoever may, and what comes back is what was sent.",
                    span=Span(start=start, end=start + len(name), text=name) if action == "create" else None,
                    entities=(name.capitalize(),),
                    scenarios=tuple(
                        Scenario(
                            id=f"{number}.{index}",
                            title=f"{action} a {name} {titles[(index - 1) % 4]}",
                            kind=("happy", "boundary", "access", "error")[(index - 1) % 4],
                            steps=(STEP,),
                        )
                        for index in range(1, scenarios + 1)
                    ),
                )
            )
    return tuple(made)


def _document(names: list[str], requirements: tuple[Requirement, ...], text: str) -> DiscoveryDocument:
    cut = text.find(".") + 1 or len(text)
    said = Statement(span=Span(start=0, end=cut, text=text[:cut]), understood=True, became="entities and operations")
    unclear = Statement(
        span=Span(start=cut, end=len(text), text=text[cut:]), understood=False, became="no rule reads this sentence"
    )
    return DiscoveryDocument(
        title="Lending library",
        slug="lending-library",
        request=text,
        contexts=(Context(name="lending", entities=tuple(name.capitalize() for name in names)),),
        entities=tuple(
            Entity(
                name=name.capitalize(),
                plural=f"{name}s",
                attributes=(Attribute(name="title", type=FieldType.STRING),),
            )
            for name in names
        ),
        operations=(
            Operation(
                id="list_all", kind=OperationKind.LIST, entity="Shelf", method="GET", path="/shelfs", success_status=200
            ),
        ),
        requirements=requirements,
        assumptions=(Assumption(text="Anyone may read.", why="The request names no accounts."),),
        questions=(Question(id="Q-1", text="May titles repeat?", default="yes", why="It decides on a constraint."),),
        statements=(said, unclear) if cut < len(text) else (said,),
    )


def _plan(names: list[str], requirements: tuple[Requirement, ...]) -> MasterPlan:
    everything = tuple(requirement.id for requirement in requirements)

    def task(name: str, title: str, files: tuple[str, ...], ids: tuple[str, ...]) -> Task:
        return Task(id=name, title=title, files=files, depends_on=(), requirement_ids=ids, lines=SOME)

    def feature(name: str) -> Milestone:
        own = tuple(requirement.id for requirement in requirements if name.capitalize() in requirement.entities)
        layers = ("model", "schemas", "repository", "service", "router")
        tasks = (
            task(f"{name}s.{part}", f"{name.capitalize()}s: {part}", (f"app/{name}s/{part}.py",), own)
            for part in layers
        )
        return Milestone(id=f"{name}s", title=f"{name.capitalize()}s", tasks=tuple(tasks))

    ground = task("foundation.app", "Application", ("app/main.py", "app/settings.py"), everything)
    last = task("delivery.readme", "Read me", ("README.md", "Makefile"), everything)
    return MasterPlan(
        title="Lending library",
        stack="fastapi",
        phases=(
            Phase(
                id="foundation",
                title="Foundation",
                milestones=(Milestone(id="foundation", title="Foundation", tasks=(ground,)),),
            ),
            Phase(id="features", title="Features", milestones=tuple(feature(name) for name in names)),
            Phase(
                id="delivery",
                title="Delivery",
                milestones=(Milestone(id="delivery", title="Delivery", tasks=(last,)),),
            ),
        ),
        estimate=Estimate(lines=SOME, tokens_in=SOME, tokens_out=SOME, usd=SOME, minutes=SOME),
    )


def _atoms(
    names: list[str], requirements: tuple[Requirement, ...], everything: tuple[str, ...], helpers: int
) -> tuple[Atom, ...]:
    def atom(path: str, name: str, task: str, ids: tuple[str, ...], kind: AtomKind = AtomKind.FUNCTION) -> Atom:
        contract = Contract(path=path, name=name, kind=kind, face=f"def {name}(): ...")
        return Atom(contract=contract, task_id=task, requirement_ids=ids)

    made = [atom("app/main.py", "create_app", "foundation.app", everything)]
    made.append(atom("README.md", "README.md", "delivery.readme", everything, AtomKind.FILE))
    for name in names:
        own = [requirement for requirement in requirements if name.capitalize() in requirement.entities]
        ids = tuple(requirement.id for requirement in own)
        made.append(atom(f"app/{name}s/model.py", name.capitalize(), f"{name}s.model", ids, AtomKind.CLASS))
        for action, requirement in zip(ACTIONS, own, strict=True):
            for part in ("repository", "service", "router"):
                made.append(atom(f"app/{name}s/{part}.py", f"{action}_{name}", f"{name}s.{part}", (requirement.id,)))
        made += [
            atom(f"app/{name}s/schemas.py", f"{name.capitalize()}Part{number}", f"{name}s.schemas", ids, AtomKind.CLASS)
            for number in range(helpers)
        ]
    return tuple(made)


def _evidence(
    names: list[str], plan: MasterPlan, atoms: tuple[Atom, ...], requirements: tuple[Requirement, ...]
) -> tuple[Evidence, ...]:
    checks = [(EvidenceLevel.ATOM, check, atom.id) for atom in atoms for check in ("parses", "contract", "ruff", "ty")]
    checks += [
        (EvidenceLevel.MODULE, check, path)
        for task in plan.tasks
        for path in task.files
        if path.endswith(".py")
        for check in ("imports", "pyrefly")
    ]
    checks.append((EvidenceLevel.COMPONENT, "scenarios-in-process", "lending"))
    checks.append((EvidenceLevel.SYSTEM, "boot", "project"))
    checks += [
        (EvidenceLevel.SYSTEM, "scenario", scenario.id)
        for requirement in requirements
        for scenario in requirement.scenarios
    ]
    checks.append((EvidenceLevel.SYSTEM, "make-test", "project"))
    return tuple(evidence(*check, number=number) for number, check in enumerate(checks))
