"""The project's own test command, executed once in the sandbox: what it says of each test file, and of itself."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from devmatrix.errors import SandboxError
from devmatrix.sandbox.holding import read_left
from devmatrix.sandbox.sandbox import Completed, Limits, Sandbox
from devmatrix.stacks.stack import Boot

_RESULTS = ".devmatrix-tests.xml"
_SECONDS = 600.0


@dataclass(frozen=True)
class TestCase:
    """One test that was collected. Skipped is not passed."""

    __test__ = False
    path: str
    name: str
    passed: bool
    seconds: float
    message: str


@dataclass(frozen=True)
class TestRun:
    """How the test command ended, and the tests that it told of; `failure`: why there are none to read."""

    __test__ = False
    completed: Completed
    cases: tuple[TestCase, ...]
    failure: str = ""

    @property
    def files(self) -> dict[str, tuple[TestCase, ...]]:
        """Tests by file."""
        found: dict[str, list[TestCase]] = defaultdict(list)
        for case in self.cases:
            found[case.path].append(case)
        return {path: tuple(cases) for path, cases in sorted(found.items())}


def run_tests(boot: Boot, sandbox: Sandbox, project: Path, environment: Path) -> TestRun:
    """Run Boot.test, as the project's README says, asking pytest (through its own variable) to tell each result."""
    completed = sandbox.run(
        boot.test,
        project=project,
        environment=environment,
        variables={"PYTEST_ADDOPTS": f"--junitxml={_RESULTS} -o junit_family=xunit1 -p no:cacheprovider"},
        limits=Limits(seconds=_SECONDS),
    )
    try:
        cases = _read_cases(read_left(project, _RESULTS))
    except (SandboxError, ValueError, ElementTree.ParseError) as error:
        return TestRun(completed, (), f"no test results to read: {error}")
    return TestRun(completed, cases)


def _read_cases(text: bytes) -> tuple[TestCase, ...]:
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise ValueError("the results declare entities")
    return tuple(_case(node) for node in ElementTree.fromstring(text).iter("testcase"))


def _case(node: ElementTree.Element) -> TestCase:
    bad = [child for child in node if child.tag in ("failure", "error", "skipped")]
    path = node.get("file") or (node.get("classname") or node.get("name") or "").replace(".", "/") + ".py"
    message = "\n".join(f"{child.tag}: {child.get('message', '')}\n{child.text or ''}" for child in bad)
    return TestCase(path, node.get("name") or "", not bad, float(node.get("time") or 0), message)
