"""All that the rules look at: where an operation stands, whose records it is about, and how to say what it is."""

from dataclasses import dataclass

from devmatrix.discovery.document import OperationKind
from devmatrix.discovery.openapi.classified import Classified, PathStep
from devmatrix.discovery.openapi.classifying.evidence import Group
from devmatrix.discovery.openapi.classifying.forms import Form, Holds
from devmatrix.discovery.openapi.classifying.groups import Groups
from devmatrix.discovery.openapi.classifying.resources import Atlas
from devmatrix.discovery.openapi.classifying.roles import Role, Roles, alike
from devmatrix.discovery.openapi.classifying.shapes import Shapes
from devmatrix.discovery.openapi.classifying.signing import Signing
from devmatrix.discovery.openapi.classifying.tree import Node, Sight, Tree
from devmatrix.discovery.openapi.classifying.words import UPDATES, joined

K = OperationKind
NESTED = {
    K.CREATE: K.NESTED_CREATE,
    K.LIST: K.NESTED_LIST,
    K.READ: K.NESTED_READ,
    K.REPLACE: K.NESTED_REPLACE,
    K.PATCH: K.NESTED_PATCH,
    K.DELETE: K.NESTED_DELETE,
}
UNSAID = frozenset({Holds.NOTHING, Holds.OTHER, Holds.NOTICE})
_LISTS = frozenset({K.LIST, K.NESTED_LIST, K.SEARCH, K.BULK_CREATE, K.BULK_DELETE})


@dataclass(frozen=True)
class Scene:
    """The whole document, understood as far as the rules need it."""

    shapes: Shapes
    tree: Tree
    signing: Signing
    roles: Roles
    groups: Groups
    atlas: Atlas
    signs_in: bool
    """Accounts sign in: by a login, or by name and password in every request."""

    def spot(self, sight: Sight) -> "Spot":
        """Where an operation stands."""
        tail: list[Node] = []
        passed = False
        for node in sight.node.up():
            if node.is_parameter:
                tail.insert(0, node)
                continue
            group = self.atlas.group_at(node)
            if group is None or self.roles[node] not in (Role.COLLECTION, Role.SINGLE, Role.CALLER):
                tail.insert(0, node)
                continue
            if tail and tail[0].is_parameter and self.roles[node] is Role.COLLECTION:
                record = node.record
                while tail and tail[0].is_parameter and tail[0] is not record:
                    tail.pop(0)
                passed = bool(tail) and tail[0] is record
                tail = tail[1:] if passed else tail
            return self._spot(sight, node, group, passed, tuple(tail))
        return Spot(self, sight, None, None, False, tuple(tail))

    def _spot(self, sight: Sight, node: Node, group: Group, passed: bool, tail: tuple[Node, ...]) -> "Spot":
        """A single thing below a record that shows that record is the record."""
        above = node.parent
        if self.roles[node] is Role.SINGLE and above is not None and above.is_parameter:
            holder = next((place for place in above.up() if not place.is_parameter), None)
            if holder is not None and self.atlas.group_at(holder) is group and holder.record is above:
                return Spot(self, sight, holder, group, True, tail)
        return Spot(self, sight, node, group, passed, tail)


@dataclass(frozen=True)
class Spot:
    """Where one operation stands: at a collection, a record, a single thing, the caller, or below one of them."""

    scene: Scene
    sight: Sight
    home: Node | None
    group: Group | None
    on_record: bool
    """A parameter of the path finds one of the records."""
    tail: tuple[Node, ...]
    """Steps below that."""

    @property
    def method(self) -> str:
        """As it is meant."""
        return self.sight.method

    @property
    def body(self) -> Form:
        """What the body gives."""
        return self.sight.body

    @property
    def answer(self) -> Form:
        """What the success holds."""
        return self.sight.answer

    @property
    def role(self) -> Role:
        """Of its home."""
        return self.scene.roles[self.home] if self.home is not None else Role.SPACE

    @property
    def resource(self) -> str | None:
        """Name of the resource at home."""
        return self.scene.atlas.name_of(self.group)

    @property
    def word(self) -> str:
        """The last literal as written, where it is below home."""
        return next((node.token.text for node in reversed(self.tail) if not node.is_parameter), "")

    @property
    def of_caller(self) -> bool:
        """Whether the path goes by the caller's account."""
        return any(self.scene.roles[node] is Role.CALLER for node in self.sight.node.up())

    @property
    def nested(self) -> bool:
        """Whether a parameter stands before home."""
        return self.home is not None and self.home.has_record_above()

    @property
    def at_record(self) -> bool:
        """Whether it is about one record and nothing more."""
        return self.on_record and not self.tail

    @property
    def at_home(self) -> bool:
        """Whether it is about the collection, the single thing or the caller, and nothing more."""
        return not self.on_record and not self.tail and self.home is not None

    @property
    def steps(self) -> tuple[PathStep, ...]:
        """The parameters that find records."""
        return self.scene.atlas.steps(self.sight)

    def shows_own(self, form: Form) -> bool:
        """Whether a body or an answer shows a record of the resource at home."""
        if self.group is None or form.record is None:
            return False
        if form.name and (form.name in self.group.names or any(form.name == body.name for body in self.group.bodies)):
            return True
        found = self.scene.atlas.group_of(form)
        if found is not None and found is not self.group and form.name:
            return False
        shown = self.group.shown
        return not shown or alike(form.names, shown)

    def is_own_body(self) -> bool:
        """Whether the body gives properties of the record."""
        return self.body.holds is Holds.RECORD and (self.shows_own(self.body) or not self.body.names)

    def own_query(self) -> list[str]:
        """Query parameters that are properties of the record."""
        shown = self.group.shown if self.group is not None else frozenset()
        return [name for name in self.sight.query() if joined(name) in shown]

    def route_verb_updates(self) -> bool:
        """Whether the verb in the path, against the method, says to change."""
        return self.sight.route.verb in UPDATES

    def group_has_shape(self) -> bool:
        """Whether the document says what records look like."""
        return self.group is not None and bool(self.group.shown)

    def nest(self, kind: OperationKind) -> OperationKind:
        """The kind, nested where a record stands before home."""
        return NESTED.get(kind, kind) if self.nested else kind

    def body_at(self) -> str:
        """Where the record stands in the body. An object with one object in it need be no envelope."""
        at = self.body.at
        outer = joined(at[1:])
        if at and self.group is not None and outer in self.group.shown and not alike(self.body.names, self.group.shown):
            return ""
        return at

    def verdict(
        self,
        kind: OperationKind,
        why: str,
        *,
        group: Group | None = None,
        of_caller: bool | None = None,
        key_at: str = "",
        verb: str = "",
        linked: Group | None = None,
        becomes: tuple[str, str | bool] | None = None,
    ) -> Classified:
        """What it is."""
        about = group if group is not None else self.group
        name = self.scene.atlas.name_of
        whose = self if about is self.group else Spot(self.scene, self.sight, self.home, about, self.on_record, ())
        one = self.answer.holds is Holds.RECORD and whose.shows_own(self.answer)
        many = self.answer.holds is Holds.RECORDS and (
            kind in _LISTS and (self.answer.record is None or whose.shows_own(self.answer))
        )
        given = self.body.holds is Holds.RECORD or (self.body.holds is Holds.RECORDS and kind is K.BULK_CREATE)
        return Classified(
            operation=self.sight.given,
            kind=kind,
            resource=name(about),
            steps=self.steps,
            of_caller=self.of_caller if of_caller is None else of_caller,
            body_at=self.body_at() if given and kind not in (K.CUSTOM, K.LOGOUT) else None,
            record_at=self.answer.at if one and kind is not K.CUSTOM else None,
            records_at=self.answer.at if many and not self.answer.mapped else None,
            key_at=key_at,
            verb=verb,
            linked=name(linked),
            becomes=becomes,
            why=why,
        )
