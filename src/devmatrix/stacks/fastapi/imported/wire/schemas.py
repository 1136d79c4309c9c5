"""Modules of `app/schemas`: the classes and aliases, as source."""

import textwrap
from collections.abc import Iterable, Iterator

from devmatrix.atoms.contract import AtomKind
from devmatrix.discovery.shapes import Property, Shape, ShapeKind
from devmatrix.stacks.fastapi.features.text import class_, literal, with_article, words
from devmatrix.stacks.fastapi.imported.wire.annotations import Writing, import_of, is_annotated
from devmatrix.stacks.fastapi.imported.wire.classes import Classes, ClassPlan, properties_of
from devmatrix.stacks.fastapi.imported.wire.patterns import usable
from devmatrix.stacks.fastapi.source import Source, Symbol

_BASES = {"request": "Input", "answer": "Answer", "text": "FormInput"}
_WIDTH = 108


class SchemaModules:
    """Writes the modules; `camel`: the bases turn snake_case into camelCase."""

    def __init__(self, classes: Classes, *, camel: bool) -> None:
        self._classes = classes
        self._camel = camel

    def sources(self, task_of: dict[str, str]) -> Iterator[Source]:
        """One source for each module; `task_of` names the task of each."""
        for module, plans in self._classes.modules.items():
            yield self._source(module, plans, task_of[module])

    def _source(self, module: str, plans: tuple[ClassPlan, ...], task_id: str) -> Source:
        writing = Writing()
        aliases = [self._alias(plan, writing) for plan in plans if plan.is_alias]
        known = {plan.name for plan in plans if plan.is_alias}
        symbols: list[Symbol] = []
        for plan in plans:
            if not plan.is_alias:
                symbols.append(Symbol(plan.name, self._class(plan, writing, known), AtomKind.CLASS))
                known.add(plan.name)
        own = {plan.name for plan in plans}
        return Source(
            path=f"app/schemas/{module}.py",
            task_id=task_id,
            docstring=_module_doc(module),
            symbols=tuple(symbols),
            imports=(
                *(import_of(name) for name in sorted(writing.names)),
                *(self._classes.import_of(name) for name in sorted(writing.classes - own)),
            ),
            preamble="\n".join(aliases),
        )

    def _alias(self, plan: ClassPlan, writing: Writing) -> str:
        return f"{plan.name} = {self._classes.annotations.body_of_alias(plan.shape, plan.side, writing)}"

    def _class(self, plan: ClassPlan, writing: Writing, known: set[str]) -> str:
        shape, names = plan.shape, self._classes.fields(plan.shape)
        lines = list(self._config(plan, writing, known))
        for one in _required_first(properties_of(shape, plan.side), plan.side):
            lines += self._field(plan, one, names[one.name], writing, known)
        if plan.side != "answer":
            keeps_all = shape.closed or shape.additional is not None
            sought = self._classes.sought
            ignored = (one for one in shape.properties if one.read_only and (keeps_all or one.name in sought))
            lines += [line for one in ignored for line in self._ignored(names[one.name], one, writing)]
        lines += self._size(shape, writing) if plan.side == "request" else []
        doc = "\n".join(
            _paragraphs(shape.description) or [plan.hint or f"{with_article(words(plan.name)).capitalize()}."]
        )
        notes = [one.name for one in shape.properties if _is_unchecked(one.shape)]
        if notes and plan.side != "answer":
            doc += f"\n\nThe patterns of {', '.join(notes)} are not checked: nothing here can run them.\n"
        elif "\n" in doc:
            doc += "\n"
        return class_(f"class {plan.name}({writing.use(_BASES[plan.side])})", doc.rstrip("\n"), lines)

    def _config(self, plan: ClassPlan, writing: Writing, known: set[str]) -> Iterator[str]:
        shape = plan.shape
        if shape.additional is not None and not shape.closed:
            writing.use("ConfigDict")
            yield 'model_config = ConfigDict(extra="allow")'
            yield ""
            inner = self._classes.annotations.write(shape.additional, plan.side, writing)
            if inner not in ("Any", "Any | None"):
                writing.use("Field", "TYPE_CHECKING")
                # Type checkers take the narrower dictionary for a wrong override.
                yield "if not TYPE_CHECKING:"
                yield f"    __pydantic_extra__: {self._quoted(f'dict[str, {inner}]', plan, known)} = Field(init=False)"
                yield ""
        elif shape.closed and plan.side != "answer":
            writing.use("ConfigDict")
            yield 'model_config = ConfigDict(extra="forbid")'
            yield ""

    def _field(self, plan: ClassPlan, one: Property, name: str, writing: Writing, known: set[str]) -> Iterator[str]:
        text = self._classes.annotations.write(one.shape, plan.side, writing)
        if plan.side == "text" and self._classes.annotations.target(one.shape).kind is ShapeKind.ARRAY:
            inner = text.removeprefix("Annotated[").removesuffix("]") if is_annotated(text) else text
            text = f"{writing.use('Annotated')}[{inner}, {writing.use('ReadList')}]"
        default = ""
        if not one.required and plan.side == "answer":
            default = " = None"
            if not self._classes.annotations.is_nullable(one.shape):
                text = f"{writing.use('Omissible')}[{text}]"
        elif not one.required:
            default = f" = {_default(one.shape, text, writing)}"
        if not self._fits(name, one.name, plan):
            alias = f"{writing.use('Field')}(alias={literal(one.name)})"
            inner = text.removeprefix("Annotated[").removesuffix("]") if is_annotated(text) else text
            text = f"{writing.use('Annotated')}[{inner}, {alias}]"
        yield f"{name}: {self._quoted(text, plan, known)}{default}"
        yield from _described(one.shape.description)

    def _ignored(self, name: str, one: Property, writing: Writing) -> Iterator[str]:
        alias = f", {writing.use('Field')}(alias={literal(one.name)})"
        yield f"{name}: {writing.use('Annotated')}[{writing.use('Json')}{alias}] = {writing.use('UNSET')}"
        yield '"""Of the service; sets nothing."""'

    def _size(self, shape: Shape, writing: Writing) -> Iterator[str]:
        if shape.min_properties is None and shape.max_properties is None:
            return
        writing.use("model_validator", "Any", "refuse_other_sizes")
        yield ""
        yield '@model_validator(mode="before")'
        yield "@classmethod"
        yield "def check_size(cls, value: Any) -> Any:"
        yield '    """Refuse other numbers of properties."""'
        yield f"    return refuse_other_sizes(value, {shape.min_properties or 0}, {shape.max_properties})"

    def _fits(self, name: str, wire_name: str, plan: ClassPlan) -> bool:
        """Whether the base gives the field its wire name by itself."""
        from pydantic.alias_generators import to_camel

        by_itself = to_camel(name) if self._camel and plan.side != "text" else name
        return by_itself == wire_name

    def _quoted(self, text: str, plan: ClassPlan, known: set[str]) -> str:
        """In quotes, where it names a class of the same module that comes later, or this one."""
        import ast

        used = {node.id for node in ast.walk(ast.parse(text, mode="eval")) if isinstance(node, ast.Name)}
        own = {each.name for each in self._classes.modules[plan.module]}
        return text if not (used & own) - known else (f"'{text}'" if '"' in text else f'"{text}"')


def _module_doc(module: str) -> str:
    if module.startswith("shared"):
        return "What bodies and answers of several kinds have in common."
    return f"What comes in and goes out for {module.replace('_', ' ')}."


def _required_first(properties: Iterable[Property], side: str) -> list[Property]:
    """Fields without a default must come first for type checkers."""
    return sorted(properties, key=lambda one: not one.required)


def _default(shape: Shape, text: str, writing: Writing) -> str:
    if not shape.has_default:
        return "None" if text.endswith("| None") else writing.use("UNSET")
    if isinstance(shape.default, list):
        return f"{writing.use('Field')}(default_factory=lambda: {literal(shape.default)})"
    if isinstance(shape.default, dict) or shape.default is None:
        return writing.use("UNSET")
    return literal(shape.default)


def _is_unchecked(shape: Shape) -> bool:
    return bool(shape.pattern) and usable(shape.pattern or "")[0] == "none"


def _described(description: str) -> Iterator[str]:
    lines = _paragraphs(description)
    if not lines:
        return
    escaped = [line.replace("\\", "\\\\").replace('"""', "'''") for line in lines]
    if len(escaped) == 1:
        end = " " if escaped[0].endswith('"') else ""
        yield f'"""{escaped[0]}{end}"""'
        return
    yield f'"""{escaped[0]}'
    yield from escaped[1:]
    yield '"""'


def _paragraphs(description: str) -> list[str]:
    """Wrapped lines of a description; a blank line after the first paragraph's end."""
    clean = "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in description)
    found: list[str] = []
    for paragraph in clean.strip().split("\n\n"):
        wrapped = textwrap.wrap(" ".join(paragraph.split()), _WIDTH, break_long_words=False, break_on_hyphens=False)
        if wrapped:
            found += ["", *wrapped] if found else wrapped
    return found
