"""Level 2: what is imported is declared, and what is declared is what the project was judged with."""

from pathlib import Path

import pytest

from devmatrix.atoms.evidence import Evidence, EvidenceLevel
from devmatrix.stacks.stack import Boot
from devmatrix.validation.blame import Blame
from devmatrix.validation.ledger import Ledger
from devmatrix.validation.requirements import check_requirements
from tests.integration.validation.tiny import tiny_document

RUN = "web-kit==1.2 \\\n    --hash=sha256:aa\n"
TEST = RUN + "prober[fast]==3.0\n"


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """Two packages: Web_Kit gives `webkit`, prober gives `prober`."""
    packages = tmp_path / "environment" / "lib" / "python3.11" / "site-packages"
    for name, version, module in (("Web_Kit", "1.2", "webkit"), ("prober", "3.0", "prober")):
        info = packages / f"{name}-{version}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        (info / "RECORD").write_text(f"{module}/__init__.py,,\n")
    return tmp_path / "environment"


def judged(tmp_path: Path, environment: Path, files: dict[str, str]) -> list[Evidence]:
    given = {"requirements.txt": RUN, "requirements-dev.txt": TEST, "app/main.py": "import webkit\n"} | files
    project = tmp_path / "project"
    for path, text in given.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text)
    locks = {"requirements.txt": tmp_path / "run.lock", "requirements-dev.txt": tmp_path / "test.lock"}
    for lock, text in zip(locks.values(), (RUN, TEST), strict=True):
        lock.write_text(text)
    boot = Boot(
        serve=("x",), port=1, ready_path="/", test=("x",), environment={}, database_file="x", requirements=locks
    )
    ledger = Ledger(EvidenceLevel.MODULE, project, Blame(project, (), tiny_document()))
    check_requirements(ledger, boot, project, environment)
    return ledger.evidence


def failed(evidence: list[Evidence]) -> dict[str, str]:
    return {entry.subject: entry.findings[0].message for entry in evidence if not entry.passed}


def test_what_is_declared_passes(tmp_path: Path, environment: Path) -> None:
    tests = {"tests/test_it.py": "import prober\nfrom webkit import x\nfrom app.main import y\nfrom . import z\n"}
    evidence = judged(tmp_path, environment, tests | {"app/own.py": "import json\nfrom app import main\n"})
    assert failed(evidence) == {}
    assert {entry.check for entry in evidence} == {"requirements", "declared"}
    assert len(evidence) == 2 + 3


@pytest.mark.parametrize(
    ("files", "subject", "said"),
    [
        ({"app/main.py": "import requests\n"}, "app/main.py", "imports requests, which no requirement declares"),
        ({"app/main.py": "def x():\n    from prober.deep import y\n"}, "app/main.py", "imports prober.deep"),
        ({"tests/test_it.py": "import nothing\n"}, "tests/test_it.py", "imports nothing"),
        ({"app/main.py": "import (\n"}, "app/main.py", "cannot be read"),
        ({"requirements.txt": ""}, "requirements.txt", "web-kit==1.2"),
        ({"requirements.txt": "web-kit==1.3\n"}, "requirements.txt", "web-kit==1.2, web-kit==1.3"),
        ({"requirements-dev.txt": TEST + "more==1\n"}, "requirements-dev.txt", "more==1"),
    ],
)
def test_what_is_not_declared_is_found(
    tmp_path: Path, environment: Path, files: dict[str, str], subject: str, said: str
) -> None:
    assert said in failed(judged(tmp_path, environment, files))[subject]


def test_a_project_that_declares_nothing_fails(tmp_path: Path, environment: Path) -> None:
    boot = Boot(serve=("x",), port=1, ready_path="/", test=("x",), environment={}, database_file="x")
    ledger = Ledger(EvidenceLevel.MODULE, tmp_path, Blame(tmp_path, (), tiny_document()))
    check_requirements(ledger, boot, tmp_path, environment)
    assert failed(ledger.evidence) == {"project": "the project declares nothing"}
