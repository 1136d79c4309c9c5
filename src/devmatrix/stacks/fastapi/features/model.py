"""Blueprint of `model.py`: the table of an entity, and those of its many-to-many attributes."""

from collections.abc import Iterable

from devmatrix.atoms.contract import AtomKind
from devmatrix.discovery.document import Attribute
from devmatrix.stacks.fastapi.columns import Association, Column, associations, columns, table_checks, unique_groups
from devmatrix.stacks.fastapi.features.feature import Feature, python_name, stem
from devmatrix.stacks.fastapi.features.fields import literal_source
from devmatrix.stacks.fastapi.features.text import class_, literal, words
from devmatrix.stacks.fastapi.naming import attribute_name
from devmatrix.stacks.fastapi.source import Source, Symbol

_SQLALCHEMY = (
    "BigInteger Boolean CheckConstraint Column Date DateTime Double ForeignKey Integer Numeric String Table Text Time "
    "UniqueConstraint Uuid"
).split()


def model_source(feature: Feature) -> Source:
    """The module with the model class of an entity."""
    links = links_of(feature)
    targets = dict.fromkeys(feature.of(link.target.name) for link in links)
    return Source(
        path=feature.path("model"),
        task_id=f"{feature.package}.model",
        docstring=f"The table of {feature.collection}.",
        symbols=(Symbol(feature.class_name, _model(feature, links), AtomKind.CLASS),),
        imports=(
            *(f"from sqlalchemy import {name}" for name in _SQLALCHEMY),
            *(f"from sqlalchemy.orm import {name}" for name in ("Mapped", "mapped_column", "relationship")),
            *(f"from app.database import {name}" for name in _DATABASE),
            *(("from typing import TYPE_CHECKING",) if targets else ()),
            "import datetime as dt",
            "from decimal import Decimal",
            "from uuid import UUID",
        ),
        preamble="\n\n".join(
            [*_typing_imports(feature, links), *(_association_table(link) for link in links)],
        ),
    )


_DATABASE = ("Base", "ExactNumeric", "Record", "SoftDeleted", "UtcDateTime", "Versioned")


def links_of(feature: Feature) -> tuple[Association, ...]:
    """The association tables behind its many-to-many attributes."""
    return tuple(
        link for link in associations(feature.document, feature.names) if link.owner.name == feature.entity.name
    )


def related(attribute: Attribute) -> str:
    """The relationship behind a many-to-many attribute: tag_ids -> tags."""
    base = stem(attribute)
    return attribute_name(base if base.endswith("s") else f"{base}s")


def _typing_imports(feature: Feature, links: tuple[Association, ...]) -> list[str]:
    others = dict.fromkeys(link.target.name for link in links if link.target.name != feature.entity.name)
    targets = [feature.of(name) for name in others]
    if not targets:
        return []
    lines = [f"    from app.{target.package}.model import {target.class_name}" for target in targets]
    return ["\n".join(["if TYPE_CHECKING:", *sorted(lines)])]


def _association_table(link: Association) -> str:
    first, second = (
        f'Column("{column}", ForeignKey("{table}.id", ondelete="CASCADE"), primary_key=True{index})'
        for column, table, index in (
            (link.owner_column, link.owner_table, ""),
            (link.target_column, link.target_table, ", index=True"),
        )
    )
    return f'{link.table} = Table(\n    "{link.table}",\n    Base.metadata,\n    {first},\n    {second},\n)'


def _model(feature: Feature, links: tuple[Association, ...]) -> str:
    mixins = [
        *(["Versioned"] if feature.entity.versioned else []),
        *(["SoftDeleted"] if feature.entity.soft_delete else []),
        "Record",
    ]
    body = [f'__tablename__ = "{feature.package}"', *_table_arguments(feature), ""]
    defaults = dict(_defaults(feature))
    body += [
        _mapped(column, defaults.get(column.attribute, ""))
        for column in columns(feature.entity, feature.document, feature.names)
    ]
    body += [_relationship(feature, link) for link in links]
    for attribute in feature.links:
        body += ["", *_ids_property(attribute)]
    doc = feature.entity.description.strip().rstrip(".") or f"One of the {feature.collection}"
    return class_(f"class {feature.class_name}({', '.join(mixins)})", f"{doc}.", body)


def _table_arguments(feature: Feature) -> list[str]:
    lines = [f"UniqueConstraint({', '.join(map(literal, group))})" for group in unique_groups(feature.entity)]
    lines += [f'CheckConstraint({literal(check.sql)}, name="{check.name}")' for check in table_checks(feature.entity)]
    return ["__table_args__ = (", *(f"    {line}," for line in lines), ")"] if lines else []


def _defaults(feature: Feature) -> Iterable[tuple[str, str]]:
    """What only the service writes, and starts with: whoever makes a record, wherever, need not think of it."""
    for field in feature.columns:
        if field.server_set and field.default is not None and field.default.kind == "literal":
            yield python_name(field), literal_source(field, field.default.value)


def _mapped(column: Column, default: str) -> str:
    kind = f"{column.python_type} | None" if column.nullable else column.python_type
    arguments = [f'"{column.name}"'] if column.name != column.attribute else []
    arguments += [column.model_type] if column.model_type else []
    if column.foreign_key is not None:
        key = column.foreign_key
        alter = ", use_alter=True" if key.closes_circle else ""
        arguments.append(f'ForeignKey("{key.table}.id", ondelete="{key.on_delete}"{alter})')
    arguments += ["unique=True"] if column.unique else []
    arguments += ["index=True"] if column.index else []
    arguments += [f"default={default}"] if default else []
    value = f" = mapped_column({', '.join(arguments)})" if arguments else ""
    return f"{column.attribute}: Mapped[{kind}]{value}"


def _relationship(feature: Feature, link: Association) -> str:
    target = feature.of(link.target.name)
    arguments = [f"secondary={link.table}"]
    if link.target.name == feature.entity.name:
        arguments.append(f"primaryjoin=lambda: {feature.class_name}.id == {link.table}.c.{link.owner_column}")
        arguments.append(f"secondaryjoin=lambda: {feature.class_name}.id == {link.table}.c.{link.target_column}")
    arguments.append("passive_deletes=True")
    return f'{related(link.attribute)}: Mapped[list["{target.class_name}"]] = relationship({", ".join(arguments)})'


def _ids_property(attribute: Attribute) -> list[str]:
    name = related(attribute)
    return [
        "@property",
        f"def {python_name(attribute)}(self) -> list[UUID]:",
        f'    """Ids of the {words(stem(attribute))} records, ascending."""',
        f"    return sorted(record.id for record in self.{name})",
    ]
