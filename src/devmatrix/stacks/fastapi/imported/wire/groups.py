"""Which modules an API is cut into: one for each tag, or where there are none for each first segment of the path."""

import keyword
import re
from functools import cached_property

from devmatrix.discovery.document import DiscoveryDocument, Operation
from devmatrix.discovery.interface import Endpoint, Interface
from devmatrix.stacks.fastapi.imported.wire.identifiers import free, snake

_TAKEN = frozenset({"shared", "health", *keyword.kwlist})
"""Modules of the project's own, and what is no name."""


class Groups:
    """Endpoints by group. Names of groups are those of modules in `app/schemas` and `app/routers`."""

    def __init__(self, document: DiscoveryDocument, interface: Interface) -> None:
        self._document = document
        self._interface = interface

    def of(self, endpoint: Endpoint) -> str:
        """The group of an endpoint."""
        return self._names[self._label(endpoint)]

    @cached_property
    def all(self) -> dict[str, tuple[Endpoint, ...]]:
        """Endpoints by group, both so that literal segments come before parameters wherever paths overlap."""
        found: dict[str, list[Endpoint]] = {}
        for endpoint in self._interface.endpoints:
            found.setdefault(self.of(endpoint), []).append(endpoint)
        members = {name: tuple(sorted(each, key=self._weight)) for name, each in found.items()}
        return {name: members[name] for name in self._ordered(members)}

    def tag(self, group: str) -> str:
        """The tag that its routes bear."""
        return next(label for label, name in self._names.items() if name == group)

    @cached_property
    def _names(self) -> dict[str, str]:
        """Label -> group. Groups whose paths overlap both ways are one."""
        labels = dict.fromkeys(self._label(endpoint) for endpoint in self._interface.endpoints)
        found: dict[str, str] = {}
        for label in labels:
            found[label] = free(snake(label), {*found.values(), *_TAKEN})
        by_label: dict[str, list[Endpoint]] = {}
        for endpoint in self._interface.endpoints:
            by_label.setdefault(self._label(endpoint), []).append(endpoint)
        before = self._precedence({found[label]: tuple(each) for label, each in by_label.items()})
        for label, name in found.items():
            mutual = [other for other in before.get(name, ()) if name in before.get(other, ())]
            if mutual:
                found[label] = min([name, *mutual], key=list(found.values()).index)
        return found

    def _label(self, endpoint: Endpoint) -> str:
        if endpoint.tags:
            return endpoint.tags[0]
        path = self._operation(endpoint).path.removeprefix(self._interface.base_path)
        literal = [part for part in path.split("/") if part and "{" not in part]
        return literal[0] if literal else "root"

    def _operation(self, endpoint: Endpoint) -> Operation:
        return self._operations[endpoint.operation]

    @cached_property
    def _operations(self) -> dict[str, Operation]:
        return {operation.id: operation for operation in self._document.operations}

    def _weight(self, endpoint: Endpoint) -> tuple[int, ...]:
        return tuple(_looseness(part) for part in self._operation(endpoint).path.split("/"))

    def _precedence(self, members: dict[str, tuple[Endpoint, ...]]) -> dict[str, set[str]]:
        """Group -> groups that must come before it, as they have the more literal of two paths that overlap."""
        paths: dict[tuple[int, str], list[tuple[str, tuple[str, ...]]]] = {}
        for name, endpoints in members.items():
            for endpoint in endpoints:
                parts = tuple(self._operation(endpoint).path.split("/"))
                paths.setdefault((len(parts), self._operation(endpoint).method), []).append((name, parts))
        before: dict[str, set[str]] = {}
        for same in paths.values():
            loose = [(name, parts) for name, parts in same if any("{" in part for part in parts)]
            for name, parts in loose:
                matching = re.compile("/".join(re.sub(r"\\{[^{}]*\\}", "[^/]+", re.escape(part)) for part in parts))
                for other, others in same:
                    if other != name and matching.fullmatch("/".join(others)) and _is_tighter(others, parts):
                        before.setdefault(name, set()).add(other)
        return before

    def _ordered(self, members: dict[str, tuple[Endpoint, ...]]) -> list[str]:
        before = self._precedence(members)
        found: list[str] = []

        def visit(name: str, entered: frozenset[str]) -> None:
            if name in found or name in entered:
                return
            for other in members:
                if other in before.get(name, ()):
                    visit(other, entered | {name})
            found.append(name)

        for name in members:
            visit(name, frozenset())
        return found


def _looseness(part: str) -> int:
    if "{" not in part:
        return 0
    return 2 if re.fullmatch(r"{[^{}]*}", part) else 1


def _is_tighter(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    return [_looseness(part) for part in left] < [_looseness(part) for part in right]
