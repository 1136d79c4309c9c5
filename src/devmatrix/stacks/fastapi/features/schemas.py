"""Blueprint of `schemas.py`: what comes in and goes out for an entity."""

from collections.abc import Iterable

from devmatrix.atoms.contract import AtomKind
from devmatrix.discovery.document import Attribute, Check, FieldType, OperationKind
from devmatrix.stacks.fastapi.features.feature import Feature, is_nullable, python_name
from devmatrix.stacks.fastapi.features.fields import (
    body_type,
    choices,
    default_source,
    input_type,
    output_type,
    query_type,
    value_name,
)
from devmatrix.stacks.fastapi.features.queries import filter_fields, query_shapes, sort_choices
from devmatrix.stacks.fastapi.features.text import class_, function, listed, literal, with_article, words
from devmatrix.stacks.fastapi.source import Source, Symbol

_OPERATOR_WORDS = {
    "<": "before",
    "<=": "at most",
    ">": "after",
    ">=": "at least",
    "!=": "other than",
}
_LONGEST_DOC = 105
"""Characters of a docstring that fits one line."""
_NUMBERS = (FieldType.INTEGER, FieldType.DECIMAL, FieldType.FLOAT)
_IMPORTS = (
    *(f"from typing import {name}" for name in ("Annotated", "Literal", "Self")),
    *(f"from pydantic import {name}" for name in ("ConfigDict", "Field", "model_validator")),
    *(f"from app.database import {name}" for name in ("now", "today")),
    "from app.pages import PageQuery",
    "from pydantic_core import PydanticCustomError",
    *(
        f"from app.types import {name}"
        for name in (
            "Changes Date Distinct Email Exact Identifier Input Output QueryBigInteger QueryFlag QueryFloat "
            "QueryInteger SafeText Time UNSET UtcDatetime Url"
        ).split()
    ),
    "import datetime as dt",
    "from decimal import Decimal",
    "from uuid import UUID",
)


def schemas_source(feature: Feature) -> Source:
    """The module with the schemas of an entity."""
    return Source(
        path=feature.path("schemas"),
        task_id=f"{feature.package}.schemas",
        docstring=f"What comes in and goes out for {feature.collection}.",
        symbols=(*_rules(feature), *_inputs(feature), *_patches(feature), _read(feature), *_queries(feature)),
        imports=_IMPORTS,
        preamble="\n".join(_aliases(feature)),
    )


def check_name(check: Check) -> str:
    """Name of the function that judges a rule between two fields."""
    return f"is_{check.left}_fit_for_{check.right}"


def check_message(feature: Feature, check: Check) -> str:
    """What is said where the rule is broken: the words after the field's name."""
    operator = _OPERATOR_WORDS[check.operator]
    if feature.entity.attribute(check.left).type in _NUMBERS:
        operator = {"before": "less than", "after": "greater than"}.get(operator, operator)
    return f"must be {operator} {check.right}"


def body_names(feature: Feature) -> list[tuple[str, Attribute | None, tuple[Attribute, ...]]]:
    """Classes of bodies that create: name, the parent that the path fixes, and their attributes."""
    found: list[tuple[str, Attribute | None, tuple[Attribute, ...]]] = []
    if feature.has(OperationKind.CREATE, OperationKind.REPLACE) or feature.account:
        found.append((f"{feature.class_name}Create", None, feature.settable))
    for parent in feature.creating_parents:
        rest = tuple(field for field in feature.settable if field is not parent)
        found.append((nested_body_name(feature, parent), parent, rest))
    return found


def nested_body_name(feature: Feature, parent: Attribute) -> str:
    """The body of a create whose parent is in the path."""
    return f"{feature.class_name}{value_name(parent).removesuffix('IdValue').removesuffix('Value')}Create"


def _aliases(feature: Feature) -> Iterable[str]:
    written = bool(body_names(feature)) or feature.has(OperationKind.PATCH)
    for field in feature.entity.attributes:
        text = input_type(field)
        if field.type is FieldType.ENUM:
            yield f"{value_name(field)} = {choices(field)}"
        elif written and not field.server_set and "[" in text:
            yield f"{value_name(field)} = {text}"


def _rules(feature: Feature) -> Iterable[Symbol]:
    for check in feature.entity.checks:
        left, right = feature.entity.attribute(check.left), feature.entity.attribute(check.right)
        names = python_name(left), python_name(right)
        kinds = [f"{output_type(field)}{' | None' if is_nullable(field) else ''}" for field in (left, right)]
        absent = [f"{name} is None" for name, field in zip(names, (left, right), strict=True) if is_nullable(field)]
        rule = " or ".join([*absent, f"{names[0]} {check.operator} {names[1]}"])
        head = f"def {check_name(check)}({names[0]}: {kinds[0]}, {names[1]}: {kinds[1]}) -> bool"
        doc = f"Whether {check.left} {check_message(feature, check).replace('must be', 'is')}"
        yield Symbol(check_name(check), function(head, f"{doc}{_or_absent(absent)}.", [f"return {rule}"]))


def _or_absent(absent: list[str]) -> str:
    return ", as far as both are given" if absent else ""


def _inputs(feature: Feature) -> Iterable[Symbol]:
    for name, parent, fields in body_names(feature):
        where = f" where the path names the {words(parent.name.removesuffix('_id'))}" if parent else ""
        yield _body(feature, name, f"What {with_article(feature.label)} is made of{where}.", fields)
    account = feature.account
    if account and any(operation.kind is OperationKind.REGISTER for operation in feature.document.operations):
        fields = tuple(field for field in feature.settable if field.name != account.role_field)
        doc = f"What {with_article(feature.label)} is registered with."
        yield _body(feature, f"{feature.class_name}Register", doc, fields)


def _body(feature: Feature, name: str, doc: str, fields: tuple[Attribute, ...]) -> Symbol:
    lines = [*_config(fields), *(_create_field(feature, field) for field in fields)]
    names = {field.name for field in fields}
    for check in feature.body_checks:
        if {check.left, check.right} <= names:
            lines += ["", *_validator(feature, check)]
    return Symbol(name, class_(f"class {name}(Input)", doc, lines), AtomKind.CLASS)


def _config(fields: Iterable[Attribute]) -> list[str]:
    # pydantic's default engine knows no look-around and no back-references.
    special = any(
        field.pattern and any(mark in field.pattern for mark in ("(?=", "(?!", "(?<", "\\1")) for field in fields
    )
    return ['model_config = ConfigDict(regex_engine="python-re")', ""] if special else []


def _create_field(feature: Feature, field: Attribute) -> str:
    name = python_name(field)
    kind = body_type(field) + (" | None" if is_nullable(field) and field.type is not FieldType.REFERENCES else "")
    default = default_source(field)
    if field == feature.role and field.default is None:
        default = literal(field.choices[0])
    arguments = []
    if default is not None and default.startswith("factory:"):
        arguments.append(f"default_factory={default.removeprefix('factory:')}")
    elif default is not None and name != field.name:
        arguments.append(f"default={default}")
    elif default is not None:
        return f"{name}: {kind} = {default}"
    arguments += [f"alias={literal(field.name)}"] if name != field.name else []
    return f"{name}: {kind} = Field({', '.join(arguments)})" if arguments else f"{name}: {kind}"


def _validator(feature: Feature, check: Check) -> list[str]:
    left, right = (python_name(feature.entity.attribute(name)) for name in (check.left, check.right))
    message = check_message(feature, check).replace("must", "Must", 1)
    error = f'"check", {literal(message)}, {{"property": {literal(check.left)}}}'
    return [
        '@model_validator(mode="after")',
        f"def check_{check_name(check)}(self) -> Self:",
        f'    """Refuse {check.left} where {check_name(check)} does not hold."""',
        f"    if not {check_name(check)}(self.{left}, self.{right}):",
        f"        raise PydanticCustomError({error})",
        "    return self",
    ]


def _patches(feature: Feature) -> Iterable[Symbol]:
    account = feature.account
    doc = f"What changes of {with_article(feature.label)}; what is left out stays as it is."
    if feature.has(OperationKind.PATCH):
        yield _patch(f"{feature.class_name}Patch", doc, feature.settable)
    if account and any(operation.kind is OperationKind.CURRENT_PATCH for operation in feature.document.operations):
        fields = tuple(field for field in feature.settable if field.name != account.role_field)
        yield _patch(
            f"{feature.class_name}RegisterPatch", f"What someone changes of their own {feature.label}.", fields
        )


def _patch(name: str, doc: str, fields: tuple[Attribute, ...]) -> Symbol:
    lines = [*_config(fields), *(_patch_field(field) for field in fields)]
    return Symbol(name, class_(f"class {name}(Changes)", doc, lines), AtomKind.CLASS)


def _patch_field(field: Attribute) -> str:
    name = python_name(field)
    alias = f", alias={literal(field.name)}" if name != field.name else ""
    if is_nullable(field) and field.type is not FieldType.REFERENCES:
        return f"{name}: {body_type(field)} | None = {f'Field(default=None{alias})' if alias else 'None'}"
    return f"{name}: {body_type(field)} = Field(default=UNSET{alias})"


def _read(feature: Feature) -> Symbol:
    lines = ["id: UUID"]
    for field in feature.entity.attributes:
        if field.type is FieldType.PASSWORD:
            continue
        name = python_name(field)
        nullable = is_nullable(field) and field.type is not FieldType.REFERENCES
        value = f" = Field(serialization_alias={literal(field.name)})" if name != field.name else ""
        lines.append(f"{name}: {output_type(field)}{' | None' if nullable else ''}{value}")
    lines += ["created_at: dt.datetime", "updated_at: dt.datetime"]
    lines += ["version: int"] if feature.entity.versioned else []
    name = f"{feature.class_name}Read"
    return Symbol(name, class_(f"class {name}(Output)", f"One {feature.label}.", lines), AtomKind.CLASS)


def _queries(feature: Feature) -> Iterable[Symbol]:
    for shape in query_shapes(feature):
        lines = []
        if shape.base == "PageQuery":
            names = ", ".join(literal(name) for name in sort_choices(feature))
            lines.append(f'sort: Literal[{names}] = "created_at"')
            if feature.searched:
                lines.append("search: Annotated[str, Field(min_length=1, max_length=100), SafeText] | None = None")
        for field in filter_fields(shape.attributes):
            alias = f"Field(default=None, alias={literal(field.wire)})" if field.wire != field.name else "None"
            lines.append(f"{field.name}: {query_type(field.attribute)} | None = {alias}")
        doc = f"Which {feature.collection} a list holds, and in which order."
        if feature.searched and shape.base == "PageQuery":
            looked = listed(field.name for field in feature.searched)
            sentence = f" Search looks at {looked}."
            doc += sentence if len(doc + sentence) <= _LONGEST_DOC else " Search looks at all texts."
        yield Symbol(shape.name, class_(f"class {shape.name}({shape.base})", doc, lines), AtomKind.CLASS)
