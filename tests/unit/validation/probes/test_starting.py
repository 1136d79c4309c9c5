"""Starts with wrong settings: what counts as a clear end."""

from pathlib import Path

import pytest

from devmatrix.atoms.evidence import Evidence, EvidenceLevel
from devmatrix.sandbox.sandbox import Completed, EndedBy
from devmatrix.stacks.stack import Boot, WrongStart
from devmatrix.validation.blame import Blame
from devmatrix.validation.ledger import Ledger
from devmatrix.validation.probes.starting import Start, check_starts
from tests import documents

WRONG = WrongStart(environment={"SIZE": "soon", "KEY": "hidden-thing"}, named=("SIZE", "KEY"))
BOOT = Boot(
    serve=("serve",),
    port=1,
    ready_path="/",
    test=("test",),
    environment={"KEY": "k"},
    database_file="x.db",
    secrets=("KEY",),
    wrong_starts=(WRONG,),
)
CLEAR = "SIZE is no number\nKEY must have at least 32 characters"


def judged(tmp_path: Path, completed: Completed | None) -> dict[str, Evidence]:
    ledger = Ledger(EvidenceLevel.SYSTEM, tmp_path, Blame(tmp_path, (), documents.library()))
    check_starts(ledger, BOOT, () if completed is None else (Start(WRONG, completed),))
    return {entry.subject: entry for entry in ledger.evidence}


def ended(stderr: str, *, code: int = 1, by: EndedBy = EndedBy.ITSELF) -> Completed:
    return Completed(exit_code=code, stdout="", stderr=stderr, seconds=0.1, ended_by=by)


def test_a_sentence_for_each_and_a_code_will_do(tmp_path: Path) -> None:
    evidence = judged(tmp_path, ended(CLEAR))
    assert set(evidence) == {"SIZE", "KEY"}
    assert all(entry.passed and entry.check == "probe.wrong-start" for entry in evidence.values())


@pytest.mark.parametrize(
    ("completed", "failing", "said"),
    [
        (ended(CLEAR, code=0), {"SIZE", "KEY"}, "as if all were well"),
        (ended(CLEAR, code=-9), {"SIZE", "KEY"}, "killed by a signal"),
        (ended(CLEAR, code=-9, by=EndedBy.TIME), {"SIZE", "KEY"}, "still runs"),
        (ended(f"Traceback (most recent call last):\n{CLEAR}"), {"SIZE", "KEY"}, "traceback"),
        (ended("SIZE is no number"), {"KEY"}, "does not name"),
        (ended(f"{CLEAR}\nhidden-thing"), {"SIZE", "KEY"}, "the secret itself"),
        (ended(f"KEY is short\nSIZE {'x' * 400}"), {"SIZE"}, "no short sentence"),
        (None, {"SIZE", "KEY"}, "was not tried"),
    ],
)
def test_anything_else_is_told(tmp_path: Path, completed: Completed | None, failing: set[str], said: str) -> None:
    evidence = judged(tmp_path, completed)
    assert {subject for subject, entry in evidence.items() if not entry.passed} == failing
    assert all(said in entry.findings[0].message for entry in evidence.values() if not entry.passed)
