"""A project's service as a process, and how to ask it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

QUICK = {
    "PASSWORD_MEMORY_KIB": "8",
    "PASSWORD_ITERATIONS": "1",
    "SECRET_KEY": "a-secret-that-only-tests-may-know",
    "ADMIN_LOGIN": "admin@example.com",
    "ADMIN_PASSWORD": "Admin-password-1",
}


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def start(folder: Path, port: int, variables: Mapping[str, str]) -> subprocess.Popen[str]:
    with (folder / f"log-{port}.txt").open("w") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "app.main:app", "--port", str(port)],
            cwd=folder,
            env={"PATH": os.defpath, **QUICK, **variables},
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
        )


def wait_until_ready(folder: Path, port: int, process: subprocess.Popen[str], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/health/ready").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError((folder / f"log-{port}.txt").read_text())


@contextmanager
def serving(
    folder: Path, variables: Mapping[str, str] | None = None, *, trouble: bool = False
) -> Iterator[httpx.Client]:
    """A client of the running service; its log must show no failure, unless there is `trouble`."""
    port = free_port()
    process = start(folder, port, variables or {})
    try:
        wait_until_ready(folder, port, process)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            yield client
    finally:
        process.terminate()
        process.wait(timeout=30)
    assert trouble or "Traceback" not in (folder / f"log-{port}.txt").read_text()
