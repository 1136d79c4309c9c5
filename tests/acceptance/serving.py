"""A delivered project running in the sandbox, reachable from here by an ordinary URL."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.sandbox import Limits, Service, open_sandbox
from devmatrix.settings import Settings
from devmatrix.stacks.fastapi import FastAPIStack


@contextmanager
def serving(project: Path, copy: Path) -> Iterator[str]:
    """Serve a copy of `project` (made in `copy`) as its README says; gives the base URL."""
    settings = Settings.read()
    stack = FastAPIStack(settings.home)
    document = DiscoveryDocument.model_validate_json((project / ".devmatrix" / "document.json").read_text())
    boot = stack.boot(document)
    sandbox = open_sandbox(settings)
    try:
        service = sandbox.serve(
            boot.serve,
            port=boot.port,
            project=copy,
            environment=stack.environment(),
            variables=boot.environment,
            limits=Limits(seconds=600),
        )
        with _bridged(service) as url:
            _await_ready(url + boot.ready_path)
            yield url
            assert service.running, "the service ended"
        log = service.stop()
        print(log.stdout[-2000:], log.stderr[-4000:])
    finally:
        sandbox.close()


@contextmanager
def _bridged(service: Service) -> Iterator[str]:
    """Forward a TCP port of loopback to the service's Unix socket."""
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.socket(socket.AF_UNIX)
                try:
                    server.connect(str(service.socket))
                except OSError:
                    client.close()
                    server.close()
                    continue
                for source, sink in ((client, server), (server, client)):
                    threading.Thread(target=_pump, args=(source, sink), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


def _await_ready(url: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        with suppress(httpx.HTTPError):
            if httpx.get(url, timeout=5).status_code == 200:
                return
        assert time.monotonic() < deadline, f"{url} does not answer"
        time.sleep(0.1)
