"""Blueprints of the unit tests of an entity's records: a factory, and tests of queries, changes and views."""

from collections.abc import Iterable

from devmatrix.atoms.contract import AtomKind
from devmatrix.discovery.document import Attribute, FieldType
from devmatrix.discovery.interface import Source as Origin
from devmatrix.discovery.shapes import ShapeKind
from devmatrix.stacks.fastapi.features.text import function, literal, with_article
from devmatrix.stacks.fastapi.imported.records.changes import Changes
from devmatrix.stacks.fastapi.imported.records.collection import Collection, selects
from devmatrix.stacks.fastapi.imported.records.fields import Field
from devmatrix.stacks.fastapi.imported.records.gallery import Gallery, needs_settings
from devmatrix.stacks.fastapi.imported.records.queries import (
    LISTING,
    finder_name,
    list_arguments,
    lookup_shape,
    select_name,
    signing_in_name,
)
from devmatrix.stacks.fastapi.imported.records.samples import other_value, sample_value
from devmatrix.stacks.fastapi.imported.records.writing import RESERVED, Writer, broken
from devmatrix.stacks.fastapi.imported.wire.identifiers import free
from devmatrix.stacks.fastapi.source import Source, Symbol

_SESSION = "session: AsyncSession"
_FILTERED = (FieldType.STRING, FieldType.TEXT, FieldType.EMAIL, FieldType.URL, FieldType.ENUM, FieldType.INTEGER)


def test_sources(collection: Collection, gallery: Gallery) -> tuple[Source, ...]:
    """The modules of its unit tests."""
    return UnitTests(collection, gallery).sources()


class UnitTests:
    """The tests of one collection."""

    def __init__(self, collection: Collection, gallery: Gallery) -> None:
        self._collection = collection
        self._gallery = gallery
        self._records = collection.records
        self._changes = Changes(collection)
        self._local = free(collection.variable, {*RESERVED, "other"})
        self._make = f"make_{collection.variable}"

    def sources(self) -> tuple[Source, ...]:
        """Factory, tests, and the packages that they stand in."""
        collection = self._collection
        folder, task = f"tests/unit/{collection.package}", f"{collection.package}.tests"
        writer = Writer()
        tests = tuple({symbol.name: symbol for symbol in self._tests(writer)}.values())
        modules = [Source(f"{folder}/__init__.py", task, "")]
        if self._records.all[0] is collection:
            modules.insert(0, Source("tests/unit/__init__.py", task, ""))
        modules.append(self._factory(f"{folder}/factory.py", task))
        if tests:
            docstring = f"Tests of {collection.label_of_many}: how they are found, changed and shown."
            path = f"{folder}/test_{collection.package}.py"
            modules.append(Source(path, task, docstring, tests, tuple(writer.imports)))
        return tuple(modules)

    def _factory(self, path: str, task: str) -> Source:
        collection, writer = self._collection, Writer()
        model, local = writer.model(collection), self._local
        body, values = [], []
        for field in collection.fields.all:
            if field.nullable or (self._changes.adds and (field.attribute.generated or self._has_default(field))):
                continue
            if field.table:
                target = collection.target(field.attribute.name)
                body.append(f'if "{field.name}" not in changes:')
                row = f"(await {self._made_elsewhere(writer, target)}(session)).row_id"
                body.append(f'    changes["{field.name}"] = {row}')
            else:
                values.append(f"{literal(self._given(field))}: {sample_value(field, writer, self._records.interface)}")
        given = f"{{{', '.join([*values, '**changes'])}}}"
        writer.use("AsyncSession")
        if self._changes.adds:
            add = writer.imported(f"app.{collection.package}.changes", f"add_{collection.variable}")
            body.append(f"{local} = await {add}(session, {given})")
        else:
            body += [f"{local} = {model}(**{given})", f"session.add({local})"]
        body += ["await session.commit()", f"return {local}"]
        head = f"async def {self._make}({_SESSION}, **changes: {writer.use('Any')}) -> {model}"
        doc = f"Keep {with_article(collection.label)}, with `changes`; what it must refer to is made, too."
        source = function(head, doc, [piece for line in body for piece in broken(line)])
        symbol = Symbol(self._make, source, AtomKind.TEST)
        return Source(path, task, f"Makes {collection.label_of_many} for tests.", (symbol,), tuple(writer.imports))

    def _given(self, field: Field) -> str:
        """Under which name the factory gives the value: a password that is hashed on the way, else the column."""
        is_secret = field.attribute.type is FieldType.PASSWORD and self._changes.adds
        return field.name.removesuffix("_hash") if is_secret else field.name

    def _has_default(self, field: Field) -> bool:
        states = self._collection.entity.states
        if states is not None and states.field == field.attribute.name:
            return True
        return bool(self._changes.default(field.attribute))

    def _made_elsewhere(self, writer: Writer, target: Collection) -> str:
        name = f"make_{target.variable}"
        if target is self._collection:
            return name
        return writer.imported(f"tests.unit.{target.package}.factory", name)

    def _tests(self, writer: Writer) -> Iterable[Symbol]:
        yield from self._finding(writer)
        yield from self._signing_in(writer)
        yield from self._unique(writer)
        yield from self._generated(writer)
        yield from self._filtering(writer)
        yield from self._removal(writer)
        yield from self._shown(writer)

    def _test(self, writer: Writer, name: str, doc: str, body: Iterable[str], *fixtures: str) -> Symbol:
        writer.use("AsyncSession")
        parameters = ", ".join([_SESSION, *fixtures])
        lines = [piece for line in body for piece in broken(line)]
        head = f"async def {name}({parameters}) -> None"
        return Symbol(name, function(head, doc, lines), AtomKind.TEST)

    def _making(self, writer: Writer, **given: str) -> str:
        make = self._made_in_tests(writer, self._collection)
        arguments = "".join(f", {name}={value}" for name, value in given.items())
        return f"await {make}(session{arguments})"

    def _made_in_tests(self, writer: Writer, target: Collection) -> str:
        return writer.imported(f"tests.unit.{target.package}.factory", f"make_{target.variable}")

    def _finding(self, writer: Writer) -> Iterable[Symbol]:
        collection, local = self._collection, self._local
        for served, lookup in self._records.lookups.get(collection.entity.name, ()):
            field = None if lookup.place in ("caller", "only") else collection.fields.of(lookup.attribute)
            if field is None or field.nullable or lookup_shape(served, lookup, collection) is None:
                continue
            finder = finder_name(collection, lookup, lookup_shape(served, lookup, collection))
            if finder.endswith("_text") or "_text_within_" in finder:
                continue
            module = writer.module(collection, "queries")
            within = f", {local}.{collection.fields.of(lookup.within).name}" if lookup.within else ""
            elsewhere = f", {local}.{collection.fields.of(lookup.within).name} + 1" if lookup.within else ""
            known = f"{local}.{field.name}"
            absent = known if lookup.within else ("-1" if field.python_type == "int" else '"absent"')
            if field.python_type not in ("int", "str") or (
                lookup.within and collection.fields.of(lookup.within).nullable
            ):
                continue
            missing = writer.imported("app.refusals", "Missing")
            writer.imports["import pytest"] = None
            yield self._test(
                writer,
                f"test_{finder}",
                f"{with_article(collection.label).capitalize()} is found, and Missing where there is none.",
                [
                    f"{local} = {self._making(writer)}",
                    f"assert await {module}.{finder}(session, {known}{within}) is {local}",
                    f"with pytest.raises({missing}):",
                    f"    await {module}.{finder}(session, {absent}{elsewhere})",
                ],
            )

    def _signing_in(self, writer: Writer) -> Iterable[Symbol]:
        collection, local = self._collection, self._local
        account = collection.account
        logins = {each.effect.credentials.login_attribute for each in collection.served if each.effect.credentials}
        if account is None or not logins or not self._changes.adds:
            return
        secret = collection.fields.of(account.password_field)
        for login in sorted(logins):
            field = collection.fields.of(login)
            if field.nullable or field.python_type != "str":
                continue
            name = f"{writer.module(collection, 'queries')}.{signing_in_name(collection, login)}"
            refusal = writer.imported("app.refusals", "BadCredentials")
            writer.imports["import pytest"] = None
            given = {secret.name.removesuffix("_hash"): '"a-good-password"'}
            yield self._test(
                writer,
                f"test_signing_in_by_{field.name}",
                "With the right password, which is not kept; refused alike for a wrong one and a wrong name.",
                [
                    f"{local} = {self._making(writer, **given)}",
                    f'assert {local}.{secret.name} != "a-good-password"',
                    f'assert await {name}(session, {local}.{field.name}, "a-good-password") is {local}',
                    f'for login, password in (({local}.{field.name}, "another"), ("absent", "a-good-password")):',
                    f"    with pytest.raises({refusal}):",
                    f"        await {name}(session, login, password)",
                ],
            )

    def _unique(self, writer: Writer) -> Iterable[Symbol]:
        collection, local = self._collection, self._local
        for group in collection.unique:
            if any(field.nullable for field in group) or not (self._changes.adds or self._changes.changes):
                continue
            values = ", ".join(f"{literal(field.name)}: {local}.{field.name}" for field in group)
            module = writer.module(collection, "changes")
            lines = [f"{local} = {self._making(writer)}"]
            if self._changes.adds:
                call = f"{module}.add_{collection.variable}(session, {{{values}}})"
            else:
                enums = [each for each in group if each.attribute.type is FieldType.ENUM]
                given = {each.name: other_value(each, writer, self._records.interface) for each in enums}
                lines.append(f"other = {self._making(writer, **given)}")
                call = f"{module}.change_{collection.variable}(session, other, {{{values}}})"
            writer.imports["import pytest"] = None
            refusal = writer.imported("app.refusals", "Duplicate")
            name = "_and_".join(field.name for field in group)
            lines += [f"with pytest.raises({refusal}):", f"    await {call}"]
            doc = f"No two {collection.label_of_many} have the same."
            yield self._test(writer, f"test_a_taken_{name}_is_refused", doc, lines)

    def _generated(self, writer: Writer) -> Iterable[Symbol]:
        if not self._changes.adds:
            return
        for field in self._collection.fields.all:
            origin = self._collection.fields.names.get(field.attribute.slug_of, "")
            if field.attribute.generated == "slug" and origin and field.attribute.unique:
                made = self._making(writer, **{origin: '"Two words: ä"'})
                expected: list[object] = ["two-words", "two-words-2", "two-words-3"]
            elif field.attribute.generated == "sequence":
                made = self._making(writer)
                expected = [1, 2, 3] if field.python_type == "int" else ["1", "2", "3"]
            else:
                continue
            lines = [
                f"made = [{made} for _ in range(3)]",
                f"assert [each.{field.name} for each in made] == {literal(expected)}",
            ]
            unique = [each for each in self._collection.unique if any(part.name == origin for part in each)]
            if not unique:
                doc = "The service makes one that is free."
                yield self._test(writer, f"test_{field.name}_is_made", doc, lines)

    def _filtering(self, writer: Writer) -> Iterable[Symbol]:
        collection, local = self._collection, self._local
        for served in collection.served:
            if served.operation.kind not in LISTING or not selects(served):
                continue
            arguments = list_arguments(served, collection)
            if any(each.always for each in arguments):
                continue
            for argument in arguments:
                one = argument.filter
                if one is None or len(one.path) > 1 or one.operator != "equals" or argument.shape is None:
                    continue
                attribute = collection.attribute(one.path[0])
                if not self._can_be_filtered(attribute, argument.shape.kind):
                    continue
                field = collection.fields.of(attribute.name)
                values = (
                    sample_value(field, writer, self._records.interface),
                    other_value(field, writer, self._records.interface),
                )
                module = writer.module(collection, "queries")
                given = ", ".join(f"{each.name}={values[0] if each is argument else None}" for each in arguments)
                yield self._test(
                    writer,
                    f"test_{select_name(served).removeprefix('for_')}_by_{field.name}",
                    f"Only {collection.label_of_many} that have the value are found.",
                    [
                        f"{local} = {self._making(writer, **{field.name: values[0]})}",
                        f"{self._making(writer, **{field.name: values[1]})}",
                        f"found = await session.scalars({module}.{select_name(served)}({given}))",
                        f"assert found.all() == [{local}]",
                    ],
                )

    def _can_be_filtered(self, attribute: Attribute, kind: ShapeKind) -> bool:
        if attribute.type not in _FILTERED or attribute.unique or attribute.generated:
            return False
        if attribute.type is FieldType.ENUM and len(attribute.choices) < 2:
            return False
        states = self._collection.entity.states
        if states is not None and states.field == attribute.name:
            return False
        return (kind is ShapeKind.INTEGER) == (attribute.type is FieldType.INTEGER) and kind is not ShapeKind.ARRAY

    def _removal(self, writer: Writer) -> Iterable[Symbol]:
        collection, local = self._collection, self._local
        if not self._changes.removes:
            return
        for incoming in collection.incoming:
            child, rule = incoming.child, incoming.field.attribute.on_delete
            if child is collection:
                continue
            module = writer.module(collection, "changes")
            make = self._made_in_tests(writer, child)
            lines = [
                f"{local} = {self._making(writer)}",
                f"child = await {make}(session, {incoming.field.name}={local}.row_id)",
            ]
            remove = f"await {module}.remove_{collection.variable}(session, {local})"
            if rule == "restrict":
                writer.imports["import pytest"] = None
                refusal = writer.imported("app.refusals", "StateConflict")
                lines += [f"with pytest.raises({refusal}):", f"    {remove}"]
                # After a refusal by the database the record is not to be touched again.
                lines[1] = lines[1].removeprefix("child = ")
            elif rule == "cascade":
                exists = f"await session.get({writer.model(child)}, child.row_id, populate_existing=True)"
                gone = f"{exists} is None"
                if child.entity.soft_delete:
                    gone = "child.deleted_at is not None"
                lines += [remove, f"assert {gone}"]
            else:
                lines += [remove, "await session.refresh(child)", f"assert child.{incoming.field.name} is None"]
            verb = {"restrict": "stands_against", "cascade": "goes_with", "set_null": "outlives"}[rule]
            stem = incoming.field.name.removesuffix("_row_id")
            doc = f"What a deletion means for {child.label_of_many}."
            yield self._test(writer, f"test_{child.variable}_by_{stem}_{verb}_{collection.variable}", doc, lines)

    def _shown(self, writer: Writer) -> Iterable[Symbol]:
        collection, local = self._collection, self._local
        for shown in self._gallery.all:
            if shown.view.entity != collection.entity.name or not shown.class_name:
                continue
            plain = [
                (each.name, collection.fields.of(each.value.attribute))
                for each in shown.view.members
                if each.value.source is Origin.ATTRIBUTE
                and collection.attribute(each.value.attribute).type is not FieldType.REFERENCES
                and not collection.fields.of(each.value.attribute).nullable
            ]
            names = self._records.wire.fields(shown.shape)
            kept = [(names[name], field) for name, field in plain if name in names and field.python_type == "str"][:3]
            if not kept:
                continue
            arguments = [f"[{local}]"]
            arguments += ["None"] if self._gallery.needs(shown, Origin.LINKED) else []
            fixtures = []
            if needs_settings(self._gallery, shown):
                arguments.append("settings")
                fixtures = [f"settings: {writer.use('Settings')}"]
            arguments += ['"https://localhost/"'] if self._gallery.needs(shown, Origin.ADDRESS) else []
            module = writer.module(collection, "views")
            lines = [
                f"{local} = {self._making(writer)}",
                f"views = await {module}.{shown.each}(session, {', '.join(arguments)})",
                f"shown = views[{local}.row_id]",
                *(f"assert shown.{name} == {local}.{field.name}" for name, field in kept),
            ]
            doc = "What is kept is shown."
            yield self._test(writer, f"test_show_each_{shown.name}", doc, lines, *fixtures)
