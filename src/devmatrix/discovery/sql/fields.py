"""One column as the draft of a field."""

from dataclasses import replace

from devmatrix.discovery.document import FieldType
from devmatrix.discovery.drafts import FieldDraft
from devmatrix.discovery.naming import split_words
from devmatrix.discovery.sql.column_types import Reading
from devmatrix.discovery.sql.defaults import apply_default
from devmatrix.discovery.sql.schema import Column
from devmatrix.discovery.types import inferred

_LONGEST = {FieldType.EMAIL: 254, FieldType.URL: 2000}
_UUID_LENGTH = 36
_TEMPORAL = (FieldType.DATE, FieldType.DATETIME, FieldType.TIME)


def suggested(name: str, reading: Reading) -> Reading:
    """The type that a name suggests of a column that holds texts, or of one whose type says nothing."""
    kind = inferred(name)
    if reading.untyped and reading.kind is FieldType.INTEGER and kind is FieldType.BOOLEAN:
        return replace(reading, kind=kind)
    if reading.kind not in (FieldType.STRING, FieldType.TEXT) or not reading.textual:
        return reading
    last = split_words(name)[-1:]
    if kind is FieldType.URL or (kind is FieldType.EMAIL and last in (("email",), ("mail",), ("address",))):
        most = reading.max_length if reading.max_length and reading.max_length < _LONGEST[kind] else None
        return replace(reading, kind=kind, max_length=most)
    if kind is FieldType.UUID and (reading.max_length == _UUID_LENGTH or reading.untyped):
        return replace(reading, kind=kind, max_length=None)
    if kind is FieldType.TEXT and reading.max_length is None:
        return replace(reading, kind=kind, max_length=None)
    if reading.untyped and kind in _TEMPORAL:
        return replace(reading, kind=kind, max_length=None)
    return reading


def field_of(column: Column, name: str, reading: Reading, *, required: bool) -> FieldDraft:
    """The field with its type; defaults and conditions follow."""
    return FieldDraft(
        name=name,
        type=reading.kind,
        required=required,
        choices=reading.choices,
        scale=reading.scale,
        max_length=reading.max_length,
        description=column.comment,
    )


def give_default(field: FieldDraft, column: Column, reading: Reading) -> None:
    """The default, where the column has one that an API can have; what it cannot have may still be left out."""
    if column.counted or reading.counted:
        field.required = False
        column.remark.lost.append("numbers that the database counts up: callers give them, or leave them out")
    if column.touched:
        column.remark.lost.append("that it changes at every write: `updated_at` does")
    if column.default is None:
        return
    why = apply_default(field, column.default)
    if why:
        field.required = False
        column.remark.lost.append(f"{why}; it may be left out, and is null then")
