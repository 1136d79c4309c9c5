"""Limits of the whole tree: what breaks one is ended, and told so; what only seems to is left alone."""

import os
import time
from pathlib import Path

import pytest

from devmatrix.errors import SandboxError
from devmatrix.sandbox import EndedBy, read_left
from devmatrix.sandbox.holding import measure, measure_and_cut
from devmatrix.sandbox.unconfined import Unconfined
from devmatrix.sandbox.watch import Watch
from tests.integration.sandbox.conftest import Run

MANY = """
import os, time
kept = bytearray(b"x") * ({each} * 2**20)
for _ in range({children}):
    if not os.fork():
        {child}
        time.sleep(20)
        os._exit(0)
time.sleep({wait})
print("ended")
"""


def test_memory_of_many_processes_is_counted_together(python: Run) -> None:
    done = python(MANY.format(each=1, children=5, child="own = bytearray(b'y') * (60 * 2**20)", wait=20), memory_mb=200)
    assert done.ended_by is EndedBy.MEMORY
    assert not done.timed_out
    assert done.exit_code == -9
    assert done.stderr.endswith("[ended by the sandbox: its processes took more than 200 MB of memory together]\n")
    assert done.seconds < 15


def test_memory_that_processes_share_is_counted_once(python: Run) -> None:
    done = python(MANY.format(each=100, children=5, child="pass", wait=1.5), memory_mb=200)
    assert (done.ended_by, done.stdout) == (EndedBy.ITSELF, "ended\n")


def test_the_project_folder_is_limited_as_a_whole(python: Run, project: Path) -> None:
    (project / "before").write_bytes(bytes(6 * 2**20))
    code = (
        "import time\n"
        "for number in range(6): open(str(number), 'wb').write(bytes(2**20))\n"
        "time.sleep(SECONDS)\n"
        "print('ended')"
    )
    within = python(code.replace("SECONDS", "1"), project_mb=14)
    assert (within.ended_by, within.stdout) == (EndedBy.ITSELF, "ended\n")
    above = python(code.replace("SECONDS", "20"), project_mb=10)
    assert above.ended_by is EndedBy.DISK
    assert "[ended by the sandbox: the project folder held more than 10 MB or 100000 files]" in above.stderr


def test_the_project_folder_is_limited_without_a_sandbox_too(project: Path, environment: Path) -> None:
    from devmatrix.sandbox import Limits

    code = "open('file', 'wb').write(bytes(3 * 2**20)); import time; time.sleep(20)"
    done = Unconfined().run(
        ("python", "-c", code), project=project, environment=environment, limits=Limits(project_mb=2)
    )
    assert done.ended_by is EndedBy.DISK
    assert done.seconds < 15


@pytest.mark.parametrize("method", ["look", "leaves_too_much"])
def test_what_cannot_be_watched_is_ended_and_proves_nothing(
    python: Run, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError("no more descriptors")

    monkeypatch.setattr(Watch, method, fail)
    began = time.monotonic()
    with pytest.raises(SandboxError, match="no more descriptors"):
        python("import time; time.sleep(0.2 if SHORT else 20)".replace("SHORT", str(method != "look")))
    assert time.monotonic() - began < 10


def test_what_ends_by_itself_says_nothing_of_limits(python: Run) -> None:
    done = python("print('x')")
    assert (done.ended_by, done.stderr, done.timed_out) == (EndedBy.ITSELF, "", False)


def test_files_with_several_names_are_counted_once_and_links_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").write_bytes(bytes(2**20))
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "one").write_bytes(bytes(2**20))
    os.link(folder / "one", folder / "two")
    (folder / "link").symlink_to(tmp_path)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        held = measure(descriptor, 2**30, 1000)
    finally:
        os.close(descriptor)
    assert held.files == 3
    assert 2**20 <= held.size < 2 * 2**20


def test_folders_that_are_too_deep_are_removed_and_no_others(tmp_path: Path) -> None:
    kept = tmp_path / "kept" / "/".join("d" * 50)
    kept.mkdir(parents=True)
    (kept / "file").touch()
    deep = tmp_path / "deep" / "/".join("d" * 300)
    deep.mkdir(parents=True)
    descriptor = os.open(tmp_path, os.O_RDONLY)
    try:
        held = measure_and_cut(descriptor)
    finally:
        os.close(descriptor)
    assert held.deep
    assert (kept / "file").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["deep", "kept"]
    assert not (tmp_path / "deep" / "/".join("d" * 100)).exists()


def test_only_ordinary_files_of_the_folder_itself_are_read(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("hunter2")
    folder = tmp_path / "folder"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "result").write_text("fine")
    (folder / "link").symlink_to(outside / "secret")
    (folder / "way").symlink_to(outside)
    os.link(outside / "secret", folder / "second-name")
    os.mkfifo(folder / "pipe")
    assert read_left(folder, "inner/result") == b"fine"
    for path in ("link", "way/secret", "pipe", "inner", "missing", "../outside/secret", "second-name"):
        with pytest.raises(SandboxError):
            read_left(folder, path)
    with pytest.raises(SandboxError, match="at most 3 bytes"):
        read_left(folder, "inner/result", most_bytes=3)
