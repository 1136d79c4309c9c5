"""Blueprint of `changes.py`: how records of an entity are made, changed and removed."""

from collections.abc import Iterable

from devmatrix.atoms.contract import MAX_BODY_LINES, AtomKind
from devmatrix.discovery.document import Attribute, Entity, FieldType, OperationKind
from devmatrix.stacks.fastapi.features.text import function, literal, with_article
from devmatrix.stacks.fastapi.imported.records.collection import Collection, Incoming, reaches
from devmatrix.stacks.fastapi.imported.records.fields import Field
from devmatrix.stacks.fastapi.imported.records.quotas import lines_on_change, lines_on_creation, quota_guards
from devmatrix.stacks.fastapi.imported.records.writing import Writer
from devmatrix.stacks.fastapi.imported.wire.identifiers import free
from devmatrix.stacks.fastapi.source import Source, Symbol

ADDING = frozenset(
    {OperationKind.CREATE, OperationKind.NESTED_CREATE, OperationKind.REGISTER, OperationKind.BULK_CREATE}
)
CHANGING = frozenset(
    {
        OperationKind.REPLACE,
        OperationKind.PATCH,
        OperationKind.NESTED_REPLACE,
        OperationKind.NESTED_PATCH,
        OperationKind.CURRENT_REPLACE,
        OperationKind.CURRENT_PATCH,
        OperationKind.TRANSITION,
        OperationKind.UPLOAD,
    }
)
REMOVING = frozenset({OperationKind.DELETE, OperationKind.NESTED_DELETE, OperationKind.BULK_DELETE})


def changes_source(collection: Collection) -> Source | None:
    """The module, if any endpoint changes its records."""
    return Changes(collection).source()


class Changes:
    """What can be done to the records of one collection."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._writer = Writer()
        self._model = self._writer.model(collection)
        self._name = collection.variable
        self._local = free(collection.variable, _TAKEN)
        kinds = {each.operation.kind for each in collection.served}
        self.adds = bool(kinds & ADDING) or (
            collection.account is not None and collection.records.wire.guards.makes_accounts
        )
        self.adds = self.adds or any(
            lookup.place == "only" for _, lookup in collection.records.lookups.get(collection.entity.name, ())
        )
        self.changes = bool(kinds & CHANGING)
        self.removes = bool(kinds & REMOVING) or is_removed_with_another(collection)

    def source(self) -> Source | None:
        """The module."""
        symbols = tuple(self._symbols())
        if not symbols:
            return None
        collection = self._collection
        return Source(
            path=collection.path("changes"),
            task_id=f"{collection.package}.changes",
            docstring=f"How {collection.label_of_many} are made, changed and removed.",
            symbols=symbols,
            imports=tuple(self._writer.imports),
            preamble=self._unique() if self.adds or self.changes else "",
        )

    def _unique(self) -> str:
        groups = []
        for group in self._collection.unique:
            names = ", ".join(literal(field.name) for field in group) + ("," if len(group) == 1 else "")
            groups.append(f"    ({names}): {literal(group[0].attribute.name)},")
        if not groups:
            return ""
        body = "\n".join(["UNIQUE: dict[tuple[str, ...], str] = {", *groups, "}"])
        return (
            f"# What no two {self._collection.label_of_many} have the same of, and the property that is blamed.\n{body}"
        )

    def _symbols(self) -> Iterable[Symbol]:
        if (self.adds or self.changes) and self._secrets:
            yield self._hash_secrets()
        if self.adds or self.changes:
            yield from quota_guards(self._collection, self._writer)
        if self.adds:
            yield self._add()
        if self.changes:
            yield self._change()
        if self.removes:
            yield self._remove()

    @property
    def _secrets(self) -> list[Field]:
        return [each for each in self._collection.fields.all if each.attribute.type is FieldType.PASSWORD]

    def _hash_secrets(self) -> Symbol:
        writer = self._writer
        names = ", ".join(literal(field.name.removesuffix("_hash")) for field in self._secrets)
        hashed = f"await {writer.use('run_in_threadpool')}({writer.use('hash_password')}, secret)"
        body = [
            f"for name in ({names},):",
            "    secret = values.pop(name, None)",
            "    if secret is not None:",
            f'        values[f"{{name}}_hash"] = {hashed}',
        ]
        head = f"async def hash_secrets(values: dict[str, {writer.use('Any')}]) -> None"
        return Symbol("hash_secrets", function(head, "Put hashes in the place of passwords.", body))

    def _add(self) -> Symbol:
        collection, writer, local = self._collection, self._writer, self._local
        body = [self._with_defaults()]
        body += self._made()
        body += ["await hash_secrets(made)"] if self._secrets else []
        body += [*self._refuse("made"), *lines_on_creation(collection, "made")]
        body += [f"{link} = made.pop({literal(link)}, [])" for link in self._lists()]
        body += [f"{local} = {self._model}(**made)", f"session.add({local})", f"await {writer.use('save')}(session)"]
        for association in collection.held:
            name = collection.fields.names[association.attribute.name]
            if name in self._lists():
                kind = writer.imported(f"app.{collection.package}.model", association.class_name)
                body.append(f"await {writer.use('set_links')}(session, {kind}, {local}, {name})")
        body.append(f"return {local}")
        head = f"async def add_{self._name}({self._session()}, values: {self._mapping()}) -> {self._model}"
        doc = f"Keep a new {collection.label}; what it has no value for is made where the service makes it."
        return _symbol(f"add_{self._name}", function(head, doc, body))

    def _with_defaults(self) -> str:
        collection = self._collection
        defaults = []
        for field in collection.fields.all:
            value = self.default(field.attribute)
            if value:
                defaults.append(f"{literal(field.name)}: {value}")
        machine = collection.entity.states
        if machine is not None:
            name = collection.fields.of(machine.field).name
            defaults = [each for each in defaults if not each.startswith(f"{literal(name)}:")]
            defaults.append(f"{literal(name)}: {literal(machine.initial)}")
        if not defaults:
            return "made = dict(values)"
        return f"made: dict[str, {self._writer.use('Any')}] = {{{', '.join([*defaults, '**values'])}}}"

    def default(self, attribute: Attribute) -> str:
        """Source of what the attribute holds where nothing is sent; empty: null."""
        default = attribute.default
        if default is None or attribute.generated or attribute.type in (FieldType.REFERENCE, FieldType.PASSWORD):
            return ""
        if default.kind == "literal":
            return "" if default.value is None else literal(default.value)
        if attribute.type is FieldType.DATETIME:
            if not default.days:
                return f"{self._writer.use('now_text')}()"
            return f"{self._writer.use('later_text')}({default.days})"
        return (
            f"{self._writer.use('later_text')}({default.days})[:10]"
            if default.days
            else (f"{self._writer.use('today_text')}()")
        )

    def _made(self) -> list[str]:
        """Lines that make what the service makes."""
        writer, made, lines = self._writer, [], []
        for field in self._collection.fields.all:
            generated = field.attribute.generated
            is_number = field.python_type == "int"
            column = f"{self._model}.{field.name}"
            if generated in ("now", "touched"):
                made.append(f"{field.name}={'seconds' if is_number else self._moment(field, 'moment')}")
            elif generated in ("uuid", "text"):
                made.append(f"{field.name}={writer.use(f'new_{generated}')}()")
            elif generated == "sequence":
                number = f"await {writer.use('next_number')}(session, {column})"
                value = number if is_number else f"str({number})"
                lines += [f"if made.get({literal(field.name)}) is None:", f"    made[{literal(field.name)}] = {value}"]
            elif generated == "slug":
                origin = self._collection.fields.names.get(field.attribute.slug_of, field.attribute.slug_of)
                most = field.attribute.max_length or _LONGEST_SLUG + _SUFFIX
                cut = f", {most - _SUFFIX}" if _SUFFIX < most < _LONGEST_SLUG + _SUFFIX else ""
                slug = f"await {writer.use('free_slug')}(session, {column}, made.get({literal(origin)}){cut})"
                lines += [f"if made.get({literal(field.name)}) is None:", f"    made[{literal(field.name)}] = {slug}"]
        joined = ", ".join(made)
        moments = [f"moment = {writer.use('now_text')}()"] if "=moment" in joined else []
        moments += [f"seconds = {writer.use('now_seconds')}()"] if "=seconds" in joined else []
        return [*moments, *([f"{writer.use('fill')}(made, {joined})"] if made else []), *lines]

    def _refuse(self, values: str, kept: str = "") -> list[str]:
        if not self._collection.unique:
            return []
        call = f"{self._writer.use('refuse_duplicates')}(session, {self._model}, UNIQUE, {values}{kept})"
        return [f"await {call}"]

    def _lists(self) -> list[str]:
        """Names of the associations that bodies set as a whole."""
        written = {write.attribute for each in self._collection.served for write in each.effect.writes}
        names = self._collection.fields.names
        return [names[each.attribute.name] for each in self._collection.held if each.attribute.name in written]

    def _change(self) -> Symbol:
        collection, writer, local = self._collection, self._writer, self._local
        copied = bool(self._secrets or self._lists() or self._touched())
        new = "made" if copied else "values"
        body = ["made = dict(values)"] if copied else []
        body += ["await hash_secrets(made)"] if self._secrets else []
        body += [*self._refuse(new, f", {local}"), *lines_on_change(collection, local, new)]
        for association in collection.held:
            name = collection.fields.names[association.attribute.name]
            if name in self._lists():
                kind = writer.imported(f"app.{collection.package}.model", association.class_name)
                body.append(f"if {literal(name)} in made:")
                links = f"made.pop({literal(name)})"
                body.append(f"    await {writer.use('set_links')}(session, {kind}, {local}, {links})")
        body += self._touched()
        body += [f"{writer.use('change')}({local}, {new})", f"await {writer.use('save')}(session)"]
        parameters = f"{self._session()}, {local}: {self._model}, values: {self._mapping()}"
        head = f"async def change_{self._name}({parameters}) -> None"
        doc = f"Give {with_article(collection.label)} these values."
        return _symbol(f"change_{self._name}", function(head, doc, body))

    def _moment(self, field: Field, moment: str) -> str:
        return f"{moment}[:10]" if field.attribute.type is FieldType.DATE else moment

    def _touched(self) -> list[str]:
        touched = [each for each in self._collection.fields.all if each.attribute.generated == "touched"]
        made = [
            f"{field.name}={self._moment(field, self._writer.use(_NOW[field.python_type == 'int']) + '()')}"
            for field in touched
        ]
        return [f"{self._writer.use('fill')}(made, {', '.join(made)})"] if made else []

    def _remove(self) -> Symbol:
        collection, local = self._collection, self._local
        body = []
        if is_removed_by_service(collection):
            for incoming in collection.incoming:
                body += self._before_removal(incoming)
            for association in (*collection.held, *collection.holding) if collection.entity.soft_delete else ():
                ends = [("holder", association.holder), ("target", association.target)]
                body += self._drop_links(association.class_name, association.holder.name, ends)
        if collection.entity.soft_delete:
            body += [f"{local}.deleted_at = {self._writer.use('now')}()", "await session.flush()"]
        else:
            body.append(f"await {self._writer.use('discard')}(session, {local})")
        head = f"async def remove_{self._name}({self._session()}, {local}: {self._model}) -> None"
        doc = f"Delete {with_article(collection.label)}. Raises StateConflict where others stand against it."
        return _symbol(f"remove_{self._name}", function(head, doc, list(dict.fromkeys(body))))

    def _before_removal(self, incoming: Incoming) -> list[str]:
        """What happens to records that refer to the one that goes."""
        writer, child = self._writer, incoming.child
        model = writer.model(child)
        column = f"{model}.{incoming.field.name}"
        alive = f", {model}.deleted_at.is_(None)" if child.entity.soft_delete else ""
        where = f"{column} == {self._local}.row_id{alive}"
        match incoming.field.attribute.on_delete:
            case "restrict":
                select = writer.use("select")
                return [
                    f"if await session.scalar({select}({model}.row_id).where({where}).limit(1)) is not None:",
                    f'    raise {writer.use("StateConflict")}("It has {child.label_of_many}.")',
                ]
            case "set_null":
                values = f"{incoming.field.name}=None"
                return [f"await session.execute({writer.use('update')}({model}).where({where}).values({values}))"]
            case _:
                each = free(child.variable, {*_TAKEN, self._local})
                remove = f"remove_{child.variable}"
                lines = []
                if child is not self._collection and self._collection.entity.name in reaches(child, _cascaded):
                    lines.append(f"from app.{child.package}.changes import {remove}")
                elif child is not self._collection:
                    remove = writer.imported(f"app.{child.package}.changes", remove)
                children = f"await session.scalars({writer.use('select')}({model}).where({where}))"
                return [*lines, f"for {each} in {children}:", f"    await {remove}(session, {each})"]

    def _drop_links(self, link: str, holder: str, ends: list[tuple[str, Entity]]) -> list[str]:
        writer = self._writer
        kind = writer.imported(f"app.{self._collection.records.of(holder).package}.model", link)
        return [
            f"await session.execute({writer.use('delete')}({kind}).where({kind}.{end}_row_id == {self._local}.row_id))"
            for end, entity in ends
            if entity is self._collection.entity
        ]

    def _session(self) -> str:
        return f"session: {self._writer.use('AsyncSession')}"

    def _mapping(self) -> str:
        return f"{self._writer.use('Mapping')}[str, {self._writer.use('Any')}]"


_NOW = ("now_text", "now_seconds")
_LONGEST_SLUG = 100
_SUFFIX = 6
"""Room for what tells equal slugs apart."""
_TAKEN = frozenset(
    """session values made counted own_row others moment seconds name save change fill now discard select update
    delete""".split()
)


def _symbol(name: str, source: str) -> Symbol:
    """A function; one that deals with a thing a line, and with many, is a list of what it does to each."""
    is_long = source.count("\n") > MAX_BODY_LINES + 2
    return Symbol(name, source, AtomKind.TABLE if is_long else AtomKind.FUNCTION)


def _cascaded(collection: Collection) -> Iterable[Collection]:
    return (each.child for each in collection.incoming if each.field.attribute.on_delete == "cascade")


def is_removed_by_service(collection: Collection) -> bool:
    """Whether the database alone cannot do what a deletion asks for: rows stay, of it or of what goes with it."""
    goes_along = {collection.entity.name, *reaches(collection, _cascaded)}
    records = collection.records
    return any(
        records.of(name).entity.soft_delete or any(each.child.entity.soft_delete for each in records.of(name).incoming)
        for name in goes_along
    )


def is_removed_with_another(collection: Collection) -> bool:
    """Whether the service removes its records along with what they refer to."""
    return any(
        field.attribute.on_delete == "cascade" and is_removed_by_service(collection.target(field.attribute.name))
        for field in collection.fields.all
        if field.attribute.type is FieldType.REFERENCE
    )
