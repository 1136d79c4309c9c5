"""What the fuzzing process is given, and what it tells: one JSON object a line."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Fuzzing(_Part):
    """How much is tried. The same numbers and the same project give the same requests, however fast the machine is."""

    examples: int = Field(default=3, ge=1)
    """Random requests per operation; walks through several operations and boundary values grow with it."""
    seed: int = 1
    seconds: float | None = None
    """When it is ended in any case; none: as many as a much slower machine would take."""


class Identity(_Part):
    """Somebody who may call: what is shown, and where."""

    name: str
    place: Literal["header", "query", "cookie"]
    parameter: str
    credential: str
    """With its prefix."""


class Job(_Part):
    """All that the process needs to know."""

    openapi: dict[str, JsonValue]
    socket: str
    """Path of the Unix socket: there is no other way out."""
    database: str
    """Path of the SQLite file behind the service."""
    identities: tuple[Identity, ...]
    fuzzing: Fuzzing


class Counted(_Part):
    """Requests to one operation, by the status of their answers."""

    kind: Literal["counted"] = "counted"
    operation: str
    """Method and path, as in the document."""
    phase: str
    statuses: dict[str, int]


class Exchange(_Part):
    """One request, and how it was answered."""

    operation: str
    method: str
    target: str
    identity: str
    body: str
    status: int


class Failed(_Part):
    """A check that failed."""

    kind: Literal["failed"] = "failed"
    operation: str
    check: str
    title: str
    message: str
    exchanges: tuple[Exchange, ...]
    """What leads there, the failing one last."""
    answer: str

    @property
    def size(self) -> tuple[int, int]:
        """Of two that show the same, the smaller one shows it with less."""
        return len(self.exchanges), sum(len(exchange.target) + len(exchange.body) for exchange in self.exchanges)


class Trouble(_Part):
    """Something that the fuzzer could not do."""

    kind: Literal["trouble"] = "trouble"
    operation: str
    """Empty where it is about none."""
    message: str
    sort: Literal["silence", "ungenerated", "broken"]
    """The service gave no answer; no request could be made up; anything else."""


class Ended(_Part):
    """The last line."""

    kind: Literal["ended"] = "ended"
    reason: str
    seconds: float


Line = Annotated[Counted | Failed | Trouble | Ended, Field(discriminator="kind")]
LINE: TypeAdapter[Line] = TypeAdapter(Line)
