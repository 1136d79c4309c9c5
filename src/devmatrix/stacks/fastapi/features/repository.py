"""Blueprint of `repository.py`: the queries of an entity."""

from collections.abc import Iterable

from devmatrix.discovery.document import Attribute, FieldType, OperationKind
from devmatrix.stacks.fastapi.columns import Association, associations
from devmatrix.stacks.fastapi.features.feature import Feature, Reference, python_name, stem
from devmatrix.stacks.fastapi.features.fields import output_type
from devmatrix.stacks.fastapi.features.model import related
from devmatrix.stacks.fastapi.features.queries import (
    base_query,
    filter_fields,
    nested_filters,
    nested_query_name,
    whole_query,
)
from devmatrix.stacks.fastapi.features.quotas import quota_imports, quota_queries
from devmatrix.stacks.fastapi.features.removal import Removal
from devmatrix.stacks.fastapi.features.rights import narrowing
from devmatrix.stacks.fastapi.features.text import function, listed, literal, with_article, words
from devmatrix.stacks.fastapi.source import Source, Symbol

_MOST_CONDITIONS = 12
"""Lines of conditions in one function."""


def repository_source(feature: Feature) -> Source:
    """The module with the queries of an entity."""
    return Source(
        path=feature.path("repository"),
        task_id=f"{feature.package}.repository",
        docstring=f"Queries for {feature.collection}.",
        symbols=tuple(_symbols(feature)),
        imports=tuple(_imports(feature)),
        preamble=_sort_columns(feature) if feature.listings else "",
    )


def link_of(feature: Feature, attribute: Attribute) -> Association:
    """The association behind a many-to-many attribute of the feature."""
    return next(
        link
        for link in associations(feature.document, feature.names)
        if (link.owner.name, link.attribute.name) == (feature.entity.name, attribute.name)
    )


def unique_name(group: Iterable[Attribute]) -> str:
    """Name of the query for a unique group: id_with_isbn."""
    return f"id_with_{'_and_'.join(field.name for field in group)}"


def _imports(feature: Feature) -> Iterable[str]:
    yield "from collections.abc import Mapping"
    yield "from collections.abc import Sequence"
    yield "from typing import Any"
    yield "from uuid import UUID"
    yield "from decimal import Decimal"
    yield "import datetime as dt"
    for name in ("ColumnElement", "Select", "delete", "insert", "select", "update"):
        yield f"from sqlalchemy import {name}"
    yield "from sqlalchemy.ext.asyncio import AsyncSession"
    yield "from sqlalchemy.orm import InstrumentedAttribute"
    yield "from sqlalchemy.orm import selectinload"
    for name in ("Slice", "between", "equals", "fetch_slice", "matches", "ordered"):
        yield f"from app.pages import {name}"
    yield f"from app.{feature.package}.model import {feature.class_name}"
    if feature.listings:
        names = {base_query(feature).name}
        names |= {whole_query(feature)} if feature.is_listed_whole else set()
        names |= {nested_query_name(feature, parent) for parent in feature.listing_parents}
        for name in sorted(names):
            yield f"from app.{feature.package}.schemas import {name}"
    yield from quota_imports(feature)
    for attribute in feature.links:
        target = feature.target(attribute)
        yield f"from app.{feature.package}.model import {link_of(feature, attribute).table}"
        if target.package != feature.package:
            yield f"from app.{target.package} import repository as {target.package}_repository"
            yield f"from app.{target.package}.model import {target.class_name}"
        if target.listings:
            yield f"from app.{target.package}.schemas import {whole_query(target)}"
    for reference in feature.incoming_links:
        yield f"from app.{reference.child.package}.model import {link_of(reference.child, reference.attribute).table}"


def _symbols(feature: Feature) -> Iterable[Symbol]:
    if feature.listings:
        conditions = tuple(_conditions(feature))
        yield from conditions
        yield _select(feature, [condition.name for condition in conditions])
    yield _find(feature)
    if feature.incoming_links:
        yield _find_by_ids(feature)
    yield from _lists(feature)
    for attribute in feature.links:
        yield from _link_queries(feature, attribute)
    for group in feature.unique:
        yield _id_with(feature, group)
    yield from quota_queries(feature)
    yield from _removal_queries(feature)
    if feature.entity.soft_delete and (feature.links or feature.incoming_links):
        yield _drop_links(feature)


def _sort_columns(feature: Feature) -> str:
    names = {"created_at": "created_at", "updated_at": "updated_at", "id": "id"}
    names |= {field.name: python_name(field) for field in feature.sortable}
    lines = [f"    {literal(wire)}: {feature.class_name}.{name}," for wire, name in names.items()]
    return "\n".join(["SORT_COLUMNS: Mapping[str, InstrumentedAttribute[Any]] = {", *lines, "}"])


def _conditions(feature: Feature) -> Iterable[Symbol]:
    shape = base_query(feature)
    model = feature.class_name
    fields = [item for item in filter_fields(shape.attributes)]
    equal = [f"equals({model}.{python_name(item.attribute)}, query.{item.name})," for item in fields if not item.bound]
    bounds: dict[str, dict[str, str]] = {}
    for item in fields:
        if item.bound:
            bounds.setdefault(python_name(item.attribute), {})[item.bound] = f"query.{item.name}"
    ranged = [f"between({model}.{name}, {found.get('min')}, {found.get('max')})," for name, found in bounds.items()]
    for name, lines, doc in (
        ("equal", equal, f"What a list of {feature.collection} is narrowed to by equality."),
        ("range", ranged, f"What a list of {feature.collection} is narrowed to by least and greatest values."),
    ):
        parts = [lines[start : start + _MOST_CONDITIONS] for start in range(0, len(lines), _MOST_CONDITIONS)]
        for index, part in enumerate(parts):
            full = f"{name}_conditions{f'_{index + 1}' if index else ''}"
            head = f"def {full}(query: {shape.name}) -> list[ColumnElement[bool]]"
            yield Symbol(full, function(head, doc, ["return [", *(f"    {line}" for line in part), "]"]))
    if feature.searched:
        columns = ", ".join(f"{model}.{python_name(field)}" for field in feature.searched)
        head = f"def search_condition(query: {shape.name}) -> ColumnElement[bool]"
        said = listed((words(field.name) for field in feature.searched), "or")
        doc = f"Whether {said} holds the text that is searched for."
        yield Symbol("search_condition", function(head, doc, [f"return matches(query.search, {columns})"]))


def _select(feature: Feature, conditions: list[str]) -> Symbol:
    name = f"select_{feature.package}"
    model = feature.class_name
    parts = [f"{part}(query)" if part == "search_condition" else f"*{part}(query)" for part in conditions]
    live = [f"{model}.deleted_at.is_(None)"] if feature.entity.soft_delete else []
    options = f".options({_loading(feature)})" if feature.links else ""
    body = [
        f"order = ordered(SORT_COLUMNS[query.sort.removeprefix('-')], {model}.id, query.sort)".replace("'", '"'),
        f"conditions = [{', '.join([*live, *parts, '*scope'])}]",
        f"return select({model}).where(*conditions).order_by(*order){options}",
    ]
    head = f"def {name}(query: {base_query(feature).name}, *scope: ColumnElement[bool]) -> Select[{model}]"
    doc = f"The {feature.collection} in `scope` that the query asks for, in its order."
    return Symbol(name, function(head, doc, body))


def _loading(feature: Feature) -> str:
    parts = []
    for attribute in feature.links:
        target = feature.target(attribute)
        parts.append(f"selectinload({feature.class_name}.{related(attribute)}).load_only({target.class_name}.id)")
    return ", ".join(parts)


def _find(feature: Feature) -> Symbol:
    name = f"find_{feature.variable}"
    model, key = feature.class_name, f"{feature.variable}_id"
    live = f", {model}.deleted_at.is_(None)" if feature.entity.soft_delete else ""
    options = f".options({_loading(feature)})" if feature.links else ""
    body = [
        f"statement = select({model}).where({model}.id == {key}{live}){options}",
        "return await session.scalar(statement)",
    ]
    head = f"async def {name}(session: AsyncSession, {key}: UUID) -> {model} | None"
    return Symbol(name, function(head, f"The {feature.label} of that id, if there is one.", body))


def _find_by_ids(feature: Feature) -> Symbol:
    name = f"find_{feature.package}_by_ids"
    model = feature.class_name
    live = f", {model}.deleted_at.is_(None)" if feature.entity.soft_delete else ""
    head = f"async def {name}(session: AsyncSession, ids: Sequence[UUID]) -> list[{model}]"
    body = [
        f"records = await session.scalars(select({model}).where({model}.id.in_(ids){live}))",
        "return list(records)",
    ]
    return Symbol(name, function(head, f"Those of the {feature.collection} whose ids are given.", body))


def _lists(feature: Feature) -> Iterable[Symbol]:
    model = feature.class_name
    for operation in feature.operations_of(OperationKind.LIST):
        owner = narrowing(feature, operation)
        scope = [
            f"equals({model}.{python_name(item.attribute)}, query.{item.name})"
            if not item.bound
            else f"between({model}.{python_name(item.attribute)}, query.{item.name}, None)"
            for item in filter_fields(feature.listing_parents)
        ]
        scope += [f"equals({model}.{owner}, owner_id)"] if owner else []
        yield _list_symbol(
            feature,
            f"list_{feature.package}",
            [f"query: {whole_query(feature)}", *_owner_parameter(owner)],
            scope,
            f"A page of {feature.collection}{', of one owner where one is given' if owner else ''}.",
        )
    for operation in feature.operations_of(OperationKind.NESTED_LIST):
        owner = narrowing(feature, operation)
        if operation.relation:
            yield _relation_list(feature, feature.entity.attribute(operation.relation), owner)
        elif operation.parent_field:
            yield _nested_list(feature, feature.entity.attribute(operation.parent_field), owner)


def _owner_parameter(owner: str | None) -> list[str]:
    return ["owner_id: UUID | None"] if owner else []


def _nested_list(feature: Feature, parent: Attribute, owner: str | None) -> Symbol:
    model = feature.class_name
    scope = [f"{model}.{python_name(parent)} == {stem(parent)}_id"]
    scope += [
        f"equals({model}.{python_name(item.attribute)}, query.{item.name})"
        for item in filter_fields(nested_filters(feature, parent))
    ]
    scope += [f"equals({model}.{owner}, owner_id)"] if owner else []
    parameters = [f"{stem(parent)}_id: UUID", f"query: {nested_query_name(feature, parent)}", *_owner_parameter(owner)]
    doc = f"A page of the {feature.collection} of one {words(stem(parent))}."
    return _list_symbol(feature, f"list_{feature.package}_of_{stem(parent)}", parameters, scope, doc)


def _list_symbol(feature: Feature, name: str, parameters: list[str], scope: list[str], doc: str) -> Symbol:
    head = f"async def {name}({', '.join(['session: AsyncSession', *parameters])}) -> Slice[{feature.class_name}]"
    select = f"select_{feature.package}({', '.join(['query', *scope])})"
    if scope:
        body = ["scope = [", *(f"    {line}," for line in scope), "]"] if len(scope) > 2 else []
        call = f"select_{feature.package}(query, *scope)" if body else select
        body += [f"return await fetch_slice(session, {call}, query)"]
    else:
        body = [f"return await fetch_slice(session, {select}, query)"]
    return Symbol(name, function(head, doc, body))


def _relation_list(feature: Feature, attribute: Attribute, owner: str | None) -> Symbol:
    target, link = feature.target(attribute), link_of(feature, attribute)
    key = f"{feature.variable}_id"
    name = f"list_{related(attribute)}_of_{feature.variable}"
    parameters = ["session: AsyncSession", f"{key}: UUID", f"query: {whole_query(target)}"]
    prefix = f"{target.package}_repository." if target.package != feature.package else ""
    scope = [f"{target.class_name}.id.in_(linked)"]
    if owner and target.entity.owner_field:
        parameters += _owner_parameter(owner)
        scope.append(f"equals({target.class_name}.{owner}, owner_id)")
    body = [
        f"linked = select({link.table}.c.{link.target_column}).where({link.table}.c.{link.owner_column} == {key})",
        f"statement = {prefix}select_{target.package}(query, {', '.join(scope)})",
        "return await fetch_slice(session, statement, query)",
    ]
    head = f"async def {name}({', '.join(parameters)}) -> Slice[{target.class_name}]"
    return Symbol(name, function(head, f"A page of the {target.collection} of one {feature.label}.", body))


def _link_queries(feature: Feature, attribute: Attribute) -> Iterable[Symbol]:
    operations = {
        operation.kind
        for operation in feature.operations_of(OperationKind.LINK, OperationKind.UNLINK)
        if operation.relation == attribute.name
    }
    if not operations:
        return
    target, link, name = feature.target(attribute), link_of(feature, attribute), stem(attribute)
    owner_key, target_key = f"{feature.variable}_id", f"{target.variable}_id"
    if owner_key == target_key:
        target_key = f"other_{target_key}"
    keys = f"session: AsyncSession, {owner_key}: UUID, {target_key}: UUID"
    table = f"{link.table}.c"
    same = f"{table}.{link.owner_column} == {owner_key}, {table}.{link.target_column} == {target_key}"
    body = [
        f"columns = select({table}.{link.owner_column}).where({same})",
        "return await session.scalar(columns) is not None",
    ]
    doc = f"Whether the {feature.label} is linked with the {target.label}."
    yield Symbol(f"has_{name}", function(f"async def has_{name}({keys}) -> bool", doc, body))
    if OperationKind.LINK in operations:
        row = f"{literal(link.owner_column)}: {owner_key}, {literal(link.target_column)}: {target_key}"
        body = [f"await session.execute(insert({link.table}).values({{{row}}}))"]
        doc = f"Link the {feature.label} with the {target.label}."
        yield Symbol(f"link_{name}", function(f"async def link_{name}({keys}) -> None", doc, body))
    if OperationKind.UNLINK in operations:
        body = [f"await session.execute(delete({link.table}).where({same}))"]
        doc = f"Drop the link of the {feature.label} with the {target.label}."
        yield Symbol(f"unlink_{name}", function(f"async def unlink_{name}({keys}) -> None", doc, body))


def _id_with(feature: Feature, group: tuple[Attribute, ...]) -> Symbol:
    model = feature.class_name
    types = [(python_name(field), output_type(field), field) for field in group]
    parameters = [f"{name}: {_python_type(kind, field)}" for name, kind, field in types]
    same = ", ".join(f"{model}.{name} == {name}" for name, _, _ in types)
    body = [f"return await session.scalar(select({model}.id).where({same}))"]
    head = f"async def {unique_name(group)}({', '.join(['session: AsyncSession', *parameters])}) -> UUID | None"
    said = listed(words(field.name) for field in group)
    deleted = ", deleted or not" if feature.entity.soft_delete else ""
    return Symbol(
        unique_name(group),
        function(head, f"Id of {with_article(feature.label)} with this {said}, if there is one{deleted}.", body),
    )


def _python_type(kind: str, field: Attribute) -> str:
    if field.type is FieldType.ENUM:
        return "str"
    return {FieldType.DECIMAL: "Decimal", FieldType.TIME: "dt.time"}.get(field.type, kind)


def _removal_queries(feature: Feature) -> Iterable[Symbol]:
    for attribute in feature.references:
        removal = Removal(Reference(feature, attribute))
        column, key = f"{feature.class_name}.{python_name(attribute)}", f"{stem(attribute)}_id"
        live = f", {feature.class_name}.deleted_at.is_(None)" if feature.entity.soft_delete else ""
        keys = f"session: AsyncSession, {key}: UUID"
        said = words(stem(attribute))
        if removal.is_refused_by_service:
            body = [
                f"found = select({feature.class_name}.id).where({column} == {key}{live}).limit(1)",
                "return await session.scalar(found) is not None",
            ]
            doc = f"Whether {with_article(feature.label)} has this {said}."
            yield Symbol(removal.any_name, function(f"async def {removal.any_name}({keys}) -> bool", doc, body))
        if removal.is_cascaded_by_service:
            options = f".options({_loading(feature)})" if feature.links else ""
            body = [
                f"statement = select({feature.class_name}).where({column} == {key}{live}){options}",
                "return list(await session.scalars(statement))",
            ]
            head = f"async def {removal.all_name}({keys}) -> list[{feature.class_name}]"
            yield Symbol(removal.all_name, function(head, f"All {feature.collection} with this {said}.", body))
        if removal.is_cleared_by_service:
            values = f"{python_name(attribute)}=None"
            body = [f"await session.execute(update({feature.class_name}).where({column} == {key}).values({values}))"]
            doc = f"Set this {said} to null wherever {with_article(feature.label)} has it."
            yield Symbol(removal.clear_name, function(f"async def {removal.clear_name}({keys}) -> None", doc, body))


def _drop_links(feature: Feature) -> Symbol:
    key = f"{feature.variable}_id"
    body = []
    for attribute in feature.links:
        link = link_of(feature, attribute)
        body.append(f"await session.execute(delete({link.table}).where({link.table}.c.{link.owner_column} == {key}))")
    for reference in feature.incoming_links:
        link = link_of(reference.child, reference.attribute)
        body.append(f"await session.execute(delete({link.table}).where({link.table}.c.{link.target_column} == {key}))")
    doc = f"Drop every link of the {feature.label}."
    return Symbol(
        "drop_links", function(f"async def drop_links(session: AsyncSession, {key}: UUID) -> None", doc, body)
    )
