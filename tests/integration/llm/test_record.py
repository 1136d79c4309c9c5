"""Killed, resumed, twice at once: what was given is there, and paid once."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

from sqlalchemy import text

from devmatrix.llm import Purpose
from devmatrix.llm.testing import FakeModelServer, Latency
from devmatrix.settings import Settings
from devmatrix.storage.engine import make_engine, parse_url, reading, writing
from tests.integration.llm.gateways import Echo, opened, question, settings

ROOT = Path(__file__).parents[3]


def asking(chosen: Settings, server: FakeModelServer, first: int, last: int) -> "subprocess.Popen[str]":
    environment = {
        "PATH": os.environ["PATH"],
        **server.environment,
        "DEVMATRIX_MODEL": chosen.model,
        "DEVMATRIX_DATABASE_URL": chosen.database,
        "DEVMATRIX_HOME": str(chosen.home),
        "MGE_V2_MAX_CONCURRENCY": "10",
    }
    command = [sys.executable, "-W", "error", "-m", "tests.integration.llm.asking", str(first), str(last)]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def ended(process: "subprocess.Popen[str]") -> list[str]:
    out, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return out.splitlines()


def test_what_was_given_before_a_kill_is_not_paid_again(database_url: str, tmp_path: Path) -> None:
    latency = Latency(median_seconds=0.4, sigma=0.8)
    with FakeModelServer(Echo(), latency=latency) as server:
        chosen = settings(server, tmp_path, DEVMATRIX_DATABASE_URL=database_url)
        killed = asking(chosen, server, 0, 60)
        assert killed.stdout is not None
        given = [killed.stdout.readline().split()[0] for _ in range(20)]
        killed.send_signal(signal.SIGKILL)
        given += [line.split()[0] for line in killed.communicate()[0].splitlines() if line.split()[1:] == ["paid"]]

        lines = ended(asking(chosen, server, 0, 60))
        paid_twice = server.calls_completed_twice()

    told = dict(line.split() for line in lines if not line.startswith("spent"))
    assert len(told) == 60
    assert {number for number in given if told[number] == "paid"} == set()
    calls, reused, faults = (int(word) for word in lines[-1].split()[1:])
    assert calls == 60
    assert reused == sum(1 for kind in told.values() if kind == "reused") >= 20
    # What the dead had on their way may be paid again: that, and no more, and all of it is held against the budget.
    assert 1 <= faults <= 10
    assert paid_twice <= faults


def test_two_processes_with_the_same_questions_share_the_answers(database_url: str, tmp_path: Path) -> None:
    with FakeModelServer(Echo(), latency=Latency(median_seconds=1.5, sigma=0.2)) as server:
        chosen = settings(server, tmp_path, DEVMATRIX_DATABASE_URL=database_url)
        both = [asking(chosen, server, 0, 12), asking(chosen, server, 0, 12)]
        told = [dict(line.split() for line in ended(process)[:-1]) for process in both]
        assert len(server.calls) == 12
    assert all(len(answers) == 12 for answers in told)
    assert sum(list(answers.values()).count("paid") for answers in told) == 12


def test_the_lease_of_a_claimant_that_vanished_elsewhere_runs_out(database_url: str, tmp_path: Path) -> None:
    async def ask_twice(chosen: Settings) -> tuple[bool, bool]:
        engine = make_engine(parse_url(chosen.database))
        async with opened(chosen) as gateway:
            asked = asyncio.create_task(gateway.ask(question(1), Purpose(run_id="r1")))
            await asyncio.sleep(0.5)
            with writing(engine) as connection:  # as if that machine had lost its power
                connection.execute(text("UPDATE model_claims SET owner = 'another/0:1:x'"))
            asked.cancel()
            async with opened(chosen) as other:
                waiting = asyncio.create_task(other.ask(question(1), Purpose(run_id="r1")))
                await asyncio.sleep(1)
                waited = not waiting.done()
                with writing(engine) as connection:
                    connection.execute(text("UPDATE model_claims SET lease_until = '2020-01-01 00:00:00'"))
                reply = await asyncio.wait_for(waiting, 10)
        engine.dispose()
        return waited, reply.reused

    with FakeModelServer(Echo(), latency=Latency(median_seconds=3, sigma=0)) as server:
        waited, reused = asyncio.run(ask_twice(settings(server, tmp_path, DEVMATRIX_DATABASE_URL=database_url)))
        assert len(server.calls) == 2
    assert waited
    assert not reused


def test_commits_are_forced_to_the_disk(tmp_path: Path) -> None:
    engine = make_engine(parse_url(f"sqlite:///{tmp_path / 'x.db'}"), forced=True)
    with reading(engine) as connection:
        assert connection.scalar(text("PRAGMA synchronous")) == 2
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
    engine.dispose()
