"""Types of attributes in schemas: what a body, a query and an answer hold."""

from decimal import Decimal
from math import ceil, floor

from devmatrix.discovery.document import Attribute, FieldType
from devmatrix.stacks.fastapi.features.feature import python_name
from devmatrix.stacks.fastapi.features.text import literal, pascal

_INT32 = (-(2**31), 2**31 - 1)
_INT64 = (-(2**63), 2**63 - 1)
_LENGTHS = {FieldType.STRING: (1, 200), FieldType.TEXT: (0, 10_000), FieldType.PASSWORD: (8, 128)}
_LONGEST = {FieldType.URL: 2000}
_MOST_LINKS = 100

_PLAIN_INPUT = {
    FieldType.BOOLEAN: "bool",
    FieldType.DATE: "Date",
    FieldType.DATETIME: "UtcDatetime",
    FieldType.TIME: "Time",
    FieldType.UUID: "Identifier",
    FieldType.REFERENCE: "Identifier",
    FieldType.EMAIL: "Email",
    FieldType.URL: "Url",
}
_OUTPUT = {
    FieldType.INTEGER: "int",
    FieldType.FLOAT: "float",
    FieldType.BOOLEAN: "bool",
    FieldType.DATE: "dt.date",
    FieldType.DATETIME: "dt.datetime",
    FieldType.TIME: "Time",
    FieldType.UUID: "UUID",
    FieldType.REFERENCE: "UUID",
    FieldType.REFERENCES: "list[UUID]",
}
_QUERY = {
    FieldType.INTEGER: "QueryInteger",
    FieldType.FLOAT: "QueryFloat",
    FieldType.BOOLEAN: "QueryFlag",
    FieldType.DATE: "Date",
    FieldType.DATETIME: "UtcDatetime",
    FieldType.UUID: "Identifier",
    FieldType.REFERENCE: "Identifier",
    FieldType.EMAIL: "Email",
    FieldType.STRING: "Annotated[str, SafeText]",
}


def input_type(attribute: Attribute) -> str:
    """The type in a request body, with its bounds."""
    plain = _PLAIN_INPUT.get(attribute.type)
    bounds = bounds_of(attribute)
    if plain is not None:
        return f"Annotated[{plain}, Field({', '.join(bounds)})]" if bounds else plain
    match attribute.type:
        case FieldType.ENUM:
            return choices(attribute)
        case FieldType.REFERENCES:
            return f"Annotated[list[Identifier], Distinct(), Field(max_length={_MOST_LINKS})]"
        case FieldType.DECIMAL:
            field = f"Field({', '.join(bounds)}), " if bounds else ""
            return f"Annotated[Decimal, {field}Exact(scale={attribute.scale})]"
        case FieldType.INTEGER | FieldType.FLOAT:
            return f"Annotated[{_OUTPUT[attribute.type]}, Field({', '.join(bounds)})]"
        case _:
            return f"Annotated[str, Field({', '.join(bounds)}), SafeText]"


def choices(attribute: Attribute) -> str:
    """The Literal of an enum's choices."""
    return f"Literal[{', '.join(literal(choice) for choice in attribute.choices)}]"


def output_type(attribute: Attribute) -> str:
    """The type in an answer."""
    if attribute.type is FieldType.ENUM:
        return value_name(attribute)
    if attribute.type is FieldType.DECIMAL:
        return f"Annotated[Decimal, Exact(scale={attribute.scale})]"
    return _OUTPUT.get(attribute.type, "str")


def query_type(attribute: Attribute) -> str:
    """The type of a filter's value, which comes as text."""
    if attribute.type is FieldType.ENUM:
        return value_name(attribute)
    if attribute.type is FieldType.DECIMAL:
        return f"Annotated[Decimal, Exact(scale={attribute.scale})]"
    if attribute.type is FieldType.INTEGER and not has_32_bits(attribute):
        return "QueryBigInteger"
    return _QUERY[attribute.type]


def value_name(attribute: Attribute) -> str:
    """Name of the alias of its type: TitleValue."""
    return f"{pascal(python_name(attribute))}Value"


def body_type(attribute: Attribute) -> str:
    """How a body's field names its type: the alias where the type is more than a name."""
    text = input_type(attribute)
    return value_name(attribute) if "[" in text else text


def default_source(attribute: Attribute) -> str | None:
    """Source of the value where a body leaves the attribute out: an expression, or `factory:` and a callable."""
    default = attribute.default
    if attribute.type is FieldType.REFERENCES:
        return "factory:list"
    if default is None:
        return None if attribute.required else "None"
    if default.kind == "literal":
        return literal_source(attribute, default.value)
    days = f" + dt.timedelta(days={default.days})" if default.days else ""
    today = default.kind == "today" or attribute.type is FieldType.DATE
    call = "today" if today else "now"
    return f"factory:lambda: {call}(){days}" if days else f"factory:{call}"


def literal_source(attribute: Attribute, value: object) -> str:
    """Source of a JSON value as the attribute's Python type."""
    if value is None:
        return "None"
    match attribute.type:
        case FieldType.DECIMAL:
            return f'Decimal("{Decimal(str(value)):.{attribute.scale}f}")'
        case FieldType.DATE:
            return f'dt.date.fromisoformat("{value}")'
        case FieldType.DATETIME:
            return f'dt.datetime.fromisoformat("{value}")'
        case FieldType.TIME:
            return f'dt.time.fromisoformat("{value}")'
        case FieldType.UUID | FieldType.REFERENCE:
            return f'UUID("{value}")'
        case FieldType.FLOAT if isinstance(value, int | float):
            return literal(float(value))
        case FieldType.INTEGER if isinstance(value, int | float):
            return literal(int(value))
        case _:
            return literal(value)


def length_bounds(attribute: Attribute) -> tuple[int, int]:
    """Least and greatest length of a text."""
    least, most = _LENGTHS.get(attribute.type, (0, 2000))
    least = least if attribute.min_length is None else attribute.min_length
    return least, most if attribute.max_length is None else attribute.max_length


def has_32_bits(attribute: Attribute) -> bool:
    """Whether the column of an integer has 32 bits: PostgreSQL's driver refuses to compare it with greater numbers."""
    return all(_INT32[0] <= bound <= _INT32[1] for bound in _given_bounds(attribute).values())


def integer_bounds(attribute: Attribute) -> tuple[int, int]:
    """Least and greatest value of an integer, both inclusive."""
    given = _given_bounds(attribute)
    low, high = _INT32 if has_32_bits(attribute) else _INT64
    if "ge" in given or "gt" in given:
        low = max(low, ceil(given["ge"]) if "ge" in given else floor(given["gt"]) + 1)
    if "le" in given or "lt" in given:
        high = min(high, floor(given["le"]) if "le" in given else ceil(given["lt"]) - 1)
    return low, high


def bounds_of(attribute: Attribute) -> list[str]:
    """Arguments of `Field` that say what a value of the attribute may be."""
    match attribute.type:
        case FieldType.STRING | FieldType.TEXT | FieldType.PASSWORD:
            least, most = length_bounds(attribute)
            texts = [f"min_length={least}"] if least else []
            pattern = [f"pattern={literal(attribute.pattern)}"] if attribute.pattern else []
            return [*texts, f"max_length={most}", *pattern]
        case FieldType.EMAIL | FieldType.URL:
            shortest = [f"min_length={attribute.min_length}"] if attribute.min_length else []
            longest = attribute.max_length or _LONGEST.get(attribute.type)
            return [*shortest, *([f"max_length={longest}"] if longest else [])]
        case FieldType.INTEGER:
            low, high = integer_bounds(attribute)
            return [f"ge={low}", f"le={high}"]
        case FieldType.FLOAT:
            return [*(f"{name}={_number(bound)}" for name, bound in _given_bounds(attribute).items()), _FINITE]
        case FieldType.DECIMAL:
            return [f"{name}={_exact(bound)}" for name, bound in _given_bounds(attribute).items()]
        case _:
            return []


_FINITE = "allow_inf_nan=False"


def _given_bounds(attribute: Attribute) -> dict[str, float]:
    bounds = {
        "ge": attribute.minimum,
        "gt": attribute.exclusive_minimum,
        "le": attribute.maximum,
        "lt": attribute.exclusive_maximum,
    }
    return {name: bound for name, bound in bounds.items() if bound is not None}


def _number(bound: float) -> str:
    return repr(int(bound)) if bound == int(bound) else repr(bound)


def _exact(bound: float) -> str:
    return repr(int(bound)) if bound == int(bound) else f'Decimal("{bound!r}")'
