"""Every sandbox of the product contains every attack; where nothing confines, the attacks are seen to get through."""

import json
import os
import subprocess
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pytest

from devmatrix.sandbox import Completed, EndedBy, Limits
from devmatrix.sandbox import bubblewrap as bubblewrap_module
from devmatrix.sandbox.bubblewrap import Bubblewrap
from devmatrix.sandbox.conformance import ATTACKS, Attack, Conformance, check_sandbox, conform, judge
from devmatrix.sandbox.reach import SANDBOX_UID, Reach
from devmatrix.sandbox.unconfined import Unconfined
from devmatrix.sandbox.watch import Watch

SOURCES = Path(bubblewrap_module.__file__).parents[2]
NAMED = {attack.id: attack for attack in ATTACKS}


def named(*ids: str) -> list[Attack]:
    return [NAMED[name] for name in ids]


def through(seen: Conformance) -> dict[str, tuple[str, ...]]:
    return {verdict.attack.id: verdict.through for verdict in seen.got_through}


def test_every_attack_is_contained(sandbox: Bubblewrap, environment: Path) -> None:
    seen = conform(sandbox, environment)
    assert through(seen) == {}
    assert seen.contained == len(seen.verdicts) == len(ATTACKS)
    assert len(NAMED) == len(ATTACKS) > 50


@pytest.mark.skipif(os.geteuid() != 0, reason="the test before this one was run by an ordinary user")
def test_every_attack_is_contained_for_an_ordinary_user(environment: Path) -> None:
    reach = Reach()  # wherever the virtual environment lies: the user may not look into the folder of another
    try:
        python, sources = reach.path(environment) / "bin" / "python", reach.path(SOURCES)
        argv, uid = reach.launch(("env", f"PYTHONPATH={sources}", str(python), "-m", "devmatrix.sandbox.conformance"))
        ran = subprocess.run(
            argv, capture_output=True, text=True, cwd="/", user=uid, group=uid, extra_groups=[] if uid else None
        )
    finally:
        reach.close()
    told = [json.loads(line) for line in ran.stdout.splitlines()]
    assert told, ran.stderr
    assert {line["attack"]: line["through"] for line in told[:-1] if line["through"]} == {}
    assert (told[-1]["attacks"], told[-1]["contained"], ran.returncode) == (len(ATTACKS), len(ATTACKS), 0)
    assert SANDBOX_UID != 0


class AsService(Bubblewrap):
    """Runs each command as a service, until it ends."""

    def run(
        self,
        argv: tuple[str, ...],
        *,
        project: Path,
        environment: Path,
        variables: dict[str, str] | None = None,
        limits: Limits | None = None,
    ) -> Completed:
        service = self.serve(
            argv, port=8000, project=project, environment=environment, variables=variables, limits=limits
        )
        while service.running:
            time.sleep(0.02)
        return service.stop()


def test_services_are_confined_likewise(environment: Path) -> None:
    ids = "network-host unix-sockets files-read environment descriptors links first-process kernel privilege orphans"
    limits = "fork-bomb memory-many memory-sockets disk-many disk-quick files-many cpu output-flood"
    seen = conform(AsService(Bubblewrap.find().executable), environment, named(*ids.split(), *limits.split()))
    assert through(seen) == {}


def test_attacks_get_through_where_nothing_confines(environment: Path, tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    harmful = Attack("harmful", "Do harm.", f"open({str(touched)!r}, 'w')", harmless=False)
    known = "network-host unix-sockets files-read environment links signals first-process orphans".split()
    seen = through(conform(Unconfined(), environment, [*named(*known), harmful]))
    assert sorted(seen) == sorted([*known, "harmful"])
    assert "reached a TCP port of the host" in seen["network-host"]
    assert "reached an abstract socket of the host" in seen["unix-sockets"]
    assert "ended a process of the host" in seen["signals"]
    assert "left 3 processes running" in seen["orphans"]
    for name in ("files-read", "environment", "links"):
        assert "read a secret of the host" in seen[name]
    assert seen["harmful"] == ("not tried, since others got through",)
    assert not touched.exists()


def test_without_the_filter_of_system_calls_attacks_get_through(
    sandbox: Bubblewrap, environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bubblewrap_module, "filter_program", lambda: None)
    attacks = [
        replace(attack, harmless=True) for attack in named("kernel", "setuid-files", "memory-nowhere", "network-raw")
    ]
    seen = through(conform(sandbox, environment, attacks))
    assert {"kernel", "setuid-files", "memory-nowhere"} <= seen.keys()
    assert "320 MB in memfds" in seen["memory-nowhere"]


def test_without_a_watch_attacks_get_through(
    sandbox: Bubblewrap, environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Watch, "look", lambda *_: (None, 1.0))
    monkeypatch.setattr(Watch, "leaves_too_much", lambda _: False)
    ids = (
        "memory-many",
        "memory-headless",
        "memory-shared",
        "memory-files",
        "memory-sockets",
        "disk-many",
        "disk-deleted",
    )
    impatient = "hold.__defaults__ = (1,)\n"
    attacks = [
        replace(attack, harmless=True, code=impatient + attack.code)
        for attack in named(*ids, "disk-quick", "files-many", "files-deep")
    ]
    assert sorted(through(conform(sandbox, environment, attacks))) == sorted(attack.id for attack in attacks)


def test_what_was_not_tried_to_its_end_proves_nothing(sandbox: Bubblewrap, environment: Path) -> None:
    broken = Attack("broken", "Nothing.", "1 / 0")
    (said,) = judge(broken, sandbox, environment).through
    assert said.startswith("did not try everything, and ended with 1")
    early = Attack("early", "Nothing.", "", ends=frozenset({EndedBy.TIME}))
    (said,) = judge(early, sandbox, environment).through
    assert said.startswith("was ended by itself, not by time")


def test_a_sandbox_that_does_not_start_contains_nothing(environment: Path) -> None:
    # Not below pytest's own folder: that is closed to the user who runs the sandbox.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        broken = Path(folder) / "bwrap"
        broken.write_text("#!/bin/sh\necho 'bwrap: no permissions to make a namespace' >&2\nexit 1\n")
        broken.chmod(0o755)
        check = check_sandbox(Bubblewrap(broken), environment)
        seen = conform(Bubblewrap(broken), environment, named("signals", "fork-bomb"))
    assert not check.passed
    assert "no permissions to make a namespace" in check.detail
    assert seen.contained == 0


def test_the_check_names_what_got_through(environment: Path) -> None:
    check = check_sandbox(Unconfined(), environment, named("network-host", "open-files"))
    assert not check.passed
    assert check.detail.startswith("1 of 2 attacks contained, ")
    assert "got through: network-host: reached a TCP port of the host" in check.detail


def test_the_check_says_that_all_is_well(sandbox: Bubblewrap) -> None:
    check = check_sandbox(sandbox, attacks=named("identity"))  # with the virtual environment of this program
    assert check.passed, check.detail
    assert check.detail.startswith("1 of 1 attacks contained, ")
    assert "got through" not in check.detail
