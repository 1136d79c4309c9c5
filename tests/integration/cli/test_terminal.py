"""The command line as a process: on a terminal, in a pipe, interrupted."""

import contextlib
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import pytest

BUILD = ["build", "Shelf: name", "--yes"]
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def command(*arguments: str, hang_after: int = -1) -> list[str]:
    return [sys.executable, "-m", "tests.integration.cli.driver", str(hang_after), *arguments]


def environment(**changes: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "FORCE_COLOR")}
    return kept | {"TERM": "xterm", "PYTHONUNBUFFERED": "1", "LC_ALL": "C.UTF-8"} | changes


def run_piped(*arguments: str, hang_after: int = -1, **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments, hang_after=hang_after),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=30,
        check=False,
        env=environment(**changes),
    )


@dataclass
class Terminal:
    """A process on a pseudo terminal."""

    process: subprocess.Popen[bytes]
    master: int
    seen: str = ""

    def read_until(self, text: str, seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while text not in self.plain:
            assert time.monotonic() < end, f"{text!r} did not come: {self.seen!r}"
            if not self._read(0.1) and self.process.poll() is not None:
                raise AssertionError(f"ended before {text!r}: {self.seen!r}")

    def finish(self) -> int:
        while self._read(0.2) or self.process.poll() is None:
            pass
        return self.process.wait(20)

    def write(self, text: str) -> None:
        os.write(self.master, text.encode())

    @property
    def plain(self) -> str:
        return ESCAPE.sub("", self.seen)

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self.master], [], [], seconds)
        try:
            chunk = os.read(self.master, 65536) if ready else b""
        except OSError:  # Linux says EIO when the last writer has gone
            return False
        self.seen += chunk.decode(errors="replace")
        return bool(chunk)


@contextmanager
def terminal(*arguments: str, hang_after: int = -1, columns: int = 100, **changes: str) -> Iterator[Terminal]:
    master, slave = pty.openpty()
    process = subprocess.Popen(
        command(*arguments, hang_after=hang_after),
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        env=environment(COLUMNS=str(columns), LINES="40", **changes),
    )
    os.close(slave)
    try:
        with closing(os.fdopen(master, "rb", buffering=0)):
            yield Terminal(process, master)
    finally:
        process.kill()
        process.wait()


def test_in_a_pipe_there_are_plain_lines_and_a_summary() -> None:
    ran = run_piped(*BUILD)
    assert ran.returncode == 0
    assert "\x1b" not in ran.stdout
    assert "discovery done in 0.1 s: 1 entity, 10 requirements\n" in ran.stdout
    assert "\nsucceeded: Shelf keeping\n" in ran.stdout


def test_in_a_pipe_nothing_is_built_unasked() -> None:
    ran = run_piped("build", "Shelf: name")
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert "mend: add --yes" in ran.stderr
    assert "the run was closed" not in ran.stderr


def test_on_a_terminal_the_board_is_drawn_and_the_summary_stays() -> None:
    with terminal(*BUILD) as screen:
        assert screen.finish() == 0
        assert "✓ discovery" in screen.plain
        assert "succeeded: Shelf keeping" in screen.plain
        assert screen.seen.count("\x1b[?25l") == screen.seen.count("\x1b[?25h") == 1  # the cursor is back


def test_without_colours_there_are_none() -> None:
    with terminal(*BUILD, NO_COLOR="1") as screen:
        assert screen.finish() == 0
        assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", screen.seen)
    with terminal(*BUILD) as screen:
        assert screen.finish() == 0
        assert re.search(r"\x1b\[[0-9;]*3[0-7]m", screen.seen)


def test_a_dumb_terminal_gets_plain_lines() -> None:
    with terminal(*BUILD, TERM="dumb") as screen:
        assert screen.finish() == 0
        assert "\x1b[" not in screen.seen
        assert "discovery done in 0.1 s" in screen.seen


def test_a_terminal_without_unicode_gets_replacements() -> None:
    with terminal(*BUILD, PYTHONIOENCODING="ascii", columns=30) as screen:
        assert screen.finish() == 0
        assert "succeeded: Shelf keeping" in screen.plain


def test_a_person_is_asked_and_can_say_no() -> None:
    with terminal("build", "Shelf: name") as screen:
        screen.read_until("Build it in shelf-keeping? [y/N]")
        screen.write("n\n")
        assert screen.finish() == 130
        assert "nothing was built" in screen.plain
        assert "the run was closed" not in screen.plain


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("hang_after", [0, 1, 9])
def test_an_interrupt_closes_the_run_and_says_how_to_go_on(sent: signal.Signals, hang_after: int) -> None:
    with terminal(*BUILD, hang_after=hang_after) as screen:
        screen.read_until("elapsed")
        screen.process.send_signal(sent)
        assert screen.finish() == 130
        assert "the run was closed" in screen.plain
        assert "run the same command again" in screen.plain
        assert "Traceback" not in screen.plain
        assert screen.seen.rfind("\x1b[?25h") > screen.seen.rfind("\x1b[?25l")


def test_ctrl_c_at_the_question_is_a_no() -> None:
    with terminal("build", "Shelf: name") as screen:
        screen.read_until("[y/N]")
        while screen.process.poll() is None:  # a signal between the prompt and the reading of it is not seen
            screen.process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                screen.process.wait(1)
        assert screen.finish() == 130
        assert "cancelled" in screen.plain


def test_a_reader_that_leaves_is_no_crash() -> None:
    process = subprocess.Popen(
        command(*BUILD, "--json"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    )
    assert process.stdout is not None
    process.stdout.close()
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert b"Traceback" not in errors
    assert b"failed" not in errors


@pytest.mark.parametrize("argument", [b"\xff\xfe", b"Shelf: na\xffme"])
def test_arguments_that_are_no_text_are_refused(argument: bytes) -> None:
    words: list[bytes] = [*map(os.fsencode, command("plan")), argument]
    ran = subprocess.run(words, capture_output=True, check=False, env=environment())
    assert ran.returncode == 2
    assert b"is not UTF-8 text" in ran.stderr
    assert b"Traceback" not in ran.stderr
