"""Level 4: what the README tells works, and all that it tells was tried."""

from pathlib import Path

import pytest

from devmatrix.atoms.evidence import Evidence, EvidenceLevel
from devmatrix.sandbox.bubblewrap import Bubblewrap
from devmatrix.stacks.stack import Boot
from devmatrix.validation.blame import Blame
from devmatrix.validation.commands import check_commands, check_readme
from devmatrix.validation.ledger import Ledger
from tests.integration.validation.tiny import tiny_document

BOOT = Boot(
    serve=("python", "-m", "serve", "--port", "8000"),
    port=8000,
    ready_path="/",
    test=("make", "test"),
    install=("pip install -r requirements.txt",),
    commands=(("make", "migrate"), ("make", "seed")),
    seed=("make", "seed"),
    environment={"NEEDED": "yes"},
    database_file="app.db",
)
README = """# It

```sh
pip install -r requirements.txt && python -m serve
```

```sh
make test  # all of them
# a comment
make seed
```

```json
{"rm": "-rf"}
```
"""
RUN_SQL = "\t@python -c \"import os, sqlite3; sqlite3.connect('app.db', isolation_level=None).execute('{}')\""
MIGRATE = f'migrate:\n\t@test "$$NEEDED" = yes\n{RUN_SQL.format("CREATE TABLE things (id INTEGER PRIMARY KEY)")}\n'
SEED = f"seed:\n{RUN_SQL.format('INSERT OR IGNORE INTO things VALUES (1)')}\n"


def ledger_of(project: Path) -> Ledger:
    return Ledger(EvidenceLevel.SYSTEM, project, Blame(project, (), tiny_document()))


def said(evidence: list[Evidence]) -> list[str]:
    return [finding.message for entry in evidence for finding in entry.findings]


@pytest.mark.parametrize(
    ("readme", "expected"),
    [
        (README, []),
        (README.replace("make seed", "make see"), ["tells `make see`, which nothing has tried"]),
        (README.replace("python -m serve", "python -m server"), ["nothing has tried", "how to start the service"]),
        (README.replace("make test", "make seed"), ["does not tell `make test`"]),
        ("", ["how to start the service", "`make test`", "`pip install -r requirements.txt`"]),
    ],
)
def test_the_readme_tells_what_is_executed_and_nothing_else(tmp_path: Path, readme: str, expected: list[str]) -> None:
    (tmp_path / "README.md").write_text(readme)
    ledger = ledger_of(tmp_path)
    check_readme(ledger, BOOT, tmp_path)
    found = said(ledger.evidence)
    assert len(found) == len(expected)
    assert all(part in message for part, message in zip(expected, found, strict=True))


@pytest.mark.parametrize(
    ("makefile", "failing"),
    [
        (MIGRATE + SEED, {}),
        (MIGRATE, {"make seed": "ended with 2"}),
        (MIGRATE.replace("yes", "no") + SEED, {"make migrate": "ended with 2", "make seed": "ended with 2"}),
        (MIGRATE + SEED.replace("VALUES (1)", "SELECT 1 WHERE 0"), {"make seed": "ended well and left no row"}),
        (MIGRATE + SEED.replace("VALUES (1)", "VALUES (NULL)"), {"make seed": "{'things': 1} rows to {'things': 2}"}),
        (MIGRATE + SEED.replace("OR IGNORE ", ""), {"make seed": "UNIQUE constraint failed"}),
    ],
)
def test_commands_are_run_and_examples_are_made_once(
    stack_environment: Path, tmp_path: Path, makefile: str, failing: dict[str, str]
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "Makefile").write_text(makefile)
    ledger = ledger_of(project)
    check_commands(ledger, BOOT, Bubblewrap.find(), project, stack_environment)
    assert [entry.subject for entry in ledger.evidence] == ["make migrate", "make seed"]
    found = {entry.subject: entry.findings[0].message for entry in ledger.evidence if not entry.passed}
    assert found.keys() == failing.keys()
    assert all(part in found[subject] for subject, part in failing.items())
