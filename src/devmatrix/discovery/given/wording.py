"""What must hold for that which only words say: rules of entities, and procedures of custom operations."""

import keyword
import re
from collections.abc import Iterator, Sequence

from devmatrix.discovery.document import Attribute, DiscoveryDocument, Entity, FieldType, Operation, OperationKind
from devmatrix.discovery.given.faults import Fault, repeated, unknown
from devmatrix.discovery.naming import snake

_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_MOMENTS = ("create", "update", "delete")
_PLAIN = frozenset(FieldType) - {FieldType.PASSWORD, FieldType.REFERENCES, FieldType.JSON, FieldType.BINARY}


def rule_faults(document: DiscoveryDocument) -> Iterator[Fault]:
    """All that is wrong with rules of entities."""
    for number, entity in enumerate(document.entities):
        both = [(f"/entities/{number}/rules/{place}", rule) for place, rule in enumerate(entity.rules)]
        yield from repeated(((f"{pointer}/name", rule.name) for pointer, rule in both), "the rule")
        if entity.rules and document.interface is not None:
            mend = "describe it in the OpenAPI document, or take it out"
            yield Fault(both[0][0], "rules are for documents without an interface", mend)
        moves = entity.states.transitions if entity.states else ()
        moments = (*_MOMENTS, *(move.name for move in moves))
        for pointer, rule in both:
            if not _NAME.fullmatch(rule.name) or keyword.iskeyword(rule.name):
                yield Fault(f"{pointer}/name", f"{rule.name!r} is no name of a rule", "write it like pays_interest")
            if not rule.before:
                yield Fault(f"{pointer}/before", "a rule that is never asked", f"name some of {', '.join(moments)}")
            for place, moment in enumerate(rule.before):
                if moment not in moments:
                    yield unknown(f"{pointer}/before/{place}", "moment", moment, moments)
            if not rule.does.strip():
                yield Fault(f"{pointer}/does", "a rule without words", "say what it does or refuses")


def procedure_faults(pointer: str, item: Operation, entity: Entity) -> Iterator[Fault]:
    """All that is wrong with a custom operation."""
    procedure = item.procedure
    if procedure is None:
        yield Fault(pointer, "a custom operation without a procedure", "say what it takes, gives and does")
        return
    if item.kind is not OperationKind.CUSTOM:
        yield Fault(f"{pointer}/kind", f"{item.kind} has no procedure", "write custom, or take `procedure` out")
        return
    if item.method in ("HEAD", "OPTIONS"):
        yield Fault(
            f"{pointer}/method", f"{item.method} is answered by itself", "write GET, POST, PUT, PATCH or DELETE"
        )
    parameter = f"{snake(entity.name)}_id"
    if re.findall(r"{(\w+)}", item.path) not in ([], [parameter]):
        yield Fault(f"{pointer}/path", f"its path takes {{{parameter}}}, or no parameter", "mend the path")
    if item.access.owner and parameter not in item.path:
        yield Fault(f"{pointer}/access/owner", "nothing in its path has an owner", f"put {{{parameter}}} into the path")
    if (item.success_status == 204) is not (not procedure.gives):
        mend = "write 204 where it gives nothing, 200, 201 or 202 where it gives something"
        yield Fault(f"{pointer}/success_status", f"{item.success_status} does not fit what it gives", mend)
    if not procedure.does.strip():
        yield Fault(f"{pointer}/procedure/does", "a procedure without words", "say what it does")
    yield from _fields(f"{pointer}/procedure/takes", procedure.takes)
    yield from _fields(f"{pointer}/procedure/gives", procedure.gives)


def _fields(pointer: str, fields: Sequence[Attribute]) -> Iterator[Fault]:
    yield from repeated(((f"{pointer}/{number}/name", item.name) for number, item in enumerate(fields)), "the field")
    for number, item in enumerate(fields):
        if not _NAME.fullmatch(item.name):
            yield Fault(
                f"{pointer}/{number}/name", f"{item.name!r} is no name of a field", "write it like total_amount"
            )
        if item.type not in _PLAIN:
            mend = "take text, numbers, dates, choices and ids"
            yield Fault(f"{pointer}/{number}/type", f"a procedure takes and gives no {item.type}", mend)
        if item.type is FieldType.ENUM and not item.choices:
            yield Fault(f"{pointer}/{number}", "an enum without choices", "list the `choices`")
