"""Levels 2 to 4 on a tiny project: all passes on the sound one, and each defect is found where it must be."""

from pathlib import Path

import pytest

from devmatrix.atoms.evidence import EvidenceLevel
from devmatrix.validation import judge_gate, measure_precision, prove
from tests.integration.validation.conftest import Judging
from tests.integration.validation.tiny import DATABASE, FILES, MAIN, REVISION, SCENARIOS, UNIT, tiny_document


def test_a_sound_project_passes_everything_and_stays_as_it_is(judge: Judging, tmp_path: Path) -> None:
    judgement = judge()
    assert judgement.failed() == []
    assert [level.level.value for level in judgement.levels] == [2, 3, 4]
    assert all(level.ok for level in judgement.levels)
    checks = {(entry.level.value, entry.check) for entry in judgement.evidence()}
    assert checks == {
        *((2, check) for check in ("imports", "pyrefly", "ruff", "format")),
        *((3, check) for check in ("migrations", "tests-in-process", "tests-complete", "openapi")),
        *((4, check) for check in ("boot", "log", "scenario", "test-command")),
    }
    left = {path.relative_to(tmp_path / "project").as_posix() for path in (tmp_path / "project").rglob("*.*")}
    assert {path for path in left if not path.startswith(".")} == set(FILES) - {"Makefile"}
    assert [path.name for path in tmp_path.iterdir()] == ["project"]
    assert measure_precision(prove(tiny_document(), judgement.evidence())).must_passed == 1


DEFECTS = {
    "does not import": ({"app/database.py": DATABASE + "\n\nraise RuntimeError(__name__)\n"}, (2, "imports")),
    "exits on import": ({"app/database.py": "raise SystemExit(0)\n" + DATABASE}, (2, "imports")),
    "wrong type": ({"app/database.py": DATABASE + '\n\nSIZE: int = "large"\n'}, (2, "pyrefly")),
    "unused import": ({"app/database.py": DATABASE.replace("Engine, ", "Engine, Integer, ")}, (2, "ruff")),
    "not formatted": ({"app/database.py": DATABASE.replace("id: Mapped", "id : Mapped")}, (2, "format")),
    "cannot go down": (
        {"migrations/versions/r0001_things.py": REVISION.replace('"things")', '"thing")')},
        (3, "migrations"),
    ),
    "forgets a column": (
        {"app/database.py": DATABASE.replace("    id: Map", "    size: Mapped[int | None]\n    id: Map")},
        (3, "migrations"),
    ),
    "failing unit test": (
        {"tests/unit/test_database.py": UNIT.replace('"things"', '"thing"')},
        (3, "tests-in-process"),
    ),
    "skipped test": (
        {
            "tests/unit/test_database.py": UNIT.replace(
                "def test", 'import pytest\n\n\n@pytest.mark.skip("later")\ndef test'
            )
        },
        (3, "tests-in-process"),
    ),
    "deleted scenarios": ({"tests/scenarios/test_r_01.py": '"""Gone."""\n'}, (3, "tests-complete")),
    "undocumented operation": (
        {"app/main.py": MAIN.replace('@app.post("/things", ', '@app.post("/things", include_in_schema=False, ')},
        (3, "openapi"),
    ),
    "never ready": (
        {"app/main.py": MAIN.replace('command.upgrade(Config("alembic.ini"), "head")', "raise OSError")},
        (4, "boot"),
    ),
    "wrong status": ({"app/main.py": MAIN.replace("status_code=201", "status_code=200")}, (4, "scenario")),
    "trouble in the log": (
        {
            "app/main.py": MAIN.replace(
                "        session.commit()", "        session.commit()\n        logging.exception('no')"
            ).replace("from collections", "import logging\nfrom collections", 1)
        },
        (4, "log"),
    ),
    "broken test command": ({"Makefile": "test:\n\tpython -m no_such_module\n"}, (4, "test-command")),
    "test command that tests nothing": ({"Makefile": "test:\n\ttrue\n"}, (4, "test-command")),
    "lying test results": (
        {"Makefile": "test:\n\tln -s /etc/passwd .devmatrix-tests.xml\n"},
        (4, "test-command"),
    ),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_each_defect_is_found_where_it_must_be(judge: Judging, defect: str) -> None:
    changes, (level, check) = DEFECTS[defect]
    assert any(FILES[path] != text for path, text in changes.items())
    judgement = judge(changes)
    assert (level, check) in {(found[0], found[1]) for found in judgement.failed()}
    assert not all(result.ok for result in judgement.levels)


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
