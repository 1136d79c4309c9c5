"""Blueprint of `model.py`: the table of an entity, and those of its associations."""

from collections.abc import Iterable

from devmatrix.atoms.contract import AtomKind
from devmatrix.stacks.fastapi.features.text import class_, listed, literal, with_article, words
from devmatrix.stacks.fastapi.imported.records.collection import Collection
from devmatrix.stacks.fastapi.imported.records.fields import Association, Field
from devmatrix.stacks.fastapi.imported.records.tables import unique_index_name
from devmatrix.stacks.fastapi.source import Source, Symbol

_PLAIN = {"str": "Text", "int": "BigInteger", "float": "Double", "bool": "Boolean", "bytes": "LargeBinary"}


def model_source(collection: Collection) -> Source:
    """The module with the model class of an entity, and those of its associations."""
    models = [Symbol(collection.class_name, _model(collection), AtomKind.CLASS)]
    links = [Symbol(link.class_name, _link(collection, link), AtomKind.CLASS) for link in collection.held]
    return Source(
        path=collection.path("model"),
        task_id=f"{collection.package}.model",
        docstring=f"The table of {collection.label_of_many}.",
        symbols=(*models, *links),
        imports=(
            "from typing import Any",
            *(
                f"from sqlalchemy import {name}"
                for name in "BigInteger Boolean Double ForeignKey Index JSON LargeBinary Text UniqueConstraint"
                " literal_column".split()
            ),
            *(f"from sqlalchemy.orm import {name}" for name in ("Mapped", "mapped_column", "validates")),
            *(f"from app.database import {name}" for name in ("Record", "SoftDeleted")),
            "from app.relating import Link",
            "from app.listing import moment",
        ),
    )


def _model(collection: Collection) -> str:
    late = collection.records.layout.late(collection.entity)
    bases = "SoftDeleted, Record" if collection.entity.soft_delete else "Record"
    table = collection.records.layout.table(collection.entity.name)
    body = [f'__tablename__ = "{table}"', *_table_arguments(collection, table), ""]
    for field in collection.fields.all:
        body += _columns(field, is_late=field.attribute.name in late, alone=not collection.entity.soft_delete)
    moments = [field for field in collection.fields.all if field.moment]
    if moments:
        body += ["", *_keep_moment(moments)]
    doc = collection.entity.description.strip().split("\n")[0].rstrip(".")
    doc = doc if 0 < len(doc) < 100 else f"One of the {collection.label_of_many}"
    return class_(f"class {collection.class_name}({bases})", f"{doc}.", body)


def _table_arguments(collection: Collection, table: str) -> list[str]:
    lines = []
    for group in collection.unique:
        columns = ", ".join(literal(field.name) for field in group)
        if collection.entity.soft_delete:
            # A deleted record keeps its row, but takes no value from others.
            where = 'literal_column("deleted_at IS NULL")'
            name = literal(unique_index_name(table, group))
            lines.append(f"Index({name}, {columns}, unique=True, sqlite_where={where}, postgresql_where={where})")
        elif len(group) > 1:
            lines.append(f"UniqueConstraint({columns}, name={literal(unique_index_name(table, group))})")
    return ["__table_args__ = (", *(f"    {line}," for line in lines), ")"] if lines else []


def _columns(field: Field, *, is_late: bool, alone: bool) -> Iterable[str]:
    arguments = []
    if field.table:
        late = ", use_alter=True" if is_late else ""
        arguments.append(f'ForeignKey("{field.table}.row_id", ondelete="{field.on_delete}"{late})')
    elif field.python_type == "Any":
        arguments.append("JSON(none_as_null=True)")
    else:
        arguments.append(_PLAIN[field.python_type])
    if field.unique and alone:
        arguments.append("unique=True")
    elif field.table:
        arguments.append("index=True")
    if field.python_type == "Any":
        arguments.append(f"nullable={field.nullable}")
    yield _mapped(field.name, field.python_type, arguments, nullable=field.nullable)
    if field.moment:
        yield _mapped(field.moment, "int", ["BigInteger"], nullable=True)
    if field.media_type:
        yield _mapped(field.media_type, "str", ["Text"], nullable=True)


def _mapped(name: str, python_type: str, arguments: Iterable[str], *, nullable: bool) -> str:
    kind = f"{python_type} | None" if nullable and python_type != "Any" else python_type
    return f"{name}: Mapped[{kind}] = mapped_column({', '.join(arguments)})"


def _keep_moment(fields: list[Field]) -> list[str]:
    names = ", ".join(literal(field.name) for field in fields)
    return [
        f"@validates({names})",
        "def keep_moment(self, name: str, value: str | None) -> str | None:",
        '    """Keep the moment beside the text, to compare by."""',
        '    setattr(self, f"{name}_moment", None if value is None else moment(value))',
        "    return value",
    ]


def _link(collection: Collection, link: Association) -> str:
    target = words(link.target.name)
    holder_key = f'ForeignKey("{link.holder_table}.row_id", ondelete="CASCADE")'
    target_key = f'ForeignKey("{link.target_table}.row_id", ondelete="CASCADE"), index=True'
    body = [
        f'__tablename__ = "{link.table}"',
        '__table_args__ = (UniqueConstraint("holder_row_id", "target_row_id"),)',
        "",
        f"holder_row_id: Mapped[int] = mapped_column({holder_key})",
        f"target_row_id: Mapped[int] = mapped_column({target_key})",
    ]
    said = listed(
        [f"{with_article(target)} among the {words(link.attribute.name)} of {with_article(collection.label)}"]
    )
    return class_(f"class {link.class_name}(Link)", f"{said[0].upper()}{said[1:]}.", body)
