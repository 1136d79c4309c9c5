"""How well OpenAPI documents are read, how much of them is proven, and how fast: `make bench NAME=reading`.

The documents and their labels are in tests/openapi; builds and plans are measured from outside, one after the other.
With `--quick` nothing is built: `crud_proven` is null then. Names of documents narrow it to those.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from devmatrix.discovery import Source, discover
from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.errors import RequestError
from documents import synthetic

CORPUS = Path(__file__).parents[1] / "tests" / "openapi"
DEVMATRIX = (sys.executable, "-m", "devmatrix")
BOUNDS = {"plan_60_seconds": 3.0, "plan_2000_seconds": 60.0, "plan_2000_mb": 1024.0}
MINIMUM = {"classification_accuracy": 0.95, "crud_share": 0.95}


@dataclass(frozen=True)
class Judged:
    """One operation: what it is by hand, and what it was read as."""

    document: str
    name: str
    """METHOD path."""
    label: str
    entity: str | None
    crud: bool
    got: str
    """Empty: the document was not read."""
    got_entity: str

    @property
    def right(self) -> bool:
        return self.got == self.label


@dataclass(frozen=True)
class Built:
    """One build of a labelled document."""

    document: str
    status: str
    seconds: float
    crud: int
    proven: frozenset[str]
    """METHOD path of every operation of which every requirement is proven."""
    failed: tuple[str, ...] = ()
    """The requirements about CRUD operations that are not."""
    error: str = ""


@dataclass(frozen=True)
class Planned:
    """One plan, as the clock and the kernel saw the process."""

    seconds: float
    cpu_seconds: float
    megabytes: float
    """At its peak, resident."""
    code: int


def judge(label_file: Path) -> list[Judged]:
    """Compare what the reader makes of a document with its labels."""
    labels = yaml.safe_load(label_file.read_text("utf-8"))
    path = CORPUS / "documents" / labels["document"]
    got: dict[str, tuple[str, str]] = {}
    try:
        document = discover([_source(path)])
    except RequestError as error:
        print(f"{path.name} was not read: {error.message}")
    else:
        names = names_of(document)
        got = {names[one.id]: (one.kind.value, one.entity) for one in document.operations}
    return [
        Judged(path.name, name, label["class"], label["entity"], label["crud"], *got.get(name, ("", "")))
        for name, label in labels["operations"].items()
    ]


def _source(path: Path) -> Source:
    content = path.read_bytes()
    return Source(content.decode("utf-8"), path.name, path, content=content)


def names_of(document: DiscoveryDocument) -> dict[str, str]:
    """Id of each operation -> METHOD path, as the file has it."""
    base = len(document.interface.base_path) if document.interface else 0
    return {one.id: f"{one.method} {one.path[base:]}" for one in document.operations}


def build(path: Path, folder: Path, judged: Sequence[Judged]) -> Built:
    """Build a document by the command line, without a model, and look up what was proven of its CRUD operations."""
    out = folder / path.stem
    crud = {one.name for one in judged if one.crud}
    environment = os.environ | {"DEVMATRIX_DATABASE_URL": f"sqlite:///{folder / 'runs.db'}"}
    command = [*DEVMATRIX, "build", str(path), "--out", str(out), "--yes", "--json"]
    began = time.perf_counter()
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    seconds = time.perf_counter() - began
    last = json.loads(lines[-1]) if (lines := ran.stdout.splitlines()) else {}
    report = out / ".devmatrix" / "report.json"
    if last.get("type") != "run_finished" or not report.exists():
        error = str(last.get("message") or ran.stderr.strip() or f"exit {ran.returncode}")
        return Built(path.name, f"exit {ran.returncode}", seconds, len(crud), frozenset(), error=error)
    proven, failed = _proven(report, crud)
    return Built(path.name, str(last["status"]), seconds, len(crud), frozenset(proven), tuple(failed))


def _proven(report: Path, crud: set[str]) -> tuple[set[str], list[str]]:
    """What is proven: an operation without a requirement is not."""
    document = DiscoveryDocument.model_validate_json((report.parent / "document.json").read_bytes())
    names = names_of(document)
    results = {one["id"]: one["proven"] for one in json.loads(report.read_text("utf-8"))["requirements"]}
    verdicts: dict[str, list[bool]] = {}
    failed = []
    for requirement in document.requirements:
        about = [names[operation] for operation in requirement.operations]
        for name in about:
            verdicts.setdefault(name, []).append(results[requirement.id])
        if not results[requirement.id] and not crud.isdisjoint(about):
            failed.append(f"{requirement.id} {', '.join(about[:3])}: {requirement.text[:120]}")
    return {name for name, given in verdicts.items() if name in crud and all(given)}, failed


def plan(path: Path) -> Planned:
    """Plan a document by the command line."""
    began = time.perf_counter()
    ran = subprocess.Popen([*DEVMATRIX, "plan", str(path), "--json"], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(ran.pid, 0)
    seconds = time.perf_counter() - began
    ran.returncode = os.waitstatus_to_exitcode(status)  # it was waited for here
    return Planned(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, ran.returncode)


def show_classes(judged: Sequence[Judged]) -> None:
    wanted = Counter(one.label for one in judged)
    got = Counter(one.got for one in judged)
    right = Counter(one.label for one in judged if one.right)
    print(f"{'class':16} {'labelled':>8} {'read as':>8} {'precision':>9} {'recall':>7}")
    for kind in sorted(wanted | got):
        precision = f"{right[kind] / got[kind]:9.3f}" if got[kind] else f"{'-':>9}"
        recall = f"{right[kind] / wanted[kind]:7.3f}" if wanted[kind] else f"{'-':>7}"
        print(f"{kind or '(not read)':16} {wanted[kind]:8} {got[kind]:8} {precision} {recall}")
    for one in judged:
        if not one.right:
            print(f"    {one.document}: {one.name} is {one.label}, read as {one.got or 'nothing'}")
        elif one.entity and one.entity != one.got_entity:
            print(f"    {one.document}: {one.name} is about {one.entity}, read as {one.got_entity or 'nothing'}")


def show_built(built: Built) -> None:
    proven = f"{len(built.proven)}/{built.crud}"
    print(f"{built.document:24} {built.status:12} {proven:>8} {built.seconds:8.1f}", flush=True)
    for line in built.failed:
        print(f"    {line}")
    if built.error:
        print(f"    {built.error[:400]}")


def measure_plans(folder: Path) -> dict[str, float | None]:
    figures: dict[str, float | None] = {}
    for operations in (60, 2_000):
        path = folder / f"synthetic-{operations}.json"
        path.write_text(json.dumps(synthetic(operations)), "utf-8")
        planned = plan(path)
        print(
            f"plan of {operations:5} operations: {planned.seconds:6.2f} s"
            f" ({planned.cpu_seconds:.2f} s of the processor), {planned.megabytes:6.0f} MB, exit {planned.code}"
        )
        figures[f"plan_{operations}_seconds"] = round(planned.seconds, 2) if planned.code == 0 else None
        if operations == 2_000:
            figures["plan_2000_mb"] = round(planned.megabytes, 1) if planned.code == 0 else None
    return figures


def main(arguments: Sequence[str]) -> int:
    names = [argument for argument in arguments if not argument.startswith("--")]
    files = [path for path in sorted((CORPUS / "labels").glob("*.yaml")) if not names or path.stem in names]
    judged = {path.stem: judge(path) for path in files}
    operations = [one for group in judged.values() for one in group]
    show_classes(operations)
    print()
    with tempfile.TemporaryDirectory(prefix="devmatrix-bench-") as name:
        plans = measure_plans(Path(name))
        builds: list[Built] = []
        if "--quick" not in arguments:
            print(f"\n{'build':24} {'status':12} {'CRUD':>8} {'seconds':>8}")
            for group in judged.values():
                builds.append(build(CORPUS / "documents" / group[0].document, Path(name), group))
                show_built(builds[-1])
    figures: dict[str, float | None] = {
        "operations_labelled": len(operations),
        "classification_accuracy": round(sum(one.right for one in operations) / len(operations), 4),
        "crud_operations": sum(one.crud for one in operations),
        "crud_proven": sum(len(built.proven) for built in builds) if builds else None,
    } | plans
    print()
    print(json.dumps(figures))
    return 0 if _is_good(figures) else 1


def _is_good(figures: dict[str, float | None]) -> bool:
    """Whether what was measured is within the bounds; what was not measured where it should have been is not."""
    if any((figure := figures[name]) is None or figure > bound for name, bound in BOUNDS.items()):
        return False
    accuracy, crud, proven = (figures[name] for name in ("classification_accuracy", "crud_operations", "crud_proven"))
    if accuracy is None or accuracy < MINIMUM["classification_accuracy"]:
        return False
    return proven is None or crud is None or proven >= MINIMUM["crud_share"] * crud


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
