"""From groups of places to resources: their names, their fullest shape, their keys."""

from collections import Counter
from collections.abc import Iterable

from devmatrix.discovery.naming import is_plural, pascal, plural_name, snake, split_words
from devmatrix.discovery.openapi.classified import PathStep, Resource
from devmatrix.discovery.openapi.classifying.evidence import Group
from devmatrix.discovery.openapi.classifying.forms import Form, Holds
from devmatrix.discovery.openapi.classifying.groups import Groups
from devmatrix.discovery.openapi.classifying.keys import key_property
from devmatrix.discovery.openapi.classifying.roles import Role, Roles
from devmatrix.discovery.openapi.classifying.shapes import Shapes
from devmatrix.discovery.openapi.classifying.tree import Node, Sight, Tree
from devmatrix.discovery.openapi.classifying.words import ACCOUNTS, CALLER, REGISTER, bare_name, one, raw_name
from devmatrix.discovery.shapes import Shape, ShapeKind

_EMPTY = Shape(kind=ShapeKind.OBJECT)
_VAGUE = frozenset("item object data record result response resource entity model entry value row".split())


class Atlas:
    """Resources, and where each is served."""

    def __init__(self, tree: Tree, roles: Roles, groups: Groups, shapes: Shapes) -> None:
        self.roles = roles
        self.groups = groups
        self._names: dict[Group, str] = {}
        self._taken: set[str] = set()
        for group in groups.all():
            self._names[group] = self._free(self._name(group), group)
        self._by_word = {one(name): group for group, name in reversed(self._names.items())}
        for group in groups.all():
            for word in group.words:
                self._by_word.setdefault(word, group)
        self._keys: dict[str, Counter[tuple[str, str]]] = {}
        self._shapes = shapes
        # Twice: the first of two parameters in a row is found by the key that other paths use.
        for _ in range(2):
            self._steps = {sight: self._find(sight) for sight in tree.sights}

    @property
    def account(self) -> str | None:
        """Name of the resource whose records sign in."""
        group = self.groups.account
        return self._names[group] if group else None

    def name_of(self, group: Group | None) -> str | None:
        """The resource of a group."""
        return self._names.get(group) if group is not None else None

    def group_at(self, node: Node | None) -> Group | None:
        """The records at a literal: by what is served there, else by what it, or the parameter below, is called."""
        if node is None:
            return None
        if node in self.groups.of:
            return self.groups.of[node]
        if self.roles[node] is not Role.COLLECTION:
            return None
        named = self.named(node.token.name)
        if named is None and node.record is not None:
            for parameter in node.record.token.parameters:
                words = one(parameter).split("_")
                named = named or (self.named("_".join(words[:-1])) if len(words) > 1 else self.named(words[0]))
        return named

    def named(self, name: str) -> Group | None:
        """The group that a word, in singular or plural, means; its last part will do."""
        word = one(name)
        return self._by_word.get(word) or self._by_word.get(word.rpartition("_")[2])

    def group_of(self, form: Form) -> Group | None:
        """Whose records a body or an answer shows, by the name of its shape, else by all its properties."""
        if form.record is None:
            return None
        if form.name:
            for group in self._names:
                if form.name in group.names or any(form.name == body.name for body in group.bodies):
                    return group
            bare = bare_name(form.name)
            found = self._by_word.get("_".join(bare))
            if found is not None and form.names & found.shown:
                return found
        fits = [group for group in self._names if len(form.names) > 1 and form.names <= group.shown]
        return fits[0] if len(fits) == 1 else None

    def steps(self, sight: Sight) -> tuple[PathStep, ...]:
        """The parameters of its path that find records."""
        return self._steps[sight]

    def _find(self, sight: Sight) -> tuple[PathStep, ...]:
        places = reversed(list(sight.node.up()))
        found = []
        for place, token in zip(places, sight.route.tokens, strict=True):
            # Other paths may call the parameter at the same place otherwise.
            step = self._step(place, token.parameters[0]) if len(token.parameters) == 1 else None
            if step is not None:
                found.append(step)
        return tuple(found)

    def _step(self, place: Node, parameter: str) -> PathStep | None:
        literal = next((node for node in place.up() if not node.is_parameter), None)
        group = self.group_at(literal)
        if group is None or literal is None:
            return None
        if literal.record is not place:
            return (
                self._step_before(place, parameter, group)
                if any(node is literal.record for node in place.walk())
                else None
            )
        return self._found_by(group, parameter)

    def _step_before(self, place: Node, parameter: str, group: Group) -> PathStep | None:
        """The first of two parameters in a row: what the record shows under its name, as {owner} of /{owner}/{name}."""
        for form in group.answers:
            item = form.property(parameter)
            inner = self._shapes.object_of(item.shape) if item is not None else None
            if item is None or inner is None:
                continue
            holder = self.group_of(Form(Holds.RECORD, record=inner, name=self._shapes.name_of(item.shape)))
            known = self._keys.get(self._names[holder]) if holder is not None else None
            if holder is not None and known:
                key = known.most_common(1)[0][0][1]
                return PathStep(parameter, self._names[holder], key)
        return None

    def _found_by(self, group: Group, parameter: str) -> PathStep:
        name = self._names[group]
        words = {one(name), *group.words}
        shapes = [form.record for form in group.answers if form.record] or [f.record for f in group.bodies if f.record]
        found = key_property(parameter, words, self._fullest_first(shapes))
        self._keys.setdefault(name, Counter())[parameter, found] += 1
        return PathStep(parameter, name, found)

    def _fullest_first(self, shapes: Iterable[Shape]) -> list[Shape]:
        return sorted(shapes, key=lambda shape: -len(shape.properties))

    def resources(self) -> dict[str, Resource]:
        """All of them, by name."""
        found: dict[str, Resource] = {}
        plurals: set[str] = set()
        for group, name in self._names.items():
            form = max(group.answers, key=lambda form: len(form.names), default=None)
            form = form or max(group.bodies, key=lambda form: len(form.names), default=None)
            plural = snake(name) if is_plural(split_words(name)[-1]) else plural_name(name)
            while plural in plurals:
                plural += "_2"
            plurals.add(plural)
            inputs = {body.name or repr(body.record): body.record for body in group.bodies if body.record is not None}
            found[name] = Resource(
                name=name,
                plural=plural,
                shape=form.record if form is not None and form.record is not None else _EMPTY,
                shape_name=form.name if form is not None else "",
                inputs=tuple(inputs.values()),
                parent=self._parent(group),
                keys=tuple(pair for pair, _ in self._keys.get(name, Counter()).most_common()),
                is_account=group.is_account,
            )
        return found

    def _parent(self, group: Group) -> str | None:
        parents = set()
        for node in group.nodes:
            above = [place for place in node.up() if place.is_parameter]
            holder = next((place for place in above[0].up() if not place.is_parameter), None) if above else None
            parents.add(self.name_of(self.group_at(holder)))
        only = parents.pop() if len(parents) == 1 else None
        return only if only != self._names[group] else None

    def _name(self, group: Group) -> str:
        words = [one(node.token.name) for node in sorted(group.nodes, key=self._rank)]
        words = [word for word in words if word and word not in CALLER and word not in REGISTER]
        forms = group.answers or group.bodies
        bares = list(dict.fromkeys(bare_name(form.name) for form in forms if form.name))
        bares = [bare for bare in bares if bare and (len(bare) > 1 or bare[0] not in _VAGUE)]
        raw = {bare_name(form.name): raw_name(form.name) for form in reversed(forms) if form.name}
        if not group.answers and words and all(bare[-1:] == (words[0],) for bare in bares):
            return pascal(tuple(words[0].split("_")))
        for bare in bares:
            if "_".join(bare) in words:
                return pascal(self._number(group, bare, raw[bare]))
        end = _common_end(bares)
        if end and (len(end) > 1 or end[0] not in _VAGUE):
            return pascal(self._number(group, end, raw.get(end, end)))
        if words:
            node = min(group.nodes, key=self._rank)
            single = len(words) == 1 and self.roles[node] is Role.SINGLE
            return pascal(node.token.words if single else tuple(words[0].split("_"))) or "Record"
        known = next((bare for bare in bares if set(bare) & ACCOUNTS), bares[0] if bares else ())
        return pascal(known) or ("User" if group.is_account else "Record")

    def _number(self, group: Group, bare: tuple[str, ...], raw: tuple[str, ...]) -> tuple[str, ...]:
        """As the schema is called, unless it is called as the collection is: then in the singular."""
        plurals = {node.token.words for node in group.nodes if self.roles[node] is Role.COLLECTION}
        return bare if raw in plurals or raw[-1:] in plurals else raw

    def _rank(self, node: Node) -> tuple[bool, bool]:
        return (self.roles[node] is Role.CALLER, node.record is None)

    def _free(self, name: str, group: Group) -> str:
        wished = [name]
        for node in group.nodes:
            above = node.above
            if above is not None:
                wished.append(f"{pascal(tuple(one(above.token.name).split('_')))}{name}")
        wished += ["User"] if group.is_account else []
        wished += [f"{name}{number}" for number in range(2, len(self._taken) + 3)]
        free = next(one for one in wished if one and one not in self._taken)
        self._taken.add(free)
        return free


def _common_end(bares: list[tuple[str, ...]]) -> tuple[str, ...]:
    """The words in which all names end."""
    if not bares:
        return ()
    end: list[str] = []
    for words in zip(*(reversed(bare) for bare in bares), strict=False):
        if len(set(words)) > 1:
            break
        end.insert(0, words[0])
    return tuple(end)
