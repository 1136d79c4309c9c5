"""What a model answers when it reads prose: typed, with the sentences that each part comes from."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class _Part(BaseModel):
    # Everything is required, and nothing else allowed: what providers ask of schemas that they enforce.
    model_config = ConfigDict(frozen=True, extra="forbid")


class Example(_Part):
    """A value of a field, as text, that no rule refuses."""

    field: str
    value: str


class Line(_Part):
    """One entity in the notation."""

    notation: str
    service_set: tuple[str, ...]
    """Names of fields that no caller writes."""
    examples: tuple[Example, ...]
    sentences: tuple[int, ...]


class Refusal(_Part):
    """A case that is refused."""

    status: Literal[400, 403, 404, 409, 422]
    when: str


class ReadRule(_Part):
    """A rule of an entity."""

    entity: str
    name: str
    before: tuple[str, ...]
    does: str
    refuses: tuple[Refusal, ...]
    sentences: tuple[int, ...]


class ReadProcedure(_Part):
    """A custom operation."""

    id: str
    entity: str
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    status: int
    summary: str
    takes: tuple[str, ...]
    gives: tuple[str, ...]
    many: bool
    does: str
    refuses: tuple[Refusal, ...]
    authenticated: bool
    roles: tuple[str, ...]
    owner: bool
    sentences: tuple[int, ...]


class Captured(_Part):
    """A value that later steps use."""

    name: str
    pointer: str


class ReadStep(_Part):
    """One HTTP exchange; `body` and `expect` are JSON as text, or empty."""

    phase: Literal["given", "when", "then"]
    text: str
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    actor: str
    token: str
    body: str
    status: int
    expect: str
    capture: tuple[Captured, ...]


class ReadScenario(_Part):
    """Steps that prove one thing."""

    title: str
    kind: Literal["happy", "boundary", "error", "access"]
    steps: tuple[ReadStep, ...]


class ReadRequirement(_Part):
    """What rules and procedures must fulfil."""

    text: str
    level: Literal["must", "should"]
    rules: tuple[str, ...]
    procedures: tuple[str, ...]
    sentences: tuple[int, ...]
    scenarios: tuple[ReadScenario, ...]


class ReadQuestion(_Part):
    """What the sentences leave open."""

    text: str
    default: str
    why: str
    sentences: tuple[int, ...]


class Answer(_Part):
    """The whole answer."""

    title: str
    lines: tuple[Line, ...]
    rules: tuple[ReadRule, ...]
    procedures: tuple[ReadProcedure, ...]
    requirements: tuple[ReadRequirement, ...]
    prepare: tuple[ReadStep, ...]
    """What every ordinary account does after it signed in, so that no rule refuses what it is otherwise allowed."""
    questions: tuple[ReadQuestion, ...]
    nothing: tuple[int, ...]
