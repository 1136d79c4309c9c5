"""Finding records in a list: filters, ranges, sorting, search."""

from collections.abc import Iterator
from urllib.parse import quote

from pydantic import JsonValue

from devmatrix.discovery.document import Attribute, FieldType, Level, Operation, OperationKind
from devmatrix.discovery.proofs.edges import wrong_values
from devmatrix.discovery.proofs.payloads import Values, scalar_values, settable
from devmatrix.discovery.proofs.script import Record, Script, page
from devmatrix.discovery.proofs.subject import Draft, Proof, Subject, proof
from devmatrix.discovery.proofs.unproducible import UnproducibleError
from devmatrix.discovery.proofs.values import NUMBERS
from devmatrix.discovery.proofs.wording import many, sentence

FILTERED = frozenset(
    {
        FieldType.ENUM,
        FieldType.BOOLEAN,
        FieldType.REFERENCE,
        FieldType.INTEGER,
        FieldType.DATE,
        FieldType.UUID,
        FieldType.EMAIL,
        FieldType.STRING,
    }
)
RANGED = NUMBERS | {FieldType.DATE, FieldType.DATETIME}
SEARCHED = frozenset({FieldType.STRING, FieldType.TEXT, FieldType.EMAIL, FieldType.URL})
_UNSORTED = frozenset({FieldType.PASSWORD, FieldType.TEXT, FieldType.REFERENCES})
PAGING = frozenset({"limit", "offset", "sort", "search"})
_CARED_FOR = 12


def listing(subject: Subject) -> list[Proof]:
    """Requirements about finding records of the entity in its list."""
    listed = subject.operation(OperationKind.LIST)
    if listed is None:
        return []
    entity = subject.entity
    attributes = settable(entity)
    plainly_named = [item for item in attributes if not _is_ambiguous(item, attributes)]
    filtered = [item for item in plainly_named if item.type in FILTERED]
    ranged = [item for item in plainly_named if item.type in RANGED]
    plain = entity.account is None
    proofs = proof(
        Level.SHOULD,
        f"{sentence(many(entity))} can be filtered by {_names(filtered)}",
        [listed],
        [_filters(subject, listed, filtered), _bad_filters(subject, listed, filtered)],
    )
    if plain:
        proofs += proof(
            Level.SHOULD,
            f"{sentence(many(entity))} can be filtered by ranges of {_names(ranged)}",
            [listed],
            [_ranges(subject, listed, ranged)],
        )
        proofs += proof(
            Level.SHOULD, f"{sentence(many(entity))} can be sorted", [listed], [_sorting(subject, listed, attributes)]
        )
    searched = [item for item in entity.attributes if item.type in SEARCHED]
    return proofs + proof(
        Level.SHOULD,
        f"{sentence(many(entity))} can be searched",
        [listed],
        [_search(subject, listed, searched)],
    )


def _is_ambiguous(attribute: Attribute, attributes: list[Attribute]) -> bool:
    """Whether a parameter of its name could mean something else, too: paging, or the range of another attribute."""
    names = {item.name for item in attributes}
    bounds = {f"{name}_{end}" for name in names for end in ("min", "max")}
    own = {f"{attribute.name}_min", f"{attribute.name}_max"}
    return attribute.name in PAGING | bounds or bool(own & names)


def _names(attributes: list[Attribute]) -> str:
    names = [attribute.name for attribute in attributes]
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def text_of(value: JsonValue) -> str:
    """A value as a query has it, percent-encoded but for captures."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return quote(str(value), safe="${}")


def _pair(script: Script, subject: Subject, listed: Operation) -> tuple[Record, Record]:
    """Two records that differ in as many attributes as possible; the first is one that its maker finds in the list."""
    first = script.usable(subject.entity, listed, full=True)
    return first, script.record(subject.entity, full=True, maker=first.maker)


def _filters(subject: Subject, listed: Operation, attributes: list[Attribute]) -> list[Draft]:
    login = subject.entity.account.login_field if subject.entity.account else None

    def write(script: Script, part: list[Attribute]) -> None:
        first, second = _pair(script, subject, listed)
        base = f"{login}={text_of(first.values[login])}&" if login else ""
        for attribute in part:
            value = first.values.get(attribute.name)
            if value is None or isinstance(value, (dict, list)):
                continue
            found = [first.body]
            if login is None and second.values.get(attribute.name) == value:
                found.append(second.body)
            query = f"{attribute.name}={text_of(value)}"
            if attribute.name != login:
                query = base + query
            text = f"{many(subject.entity)} are filtered by {attribute.name}"
            script.call("when", text, listed, query=query, record=first, answer=page(list(found)))

    drafts = subject.chunked(f"{many(subject.entity)} are filtered", "happy", attributes, write)
    return drafts if subject.operation(OperationKind.CREATE) or drafts else []


def _bad_filters(subject: Subject, listed: Operation, attributes: list[Attribute]) -> list[Draft]:
    strict = [item for item in attributes if item.type not in {FieldType.STRING, FieldType.EMAIL}][:6]

    def write(script: Script) -> None:
        for attribute in strict:
            value = "maybe" if attribute.type is FieldType.BOOLEAN else wrong_values(attribute)[-1].value
            value = "something-else" if attribute.type is FieldType.ENUM else value
            script.refuse(
                "when",
                f"{many(subject.entity)} are filtered by a malformed {attribute.name}",
                listed,
                status=422,
                blame=[f"query:{attribute.name}"],
                query=f"{attribute.name}={text_of(value)}",
            )

    return subject.draft(f"{many(subject.entity)} are not filtered by malformed values", "error", write)


def _ranges(subject: Subject, listed: Operation, attributes: list[Attribute]) -> list[Draft]:
    def write(script: Script, part: list[Attribute]) -> None:
        first, second = _pair(script, subject, listed)
        actor = script.cast.caller(listed, first.maker)
        for attribute in part:
            low, high = sorted((first, second), key=lambda record: _key(attribute, record.values[attribute.name]))
            if low.values[attribute.name] == high.values[attribute.name]:
                continue
            both = [first.body, second.body]
            low_value, high_value = (text_of(record.values[attribute.name]) for record in (low, high))
            for ending, value, found in (
                ("min", low_value, both),
                ("min", high_value, [high.body]),
                ("max", low_value, [low.body]),
            ):
                text = f"{many(subject.entity)} are filtered by {attribute.name}_{ending}"
                query = f"{attribute.name}_{ending}={value}"
                script.call("when", text, listed, query=query, actor=actor, answer=page(list(found)))

    parts = [attributes[start : start + 3] for start in range(0, len(attributes), 3)]
    drafts: list[Draft] = []
    for part in parts:
        title = f"{many(subject.entity)} are filtered by ranges of {_names(part)}"
        drafts += subject.draft(title, "boundary", lambda script, part=part: write(script, part))  # type: ignore[misc]
    return drafts


def _key(attribute: Attribute, value: JsonValue) -> tuple[bool, float, str]:
    """To sort by, nulls last."""
    if value is None:
        return (True, 0.0, "")
    if attribute.type in NUMBERS or isinstance(value, bool):
        return (False, float(str(value)) if not isinstance(value, bool) else float(value), "")
    return (False, 0.0, str(value))


def _sortable(subject: Subject, attributes: list[Attribute]) -> Iterator[Attribute]:
    for attribute in attributes:
        # Ids are not known beforehand, so a list sorted by a reference cannot be foretold.
        if attribute.type not in _UNSORTED and attribute.type is not FieldType.REFERENCE:
            yield attribute


def _sorting(subject: Subject, listed: Operation, attributes: list[Attribute]) -> list[Draft]:
    entity = subject.entity

    def write(script: Script, part: list[Attribute]) -> None:
        first = script.record(entity, _second_values(subject), full=True)
        second = script.record(entity, full=True, maker=first.maker)
        bare = script.record(entity, maker=first.maker)
        records = [first, second, bare]
        actor = script.cast.caller(listed, first.maker)
        for attribute in part:
            if any(isinstance(record.values[attribute.name], dict) for record in records):
                continue
            rising = sorted(records, key=lambda record: _key(attribute, record.values[attribute.name]))
            keys = [_key(attribute, record.values[attribute.name]) for record in records]
            # Ties fall back to ids, which are not known beforehand.
            if len(set(keys)) < len(keys):
                continue
            for query, ordered in ((attribute.name, rising), (f"-{attribute.name}", rising[::-1])):
                answer = page([record.body for record in ordered])
                text = f"{many(entity)} are sorted by {query}"
                script.call("when", text, listed, query=f"sort={query}", actor=actor, answer=answer)
        for query, ordered in (("created_at", records), ("-created_at", records[::-1])):
            answer = page([record.body for record in ordered])
            text = f"{many(entity)} are sorted by {query}"
            script.call("when", text, listed, query=f"sort={query}", actor=actor, answer=answer)

    chosen = list(_sortable(subject, attributes))[:_CARED_FOR]
    parts = [chosen[start : start + 6] for start in range(0, len(chosen), 6)] or [[]]
    drafts: list[Draft] = []
    for part in parts:
        title = f"{many(entity)} are sorted by {_names(part) or 'their creation'}"
        drafts += subject.draft(title, "happy", lambda script, part=part: write(script, part))  # type: ignore[misc]
    return drafts


def _second_values(subject: Subject) -> Values:
    """Values for the first record that sort after those of the later ones, so that creation and order differ."""
    try:
        return scalar_values(subject.entity, 7, {}, only_required=False)
    except UnproducibleError:
        return {}


def _search(subject: Subject, listed: Operation, attributes: list[Attribute]) -> list[Draft]:
    entity = subject.entity

    def write(script: Script, part: list[Attribute]) -> None:
        first, second = _pair(script, subject, listed)
        sent = [str(value) for record in (first, second) for value in _texts(record, attributes)]
        for attribute in part:
            value = first.values.get(attribute.name)
            if not isinstance(value, str) or not 1 <= len(value) <= 100 or "${" in value:
                continue
            if sum(value.lower() in text.lower() for text in sent) != 1:
                continue
            for text, asked in ((value[1:] or value, value[1:] or value), ("other capitals", value.swapcase())):
                if sum(asked.lower() in other.lower() for other in sent) != 1 or not asked.isascii():
                    continue
                words = f"{many(entity)} are searched for {text}"
                script.call(
                    "when", words, listed, query=f"search={quote(asked)}", record=first, answer=page([first.body])
                )
        for length in (0, 101):
            words, blame = f"{many(entity)} are searched for {length} characters", ["query:search"]
            script.refuse("when", words, listed, status=422, blame=blame, query=f"search={'x' * length}")
        nothing = page([])
        for sign in ("%", "_", "zz no such text zz"):
            if not any(sign in text for text in sent):
                words = f"{many(entity)} are searched for {sign}"
                script.call("when", words, listed, query=f"search={quote(sign)}", record=first, answer=nothing)

    if entity.account is not None:
        attributes = [item for item in attributes if item.name == entity.account.login_field]
    return subject.chunked(f"{many(entity)} are searched", "happy", attributes[:3], write) if attributes else []


def _texts(record: Record, attributes: list[Attribute]) -> list[JsonValue]:
    return [record.values[item.name] for item in attributes if record.values.get(item.name) is not None]
