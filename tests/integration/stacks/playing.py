"""Scenarios, played against a service that was generated for their document."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.discovery.proofs.derive import derive
from devmatrix.discovery.proofs.imported.seeds import settings_of
from devmatrix.validation.scenarios import play
from tests.integration.stacks.serving import QUICK


def proven(document: DiscoveryDocument) -> DiscoveryDocument:
    """The document with its requirements."""
    derived = derive(document)
    return document.model_copy(update={"actors": derived.actors, "requirements": derived.requirements})


def failing(folder: Path, document: DiscoveryDocument) -> list[str]:
    """What fails of the scenarios of what is written; the project of the document is in the folder."""
    assert document.interface is not None
    unwritten = {one.operation for one in document.interface.endpoints if one.effect is None}
    about = {one.id: set(one.operations) for one in document.requirements}
    database = folder / "played.sqlite"
    with _Listening(folder, database, settings_of(document)) as socket:
        verdicts = play(document, socket, database)
    return [
        f"{one.scenario_id} {one.message}"
        for one in verdicts
        if not one.passed and not about[one.requirement_id] & unwritten
    ]


class _Listening:
    """The service at a Unix socket."""

    def __init__(self, folder: Path, database: Path, settings: Mapping[str, str]) -> None:
        self._folder, self._socket = folder, folder / "s"
        self._settings = {**QUICK, **settings, "DATABASE_URL": f"sqlite:///{database}"}

    def __enter__(self) -> Path:
        command = [sys.executable, "-m", "uvicorn", "app.main:app", "--uds", str(self._socket)]
        environment = {"PATH": os.defpath, **self._settings}
        self._log = (self._folder / "log-played.txt").open("w")
        self._process = subprocess.Popen(
            command, cwd=self._folder, env=environment, stdout=self._log, stderr=subprocess.STDOUT
        )
        end = time.monotonic() + 120
        while time.monotonic() < end and self._process.poll() is None:
            if self._socket.exists():
                with httpx.Client(transport=httpx.HTTPTransport(uds=str(self._socket))) as client:
                    assert client.get("http://localhost/health/ready").status_code == 200
                return self._socket
            time.sleep(0.1)
        raise AssertionError((self._folder / "log-played.txt").read_text())

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(timeout=30)
        self._log.close()
