"""What the operations of a document are: the resources behind them, and the kind of each."""

from collections.abc import Mapping
from dataclasses import dataclass

from devmatrix.discovery.document import OperationKind
from devmatrix.discovery.openapi.given import GivenOperation
from devmatrix.discovery.shapes import Shape


@dataclass(frozen=True)
class Resource:
    """A kind of record that the API keeps."""

    name: str
    """Singular, PascalCase, unique."""
    plural: str
    """snake_case, unique."""
    shape: Shape
    """The fullest form in which the API answers a record (resolved object; envelope taken off)."""
    shape_name: str = ""
    """Its name, if it has one."""
    inputs: tuple[Shape, ...] = ()
    """Resolved objects that bodies give to make or change it."""
    parent: str | None = None
    """The resource in whose path it lives, if it always lives in one."""
    keys: tuple[tuple[str, str], ...] = ()
    """(path parameter, property of the record that it is compared with), every one that occurs."""
    is_account: bool = False
    """Its records sign in."""


@dataclass(frozen=True)
class PathStep:
    """A parameter of the path that finds a record."""

    parameter: str
    resource: str
    property: str
    """The property of the resource's record that it is compared with."""


@dataclass(frozen=True)
class Classified:
    """One operation."""

    operation: GivenOperation
    kind: OperationKind
    resource: str | None
    """None: about no resource (custom)."""
    steps: tuple[PathStep, ...] = ()
    """From the outermost record to the innermost."""
    of_caller: bool = False
    """The record (or the parent) is the caller's own account: /me, /user/orders."""
    body_at: str | None = None
    """JSON pointer to the record in the body; "" is the body itself; None: no record in it."""
    record_at: str | None = None
    """JSON pointer to the record in the answer; None: no record in it."""
    records_at: str | None = None
    """JSON pointer to the list of records in the answer."""
    key_at: str = ""
    """JSON pointer into the body, or name of the query parameter, that finds the record when the path does not."""
    verb: str = ""
    """Of transitions, links, custom operations: the word in the path that says so."""
    linked: str | None = None
    """Link, unlink, lists over an association: the resource on the other side (the steps find both, or the caller is
    one of them)."""
    becomes: tuple[str, str | bool] | None = None
    """Of transitions: (property, what it becomes), where path or words say so; true of a moment: now."""
    why: str = ""
    """The rule that decided, for people."""


@dataclass(frozen=True)
class Classification:
    """All of it."""

    resources: Mapping[str, Resource]
    operations: tuple[Classified, ...]
