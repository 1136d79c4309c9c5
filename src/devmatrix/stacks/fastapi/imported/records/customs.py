"""Blueprint of `app/operations`: contracts of operations that no blueprint knows, and what their bodies may use."""

import textwrap
from collections.abc import Iterable
from functools import cached_property
from http import HTTPStatus

from devmatrix.discovery.document import FieldType
from devmatrix.discovery.interface import Endpoint, Parameter, Reason, Reply
from devmatrix.discovery.interface import Source as Origin
from devmatrix.discovery.shapes import Shape, ShapeKind
from devmatrix.stacks.fastapi.features.text import function, literal, paragraphs, words
from devmatrix.stacks.fastapi.imported.records.changes import Changes
from devmatrix.stacks.fastapi.imported.records.collection import Collection, Records
from devmatrix.stacks.fastapi.imported.records.gallery import Gallery, Shown, needs_settings
from devmatrix.stacks.fastapi.imported.records.lines import without_default
from devmatrix.stacks.fastapi.imported.records.queries import finder_name, lookup_shape
from devmatrix.stacks.fastapi.imported.records.writing import RESERVED, Writer
from devmatrix.stacks.fastapi.imported.wire import Declared
from devmatrix.stacks.fastapi.imported.wire.contents import (
    body_content,
    is_form,
    reply_content,
    status_phrase,
    success_reply,
)
from devmatrix.stacks.fastapi.imported.wire.identifiers import free, snake
from devmatrix.stacks.fastapi.source import Source, Symbol

REFUSALS = {
    Reason.FORBIDDEN: "Forbidden",
    Reason.INVALID_QUERY: "InvalidQuery",
    Reason.INVALID_BODY: "InvalidBody",
    Reason.MISSING: "Missing",
    Reason.DUPLICATE: "Duplicate",
    Reason.STATE: "StateConflict",
}
"""What bodies raise; the route decides how it looks."""
_TOOLS = {Reason.FORBIDDEN: ("ensure_owner",), Reason.STATE: ("ensure_state",), Reason.DUPLICATE: ("save",)}
"""What raises these."""
_SECRET_TOOLS = ("hash_password", "verify_password", "run_in_threadpool")
_LINK_TOOLS = ("is_linked", "linked", "put_link", "drop_link", "set_links")
_PYTHON = {
    ShapeKind.INTEGER: "int",
    ShapeKind.NUMBER: "float",
    ShapeKind.BOOLEAN: "bool",
    ShapeKind.STRING: "str",
}
_HOPS = 2
_MOST_NEAR = 8
"""Entities that a body is offered: each takes its place in the prompt."""
_WIDTH = 110
_LONGEST_TEXT = 90
_PACKAGE = "app/operations"


def operation_task(group: str) -> str:
    """Id of the task that writes the module."""
    return f"operations.{group}"


def operation_sources(records: Records, gallery: Gallery) -> tuple[Source, ...]:
    """A module for each group with operations that nobody here can write, and their package."""
    groups = [group for group, endpoints in records.wire.groups.all.items() if any(e.effect is None for e in endpoints)]
    modules = tuple(_module(records, gallery, group) for group in groups)
    package = (
        Source(f"{_PACKAGE}/__init__.py", operation_task(groups[0]), "Operations of their own.") if groups else None
    )
    return (package, *modules) if package else ()


def _module(records: Records, gallery: Gallery, group: str) -> Source:
    endpoints = [each for each in records.wire.groups.all[group] if each.effect is None]
    writer = Writer(records.answers)
    symbols = tuple(Custom(records, gallery, each, writer).symbol() for each in endpoints)
    tag = records.wire.groups.tag(group).strip() or group
    return Source(
        path=f"{_PACKAGE}/{group}.py",
        task_id=operation_task(group),
        docstring=f"Operations of their own around {tag}.".replace("\n", " "),
        symbols=symbols,
        imports=tuple(writer.imports),
    )


def operation_names(records: Records, group: str) -> dict[str, str]:
    """Names of the functions of a group, by operation."""
    found: dict[str, str] = {}
    for endpoint in records.wire.groups.all[group]:
        if endpoint.effect is None:
            taken = {*RESERVED, *records.modules, *found.values()}
            found[endpoint.operation] = free(snake(endpoint.operation), taken)
    return found


class Custom:
    """One operation: its contract, and what its body may use. Imports go to the writer."""

    def __init__(self, records: Records, gallery: Gallery, endpoint: Endpoint, writer: Writer) -> None:
        self._records = records
        self._gallery = gallery
        self._endpoint = endpoint
        self._writer = writer
        self.operation = records.operations[endpoint.operation]
        self._guard = records.wire.guard(endpoint)
        self.reply = success_reply(endpoint, self.operation.success_status)
        self.name = operation_names(records, records.wire.group(endpoint))[endpoint.operation]

    @property
    def declared(self) -> tuple[Declared, ...]:
        """What the route takes besides the session and the caller."""
        body = self._records.wire.body(self._endpoint)
        return (*self._records.wire.parameters(self._endpoint), *(body.parameters if body else ()))

    @cached_property
    def needs_request(self) -> bool:
        """Whether the answer has addresses or tokens."""
        return any(
            needs_settings(self._gallery, shown) or self._gallery.needs(shown, Origin.ADDRESS) for shown in self._views
        )

    @property
    def arguments(self) -> list[str]:
        """What the route hands on."""
        passed = [*(["request"] if self.needs_request else []), *([self._guard.name] if self._guard.name else [])]
        return ["session", *passed, *(f"{each.name}={each.name}" for each in self.declared)]

    def symbol(self) -> Symbol:
        """The contract, and what stands there where nobody writes its body."""
        body = raising(self._writer.use("Unwritten"), why_unwritten(self._records, self._endpoint))
        return Symbol(
            self.name,
            function(self._head(), self._doc(), body),
            operations=(self.operation.id,),
            raises=("Unwritten", *(REFUSALS[each] for each in self._reasons)),
            is_open=True,
            offers=tuple(dict.fromkeys(self._offers())),
        )

    @cached_property
    def _reasons(self) -> list[Reason]:
        return [each.reason for each in self._endpoint.refusals if each.reason in REFUSALS]

    def _head(self) -> str:
        writer, account = self._writer, self._records.account
        parameters = [f"session: {writer.use('AsyncSession')}"]
        parameters += [f"request: {writer.use('Request')}"] if self.needs_request else []
        if self._guard.name and account is not None:
            parameters.append(f"caller: {writer.model(account)}{' | None' if self._guard.optional else ''}")
        parameters += [f"{each.name}: {self._type(each)}" for each in self.declared]
        plan = self._records.wire.route(self._endpoint)
        self._import(plan.answer.imports)
        return f"async def {self.name}({', '.join(parameters)}) -> {plan.answer.text}"

    def _import(self, lines: Iterable[str]) -> None:
        self._writer.imports |= dict.fromkeys(lines)

    def _type(self, declared: Declared) -> str:
        """The type of a parameter, without what only a route needs to know."""
        if declared.place != "body":
            text = self._plain(next(each.shape for each in self._endpoint.parameters if _is(each, declared)))
            return f"{text} | None" if declared.declaration.endswith(" = None") and text != "Any" else text
        content = body_content(self._endpoint)
        if declared.name != "body" or content is None or content.shape.kind is ShapeKind.BINARY:
            self._import(declared.imports)
            return without_default(declared.declaration).partition(": ")[2]
        kind = self._records.wire.annotation(content.shape, "text" if is_form(content.media_type) else "request")
        self._import(kind.imports)
        return kind.text if declared.required or kind.text.endswith("| None") else f"{kind.text} | None"

    def _plain(self, shape: Shape) -> str:
        shape = self._records.interface.resolve(shape)
        if shape.kind is ShapeKind.ARRAY and shape.items is not None:
            return f"{self._writer.use('Sequence')}[{self._plain(shape.items)}]"
        return _PYTHON.get(shape.kind) or self._writer.use("Any")

    # What the document says

    def _doc(self) -> str:
        endpoint, operation = self._endpoint, self.operation
        named = words(endpoint.document_id.replace(".", " ").replace("-", " ")) or _steps(operation.path)
        said = " ".join((operation.summary or named).split())
        first = textwrap.shorten(f"{operation.method} {operation.path}: {said}", 100, placeholder=" ...").rstrip(".")
        lines = [f"{first}."]
        description = endpoint.description.strip()
        if description and description != operation.summary:
            lines += ["", *paragraphs(description)]
        lines += ["", *self._success(), *self._owned()]
        told = [line for each in endpoint.parameters for line in self._told(each)]
        lines += ["", "Args:", *told] if told else []
        raised = [f"    {REFUSALS[each]}: {self._refused(each)}" for each in self._reasons]
        return "\n".join([*lines, "", "Raises:", *raised] if raised else lines)

    def _success(self) -> list[str]:
        status = self.operation.success_status
        said = " ".join(self.reply.description.split()) if self.reply else ""
        content, kind = reply_content(self.reply), self._records.wire.route(self._endpoint).answer.text
        answered = " (nothing is answered but the status)" if kind == "None" else ""
        if kind == "Response" and content is not None:
            code = f", status_code={status}" if status != HTTPStatus.OK else ""
            answered = f": `Response(content{code}, media_type={literal(content.media_type)})`"
        heading = f"Success is {status} {status_phrase(status)}"
        return paragraphs(f"{': '.join(filter(None, [heading, said.rstrip('.')]))}{answered}.")

    def _owned(self) -> list[str]:
        """What is known of owners, where other operations that change such a record ask for them."""
        last = self._endpoint.finds[-1] if self._endpoint.finds else None
        if last is None or not self._guard.name or self._guard.optional or self.operation.method == "GET":
            return []
        home = self._records.of(last.entity)
        served = (each for each in home.served if each.effect.lookups and each.effect.lookups[-1].entity == last.entity)
        owner = home.entity.owner_field
        if owner is None or not any(each.operation.access.owner for each in served):
            return []
        row = f"{home.variable}.{home.fields.of(owner).name}"
        return ["", f"Who changes a {home.label} otherwise must own it: `ensure_owner(caller, {row})`."]

    def _told(self, parameter: Parameter) -> list[str]:
        shape = self._records.interface.resolve(parameter.shape)
        said = [" ".join(parameter.description.split())]
        said += [f"one of {', '.join(map(str, shape.choices))}"] if shape.choices else []
        said += [shape.format] if shape.format else []
        finds = next((each for each in self._endpoint.finds if each.name == parameter.name), None)
        said += [f"the {finds.attribute} of a {words(finds.entity)}"] if finds and parameter.place == "path" else []
        name = next(each.name for each in self.declared if _is(parameter, each))
        text = "; ".join(filter(None, said))
        return (
            textwrap.wrap(f"{name}: {text}.", _WIDTH, initial_indent="    ", subsequent_indent=" " * 8) if text else []
        )

    def _refused(self, reason: Reason) -> str:
        refusal = next(each for each in self._endpoint.refusals if each.reason is reason)
        replies: dict[int, Reply] = {each.status: each for each in self._endpoint.replies}
        said = replies[refusal.status].description.strip() if refusal.status in replies else ""
        shown = f"{refusal.status} {status_phrase(refusal.status)}{f': {said}' if said else ''}"
        return textwrap.shorten(shown, _LONGEST_TEXT, placeholder=" ...")

    # What its body may use

    def _offers(self) -> Iterable[str]:
        writer = self._writer
        for lookup in self._endpoint.finds:
            if lookup.place == "path":
                home = self._records.of(lookup.entity)
                yield f"{writer.module(home, 'queries')}.{self._finder(home, lookup.name)}"
        for shown in self._views:
            module = writer.module(self._records.of(shown.view.entity), "views")
            yield from (f"{module}.{shown.one}", f"{module}.{shown.each}")
        yield from (writer.use(REFUSALS[each]) for each in self._reasons)
        for home in self._concerned:
            changes = Changes(home)
            offered = {"add": changes.adds, "change": changes.changes, "remove": changes.removes}
            module = writer.module(home, "changes") if any(offered.values()) else ""
            yield from (f"{module}.{verb}_{home.variable}" for verb, there in offered.items() if there)
        near = self._near
        yield from (writer.model(each) for each in near)
        links = [each for home in near for each in home.held]
        for link in links:
            yield writer.imported(f"app.{self._records.of(link.holder.name).package}.model", link.class_name)
        tools = [name for each in self._reasons for name in _TOOLS.get(each, ())]
        tools += ["ensure_owner"] if self._owned() else []
        tools += ["alive"] if any(each.entity.soft_delete for each in near) else []
        tools += _LINK_TOOLS if links else []
        secrets = (field for home in self._concerned for field in home.fields.all)
        tools += _SECRET_TOOLS if any(each.attribute.type is FieldType.PASSWORD for each in secrets) else []
        yield from map(writer.use, ("found", "now_text", *tools, "select"))
        yield writer.imported("sqlalchemy", "func")
        if self._records.wire.route(self._endpoint).answer.text == "Response":
            yield writer.use("Response")
        yield from self._classes()

    def _finder(self, home: Collection, parameter: str) -> str:
        """The query behind a lookup of the path: as the operation has it whose path begins like this one."""
        own = next(each for each in self._endpoint.finds if each.name == parameter)
        for served, lookup in self._records.lookups[home.entity.name]:
            same = (lookup.place, lookup.attribute, lookup.within) == ("path", own.attribute, own.within)
            if same:
                return finder_name(home, lookup, lookup_shape(served, lookup, home))
        raise KeyError(f"nothing finds a {home.entity.name} by {own.attribute}")

    @cached_property
    def _views(self) -> list[Shown]:
        contents = self.reply.contents if self.reply else ()
        return [shown for each in contents for shown in self._gallery.shown_in(each.shape)]

    @cached_property
    def _concerned(self) -> list[Collection]:
        """Whose records its path, its answer and the document's reading of it are about."""
        known = {entity.name for entity in self._records.document.entities}
        found = dict.fromkeys(each.entity for each in reversed(self._endpoint.finds))
        found |= dict.fromkeys([self.operation.entity, *(shown.view.entity for shown in self._views)])
        return [self._records.of(name) for name in found if name in known]

    @property
    def _near(self) -> list[Collection]:
        """These, and those that are up to two references away; nearest first. Without any: all."""
        found = {each.entity.name: each for each in self._concerned}
        for _ in range(_HOPS):
            for home in list(found.values()):
                found |= {each.entity.name: each for each in _neighbours(home) if each.entity.name not in found}
        return list(found.values() or self._records.all)[:_MOST_NEAR]

    def _classes(self) -> Iterable[str]:
        """Classes that its answer is built from."""
        waiting = [each.shape for each in (self.reply.contents if self.reply else ())]
        seen: set[str] = set()
        while waiting:
            shape = waiting.pop(0)
            cls = self._records.wire.answer_class(shape)
            target = self._records.interface.resolve(shape)
            waiting += [target.items] if target.items else []
            if cls is not None and cls.text not in seen:
                seen.add(cls.text)
                self._import(cls.imports)
                waiting += [each.shape for each in target.properties]
                yield cls.text


def _neighbours(home: Collection) -> Iterable[Collection]:
    references = (each.attribute for each in home.fields.all if each.attribute.type is FieldType.REFERENCE)
    yield from (home.target(each.name) for each in references)
    yield from (home.records.of(each.target.name) for each in home.held)
    yield from (each.child for each in home.incoming)
    yield from (home.records.of(each.holder.name) for each in home.holding)


def _is(parameter: Parameter, declared: Declared) -> bool:
    return (parameter.place, parameter.name) == (declared.place, declared.wire_name)


def _steps(path: str) -> str:
    """What the path says, without its parameters."""
    return " ".join(words(part) for part in path.split("/") if part and "{" not in part)


def raising(name: str, text: str) -> list[str]:
    """Lines that raise it; a long sentence in pieces."""
    pieces = textwrap.wrap(" ".join(text.split()), _LONGEST_TEXT, break_on_hyphens=False)
    if len(pieces) < 2:
        return [f"raise {name}({literal(''.join(pieces))})"]
    spaced = [*(f"{piece} " for piece in pieces[:-1]), pieces[-1]]
    return [f"raise {name}(", *(f"    {literal(piece)}" for piece in spaced), ")"]


def why_unwritten(records: Records, endpoint: Endpoint) -> str:
    """Names the requirement that stands unmet."""
    for need in records.document.requirements:
        if endpoint.operation in need.operations:
            return f"{need.id}: {need.text}"
    return f"{endpoint.document_id or endpoint.operation} is not written yet."
