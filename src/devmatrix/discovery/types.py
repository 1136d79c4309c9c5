"""The type that a field's name suggests, where nothing else is said."""

from devmatrix.discovery.document import FieldType

_LAST = {
    word: kind
    for kind, words in {
        FieldType.PASSWORD: "password passphrase",
        FieldType.EMAIL: "email",
        FieldType.URL: "url website link homepage uri webpage",
        FieldType.UUID: "uuid guid",
        FieldType.DATETIME: "at timestamp datetime",
        FieldType.DATE: "on date birthday birthdate dob deadline day_of_birth",
        FieldType.TIME: "time",
        FieldType.DECIMAL: """price amount cost rate charge total fee salary fare rent discount tax subtotal wage budget
        deposit balance
        revenue weight height width depth length area volume""",
        FieldType.FLOAT: "latitude longitude lat lon lng temperature ratio",
        FieldType.INTEGER: """count quantity age year copies capacity stock position minutes hours days
        seconds duration score
        points rating servings seats pages floor mileage attempts semester priority_number""",
        FieldType.TEXT: """description notes note body content contents comment comments summary text bio biography
        instructions details remark remarks abstract message""",
    }.items()
    for word in words.split()
}
_FLAGS = frozenset(
    """active enabled disabled available archived verified visible public private done completed featured pinned
    paid published approved required""".split()
)
_TRUE_AT_FIRST = frozenset("active enabled available visible".split())
_FLAG_STARTS = frozenset("is has can should was".split())
_MOMENTS = frozenset("start end begin finish departure arrival starting ending".split())


def inferred(name: str) -> FieldType:
    """The type that a snake_case name suggests; a string where it suggests nothing."""
    words = name.split("_")
    for inner in ("of", "per"):
        if inner in words[1:-1] and words[0] not in {"number", "num", "no"}:
            words = words[: words.index(inner, 1)]  # the date of birth is a date, the price per unit a price
    last = words[-1]
    if (len(words) > 1 and words[0] in _FLAG_STARTS) or name in _FLAGS:
        return FieldType.BOOLEAN
    if name in {"number", "no_of"} or name.startswith(("number_of_", "num_", "no_of_")):
        return FieldType.INTEGER
    if "email" in words[-2:]:
        return FieldType.EMAIL
    if last == "time" and words[0] in _MOMENTS:
        return FieldType.DATETIME
    if len(words) == 1 and last in {"at", "on"}:
        return FieldType.STRING
    if name in {"start", "end", "starts", "ends"}:
        return FieldType.DATETIME
    if words[0] == "valid" and last in {"from", "until", "to"}:
        return FieldType.DATE
    return _LAST.get(last, FieldType.STRING)


def true_at_first(name: str) -> bool:
    """Whether a flag of that name holds until someone says otherwise."""
    return name.split("_")[-1] in _TRUE_AT_FIRST


WRITTEN = {
    word: kind
    for kind, words in {
        FieldType.STRING: "string str varchar char",
        FieldType.TEXT: "text longtext",
        FieldType.INTEGER: "integer int",
        FieldType.DECIMAL: "decimal money currency numeric",
        FieldType.FLOAT: "float double",
        FieldType.BOOLEAN: "boolean bool flag",
        FieldType.DATE: "date",
        FieldType.DATETIME: "datetime timestamp",
        FieldType.TIME: "time",
        FieldType.EMAIL: "email",
        FieldType.URL: "url uri",
        FieldType.UUID: "uuid",
        FieldType.ENUM: "enum",
        FieldType.PASSWORD: "password",
    }.items()
    for word in words.split()
}
"""Words by which the notation names a type."""
