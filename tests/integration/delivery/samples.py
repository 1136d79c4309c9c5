"""Delivering the unit tests' sample, and looking at what lies there."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from devmatrix.delivery import Delivered, check_output, deliver
from tests.unit.delivery.samples import Sample, make_sample

SAMPLE = make_sample(2)


def deliver_sample(out: Path, changes: Mapping[str, str | None] | None = None, sample: Sample = SAMPLE) -> Delivered:
    """Check and deliver; `changes` replaces texts, none takes a file out."""
    texts = {**sample.files, **(changes or {})}
    files = {path: text for path, text in texts.items() if text is not None}
    report = sample.report()
    return deliver(check_output(out), files=files, document=sample.document, plan=sample.plan, report=report)


def git(folder: Path, *arguments: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    identity = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.com"]
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True, env=environment
    )
    return done.stdout


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below, .git left out."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }
