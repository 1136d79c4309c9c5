"""Runs inside the sandbox, apart from the rest: forwards an inherited Unix socket to a TCP port, and runs a command.

    python -I -S bridge.py DESCRIPTOR PORT COMMAND...

Standard library only. Ends when the command ends, with its exit code.
"""

import contextlib
import selectors
import socket
import subprocess
import sys
import threading

_CHUNK_BYTES = 65_536


def main() -> int:
    """Forward and run."""
    descriptor, port, *command = sys.argv[1:]
    listener = socket.socket(fileno=int(descriptor))
    process = subprocess.Popen(command)  # does not inherit the listener
    threading.Thread(target=_accept, args=(listener, int(port)), daemon=True).start()
    code = process.wait()
    return 128 - code if code < 0 else code


def _accept(listener: socket.socket, port: int) -> None:
    while True:
        near, _ = listener.accept()
        threading.Thread(target=_forward, args=(near, port), daemon=True).start()


def _forward(near: socket.socket, port: int) -> None:
    with near:
        try:
            far = socket.create_connection(("127.0.0.1", port))
        except OSError:
            return  # nobody listens (yet): the caller sees a closed connection
        with far:
            far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with contextlib.suppress(OSError):
                _copy_both_ways(near, far)


def _copy_both_ways(near: socket.socket, far: socket.socket) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(near, selectors.EVENT_READ, far)
        selector.register(far, selectors.EVENT_READ, near)
        while selector.get_map():
            for key, _ in selector.select():
                other: socket.socket = key.data
                data = key.fileobj.recv(_CHUNK_BYTES)  # type: ignore[union-attr]
                if data:
                    other.sendall(data)
                else:
                    selector.unregister(key.fileobj)
                    other.shutdown(socket.SHUT_WR)


if __name__ == "__main__":
    sys.exit(main())
