"""What a column's type is as the type of a field, and what it limits."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlglot import exp

from devmatrix.discovery.document import FieldType
from devmatrix.discovery.sql.schema import Column

MOST_CHARACTERS = 100_000
_WHOLE = {
    "TINYINT": (-128, 127), "UTINYINT": (0, 255), "SMALLINT": (-32_768, 32_767), "USMALLINT": (0, 65_535),
    "SMALLSERIAL": (1, 32_767), "MEDIUMINT": (-8_388_608, 8_388_607), "UMEDIUMINT": (0, 16_777_215),
    "INT": (None, None), "SERIAL": (1, None), "UINT": (0, 4_294_967_295), "YEAR": (1901, 2155),
    "BIGINT": (-(2**53) + 1, 2**53 - 1), "UBIGINT": (0, 2**53 - 1), "BIGSERIAL": (1, 2**53 - 1),
    "INT128": (-(2**53) + 1, 2**53 - 1), "INT256": (-(2**53) + 1, 2**53 - 1),
}  # fmt: skip
_COUNTED = frozenset({"SERIAL", "SMALLSERIAL", "BIGSERIAL"})
_KINDS = {
    name: kind
    for kind, names in {
        FieldType.BOOLEAN: "BOOLEAN",
        FieldType.DATE: "DATE DATE32",
        FieldType.DATETIME: """DATETIME DATETIME2 DATETIME64 SMALLDATETIME TIMESTAMP TIMESTAMPTZ
        TIMESTAMPLTZ TIMESTAMPNTZ""",
        FieldType.TIME: "TIME TIMETZ",
        FieldType.FLOAT: "FLOAT DOUBLE UDOUBLE BIGDECIMAL",
        FieldType.UUID: "UUID UNIQUEIDENTIFIER",
    }.items()
    for name in names.split()
}
_TEXTS = {"TINYTEXT": 255, "TEXT": None, "MEDIUMTEXT": None, "LONGTEXT": None, "XML": None}
_STRINGS = frozenset("CHAR NCHAR VARCHAR NVARCHAR BPCHAR NAME INET IPADDRESS IPV4 IPV6".split())
_DECIMALS = frozenset("DECIMAL UDECIMAL MONEY SMALLMONEY DECIMAL32 DECIMAL64 DECIMAL128 DECFLOAT".split())
_JSON = frozenset({"JSON", "JSONB", "HSTORE"})
_OTHER_STRINGS = frozenset("citext cidr macaddr macaddr8 clob nclob string email".split())
_PLACES = frozenset({"point", "multipoint"})
"""No whole numbers, whatever their names end in."""
_AFFINITIES = (
    (r"INT", "INT"), (r"CHAR|CLOB|TEXT", "TEXT"), (r"BLOB", "BLOB"), (r"REAL|FLOA|DOUB", "DOUBLE"),
    (r"BOOL", "BOOLEAN"),
)  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """A type as far as it is known; `kind` none: nothing that an API of this kind keeps."""

    kind: FieldType | None
    max_length: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    scale: int | None = None
    choices: tuple[str, ...] = ()
    textual: bool = False
    """A text of which the name may tell more."""
    untyped: bool = False
    """Of SQLite, where texts and numbers stand for everything else, too."""
    counted: bool = False
    lost: str = ""
    """What of the type is not kept."""


def read_type(column: Column, enums: Mapping[str, tuple[str, ...]], *, loose: bool, bounded_text: bool) -> Reading:
    """The type of a column. `loose`: of SQLite; `bounded_text`: TEXT is for long texts alone, as in MySQL."""
    found = column.data_type
    if found is None:
        return Reading(FieldType.STRING, textual=True, untyped=True)
    name = found.this.name
    if name == "USERDEFINED":
        reading = _user_defined(enums, column.written_type)
        return reading or _named(found, "TEXT" if not loose else _affinity(column.written_type), column)
    reading = _named(found, name, column)
    if loose and reading.kind in (FieldType.STRING, FieldType.TEXT, FieldType.INTEGER, FieldType.FLOAT):
        reading = replace(reading, untyped=True)
    if name == "TEXT" and bounded_text:
        reading = replace(reading, kind=FieldType.TEXT, max_length=None)
    return reading


def _named(found: exp.DataType, name: str, column: Column) -> Reading:
    numbers = _arguments(found)
    if name == "ENUM":
        choices = tuple(dict.fromkeys(item.name for item in found.expressions if isinstance(item, exp.Literal)))
        return Reading(FieldType.ENUM, choices=choices)
    if (name == "TINYINT" and numbers == (1,)) or (name == "BIT" and numbers in ((), (1,))):
        return Reading(FieldType.BOOLEAN)
    if name in _WHOLE:
        low, high = _WHOLE[name]
        return Reading(FieldType.INTEGER, minimum=low, maximum=high, counted=name in _COUNTED)
    if name in _DECIMALS:
        return _decimal(name, numbers)
    if name in _KINDS:
        return Reading(_KINDS[name], minimum=0 if name == "UDOUBLE" else None)
    if name in _STRINGS or name in _TEXTS:
        return _text(name, numbers)
    if name in _JSON:
        return Reading(FieldType.TEXT, lost="json is kept as a text that holds it, not as a structure")
    written = column.written_type or name.lower()
    return Reading(None, lost=f"{written}: no type that an API of this kind keeps; the column is left out")


def _arguments(found: exp.DataType) -> tuple[int, ...]:
    texts = [item.name for item in found.expressions if isinstance(item, exp.DataTypeParam)]
    return tuple(int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 10)


def _text(name: str, numbers: tuple[int, ...]) -> Reading:
    if name in _TEXTS and name != "TEXT":
        return Reading(FieldType.TEXT, max_length=_TEXTS[name])
    if not numbers or numbers[0] == 0:
        return Reading(FieldType.STRING, textual=True, max_length=1 if name == "CHAR" else None)
    kind = FieldType.TEXT if numbers[0] > MOST_CHARACTERS // 10 else FieldType.STRING
    return Reading(kind, textual=True, max_length=min(numbers[0], MOST_CHARACTERS))


def _decimal(name: str, numbers: tuple[int, ...]) -> Reading:
    if name in {"MONEY", "SMALLMONEY"}:
        return Reading(FieldType.DECIMAL, scale=2)
    if not numbers:
        return Reading(FieldType.DECIMAL, minimum=0 if name.startswith("U") else None)
    scale = numbers[1] if len(numbers) > 1 else 0
    kept = min(scale, 8)
    lost = f"of {scale} digits after the point 8 are kept" if kept < scale else ""
    before = numbers[0] - scale
    # A float tells numbers of 15 digits apart, and 12 before the point are what the API takes anyway.
    bounded = 0 <= before < 12 and before + kept <= 15
    most = 10**before - 10**-kept if bounded and kept else float(10**before - 1) if bounded else None
    least = 0 if name.startswith("U") else None if most is None else -round(most, kept)
    return Reading(
        FieldType.DECIMAL, scale=kept, minimum=least, maximum=None if most is None else round(most, kept), lost=lost
    )


def _user_defined(enums: Mapping[str, tuple[str, ...]], written: str) -> Reading | None:
    name = written.casefold()
    if name in enums:
        return Reading(FieldType.ENUM, choices=enums[name])
    if name in _OTHER_STRINGS:
        return Reading(FieldType.STRING, textual=True)
    if name not in _PLACES and any(re.search(pattern, name, re.I) for pattern, _ in _AFFINITIES):
        return None
    return Reading(None, lost=f"{name}: no type that an API of this kind keeps; the column is left out")


def _affinity(written: str) -> str:
    return next((name for pattern, name in _AFFINITIES if re.search(pattern, written, re.I)), "DECIMAL")
