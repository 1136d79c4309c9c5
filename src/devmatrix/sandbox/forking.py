"""Runs inside the sandbox, apart from the rest: answers each request with how a forked child ended.

    python -I -B -c <this file> PORT MODULE...

Standard library only. A request is a line of JSON, {"code", "arguments", "folder", "seconds", "output_bytes"}; so is
its answer, {"exit_code", "stdout", "stderr", "seconds", "timed_out"}. One at a time: when a child has ended, every
other process of the sandbox is ended with it. What cannot be ended ends the sandbox.
"""

import contextlib
import ctypes
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
import time
import traceback

_SWEEP_SECONDS = 2.0
_CHUNK_BYTES = 65_536
_NOT_DUMPABLE = (4, 0)  # PR_SET_DUMPABLE


def main() -> None:
    """Import, listen, answer."""
    port, *modules = sys.argv[1:]
    ctypes.CDLL(None).prctl(*_NOT_DUMPABLE, 0, 0, 0)  # no child reads or writes this process's memory
    for name in modules:
        with contextlib.suppress(Exception):  # the child that needs it will say what is wrong
            importlib.import_module(name)
    gc.collect()
    gc.freeze()
    listener = socket.create_server(("127.0.0.1", int(port)))
    while True:
        near, _ = listener.accept()
        with near, near.makefile("rb") as lines:
            line = lines.readline()
            if line:
                answer = _answer(json.loads(line), (listener.fileno(), near.fileno()))
                with contextlib.suppress(OSError):  # nobody waits for it any more
                    near.sendall(json.dumps(answer).encode() + b"\n")


def _answer(asked: dict[str, object], open_here: tuple[int, int]) -> dict[str, object]:
    began = time.monotonic()
    out, err = os.pipe(), os.pipe()
    pid = os.fork()
    if not pid:
        for descriptor in (*open_here, out[0], err[0]):
            os.close(descriptor)
        _child(asked, out[1], err[1])
    os.close(out[1])
    os.close(err[1])
    kept, timed_out = _drain(pid, out[0], err[0], began + float(str(asked["seconds"])), int(str(asked["output_bytes"])))
    _, status = os.waitpid(pid, 0)
    _sweep()
    return {
        "exit_code": -signal.SIGKILL if timed_out else os.waitstatus_to_exitcode(status),
        "stdout": kept[0].decode("latin-1"),
        "stderr": kept[1].decode("latin-1"),
        "seconds": time.monotonic() - began,
        "timed_out": timed_out,
    }


def _child(asked: dict[str, object], out: int, err: int) -> None:
    code = 1
    try:
        os.setsid()
        os.dup2(out, 1)
        os.dup2(err, 2)
        os.closerange(3, 256)
        folder = os.path.realpath(str(asked["folder"]))
        os.chdir(folder)
        sys.path.insert(0, folder)
        arguments = asked["arguments"]
        sys.argv = ["-c", *(map(str, arguments) if isinstance(arguments, list) else ())]
        exec(compile(str(asked["code"]), "<string>", "exec"), {"__name__": "__main__"})
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        if isinstance(ended.code, str):
            sys.stderr.write(ended.code + "\n")
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code & 0xFF)


def _drain(pid: int, out: int, err: int, deadline: float, limit: int) -> tuple[tuple[bytearray, bytearray], bool]:
    """What it printed, up to `limit` bytes each, until it has ended; later words of what it leaves behind are lost."""
    kept = (bytearray(), bytearray())
    timed_out = False
    ended = os.pidfd_open(pid)
    try:
        with selectors.DefaultSelector() as selector:
            for descriptor, buffer in ((out, kept[0]), (err, kept[1]), (ended, None)):
                selector.register(descriptor, selectors.EVENT_READ, buffer)
            running = True
            while running:
                rest = deadline - time.monotonic()
                if rest <= 0:
                    timed_out = True
                    signal.pidfd_send_signal(ended, signal.SIGKILL)
                    break
                for key, _ in selector.select(rest):
                    if key.data is None:
                        running = False
                    elif not _read(key.fd, key.data, limit):
                        selector.unregister(key.fd)
            for descriptor, buffer in ((out, kept[0]), (err, kept[1])):
                os.set_blocking(descriptor, False)
                # Bounded, since somebody else may go on writing.
                with contextlib.suppress(BlockingIOError):
                    for _ in range(32):
                        if not _read(descriptor, buffer, limit):
                            break
    finally:
        for descriptor in (out, err, ended):
            os.close(descriptor)
    return kept, timed_out


def _read(descriptor: int, buffer: bytearray, limit: int) -> bool:
    data = os.read(descriptor, _CHUNK_BYTES)
    buffer += data[: max(limit - len(buffer), 0)]
    return bool(data)


def _sweep() -> None:
    """End everything but bubblewrap, the bridge and this process."""
    spared = {"1", str(os.getppid()), str(os.getpid())}
    deadline = time.monotonic() + _SWEEP_SECONDS
    while others := [entry.name for entry in os.scandir("/proc") if entry.name.isdigit() and entry.name not in spared]:
        if time.monotonic() > deadline:
            os._exit(1)
        for name in others:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(name), signal.SIGKILL)
        time.sleep(0.001)


if __name__ == "__main__":
    main()
