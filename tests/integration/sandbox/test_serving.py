"""A service in the sandbox answers real HTTP outside of it."""

import time
from pathlib import Path

import httpx
import pytest

from devmatrix.errors import SandboxError
from devmatrix.sandbox import Sandbox, Service
from devmatrix.sandbox.bubblewrap import Bubblewrap
from devmatrix.sandbox.unconfined import Unconfined

SERVER = """
import http.server, socketserver
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[::-1])
    def log_message(self, *arguments): pass
http.server.ThreadingHTTPServer(("127.0.0.1", 18765), Handler).serve_forever()
"""
PORT = 18765


@pytest.fixture(params=["bubblewrap", "unconfined"])
def any_sandbox(request: pytest.FixtureRequest) -> Sandbox:
    return Bubblewrap.find() if request.param == "bubblewrap" else Unconfined()


def client_of(service: Service) -> httpx.Client:
    return httpx.Client(transport=httpx.HTTPTransport(uds=str(service.socket), retries=0), base_url="http://project")


def wait_for(service: Service) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            with client_of(service) as client:
                client.post("/", content=b"x")
            return
        except httpx.TransportError:
            time.sleep(0.02)
    raise AssertionError(service.stop())


def test_requests_make_the_round_trip(any_sandbox: Sandbox, project: Path, environment: Path) -> None:
    service = any_sandbox.serve(("python", "-c", SERVER), port=PORT, project=project, environment=environment)
    try:
        wait_for(service)
        with client_of(service) as client:
            for size in (1, 1000, 3_000_000):
                body = bytes(range(256)) * (size // 256 + 1)
                assert client.post("/", content=body).content == body[::-1]
        assert service.running
    finally:
        ended = service.stop()
    assert ended.exit_code < 0
    assert not service.running
    assert not service.socket.exists()


def test_a_service_that_ends_is_known_and_told(any_sandbox: Sandbox, project: Path, environment: Path) -> None:
    code = "import sys; print('no luck'); sys.exit(7)"
    service = any_sandbox.serve(("python", "-c", code), port=PORT, project=project, environment=environment)
    deadline = time.monotonic() + 10
    while service.running and time.monotonic() < deadline:
        time.sleep(0.02)
    ended = service.stop()
    assert (ended.exit_code, ended.stdout) == (7, "no luck\n")


def test_the_service_cannot_take_the_socket_over(project: Path, environment: Path) -> None:
    code = (
        "import os\n"
        "print(sorted(os.readlink(f'/proc/self/fd/{n}').split(':')[0] for n in os.listdir('/proc/self/fd')"
        " if os.path.lexists(f'/proc/self/fd/{n}')))"
    )
    service = Bubblewrap.find().serve(("python", "-c", code), port=PORT, project=project, environment=environment)
    while service.running:
        time.sleep(0.02)
    assert service.stop().stdout == "['/dev/null', 'pipe', 'pipe']\n"


def test_unconfined_does_not_talk_to_a_stranger_on_the_port(project: Path, environment: Path) -> None:
    first = Unconfined().serve(("python", "-c", SERVER), port=PORT, project=project, environment=environment)
    try:
        wait_for(first)
        with pytest.raises(SandboxError, match="is taken"):
            Unconfined().serve(("true",), port=PORT, project=project, environment=environment)
    finally:
        first.stop()


def test_unconfined_kills_its_children(project: Path, environment: Path) -> None:
    from devmatrix.sandbox import Limits

    began = time.monotonic()
    done = Unconfined().run(
        ("sh", "-c", "sleep 60 & sleep 60"), project=project, environment=environment, limits=Limits(seconds=0.5)
    )
    assert done.timed_out
    assert time.monotonic() - began < 5
