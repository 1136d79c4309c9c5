"""One route: its signature, and a body that looks up, checks, changes and answers."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from devmatrix.atoms.contract import MAX_BODY_LINES, AtomKind
from devmatrix.discovery.document import FieldType, OperationKind
from devmatrix.discovery.interface import Lookup
from devmatrix.discovery.interface import Source as Origin
from devmatrix.stacks.fastapi.features.text import function, literal, words
from devmatrix.stacks.fastapi.imported.records import signing
from devmatrix.stacks.fastapi.imported.records.answers import Answers
from devmatrix.stacks.fastapi.imported.records.changes import ADDING, CHANGING, REMOVING
from devmatrix.stacks.fastapi.imported.records.collection import Collection, Records, Served
from devmatrix.stacks.fastapi.imported.records.fields import Association, tokens
from devmatrix.stacks.fastapi.imported.records.gallery import Gallery
from devmatrix.stacks.fastapi.imported.records.inputs import Inputs, Surroundings
from devmatrix.stacks.fastapi.imported.records.lines import outside_brackets, tidied
from devmatrix.stacks.fastapi.imported.records.queries import (
    LISTING,
    finder_name,
    is_read_only,
    list_arguments,
    lookup_shape,
    python_names_of,
    select_name,
)
from devmatrix.stacks.fastapi.imported.records.showing import Scene
from devmatrix.stacks.fastapi.imported.records.values import Values
from devmatrix.stacks.fastapi.imported.records.writing import RESERVED, Writer, broken
from devmatrix.stacks.fastapi.imported.wire.contents import essence, success_reply
from devmatrix.stacks.fastapi.imported.wire.identifiers import free
from devmatrix.stacks.fastapi.source import Symbol


class Route:
    """The function of one endpoint, and the one that reads its values where that takes long."""

    def __init__(self, served: Served, records: Records, gallery: Gallery, writer: Writer, name: str) -> None:
        self.served = served
        self.records = records
        self.writer = writer
        self.name = name
        self.collection = records.of(served.effect.entity)
        self.endpoint = served.endpoint
        self.plan = records.wire.route(self.endpoint)
        self.guard = records.wire.guard(self.endpoint)
        self.body = records.wire.body(self.endpoint)
        self.declared = records.wire.parameters(self.endpoint)
        self.parameters = {(each.place, each.wire_name): each.name for each in self.declared}
        parts = self.body.parameters if self.body else ()
        self.taken = {*RESERVED, *records.modules, *(each.name for each in (*self.declared, *parts)), name}
        self.lines: list[str] = []
        self.found: list[tuple[Collection, str]] = []
        """What the lookups found: collection and variable."""
        self.uses_request = False
        self.uses_response = False
        self.extra: list[Symbol] = []
        self.answers = Answers(self, gallery)
        self._statement = ""

    def symbols(self) -> Iterable[Symbol]:
        """The function last."""
        self._look_up()
        self._check_owner()
        self._effects()[self.served.operation.kind]()
        lines = [piece for line in tidied(self.lines) for piece in broken(line)]
        source = function(self._head(), self._doc(), lines, self._decorator())
        is_long = len(lines) > MAX_BODY_LINES
        kind = AtomKind.TABLE if is_long else AtomKind.FUNCTION
        return (*self.extra, Symbol(self.name, source, kind, operations=(self.served.operation.id,)))

    def local(self, name: str) -> str:
        """A variable that is free, and is not any more."""
        chosen = free(name, self.taken)
        self.taken.add(chosen)
        return chosen

    @property
    def caller(self) -> str:
        """The caller, or None."""
        return self.guard.name or "None"

    @property
    def record(self) -> str:
        """Variable of what the last lookup found, or of what was made."""
        return self.found[-1][1]

    def _doc(self) -> str:
        text = " ".join((self.served.operation.summary or self.endpoint.description.partition("\n")[0]).split())
        if not text:
            text = words(self.endpoint.document_id or self.served.operation.id).capitalize()
        return f"{text.rstrip('.')[:100]}."

    def _decorator(self) -> tuple[str, ...]:
        for line in (*self.plan.imports, *self.guard.imports):
            self.writer.imports[line] = None
        return self.plan.decorator

    def _head(self) -> str:
        self.writer.use("SessionDependency")
        parts = self.body.parameters if self.body else ()
        required: list[str] = ["session: SessionDependency"]
        optional: list[str] = []
        required += [f"request: {self.writer.use('Request')}"] if self.uses_request else []
        required += [f"response: {self.writer.use('Response')}"] if self.uses_response else []
        required += [self.guard.declaration] if self.guard.declaration else []
        for each in (*self.declared, *parts):
            for line in each.imports:
                self.writer.imports[line] = None
            has_default = " = " in outside_brackets(each.declaration)
            (optional if has_default else required).append(each.declaration)
        for line in self.plan.answer.imports:
            self.writer.imports[line] = None
        return f"async def {self.name}({', '.join([*required, *optional])}) -> {self.plan.answer.text}"

    def _look_up(self) -> None:
        for lookup in self.served.effect.lookups:
            home = self.records.of(lookup.entity)
            if lookup.place == "caller":
                self.found.append((home, self._caller_found()))
                continue
            if lookup.place == "only":
                self.found.append((home, self._only(home)))
                continue
            module = self.writer.module(home, "queries")
            shape = lookup_shape(self.served, lookup, home)
            arguments = ["session", self._value_of(lookup, home)]
            arguments += [f"{self.record}.row_id"] if lookup.within else []
            variable = self.local(home.variable)
            call = f"{module}.{finder_name(home, lookup, shape)}({', '.join(arguments)})"
            self.lines.append(f"{variable} = await {call}")
            self.found.append((home, variable))

    def _only(self, home: Collection) -> str:
        """The one record of its kind; made where it is not there yet."""
        variable = self.local(home.variable)
        first = f"await {self.writer.use('first_of')}(session, {self.writer.model(home)})"
        made = f"await {self.writer.module(home, 'changes')}.add_{home.variable}(session, {{}})"
        self.lines.append(f"{variable} = {first} or {made}")
        return variable

    def _caller_found(self) -> str:
        if not self.guard.optional:
            return self.caller
        variable = self.local("account")
        self.lines.append(f"{variable} = {self.writer.use('found')}({self.caller})")
        return variable

    def _value_of(self, lookup: Lookup, home: Collection) -> str:
        if lookup.place == "body":
            return self.body_value(lookup.name, self._is_number_for_text(lookup, home))
        value = self.parameters[lookup.place, lookup.name]
        declared = next(each for each in self.declared if each.name == value)
        if lookup.place == "query" and not declared.required:
            refusal = f'{self.writer.use("InvalidQuery")}({literal(lookup.name)}, "Is needed.")'
            value = f"{self.writer.use('wanted')}({value}, {refusal})"
        return f"str({value})" if self._is_number_for_text(lookup, home) else value

    def _is_number_for_text(self, lookup: Lookup, home: Collection) -> bool:
        shape = lookup_shape(self.served, lookup, home)
        is_number = shape is not None and shape.kind in ("integer", "number")
        return is_number and home.fields.of(lookup.attribute).python_type == "str"

    def body_value(self, pointer: str, as_text: bool = False) -> str:
        """What stands at the pointer in the body. The route refuses where nothing does."""
        access = self.records.wire.access(self.endpoint, pointer)
        if is_read_only(self.served, pointer, self.collection):
            # It sets nothing, and is of any type.
            names, as_text = ", ".join(map(literal, tokens(pointer))), True
            inside = f"{self.writer.use('inside')}({self.writer.use('plain')}(body), {names})"
            access = replace(access, expression=inside, sent="", nullable=True)
        value = f"{access.expression} if {access.sent} else None" if access.sent else access.expression
        if access.sent or access.nullable:
            field = tokens(pointer)[-1] if tokens(pointer) else "body"
            refusal = f'{self.writer.use("InvalidBody")}({literal(field)}, "Is needed.")'
            value = f"{self.writer.use('wanted')}({value}, {refusal})"
        return f"str({value})" if as_text else value

    def _check_owner(self) -> None:
        access, lookups = self.served.operation.access, self.served.effect.lookups
        if not access.owner or not lookups or not self.guard.name or lookups[-1].place == "caller":
            return
        home, variable = self.found[-1]
        row = self.owner_row(home, variable)
        if row:
            excepted = f", excepted={self.has_role()}" if access.roles else ""
            self.lines.append(f"{self.writer.use('ensure_owner')}({self.caller}, {row}{excepted})")

    def owner_row(self, home: Collection, variable: str) -> str:
        """Source of the row of the account that owns a record; empty where nothing says so."""
        if home.entity.owner_field is not None:
            return f"{variable}.{home.fields.of(home.entity.owner_field).name}"
        return f"{variable}.row_id" if home.account is not None else ""

    def has_role(self) -> str:
        """Whether the caller has a role that lifts the rule of owners."""
        roles = ", ".join(map(literal, self.served.operation.access.roles))
        test = f"{self.writer.use('has_role')}({self.caller}, {roles})"
        return f"{self.caller} is not None and {test}" if self.guard.optional else test

    def _effects(self) -> dict[OperationKind, Callable[[], None]]:
        found: dict[OperationKind, Callable[[], None]] = {}
        for kinds, effect in (
            (ADDING - {OperationKind.BULK_CREATE}, self._add),
            (CHANGING - {OperationKind.TRANSITION}, self._change),
            (REMOVING - {OperationKind.BULK_DELETE}, self._remove),
            (LISTING, self._list),
            ((OperationKind.READ, OperationKind.NESTED_READ, OperationKind.CURRENT), self.answer),
            ((OperationKind.CUSTOM,), self._change if self.found else self._tell),
        ):
            found |= dict.fromkeys(kinds, effect)
        return found | {
            OperationKind.TRANSITION: self._transition,
            OperationKind.LINK: self._link,
            OperationKind.UNLINK: self._link,
            OperationKind.LOGIN: partial(signing.sign_in, self),
            OperationKind.LOGOUT: partial(signing.sign_out, self),
            **({OperationKind.CUSTOM: partial(signing.renew, self)} if self.served.effect.refresh else {}),
            OperationKind.BULK_CREATE: self._bulk_create,
            OperationKind.BULK_DELETE: self._clear if self.served.clears else self._bulk_delete,
            OperationKind.DOWNLOAD: self._download,
        }

    def _scene(self, record: str = "") -> Scene:
        name = record or (self.record if self.found else "")
        home = self.found[-1][0] if self.found and not record else self.collection
        return Scene(f"[{name}]" if name else "", name, home, self.caller, self.answers.settings(), taken=self.taken)

    def answer(self, record: str = "") -> None:
        """Write the lines that answer, about the record (else what was found last)."""
        self.answers.give(self._scene(record))

    def _tell(self) -> None:
        """Say that the service is there; where there is no answer to say it in, the database is asked at least."""
        if self.served.effect.answer is None:
            self.lines.append(f"await session.scalar({self.writer.use('select')}(1))")
        self.answer()

    def around(self) -> Surroundings:
        """What else values come from."""
        caller = f"{self.caller}.row_id" if self.guard.name else "None"
        if self.guard.optional and self.guard.name:
            caller = f"{self.caller}.row_id if {self.caller} else None"
        parent = f"{self.found[-1][1]}.row_id" if self.found else "None"
        return Surroundings(caller, parent, self.parameters)

    def _add(self) -> None:
        values = Values(self).source()
        module = self.writer.module(self.collection, "changes")
        variable = self.local(self.collection.variable)
        self.lines.append(f"{variable} = await {module}.add_{self.collection.variable}(session, {values})")
        self.lines.append("await session.commit()")
        self.found.append((self.collection, variable))
        self.answers.locate(variable)
        self.answer()

    def _change(self) -> None:
        home, variable = self.found[-1]
        self.lines += self._changing(home, variable, Values(self).source())
        self.answer()

    def _changing(self, home: Collection, variable: str, values: str) -> list[str]:
        module = self.writer.module(home, "changes")
        return [f"await {module}.change_{home.variable}(session, {variable}, {values})", "await session.commit()"]

    def _remove(self) -> None:
        home, variable = self.found[-1]
        module = self.writer.module(home, "changes")
        answer = self.answers.prepare(self._scene())
        self.lines.append(f"await {module}.remove_{home.variable}(session, {variable})")
        self.lines.append("await session.commit()")
        self.lines += [f"return {answer}"] if answer else []

    def _transition(self) -> None:
        home, variable = self.found[-1]
        machine = home.entity.states
        step = (
            next((each for each in machine.transitions if each.name == self.served.operation.transition), None)
            if machine
            else None
        )
        if machine is None or step is None:
            self._change()
            return
        field = home.fields.of(machine.field).name
        sources = ", ".join([*map(literal, step.sources), ""]).strip()
        self.lines.append(f"await {self.writer.use('hold')}(session, {variable})")
        self.lines.append(f"{self.writer.use('ensure_state')}({variable}.{field}, ({sources}))")
        for name in step.requires:
            self.lines.append(f"if {variable}.{home.fields.of(name).name} is None:")
            refusal = f"{self.writer.use('StateConflict')}({literal(f'It has no {words(name)} yet.')})"
            self.lines.append(f"    raise {refusal}")
        target = f"{{{literal(field)}: {literal(step.target)}}}"
        values = target if not self.served.effect.writes else f"{Values(self).source()} | {target}"
        self.lines += self._changing(home, variable, values)
        self.answer()

    def association(self) -> Association:
        """The association that the endpoint is about."""
        return self.records.association(self.served.effect.holder, self.served.effect.association)

    def holder(self) -> str:
        """Source of the record whose association it is."""
        effect = self.served.effect
        is_list = self.served.operation.kind in LISTING
        candidates = self.found if is_list else self.found[:-1]
        for home, variable in reversed(candidates):
            if home.entity.name == effect.holder or is_list:
                return variable
        return self._caller_found()

    def _link(self) -> None:
        effect, association = self.served.effect, self.association()
        home = self.records.of(association.holder.name)
        kind = self.writer.imported(f"app.{home.package}.model", association.class_name)
        holder, target = self.holder(), self.record
        is_link = self.served.operation.kind is OperationKind.LINK
        arguments = f"session, {kind}, {holder}, {target}"
        if effect.status_of_repeat is not None:
            linked = f"await {self.writer.use('is_linked')}({arguments})"
            said = "already" if is_link else "not"
            self.lines.append(f"if {linked if is_link else f'not {linked}'}:")
            self.lines.append(f'    raise {self.writer.use("StateConflict")}("It is {said} there.")')
        verb = self.writer.use("put_link" if is_link else "drop_link")
        self.lines += [f"await {verb}({arguments})", "await session.commit()"]
        self.answer()

    def _list(self) -> None:
        self._select()
        self.answers.of_list()

    def _clear(self) -> None:
        self._select()
        several = self.local(self.collection.package)
        self.lines.append(f"{several} = list(await session.scalars({self.statement()}))")
        self._remove_each(several)

    def _select(self) -> None:
        arguments = []
        names = python_names_of(self.served, self.collection)
        originals = {names[each.wire_name]: each.name for each in self.declared if each.place in ("query", "path")}
        for one in self.served.effect.filters:
            if one.place == "body":
                originals[names[one.parameter]] = self._asked_in_body(one.parameter)
        for each in list_arguments(self.served, self.collection):
            arguments.append(f"{each.name}={self._argument(each.name, originals)}")
        self._statement = f"{select_name(self.served)}({', '.join(arguments)})"

    def _asked_in_body(self, pointer: str) -> str:
        """Source of what a body asks for; None where it does not."""
        access = self.records.wire.access(self.endpoint, pointer)
        certain = self.endpoint.body_required and pointer.count("/") == 1
        return access.expression if certain or not access.sent else f"{access.expression} if {access.sent} else None"

    def statement(self) -> str:
        """The variable for the query behind a list."""
        module = self.writer.module(self.collection, "queries")
        line = f"statement = {module}.{self._statement}"
        if line not in self.lines:
            self.lines.append(line)
        return "statement"

    def _argument(self, name: str, originals: dict[str, str]) -> str:
        match name:
            case "parent_row_id":
                return f"{self.record}.row_id"
            case "holder_row_id":
                return f"{self.holder()}.row_id"
            case "owner_row_id":
                row = f"{self.caller}.row_id" if not self.guard.optional else self.around().caller
                if not self.served.operation.access.roles:
                    return row if self.guard.name else "None"
                return f"None if {self.has_role()} else {row}" if self.guard.name else "None"
            case "caller_row_id":
                return self.around().caller
            case _:
                return originals[name]

    def _batch(self) -> str:
        access = self.records.wire.access(self.endpoint, self.served.effect.batch)
        value = f"({access.expression} or [])" if access.nullable else access.expression
        return f"({value} if {access.sent} else [])" if access.sent else value

    def _bulk_create(self) -> None:
        several = self.local(self.collection.package)
        module = self.writer.module(self.collection, "changes")
        self.lines += [f"{several} = []", f"for item in {self._batch()}:"]
        inner = Inputs(self.served, self.collection, self.writer, self.around()).lines()
        self.lines += [f"    {line}" for line in inner]
        self.lines.append(f"    {several}.append(await {module}.add_{self.collection.variable}(session, values))")
        self.lines.append("await session.commit()")
        self.answers.of_batch(several)

    def _bulk_delete(self) -> None:
        lookup = self.served.effect.lookups[-1]
        several = self.local(self.collection.package)
        self.lines = [line for line in self.lines if not line.startswith(f"{self.record} = ")]
        access = self.records.wire.item_access(self.endpoint, self.served.effect.batch, lookup.name)
        queries = self.writer.module(self.collection, "queries")
        finder = finder_name(self.collection, lookup, lookup_shape(self.served, lookup, self.collection))
        item = f"await {queries}.{finder}(session, {access.expression})"
        self.lines.append(f"{several} = list(dict.fromkeys([{item} for item in {self._batch()}]))")
        self._remove_each(several)

    def _remove_each(self, several: str) -> None:
        answer = self.answers.prepare_batch(several)
        changes = self.writer.module(self.collection, "changes")
        each = self.local(self.collection.variable)
        self.lines.append(f"for {each} in {several}:")
        self.lines.append(f"    await {changes}.remove_{self.collection.variable}(session, {each})")
        self.lines.append("await session.commit()")
        self.lines += [f"return {answer}"] if answer else []

    def _download(self) -> None:
        home, variable = self.found[-1]
        answer = self.served.effect.answer
        named = answer.attribute if answer is not None and answer.source is Origin.ATTRIBUTE else ""
        fields = [each for each in home.fields.all if each.attribute.type is FieldType.BINARY]
        field = next((each for each in fields if each.attribute.name == named), fields[0])
        missing = f'{self.writer.use("Missing")}("Nothing was uploaded.")'
        self.lines.append(f"content = {self.writer.use('wanted')}({variable}.{field.name}, {missing})")
        reply = success_reply(self.endpoint, self.served.operation.success_status)
        documented = [essence(each.media_type) for each in reply.contents] if reply else []
        kinds = ", ".join(map(literal, documented or ["*/*"]))
        media = f"{self.writer.use('fitting')}({variable}.{field.media_type}, {kinds})"
        self.lines.append(f"return {self.writer.use('Response')}(content, media_type={media})")
