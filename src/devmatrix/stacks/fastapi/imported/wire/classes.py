"""Which classes bodies and answers take, what they are called, and in which module each stands."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from devmatrix.discovery.interface import Content, Interface
from devmatrix.discovery.shapes import Property, Shape, ShapeKind
from devmatrix.stacks.fastapi.imported.wire.annotations import Annotations, is_alias, is_record
from devmatrix.stacks.fastapi.imported.wire.contents import MULTIPART, body_content, essence, is_form, json_contents
from devmatrix.stacks.fastapi.imported.wire.groups import Groups
from devmatrix.stacks.fastapi.imported.wire.identifiers import field_names, free_class, pascal
from devmatrix.stacks.fastapi.imported.wire.plans import Side

_SHARED = "shared"
_MOST_CLASSES = 60
"""In one module."""
_SUFFIXES: dict[Side, str] = {"request": "Input", "answer": "", "text": "Form"}

Key = tuple[Side, str]
"""Side, and the name of the shape (with # before it) or the inline shape as text."""


@dataclass
class ClassPlan:
    """A class, or an alias, before it is written."""

    key: Key
    name: str
    shape: Shape
    side: Side
    hint: str
    """What it is for, in a few words."""
    groups: set[str] = field(default_factory=set)
    uses: list[Key] = field(default_factory=list)
    module: str = ""

    @property
    def is_alias(self) -> bool:
        """Whether it is no class."""
        return not is_record(self.shape)


@dataclass(frozen=True)
class Root:
    """A shape that an endpoint takes or gives."""

    group: str
    side: Side
    shape: Shape
    name: str
    """What a class for it is called."""
    hint: str


def properties_of(shape: Shape, side: Side) -> tuple[Property, ...]:
    """The properties that stand on that side of the wire."""
    if side == "answer":
        return tuple(one for one in shape.properties if not one.write_only)
    return tuple(one for one in shape.properties if not one.read_only)


class Classes:
    """All classes of a document."""

    def __init__(self, interface: Interface, groups: Groups) -> None:
        self._interface = interface
        self._groups = groups
        self._texts: dict[int, tuple[Shape, str]] = {}
        self.annotations = Annotations(interface, self.reference)

    def reference(self, shape: Shape, side: Side) -> str | None:
        """The name of the class or alias for a shape, if it has one."""
        plan = self._plans.get(self._key(shape, side))
        return plan.name if plan else None

    def plan(self, shape: Shape, side: Side) -> ClassPlan | None:
        """The plan of the class for a shape."""
        return self._plans.get(self._key(shape, side))

    @property
    def plans(self) -> tuple[ClassPlan, ...]:
        """All plans."""
        return tuple(self._plans.values())

    def fields(self, shape: Shape) -> dict[str, str]:
        """Python names of an object's properties by wire name, the same on each side."""
        return field_names(one.name for one in shape.properties)

    def named(self, name: str) -> ClassPlan:
        """The plan of a class by its name."""
        return self._by_name[name]

    def import_of(self, name: str) -> str:
        """The statement that imports a class or alias."""
        return f"from app.schemas.{self._by_name[name].module} import {name}"

    @cached_property
    def sought(self) -> frozenset[str]:
        """Properties of bodies that records are found by: they are taken even where the service sets them."""
        effects = (endpoint.effect for endpoint in self._interface.endpoints if endpoint.effect)
        lookups = (lookup for effect in effects for lookup in effect.lookups if lookup.place == "body")
        return frozenset(lookup.name.rpartition("/")[2] for lookup in lookups)

    @cached_property
    def modules(self) -> dict[str, tuple[ClassPlan, ...]]:
        """Plans by module, each after those that it uses as far as that can be."""
        found: dict[str, list[ClassPlan]] = {}
        for plan in self._plans.values():
            found.setdefault(plan.module, []).append(plan)
        return {name: tuple(plans) for name, plans in found.items()}

    @cached_property
    def _by_name(self) -> dict[str, ClassPlan]:
        return {plan.name: plan for plan in self._plans.values()}

    @cached_property
    def _plans(self) -> dict[Key, ClassPlan]:
        return _placed(self._collect())

    def _key(self, shape: Shape, side: Side) -> Key:
        if shape.kind is ShapeKind.NAMED:
            return side, f"#{self._meant(shape).name}"
        if not is_record(shape):
            return side, ""
        known = self._texts.get(id(shape))
        if known is None:
            known = self._texts[id(shape)] = (shape, shape.model_dump_json(exclude_defaults=True))
        return side, known[1]

    def _meant(self, shape: Shape) -> Shape:
        """The last name, where one stands for another."""
        seen = {shape.name}
        while True:
            following = self._interface.shapes.get(shape.name)
            if following is None or following.kind is not ShapeKind.NAMED or following.name in seen:
                return shape
            seen.add(following.name)
            shape = following

    def _collect(self) -> dict[Key, ClassPlan]:
        """All plans, still without modules."""
        roots = list(self._roots())
        sides = self._sides(roots)
        taken: set[str] = set()
        plans: dict[Key, ClassPlan] = {}
        for side, name in sorted(sides, key=lambda each: (list(self._interface.shapes).index(each[1]), each[0])):
            target = self._interface.shapes[name]
            if not (is_record(target) or (is_alias(target) and side != "text")):
                continue
            others = {other for other, same in sides if same == name}
            suffix = "" if len(others) == 1 else _SUFFIXES[side]
            chosen = free_class(f"{pascal(name)}{suffix}", taken)
            taken.add(chosen)
            key: Key = (side, f"#{name}")
            plans[key] = ClassPlan(key, chosen, target, side, "")
        for root in roots:
            self._visit(root, plans, taken)
        return {key: plan for key, plan in plans.items() if plan.groups}

    def _roots(self) -> Iterator[Root]:
        for endpoint in self._interface.endpoints:
            group = self._groups.of(endpoint)
            label = endpoint.document_id or endpoint.operation
            title = pascal(label)
            content = body_content(endpoint)
            if content is not None:
                side: Side = "text" if is_form(content.media_type) else "request"
                takes = f"What `{label}` takes."
                if essence(content.media_type) == MULTIPART:
                    # Its parts are parameters of their own.
                    parts = self.annotations.target(content.shape).properties
                    yield from (Root(group, side, one.shape, f"{title}{pascal(one.name)}", takes) for one in parts)
                else:
                    yield Root(group, side, content.shape, _named(content, f"{title}Body"), takes)
            for reply in endpoint.replies:
                for answer in json_contents(reply):
                    success = reply.status in (0, *range(200, 300))
                    name = f"{title}{'Answer' if success else f'Error{reply.status}'}"
                    ending = "" if success else f" with status {reply.status}"
                    yield Root(group, "answer", answer.shape, _named(answer, name), f"What `{label}` answers{ending}.")

    def _sides(self, roots: Iterable[Root]) -> dict[tuple[Side, str], None]:
        """Named shapes with the sides that they are used on, in the order in which they are met."""
        found: dict[tuple[Side, str], None] = {}
        waiting = [(root.side, root.shape) for root in roots][::-1]
        while waiting:
            side, shape = waiting.pop()
            if shape.kind is ShapeKind.NAMED:
                shape = self._meant(shape)
                if (side, shape.name) in found or shape.name not in self._interface.shapes:
                    continue
                found[side, shape.name] = None
                shape = self._interface.shapes[shape.name]
            waiting += [(side, child) for _, child in _children(shape, side)]
        return found

    def _visit(self, root: Root, plans: dict[Key, ClassPlan], taken: set[str]) -> None:
        """Plan what the root reaches, and note that its group uses it."""
        waiting: list[tuple[Shape, str, str, ClassPlan | None]] = [(root.shape, root.name, root.hint, None)]
        expanded: set[str] = set()
        while waiting:
            shape, name, hint, parent = waiting.pop()
            key = self._key(shape, root.side)
            if key not in plans and is_record(shape):
                chosen = free_class(name, taken)
                taken.add(chosen)
                plans[key] = ClassPlan(key, chosen, shape, root.side, hint)
            plan = plans.get(key)
            if plan is not None:
                if parent is not None and key not in parent.uses:
                    parent.uses.append(key)
                if root.group in plan.groups:
                    continue
                plan.groups.add(root.group)
                shape, name, parent, expanded = plan.shape, plan.name, plan, set()
                hint = f"A part of {plan.name}."
            elif shape.kind is ShapeKind.NAMED:
                if shape.name in expanded or shape.name not in self._interface.shapes:
                    continue
                expanded = {*expanded, shape.name}
                name, shape = pascal(shape.name), self._interface.shapes[shape.name]
            children = [(child, f"{name}{end}", hint, parent) for end, child in _children(shape, root.side)]
            waiting += children[::-1]


def _named(content: Content, name: str) -> str:
    """An object with one property that is a named object: that one's envelope."""
    shape = content.shape
    if is_record(shape) and len(shape.properties) == 1:
        inner = shape.properties[0].shape
        if inner.kind is ShapeKind.NAMED:
            return f"{pascal(inner.name)}Envelope"
    return name


def _children(shape: Shape, side: Side) -> Iterator[tuple[str, Shape]]:
    """The shapes inside, each with the end of a name for it."""
    for one in properties_of(shape, side):
        yield pascal(one.name), one.shape
    if shape.items is not None:
        yield "Item", shape.items
    if shape.additional is not None:
        yield "Value", shape.additional
    for number, alternative in enumerate(shape.alternatives, 1):
        yield str(number), alternative


def _placed(plans: dict[Key, ClassPlan]) -> dict[Key, ClassPlan]:
    """Plans with their modules, in an order in which each follows what it uses, circles apart.

    What one group uses stands in its module, the rest in a shared one: so no modules import each other.
    """
    ordered = _after_their_uses(plans)
    by_module: dict[str, list[ClassPlan]] = {}
    for plan in ordered.values():
        by_module.setdefault(next(iter(plan.groups)) if len(plan.groups) == 1 else _SHARED, []).append(plan)
    taken = set(by_module)
    for module, members in by_module.items():
        for number, part in enumerate(_parts(members)):
            name = module
            if number:
                name = next(each for each in (f"{module}_{n}" for n in range(number + 1, 9999)) if each not in taken)
                taken.add(name)
            for plan in part:
                plan.module = name
    return ordered


def _after_their_uses(plans: dict[Key, ClassPlan]) -> dict[Key, ClassPlan]:
    done: dict[Key, ClassPlan] = {}
    entered: set[Key] = set()
    for start in plans:
        waiting: list[tuple[Key, bool]] = [(start, False)]
        while waiting:
            key, is_left = waiting.pop()
            if is_left:
                done[key] = plans[key]
            elif key not in entered:
                entered.add(key)
                waiting.append((key, True))
                waiting += [(used, False) for used in reversed(plans[key].uses) if used not in entered]
    return done


def _parts(members: list[ClassPlan]) -> Iterator[list[ClassPlan]]:
    """Cut what is too long for one module, where no class of a part uses one of a later part."""
    places = {plan.key: index for index, plan in enumerate(members)}
    part: list[ClassPlan] = []
    reach = -1
    for index, plan in enumerate(members):
        part.append(plan)
        reach = max([reach, *(places[used] for used in plan.uses if used in places)])
        if len(part) >= _MOST_CLASSES and reach <= index:
            yield part
            part = []
    if part:
        yield part
