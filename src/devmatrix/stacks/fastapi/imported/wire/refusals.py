"""Refusals as data: which form each reason has, on which operations another one, and what builds the bodies."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from pydantic import JsonValue

from devmatrix.discovery.interface import (
    RECORD_KEY,
    STANDARD_STATUSES,
    Endpoint,
    Fault,
    FaultValue,
    Interface,
    Reason,
    Refusal,
)
from devmatrix.stacks.fastapi.features.text import literal
from devmatrix.stacks.fastapi.imported.wire.identifiers import free, snake

_PROBLEM = "application/problem+json"
_LONG = 80
"""Texts with more letters are written in pieces."""
_PARTS = {
    Fault.STATUS: "fault.status",
    Fault.STATUS_TEXT: "str(fault.status)",
    Fault.DETAIL: "fault.detail",
    Fault.DETAILS: "fault.details",
    Fault.BY_FIELD: "fault.by_field",
    Fault.FIELD: "fault.field",
    Fault.NOW: "fault.now",
    Fault.PATH: "fault.path",
}
_PARTS_OF_ONE = _PARTS | {Fault.DETAIL: "error.detail", Fault.FIELD: "error.field"}


@dataclass(frozen=True)
class Builder:
    """A function that builds the body of a refusal."""

    name: str
    doc: str
    expression: str


class RefusalForms:
    """What the module of refusals is made from."""

    def __init__(self, interface: Interface) -> None:
        self._interface = interface

    @cached_property
    def builders(self) -> tuple[Builder, ...]:
        """One for each body that there is, codes and titles left open."""
        return tuple(self._builders.values())

    @cached_property
    def forms(self) -> tuple[tuple[str, str], ...]:
        """Reason, and source of its usual form."""
        return tuple((str(reason), self._usual[reason]) for reason in Reason)

    @cached_property
    def exceptions(self) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
        """Operations that refuse in other forms: operationId, and reason and form of each."""
        found = []
        for endpoint in self._interface.endpoints:
            others = [(str(reason), form) for reason, form in self._of(endpoint).items() if form != self._usual[reason]]
            if others:
                found.append((endpoint.document_id or endpoint.operation, tuple(others)))
        return tuple(found)

    @cached_property
    def _builders(self) -> dict[str, Builder]:
        found: dict[str, Builder] = {}
        for endpoint in self._interface.endpoints:
            for refusal in endpoint.refusals:
                if refusal.body is None:
                    continue
                expression = _expression(refusal.body, Constants(refusal.body))
                if expression not in found:
                    name = free(f"{_label(refusal.body)}_body", {each.name for each in found.values()})
                    found[expression] = Builder(name, _doc(refusal.body), expression)
        return found

    @cached_property
    def _usual(self) -> dict[Reason, str]:
        """Source of the most frequent form of each reason."""
        counts: dict[Reason, Counter[str]] = {reason: Counter() for reason in Reason}
        for endpoint in self._interface.endpoints:
            for reason, form in self._of(endpoint).items():
                counts[reason][form] += 1
        standard = {
            reason: f"Form({status}, standard_body, MEDIA_TYPE)" for reason, status in STANDARD_STATUSES.items()
        }
        return {
            reason: counts[reason].most_common(1)[0][0] if counts[reason] else standard[reason] for reason in Reason
        }

    def _of(self, endpoint: Endpoint) -> dict[Reason, str]:
        lookups = endpoint.effect.lookups if endpoint.effect else endpoint.finds
        records = {lookup.entity: lookup.called for lookup in lookups if lookup.called}
        found = {refusal.reason: self._form(refusal, records) for refusal in endpoint.refusals}
        if Reason.MISSING in found and any(parameter.place == "path" for parameter in endpoint.parameters):
            # Where a malformed value in the path has no refusal of its own, it is as if nothing were there.
            found.setdefault(Reason.INVALID_PATH, found[Reason.MISSING])
        return found

    def _form(self, refusal: Refusal, records: dict[str, str]) -> str:
        if refusal.body is None:
            standard = refusal.media_type == _PROBLEM
            return f"Form({refusal.status}, standard_body, MEDIA_TYPE)" if standard else f"Form({refusal.status})"
        constants = Constants(refusal.body)
        arguments = [str(refusal.status), self._builders[_expression(refusal.body, constants)].name]
        if refusal.media_type != "application/json":
            arguments.append("MEDIA_TYPE" if refusal.media_type == _PROBLEM else literal(refusal.media_type))
        arguments += [f"code={_source(constants.code)}"] if constants.code else []
        arguments += [f"title={_source(constants.title)}"] if constants.title else []
        key, sentence = _by_field(refusal.body)
        if key == RECORD_KEY:
            called = ", ".join(f"{literal(entity)}: {literal(name)}" for entity, name in records.items())
            arguments += [f"records={{{called}}}"] if called else []
        elif key:
            arguments.append(f"key={literal(key)}")
        arguments += [f"sentence={_source(sentence)}"] if sentence else []
        return f"Form({', '.join(arguments)})"


class Constants:
    """The code and the title of a body: what differs between bodies that are built alike."""

    def __init__(self, body: FaultValue) -> None:
        self.code = _first(body, Fault.CODE)
        self.title = _first(body, Fault.TITLE)


def _first(value: FaultValue, source: Fault) -> str:
    if value.source is source and isinstance(value.constant, str):
        return value.constant
    return next(filter(None, (_first(member.value, source) for member in value.fields)), "")


def _by_field(value: FaultValue) -> tuple[str, str]:
    """Key and sentence of the errors by field in a body."""
    if value.source is Fault.BY_FIELD:
        return value.key, value.sentence
    found = (_by_field(member.value) for member in value.fields)
    return next((each for each in found if any(each)), ("", ""))


def _expression(value: FaultValue, constants: Constants, parts: dict[Fault, str] = _PARTS) -> str:
    match value.source:
        case Fault.OBJECT:
            return _object(value, constants, parts)
        case Fault.FIELDS:
            return f"[{_object(value, constants, _PARTS_OF_ONE)} for error in fault.errors]"
        case Fault.CODE if value.constant == constants.code:
            return "fault.code"
        case Fault.TITLE if value.constant == constants.title:
            return "fault.title"
        case Fault.CODE | Fault.TITLE | Fault.CONSTANT:
            return _source(value.constant)
        case _:
            return parts[value.source]


def _object(value: FaultValue, constants: Constants, parts: dict[Fault, str]) -> str:
    members = (f"{literal(each.name)}: {_expression(each.value, constants, parts)}" for each in value.fields)
    return f"{{{', '.join(members)}}}"


def _source(value: JsonValue) -> str:
    if not isinstance(value, str) or len(value) <= _LONG:
        return literal(value) if isinstance(value, str) else repr(value)
    pieces = (value[start : start + _LONG] for start in range(0, len(value), _LONG))
    return f"({' '.join(map(literal, pieces))})"


def _label(value: FaultValue) -> str:
    """A name for the body: its first property."""
    return snake(value.fields[0].name) if value.fields else snake(str(value.source))


def _doc(value: FaultValue) -> str:
    names = ", ".join(each.name for each in value.fields)
    return f"An object with {names}." if names else f"Just the {str(value.source).replace('_', ' ')}."
