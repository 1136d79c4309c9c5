"""What tables must refuse stands in the models and in the migrations alike, CHECK constraints too."""

from pathlib import Path

import pytest

from devmatrix.atoms.evidence import EvidenceLevel
from devmatrix.sandbox.bubblewrap import Bubblewrap
from devmatrix.validation.blame import Blame
from devmatrix.validation.components import check_migrations
from devmatrix.validation.ledger import Ledger
from tests.integration.validation.tiny import DATABASE, REVISION, tiny_design, tiny_document, write_tiny

MODELS = DATABASE.replace(
    "    id: Map", '    __table_args__ = (CheckConstraint("length(name) > 1", name="named"),)\n\n    id: Map'
).replace("import Engine", "import CheckConstraint, Engine")
MIGRATIONS = REVISION.replace(
    "nullable=False),\n    )", 'nullable=False),\n        sa.CheckConstraint("length(name) > 1", name="named"),\n    )'
)


@pytest.mark.parametrize(
    ("models", "migrations", "said", "first"),
    [
        (MODELS, MIGRATIONS, "", ""),
        (MODELS, REVISION, "only in the models: 'named' CHECK (length name > 1)", "app/database.py:Thing"),
        (DATABASE, MIGRATIONS, "only in the migrations: 'named' CHECK", "migrations/versions/r0001_things.py:upgrade"),
        (MODELS.replace("> 1", "> 0"), MIGRATIONS, "CHECK (length name > 0); only in the migrations", ""),
    ],
)
def test_models_and_migrations_have_the_same_checks(
    stack_environment: Path, tmp_path: Path, models: str, migrations: str, said: str, first: str
) -> None:
    changes = {"app/database.py": models, "migrations/versions/r0001_things.py": migrations}
    project = write_tiny(tmp_path / "project", changes)
    ledger = Ledger(EvidenceLevel.COMPONENT, project, Blame(project, tiny_design().atoms, tiny_document()))
    check_migrations(ledger, Bubblewrap.find(), project, stack_environment)
    findings = [finding for entry in ledger.evidence for finding in entry.findings]
    assert [entry.subject for entry in ledger.evidence if not entry.passed] == ["agree-with-models"] * bool(said)
    assert all(said in finding.message for finding in findings)
    assert not first or findings[0].atom_ids[0] == first
