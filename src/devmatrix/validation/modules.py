"""Level 2: every module of the finished project imports, and is clean by strict types, lint and format."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from devmatrix.atoms.evidence import Finding
from devmatrix.sandbox.sandbox import Sandbox
from devmatrix.validation.checkers import Report, run_format_check, run_project_ruff, run_pyrefly
from devmatrix.validation.ledger import Ledger, project_files
from devmatrix.validation.scripts import last_line, run_script


def check_imports(ledger: Ledger, sandbox: Sandbox, project: Path, environment: Path) -> None:
    """Import all modules of the project's packages in one sandboxed process; evidence for each."""
    paths = {_dotted(path): path for path in _importable(project)}
    if not paths:
        ledger.record("imports", "project", [ledger.finding("imports", "there is no package to import")])
        return
    script = run_script(sandbox, "import_modules", tuple(paths), project=project, environment=environment)
    for name, path in paths.items():
        step = script.steps.get(name)
        if step is None:
            missing = script.failure or "no result for this module"
            ledger.record(
                "imports", path, [ledger.finding("imports", f"{name} was not imported: {missing}", path=path)]
            )
            continue
        found = []
        if step.trace:
            message = f"{name} cannot be imported: {last_line(step.trace)}"
            found.append(ledger.finding("imports", message, path=path, trace=step.trace))
        ledger.record("imports", path, found, seconds=step.seconds)


def check_types(ledger: Ledger, project: Path, environment: Path) -> None:
    """Pyrefly over the project; evidence for each module."""
    _spread(ledger, project, "pyrefly", run_pyrefly(project, environment))


def check_lint(ledger: Ledger, project: Path) -> None:
    """Ruff with the project's own configuration, and its formatting; evidence for each module."""
    _spread(ledger, project, "ruff", run_project_ruff(project))
    _spread(ledger, project, "format", run_format_check(project))


def _spread(ledger: Ledger, project: Path, check: str, report: Report) -> None:
    paths = [path.relative_to(project).as_posix() for path in project_files(project) if path.suffix == ".py"]
    found: dict[str, list[Finding]] = defaultdict(list)
    for diagnostic in report.diagnostics:
        rule = f"{check}.{diagnostic.rule}"
        found[diagnostic.path].append(
            ledger.finding(rule, diagnostic.message, path=diagnostic.path, line=diagnostic.line)
        )
    failed = [ledger.finding(f"checker.{check}", f"{check} {report.failure}")] if report.failure else []
    if not paths:
        failed = [ledger.finding(f"checker.{check}", "there is no Python file to check")]
    subjects = dict.fromkeys((*paths, *found)) or {"project": None}
    for path in subjects:
        ledger.record(check, path, found.get(path, failed), seconds=report.seconds / len(subjects))


def _importable(project: Path) -> Iterable[str]:
    """Python files of packages (top folders with an __init__.py) that are not tests."""
    for path in project_files(project):
        place = path.relative_to(project)
        package = place.parts[0]
        if path.suffix != ".py" or package == "tests" or not (project / package / "__init__.py").is_file():
            continue
        if place.name != "__main__.py":
            yield place.as_posix()


def _dotted(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
