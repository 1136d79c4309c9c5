"""What the store reads of the values that later stages own: it stands below them and cannot import them."""
# ruff: noqa: D102 - the names say it; the types behind these faces document them.

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol


class Dumps(Protocol):
    """A pydantic model."""

    def model_dump(self, *, mode: str) -> dict[str, Any]: ...


class TaskFace(Protocol):
    """A task of a plan."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def files(self) -> Sequence[str]: ...
    @property
    def depends_on(self) -> Sequence[str]: ...
    @property
    def requirement_ids(self) -> Sequence[str]: ...


class MilestoneFace(Protocol):
    """A milestone of a plan."""

    @property
    def id(self) -> str: ...
    @property
    def tasks(self) -> Sequence[TaskFace]: ...


class PlanFace(Dumps, Protocol):
    """A plan."""

    @property
    def milestones(self) -> Sequence[MilestoneFace]: ...


class ContractFace(Protocol):
    """The contract of an atom."""

    @property
    def kind(self) -> str: ...
    def model_dump(self, *, mode: str) -> dict[str, Any]: ...


class AtomFace(Protocol):
    """An atom."""

    @property
    def id(self) -> str: ...
    @property
    def task_id(self) -> str: ...
    @property
    def contract(self) -> ContractFace: ...
    @property
    def content_hash(self) -> str: ...
    @property
    def requirement_ids(self) -> Sequence[str]: ...
    @property
    def depends_on(self) -> Sequence[str]: ...


class FindingFace(Protocol):
    """A finding."""

    def model_dump(self, *, mode: str) -> dict[str, Any]: ...


class EvidenceFace(Protocol):
    """A piece of evidence."""

    @property
    def level(self) -> int: ...
    @property
    def check(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def passed(self) -> bool: ...
    @property
    def content_hash(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def seconds(self) -> float: ...
    @property
    def findings(self) -> Sequence[FindingFace]: ...
    @property
    def detail(self) -> str: ...
