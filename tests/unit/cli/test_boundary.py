import errno
import io
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from devmatrix.cli.boundary import exit_code
from devmatrix.errors import RequestError, SandboxError


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DEVMATRIX_HOME", str(tmp_path))
    return tmp_path


def raising(error: BaseException) -> Callable[[], object]:
    def command() -> object:
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (RequestError("no \x1b[31mentity\x1b[0m", mend="name one"), 2, "error: no entity\nmend: name one\n"),
        (SandboxError("it broke"), 1, "error: it broke\n"),
        (SystemExit(3), 3, ""),
        (SystemExit(None), 0, ""),
    ],
)
def test_every_end_has_its_code_and_its_sentence(
    error: BaseException, code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(raising(error)) == code
    assert capsys.readouterr() == ("", told)


def test_a_command_that_returns_has_succeeded() -> None:
    assert exit_code(lambda: None) == 0


def test_what_nobody_expected_is_one_sentence_and_a_file(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(raising(ZeroDivisionError("by \udcff"))) == 1
    (crash,) = (home / "crashes").iterdir()
    told = capsys.readouterr().err
    assert (
        told == f"error: DevMatrix itself failed (ZeroDivisionError); the details are in {crash}, please report them\n"
    )
    assert "Traceback" in crash.read_text()


def test_a_crash_is_told_even_where_its_file_cannot_be_written(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert exit_code(raising(ZeroDivisionError("oh"))) == 1
    assert capsys.readouterr().err.endswith("no file could be written for the details; in short: oh\n")


def test_a_crash_with_broken_settings_still_has_its_file(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MGE_V2_MAX_CONCURRENCY", "many")
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    assert exit_code(raising(ZeroDivisionError())) == 1
    assert str(tmp_path / "devmatrix-crashes") in capsys.readouterr().err


def test_an_output_that_nobody_reads_is_no_crash(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with (tmp_path / "out").open("w") as stream:
        monkeypatch.setattr("sys.stdout", io.TextIOWrapper(stream.buffer, write_through=True))
        assert exit_code(raising(BrokenPipeError())) == 1
    assert not (tmp_path / "crashes").exists()


def test_typer_ends_with_an_exit() -> None:
    def command() -> None:
        raise typer.Exit(3)

    app = typer.Typer()
    app.command()(command)
    assert exit_code(lambda: app([])) == 3
