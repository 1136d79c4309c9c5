"""Levels 2 to 4 on a tiny project: all passes on the sound one, and each defect is found where it must be."""

from pathlib import Path

import pytest

from devmatrix.atoms.evidence import EvidenceLevel
from devmatrix.validation import judge_gate, measure_precision, prove
from tests.integration.validation.conftest import Judging
from tests.integration.validation.tiny import DATABASE, FILES, MAIN, REVISION, SCENARIOS, UNIT, tiny_document

PROBES = (
    "probe.mass-assignment",
    "probe.injected-text",
    "probe.served-files",
    "probe.strange-body",
    "probe.huge-body",
    "probe.markup",
    "probe.media-type",
    "probe.still-serving",
)


def test_a_sound_project_passes_everything_and_stays_as_it_is(judge: Judging, tmp_path: Path) -> None:
    judgement = judge()
    assert judgement.failed() == []
    assert [level.level.value for level in judgement.levels] == [2, 3, 4]
    assert all(level.ok for level in judgement.levels)
    checks = {(entry.level.value, entry.check) for entry in judgement.evidence()}
    assert checks == {
        *((2, check) for check in ("imports", "pyrefly", "ruff", "format", "requirements", "declared")),
        *((3, check) for check in ("migrations", "tests-in-process", "tests-complete", "openapi")),
        *((4, check) for check in ("boot", "log", "scenario", "fuzz", "test-command", "readme", "probes", *PROBES)),
    }
    left = {path.relative_to(tmp_path / "project").as_posix() for path in (tmp_path / "project").rglob("*.*")}
    assert {path for path in left if not path.startswith(".")} == set(FILES) - {"Makefile"}
    assert [path.name for path in tmp_path.iterdir()] == ["project"]
    assert measure_precision(prove(tiny_document(), judgement.evidence())).must_passed == 1


LOGGED = """        session.commit()
        try:
            raise OSError
        except OSError:
            logging.exception("swallowed")"""

LATE = '''"""Imports late."""


def size() -> int:
    """Its size."""
    import numpy

    return numpy.size
'''

# Several defects in one project, as far as they do not hide each other: a judgement takes seconds.
DEFECTS: dict[str, tuple[dict[str, str], set[tuple[int, str, str]]]] = {
    "in what is not run": (
        {
            "app/typed.py": '"""Wrong type."""\n\nSIZE: int = "large"\n',
            "app/unused.py": '"""Unused import."""\n\nimport os\n',
            "app/unformatted.py": '"""Not formatted."""\n\nSIZE=1\n',
            "tests/unit/test_database.py": UNIT.replace('"things"', '"thing"'),
            "tests/unit/test_skipped.py": UNIT.replace(
                "def test", 'import pytest\n\n\n@pytest.mark.skip("later")\ndef test'
            ),
            "app/main.py": MAIN.replace('@app.get("/things/', '@app.get(include_in_schema=False, path="/things/')
            .replace("status_code=201", "status_code=200")
            .replace("        session.commit()", LOGGED)
            .replace("from collections", "import logging\nfrom collections", 1),
        },
        {
            (2, "pyrefly", "app/typed.py"),
            (2, "ruff", "app/unused.py"),
            (2, "format", "app/unformatted.py"),
            (2, "ruff", "tests/unit/test_skipped.py"),
            (3, "tests-in-process", "tests/unit/test_database.py"),
            (3, "tests-in-process", "tests/unit/test_skipped.py"),
            (3, "tests-in-process", "tests/scenarios/test_r_01.py"),
            (3, "openapi", "create_thing"),
            (3, "openapi", "read_thing"),
            (4, "scenario", "R-01.1"),
            (4, "fuzz", "read_thing"),
            (4, "log", "project"),
            (4, "test-command", "project"),
            (4, "probe.mass-assignment", "create_thing"),
            (4, "probe.injected-text", "create_thing"),
        },
    ),
    "imports, and its way down": (
        {
            "app/raising.py": '"""Raises."""\n\nraise RuntimeError(__name__)\n',
            "app/exiting.py": '"""Exits."""\n\nraise SystemExit(0)\n',
            "migrations/versions/r0001_things.py": REVISION.replace(
                'op.drop_table("things")', 'op.drop_table("thing")'
            ),
        },
        {
            (2, "imports", "app/raising.py"),
            (2, "imports", "app/exiting.py"),
            (3, "migrations", "down"),
            (3, "migrations", "up-again"),
            (3, "migrations", "agree-with-models"),
        },
    ),
    "models that ran ahead, tests that are gone": (
        {
            "app/database.py": DATABASE.replace("    id: Map", "    size: Mapped[int | None]\n    id: Map"),
            "tests/scenarios/test_r_01.py": '"""Gone."""\n',
        },
        {
            (3, "migrations", "agree-with-models"),
            (3, "tests-complete", "project"),
            (4, "scenario", "R-01.1"),
            (4, "fuzz", "create_thing"),
            (4, "fuzz", "read_thing"),
            (4, "probe.mass-assignment", "create_thing"),
            (4, "probe.injected-text", "create_thing"),
            (4, "log", "project"),
        },
    ),
    "never ready, results that are a link": (
        {
            "app/main.py": MAIN.replace('command.upgrade(Config("alembic.ini"), "head")', "raise OSError"),
            "Makefile": "test:\n\tln -s /etc/passwd .devmatrix-tests.xml\n",
        },
        {
            (2, "ruff", "app/main.py"),
            (3, "tests-complete", "project"),
            (3, "openapi", "project"),
            (4, "boot", "project"),
            (4, "log", "project"),
            (4, "scenario", "R-01.1"),
            *((4, "fuzz", subject) for subject in ("create_thing", "read_thing", "project")),
            (4, "probes", "project"),
            (4, "test-command", "project"),
        },
    ),
    "a test command that tests nothing": (
        {
            "Makefile": "test:\n\ttrue\n",
            "README.md": FILES["README.md"].replace("make test", "make tests"),
            "requirements.txt": FILES["requirements.txt"] + "more==1.0\n",
            "app/late.py": LATE,
        },
        {
            (2, "requirements", "requirements.txt"),
            (2, "declared", "app/late.py"),
            (2, "pyrefly", "app/late.py"),
            (3, "tests-complete", "project"),
            (4, "test-command", "project"),
            (4, "readme", "README.md"),
        },
    ),
}


@pytest.mark.parametrize("defects", DEFECTS)
def test_each_defect_is_found_where_it_must_be_and_nowhere_else(judge: Judging, defects: str) -> None:
    changes, expected = DEFECTS[defects]
    assert all(FILES.get(path) != text for path, text in changes.items())
    judgement = judge(changes)
    assert set(judgement.failed()) == expected
    proofs = prove(tiny_document(), judgement.evidence())
    assert not judge_gate(measure_precision(proofs), judgement.levels).open


def test_a_stub_of_a_project_proves_nothing(judge: Judging) -> None:
    empty = dict.fromkeys(FILES, "")
    judgement = judge(empty)
    failed = {(level, check) for level, check, _ in judgement.failed()}
    assert {(3, "migrations"), (3, "tests-complete"), (3, "openapi"), (4, "boot"), (4, "scenario")} <= failed
    proofs = prove(tiny_document(), judgement.evidence())
    assert measure_precision(proofs).must_passed == 0
    assert not judge_gate(measure_precision(proofs), judgement.levels).open


def test_blame_falls_on_the_atom_in_the_trace(judge: Judging) -> None:
    broken = MAIN.replace("thing = Thing(name=given.name)", "thing = Thing(name=given.nam)")
    judgement = judge({"app/main.py": broken})
    assert judgement.blamed(EvidenceLevel.COMPONENT, "tests-in-process")[0] == "app/main.py:create_thing"
    assert judgement.blamed(EvidenceLevel.MODULE, "pyrefly")[0] == "app/main.py:create_thing"
    assert "app/main.py:create_thing" in judgement.blamed(EvidenceLevel.SYSTEM, "scenario")
    assert "app/main.py:create_thing" in judgement.blamed(EvidenceLevel.SYSTEM, "log")


def test_scenarios_are_the_documents_not_the_files(judge: Judging) -> None:
    more = SCENARIOS.replace("test_r_01_1", "test_r_01_2")
    assert judge({"tests/scenarios/test_more.py": more}).failed() == []
