"""Blueprint of `queries.py`: how records of an entity are found, one by one and in lists."""

from collections.abc import Iterable
from dataclasses import dataclass

from devmatrix.atoms.contract import MAX_BODY_LINES, AtomKind
from devmatrix.discovery.document import OperationKind
from devmatrix.discovery.interface import Filter, Lookup
from devmatrix.discovery.shapes import Shape, ShapeKind
from devmatrix.stacks.fastapi.features.text import function, listed, literal, words
from devmatrix.stacks.fastapi.imported.records.collection import Collection, Served, selects
from devmatrix.stacks.fastapi.imported.records.conditions import Conditions
from devmatrix.stacks.fastapi.imported.records.fields import Association, tokens
from devmatrix.stacks.fastapi.imported.records.writing import RESERVED, Writer, broken
from devmatrix.stacks.fastapi.imported.wire.contents import body_content
from devmatrix.stacks.fastapi.imported.wire.identifiers import free, snake
from devmatrix.stacks.fastapi.source import Source, Symbol

LISTING = frozenset({OperationKind.LIST, OperationKind.NESTED_LIST, OperationKind.SEARCH, OperationKind.COUNT})
_MOST_CONDITIONS = 6
_PYTHON = {ShapeKind.INTEGER: "int", ShapeKind.NUMBER: "float", ShapeKind.BOOLEAN: "bool"}


def queries_source(collection: Collection) -> Source | None:
    """The module, if anything looks for its records."""
    return Queries(collection).source()


@dataclass(frozen=True)
class Argument:
    """A parameter of a query."""

    name: str
    """Of the parameter."""
    declaration: str
    filter: Filter | None = None
    shape: Shape | None = None
    always: bool = False
    """It is never None."""


def finder_name(collection: Collection, lookup: Lookup, shape: Shape | None) -> str:
    """Name of the query behind a lookup: report_by_id_within_trail."""
    name = f"{collection.variable}_by_{snake(lookup.attribute)}"
    name += "_text" if compares_text(collection, lookup, shape) else ""
    return f"{name}_within_{snake(lookup.within)}" if lookup.within else name


def compares_text(collection: Collection, lookup: Lookup, shape: Shape | None) -> bool:
    """Whether the value is text although the attribute is none."""
    kind = shape.kind if shape is not None else ShapeKind.STRING
    return kind not in _PYTHON and collection.fields.of(lookup.attribute).python_type != "str"


def lookup_shape(served: Served, lookup: Lookup, collection: Collection) -> Shape | None:
    """The shape of the value that the lookup compares."""
    records = collection.records
    if lookup.place in ("path", "query"):
        found = next(
            (each for each in served.endpoint.parameters if (each.place, each.name) == (lookup.place, lookup.name)),
            None,
        )
        return records.interface.resolve(found.shape) if found else None
    # What the service sets is taken as text, whatever is sent.
    return None if is_read_only(served, lookup.name, collection) else body_shape(served, lookup.name, collection)


def body_shape(served: Served, pointer: str, collection: Collection) -> Shape | None:
    """The shape of what stands at the pointer in the body (in an item of a batch)."""
    content, records = body_content(served.endpoint), collection.records
    shape = records.interface.resolve(content.shape) if content else None
    for token in tokens(served.effect.batch) if served.is_batch else ():
        one = shape.property(token) if shape else None
        shape = records.interface.resolve(one.shape) if one else None
    if served.is_batch and shape is not None:
        shape = records.interface.resolve(shape.items) if shape.items else None
    for token in tokens(pointer):
        one = shape.property(token) if shape else None
        shape = records.interface.resolve(one.shape) if one else None
    return shape


def is_read_only(served: Served, pointer: str, collection: Collection) -> bool:
    """Whether callers cannot send what stands at the pointer."""
    content, names = body_content(served.endpoint), tokens(pointer)
    shape = collection.records.interface.resolve(content.shape) if content else None
    for name in names:
        one = shape.property(name) if shape else None
        if one is None or one.read_only:
            return one is not None
        shape = collection.records.interface.resolve(one.shape)
    return False


def reversed_list(served: Served, collection: Collection) -> bool:
    """Whether the list shows who holds a record, and not what a record holds."""
    effect = served.effect
    last = effect.lookups[-1].entity if effect.lookups else ""
    association = collection.records.association(effect.holder, effect.association)
    return effect.entity == effect.holder and last == association.target.name and last != effect.holder


def list_arguments(served: Served, collection: Collection) -> tuple[Argument, ...]:
    """The parameters of a list's query: what it is fixed to, the caller, filters, sorting."""
    effect, found = served.effect, []
    if effect.parent or effect.association:
        label = "parent" if effect.parent else "holder"
        found.append(Argument(f"{label}_row_id", f"{label}_row_id: int", always=True))
    if narrows(served, collection):
        found.append(Argument("owner_row_id", "owner_row_id: int | None"))
    if any(each.operator == "of_caller" for each in effect.filters):
        found.append(Argument("caller_row_id", "caller_row_id: int | None"))
    wanted = {each.parameter: each for each in effect.filters if each.parameter}
    by_name = {each.name: each for each in served.endpoint.parameters}
    names = python_names_of(served, collection)
    for name, one in wanted.items():
        inside = body_shape(served, name, collection) if one.place == "body" else by_name[name].shape
        shape = collection.records.interface.resolve(inside or Shape(kind=ShapeKind.STRING))
        found.append(Argument(names[name], f"{names[name]}: {_python_type(shape, collection)} | None", one, shape))
    sorting = effect.sorting
    for name in (sorting.parameter, sorting.direction):
        if name:
            found.append(Argument(names[name], f"{names[name]}: str | None"))
    return tuple(found)


def python_names_of(served: Served, collection: Collection) -> dict[str, str]:
    """Names of what a query asks for, by wire name (or JSON pointer), made free for the query's own code."""
    declared = collection.records.wire.parameters(served.endpoint)
    found: dict[str, str] = {}
    taken = set(RESERVED) | {"parent_row_id", "holder_row_id", "owner_row_id", "caller_row_id", "each", "column"}
    for each in declared:
        if each.place in ("query", "path"):
            found.setdefault(each.wire_name, free(each.name, taken))
            taken.add(found[each.wire_name])
    for one in served.effect.filters:
        if one.place == "body":
            found[one.parameter] = free(snake(tokens(one.parameter)[-1]), taken)
            taken.add(found[one.parameter])
    return found


def narrows(served: Served, collection: Collection) -> bool:
    """Whether the list holds the caller's own records only (unless a role lifts that)."""
    is_list = served.operation.kind in LISTING and not served.effect.lookups
    owned = collection.entity.owner_field is not None or collection.account is not None
    return is_list and served.operation.access.owner and owned


def _python_type(shape: Shape, collection: Collection) -> str:
    if shape.kind is ShapeKind.ARRAY:
        items = collection.records.interface.resolve(shape.items) if shape.items else None
        return f"Sequence[{_PYTHON.get(items.kind, 'str') if items else 'str'}]"
    return _PYTHON.get(shape.kind, "str")


class Queries:
    """The queries of one collection."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._writer = Writer()
        self._model = self._writer.model(collection)

    def source(self) -> Source | None:
        """The module."""
        symbols = {symbol.name: symbol for symbol in self._symbols()}
        if not symbols:
            return None
        collection = self._collection
        preamble = "\n\n".join(self._orders())
        return Source(
            path=collection.path("queries"),
            task_id=f"{collection.package}.queries",
            docstring=f"How {collection.label_of_many} are found.",
            symbols=tuple(symbols.values()),
            imports=tuple(self._writer.imports),
            preamble=preamble,
        )

    def _symbols(self) -> Iterable[Symbol]:
        collection = self._collection
        for served, lookup in collection.records.lookups.get(collection.entity.name, ()):
            if lookup.place not in ("caller", "only"):
                yield self._finder(lookup, lookup_shape(served, lookup, collection))
        for served in collection.served:
            if served.effect.credentials is not None and collection.account is not None:
                yield self._signing_in(served.effect.credentials.login_attribute)
        for served in collection.served:
            if (served.operation.kind in LISTING and selects(served)) or served.clears:
                yield from self._list(served)

    def _finder(self, lookup: Lookup, shape: Shape | None) -> Symbol:
        collection, writer = self._collection, self._writer
        field = collection.fields.of(lookup.attribute)
        argument = free(field.name, RESERVED)
        is_text = compares_text(collection, lookup, shape)
        column = f"{self._model}.{field.name}"
        compared = f"{writer.use('as_text')}({column})" if is_text else column
        tests = [f"{compared} == {argument}"]
        kind = writer.use("Any") if field.python_type == "Any" else field.python_type
        parameters = [f"session: {writer.use('AsyncSession')}", f"{argument}: {'str' if is_text else kind}"]
        said = f"with that {words(lookup.attribute)}"
        if lookup.within:
            within = collection.fields.of(lookup.within).name
            owner = free(within, {*RESERVED, argument})
            parameters.append(f"{owner}: int")
            tests.append(f"{self._model}.{within} == {owner}")
            said += f" within that {words(lookup.within)}"
        tests += self._alive()
        order = "" if field.unique else f".order_by({self._model}.row_id).limit(1)"
        statement = f"{writer.use('select')}({self._model}).where({', '.join(tests)}){order}"
        name = finder_name(collection, lookup, shape)
        head = f"async def {name}({', '.join(parameters)}) -> {self._model}"
        # Where errors name records, it is told which kind is missing.
        kind = f", {literal(collection.entity.name)}" if lookup.called else ""
        body = broken(f"return {writer.use('found')}(await session.scalar({statement}){kind})")
        doc = f"The {collection.label} {said}. Raises Missing where there is none."
        return Symbol(name, function(head, doc, body))

    def _alive(self) -> list[str]:
        return [f"{self._model}.deleted_at.is_(None)"] if self._collection.entity.soft_delete else []

    def _signing_in(self, attribute: str) -> Symbol:
        collection, writer = self._collection, self._writer
        account = collection.account
        assert account is not None
        field = collection.fields.of(attribute)
        secret = collection.fields.of(account.password_field).name
        local = free(collection.variable, {*RESERVED, "login", "password"})
        tests = ", ".join([f"{self._model}.{field.name} == login", *self._alive()])
        fits = f"{writer.use('verify_password')}, password, {local}.{secret} if {local} else None"
        body = [
            f"{local} = await session.scalar({writer.use('select')}({self._model}).where({tests}))",
            f"fits = await {writer.use('run_in_threadpool')}({fits})",
            f"if {local} is None or not fits:",
            f'    raise {writer.use("BadCredentials")}("There is no such account, or the password is wrong.")',
            f"return {local}",
        ]
        head = f"async def {signing_in_name(collection, attribute)}(session: {writer.use('AsyncSession')}, login: str, "
        head += f"password: str) -> {self._model}"
        said = f"The {collection.label} with that {words(attribute)} and password. Raises BadCredentials otherwise."
        return Symbol(signing_in_name(collection, attribute), function(head, said, body))

    def _list(self, served: Served) -> Iterable[Symbol]:
        collection, writer = self._collection, self._writer
        arguments = list_arguments(served, collection)
        parts = []
        filtered = [each for each in arguments if each.filter is not None]
        chunks = [filtered[start : start + _MOST_CONDITIONS] for start in range(0, len(filtered), _MOST_CONDITIONS)]
        name = select_name(served)
        for number, chunk in enumerate(chunks, 1):
            symbol = self._conditions(f"filters_{name}{'' if number == 1 else f'_{number}'}", chunk, served)
            parts.append(f"*{symbol.name}({', '.join(each.name for each in chunk)})")
            yield symbol
        tests = [*self._alive(), *self._fixed(served), *parts, *self._of_caller(served)]
        statement = f"{writer.use('select')}({self._model})"
        where = f".where({', '.join(tests)})" if tests else ""
        lines = [f"statement = {statement}{where}", *self._of_owner(arguments), *self._order(served)]
        parameters = ", ".join(each.declaration for each in arguments)
        for each in arguments:
            if "Sequence[" in each.declaration:
                writer.use("Sequence")
        head = f"def {name}({parameters}) -> {writer.use('Select')}[{self._model}]"
        doc = f"The {collection.label_of_many} that `{served.endpoint.document_id or served.operation.id}` is about."
        body = [piece for line in lines for piece in broken(line)]
        source = function(head, doc, body)
        is_long = len(body) > MAX_BODY_LINES
        yield Symbol(name, source, AtomKind.TABLE if is_long else AtomKind.FUNCTION, operations=(served.operation.id,))

    def _conditions(self, name: str, chunk: list[Argument], served: Served) -> Symbol:
        writer = self._writer
        conditions = Conditions(self._collection, writer)
        body: list[str] = []
        for each in chunk:
            assert each.filter is not None
            body.append(f"if {each.name} is not None:")
            body += broken(f"    yield {conditions.of(each.filter, each.name, each.shape)}")
        parameters = ", ".join(each.declaration for each in chunk)
        head = f"def {name}({parameters}) -> {writer.use('Iterator')}[{writer.use('ColumnElement')}[bool]]"
        said = listed([words(each.name) for each in chunk])
        is_long = len(body) > MAX_BODY_LINES
        doc = f"What is asked for by {said}, as far as it is given."
        return Symbol(name, function(head, doc, body), AtomKind.TABLE if is_long else AtomKind.FUNCTION)

    def _fixed(self, served: Served) -> list[str]:
        """What narrows the statement to a parent or a holder."""
        effect = served.effect
        if effect.parent:
            return [f"{self._model}.{self._collection.fields.of(effect.parent).name} == parent_row_id"]
        return [self._in_association(served)] if effect.association else []

    def _of_owner(self, arguments: tuple[Argument, ...]) -> list[str]:
        """Lines that narrow the statement to the records of an owner."""
        if all(each.name != "owner_row_id" for each in arguments):
            return []
        owner = self._collection.entity.owner_field
        column = self._collection.fields.of(owner).name if owner else "row_id"
        return [
            "if owner_row_id is not None:",
            f"    statement = statement.where({self._model}.{column} == owner_row_id)",
        ]

    def _in_association(self, served: Served) -> str:
        association = self._collection.records.association(served.effect.holder, served.effect.association)
        link = self._link(association)
        own, other = ("holder", "target") if reversed_list(served, self._collection) else ("target", "holder")
        rows = f"{self._writer.use('select')}({link}.{own}_row_id).where({link}.{other}_row_id == holder_row_id)"
        return f"{self._model}.row_id.in_({rows})"

    def _link(self, association: Association) -> str:
        holder = self._collection.records.of(association.holder.name)
        return self._writer.imported(f"app.{holder.package}.model", association.class_name)

    def _of_caller(self, served: Served) -> list[str]:
        conditions = Conditions(self._collection, self._writer)
        return [conditions.of(each, "", None) for each in served.effect.filters if each.operator == "of_caller"]

    def _order(self, served: Served) -> list[str]:
        sorting, writer = served.effect.sorting, self._writer
        row = f"{self._model}.row_id"
        names = python_names_of(served, self._collection)
        usual = f"{self._column(sorting.attribute)}, {sorting.descending}"
        if sorting.parameter:
            chosen = names[sorting.parameter]
            lines = [f'column, descending = {_orders_name(served)}.get({chosen} or "", ({usual}))']
            descending = "descending"
            if sorting.direction:
                lines.append(
                    f'descending = {names[sorting.direction]} == "desc" if {names[sorting.direction]} else descending'
                )
            order = f"*{writer.use('ordered')}(column, {row}, descending={descending})"
        elif sorting.direction:
            chosen = names[sorting.direction]
            lines = [f'descending = {chosen} == "desc" if {chosen} else {sorting.descending}']
            order = f"*{writer.use('ordered')}({self._column(sorting.attribute)}, {row}, descending=descending)"
        elif sorting.attribute:
            lines = []
            column = self._column(sorting.attribute)
            order = f"*{writer.use('ordered')}({column}, {row}, descending={sorting.descending})"
        else:
            lines, order = [], f"{row}.desc()" if sorting.descending else row
        return [*lines, f"return statement.order_by({order})"]

    def _column(self, attribute: str) -> str:
        if not attribute:
            return f"{self._model}.row_id"
        field = self._collection.fields.of(attribute)
        if field.attribute.generated in ("now", "sequence"):
            return f"{self._model}.row_id"
        return f"{self._model}.{field.moment or field.name}"

    def _orders(self) -> Iterable[str]:
        """What the values of the parameters that sort mean."""
        for served in self._collection.served:
            sorting = served.effect.sorting
            if served.operation.kind not in LISTING or not sorting.parameter:
                continue
            column = f"{self._writer.use('InstrumentedAttribute')}[{self._writer.use('Any')}]"
            lines = [
                f"    {literal(value)}: ({self._column(attribute)}, {descending}),"
                for value, attribute, descending in sorting.choices
            ]
            yield "\n".join([f"{_orders_name(served)}: dict[str, tuple[{column}, bool]] = {{", *lines, "}"])


def select_name(served: Served) -> str:
    """Name of the query behind a list."""
    return f"for_{snake(served.operation.id)}"


def signing_in_name(collection: Collection, attribute: str) -> str:
    """Name of the query behind a login."""
    return f"{collection.variable}_signing_in_by_{snake(attribute)}"


def _orders_name(served: Served) -> str:
    return f"ORDERS_OF_{snake(served.operation.id).upper()}"
