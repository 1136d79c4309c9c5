"""Blueprints of the unit tests of an entity: factory, schemas, service."""

from collections.abc import Iterable

from devmatrix.atoms.contract import AtomKind
from devmatrix.discovery.document import FieldType
from devmatrix.stacks.fastapi.features.feature import Feature, python_name
from devmatrix.stacks.fastapi.features.samples import body_values, can_make, needed_references, record_values
from devmatrix.stacks.fastapi.features.schema_tests import schema_tests
from devmatrix.stacks.fastapi.features.schemas import body_names, check_name
from devmatrix.stacks.fastapi.features.service_tests import service_tests
from devmatrix.stacks.fastapi.features.text import function, literal, with_article
from devmatrix.stacks.fastapi.source import Source, Symbol

_IMPORTS = (
    "import datetime as dt",
    "from decimal import Decimal",
    "from typing import Any",
    "from uuid import UUID",
    "from uuid import uuid4",
    "import pytest",
    "from pydantic import ValidationError",
    "from sqlalchemy.ext.asyncio import AsyncSession",
)


def test_sources(feature: Feature) -> tuple[Source, ...]:
    """The modules of its unit tests."""
    folder, task = f"tests/unit/{feature.package}", f"{feature.package}.tests"
    modules = [Source(f"{folder}/__init__.py", task, "")]
    if feature.document.entities[0].name == feature.entity.name:
        modules.insert(0, Source("tests/unit/__init__.py", task, ""))
    factory = tuple(_factory(feature))
    if factory:
        said = f"Makes {feature.collection} for tests."
        imports = (*_IMPORTS, *_factory_imports(feature))
        modules.append(Source(f"{folder}/factory.py", task, said, factory, imports))
    for name, tests, used in (
        ("schemas", tuple(schema_tests(feature)), _schema_imports(feature)),
        ("service", tuple(service_tests(feature)), _service_imports(feature)),
    ):
        if tests:
            said = f"Tests of the {name} of {feature.collection}."
            modules.append(Source(f"{folder}/test_{name}.py", task, said, tests, (*_IMPORTS, *used)))
    return tuple(modules)


def _factory(feature: Feature) -> Iterable[Symbol]:
    values = body_values(feature)
    if values is not None and body_names(feature):
        given = [f"{literal(name)}: {_json_source(value)}" for name, value in values.items()]
        given += [
            f"{literal(field.name)}: str(uuid4())" for field in needed_references(feature) if not field.server_set
        ]
        name = f"body_of_{feature.variable}"
        body = ["return {", *(f"    {item}," for item in given), "    **changes,", "}"]
        doc = f"A body that {with_article(feature.label)} can be made of, with `changes`."
        yield _declaring(name, function(f"def {name}(**changes: Any) -> dict[str, Any]", doc, body))
    if can_make(feature):
        yield _make(feature)


def _declaring(name: str, source: str) -> Symbol:
    """A function that lists a value for each attribute: as a test's, its length is that of what it declares."""
    return Symbol(name, source, AtomKind.TEST)


def _json_source(value: object) -> str:
    if isinstance(value, str) and len(value) > 80 and len(set(value)) == 1:
        return f"{literal(value[0])} * {len(value)}"
    return literal(value)


def _make(feature: Feature) -> Symbol:
    name, model = f"make_{feature.variable}", feature.class_name
    body = []
    for field in needed_references(feature):
        target = feature.target(field)
        body += [
            f'if "{python_name(field)}" not in changes:',
            f'    changes["{python_name(field)}"] = (await make_{target.variable}(session)).id',
        ]
    values = [f"{literal(name)}: {source}" for name, source in record_values(feature)]
    local = feature.local
    body += ["values: dict[str, Any] = {", *(f"    {value}," for value in values), "}"]
    body += [f"{local} = {model}(**(values | changes))", f"session.add({local})", "await session.commit()"]
    head = f"async def {name}(session: AsyncSession, **changes: Any) -> {model}"
    doc = f"Keep {with_article(feature.label)}, with `changes`; what it must refer to is made, too."
    return _declaring(name, function(head, doc, [*body, f"return {local}"]))


def _factory_imports(feature: Feature) -> Iterable[str]:
    yield f"from app.{feature.package}.model import {feature.class_name}"
    for field in needed_references(feature):
        yield _make_import(feature.target(field))


def _make_import(feature: Feature) -> str:
    return f"from tests.unit.{feature.package}.factory import make_{feature.variable}"


def _schema_imports(feature: Feature) -> Iterable[str]:
    yield f"from tests.unit.{feature.package}.factory import body_of_{feature.variable}"
    yield from (
        f"from app.{feature.package}.schemas import {symbol}"
        for symbol in (
            f"{feature.class_name}Create",
            f"{feature.class_name}Patch",
            *(check_name(check) for check in feature.entity.checks),
        )
    )


def _service_imports(feature: Feature) -> Iterable[str]:
    yield f"from app.{feature.package} import service"
    yield f"from app.{feature.package}.model import {feature.class_name}"
    yield from (f"from app.problems import {name}" for name in ("Conflict", "Forbidden", "Invalid", "NotFound"))
    yield from (f"from app.{feature.package}.schemas import {feature.class_name}{end}" for end in ("Create", "Query"))
    yield f"from tests.unit.{feature.package}.factory import body_of_{feature.variable}"
    yield _make_import(feature)
    others = [feature.target(field) for field in feature.entity.attributes if field.type is FieldType.REFERENCE]
    account = feature.document.account_entity
    others += [feature.of(account.name)] if account else []
    yield from (_make_import(other) for other in others)
