"""The seam to whatever runs untrusted code."""

from enum import StrEnum
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel, ConfigDict


class Limits(BaseModel):
    """What a sandboxed process tree may take. Breaking `seconds`, `memory_mb`, `project_mb` or `project_files` ends it;
    where the other limits are reached, what asked for more is refused.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seconds: float = 60.0
    memory_mb: int = 2048
    """Of all processes together, with what lies in /tmp and /dev/shm; also the address space of each process."""
    processes: int = 256
    open_files: int = 1024
    """Of each process."""
    file_mb: int = 256
    """Largest file that may be written."""
    project_mb: int = 1024
    """What the project folder may hold altogether, with what was there before."""
    project_files: int = 100_000
    """Likewise: files and folders in it."""
    output_bytes: int = 4_000_000
    """More than that of stdout or stderr is cut, and said so."""


class EndedBy(StrEnum):
    """What brought a sandboxed command to its end."""

    ITSELF = "itself"
    STOPPED = "stopped"
    """We, before its time was over."""
    TIME = "time"
    MEMORY = "memory"
    DISK = "disk"
    """The project folder held more than it may, in bytes or in files."""


class Completed(BaseModel):
    """How a sandboxed command ended."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    exit_code: int
    """Negative: the signal that killed it, as subprocess has it."""
    stdout: str
    stderr: str
    """Its last line says so where a limit of memory or disk was broken."""
    seconds: float
    ended_by: EndedBy = EndedBy.ITSELF

    @property
    def timed_out(self) -> bool:
        """Whether its time was over."""
        return self.ended_by is EndedBy.TIME


class Service(Protocol):
    """A command that goes on running in a sandbox, with one TCP port inside reachable from outside by a Unix socket."""

    socket: Path
    """Connect here to reach 127.0.0.1:port inside."""

    def stop(self) -> Completed:
        """Kill the tree and say what it printed."""
        ...

    @property
    def running(self) -> bool:
        """Whether the command has not ended yet."""
        ...


class Sandbox(Protocol):
    """Runs commands that nobody trusts: no network but its own loopback, no host files but those given."""

    def run(
        self,
        argv: tuple[str, ...],
        *,
        project: Path,
        environment: Path,
        variables: dict[str, str] | None = None,
        limits: Limits | None = None,
    ) -> Completed:
        """Run `argv` in /project, a writable view of the folder `project`, with the virtual environment `environment`
        first on PATH (VIRTUAL_ENV set). Only `variables` and a few harmless ones are in its environment.

        Raises SandboxError when the sandbox itself fails, SettingsError when there is none.
        """
        ...

    def serve(
        self,
        argv: tuple[str, ...],
        *,
        port: int,
        project: Path,
        environment: Path,
        variables: dict[str, str] | None = None,
        limits: Limits | None = None,
    ) -> Service:
        """Start `argv` likewise and keep it running; `limits.seconds` bounds its life."""
        ...

    def close(self) -> None:
        """Kill everything that runs in it, and run nothing more: for a run that ends early."""
        ...
