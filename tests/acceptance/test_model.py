"""Requests with rules that only words say: a fake model answers with what a careful reader of the prompts wrote."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from devmatrix.llm.testing import FakeModelServer
from tests.acceptance.conftest import report_of
from tests.answer_book import AnswerBook


def _devmatrix(server: FakeModelServer, folder: Path, *arguments: str, variables: dict[str, str]) -> tuple[int, str]:
    environment = {
        **variables,
        **server.environment,
        "DEVMATRIX_MODEL": "anthropic:claude-sonnet-5-5",
        "DEVMATRIX_DATABASE_URL": f"sqlite:///{folder / 'runs.db'}",
    }
    command = [sys.executable, "-m", "devmatrix", *arguments]
    done = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, timeout=600, check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        # The schedule stands on a helper, whose first body rounds wrongly: its examples say so.
        (
            "loans",
            {
                "reading": 1,
                "sets_monthly_payment": 1,
                "limits_payment_to_income": 1,
                "loan_schedule": 1,
                "interest_of_month": 2,
            },
        ),
        (
            "chess",
            {
                "reading": 1,
                "enters_open_tournaments": 1,
                "schedules_games": 1,
                "needs_all_results": 1,
                "tournament_standings": 1,
            },
        ),
        # Its first reading calls a collection by another name than it got; one body forgets to keep what it counted.
        ("verify", {"reading": 2, "sends_code": 1, "is_by_verified_author": 1, "renew_code": 1, "verify_address": 2}),
    ],
)
def test_prose_with_rules_of_its_own_becomes_a_proven_service(
    name: str, asked: dict[str, int], tmp_path: Path, variables: dict[str, str]
) -> None:
    book = AnswerBook(name)
    out = tmp_path / "project"
    with FakeModelServer(book) as server:
        code, text = _devmatrix(
            server, tmp_path, "build", book.request, "--out", str(out), "--yes", variables=variables
        )
        assert code == 0, text[-3000:]
        assert server.calls_paid_twice() == 0
    assert dict(book.asked) == asked
    report = report_of(out)
    assert [need["text"] for need in report["requirements"] if not need["proven"]] == []
    # What the reader could not express is a question.
    assert [item["text"] for item in report["not_understood"] if not item["why"].startswith("question: ")] == []
    assert server.api_key not in "".join(path.read_text() for path in out.rglob("*") if _is_text(path))


def _is_text(path: Path) -> bool:
    return path.is_file() and ".git" + os.sep not in str(path) and path.suffix in {".py", ".json", ".md", ".html", ""}


def test_nothing_is_asked_that_costs_money_before_somebody_agrees(tmp_path: Path, variables: dict[str, str]) -> None:
    book = AnswerBook("loans")
    with FakeModelServer(book) as server:
        code, text = _devmatrix(server, tmp_path, "plan", book.request, variables=variables)
        assert code == 2
        assert "nothing was understood" in text
        assert "--yes" in text
        assert server.calls == ()
