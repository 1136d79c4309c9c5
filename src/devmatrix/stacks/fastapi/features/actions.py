"""The part of `service.py` that has one function for each operation."""

from collections.abc import Iterable

from devmatrix.discovery.document import Attribute, FieldType, Operation, OperationKind, Transition
from devmatrix.stacks.fastapi.features.feature import Feature, python_name, stem
from devmatrix.stacks.fastapi.features.fields import literal_source
from devmatrix.stacks.fastapi.features.model import related
from devmatrix.stacks.fastapi.features.queries import nested_query_name, whole_query
from devmatrix.stacks.fastapi.features.quotas import lines_on_transition
from devmatrix.stacks.fastapi.features.removal import removals
from devmatrix.stacks.fastapi.features.removing import removal_calls
from devmatrix.stacks.fastapi.features.rights import Rights, listed_feature, owner_attribute
from devmatrix.stacks.fastapi.features.rules import asking
from devmatrix.stacks.fastapi.features.schemas import nested_body_name
from devmatrix.stacks.fastapi.features.text import function, listed, literal, with_article, words
from devmatrix.stacks.fastapi.source import Symbol

_MATCHED = (OperationKind.REPLACE, OperationKind.PATCH, OperationKind.DELETE, OperationKind.TRANSITION)
_RESERVED_VERBS = frozenset("get create add apply remove read replace patch delete list link unlink register".split())


def action_symbols(feature: Feature) -> Iterable[Symbol]:
    """The functions that the router calls, and the one that registers an account."""
    made: dict[str, Symbol] = {}
    for operation in feature.operations:
        if operation.kind is OperationKind.READ and not Rights(feature, operation).is_owned:
            continue
        if operation.procedure is not None:
            continue
        action = Action(feature, operation)
        made.setdefault(action.name, action.symbol())
    account = feature.account
    if account and any(operation.kind is OperationKind.REGISTER for operation in feature.document.operations):
        made["register"] = _register(feature)
    return made.values()


def action_name(feature: Feature, operation: Operation) -> str:
    """Name of the service function behind an operation."""
    variable, package = feature.variable, feature.package
    part = operation.parent_field or operation.relation or ""
    part = part.removesuffix("_ids").removesuffix("_id")
    match operation.kind:
        case OperationKind.READ:
            return f"read_{variable}" if Rights(feature, operation).is_owned else f"get_{variable}"
        case OperationKind.LIST:
            return f"list_{package}"
        case OperationKind.NESTED_LIST:
            if operation.relation:
                return f"list_{related(feature.entity.attribute(operation.relation))}_of_{variable}"
            return f"list_{package}_of_{part}"
        case OperationKind.NESTED_CREATE:
            return f"create_{variable}_of_{part}"
        case OperationKind.LINK | OperationKind.UNLINK:
            return f"{operation.kind.value}_{part}"
        case OperationKind.TRANSITION:
            verb = operation.transition or ""
            return f"perform_{verb}_{variable}" if verb in _RESERVED_VERBS else f"{verb}_{variable}"
        case kind:
            return f"{kind.value}_{variable}"


def is_matched(feature: Feature, operation: Operation) -> bool:
    """Whether the operation asks for If-Match."""
    return feature.entity.versioned and operation.kind in _MATCHED


class Action:
    """One operation of the service: its parameters and its function."""

    def __init__(self, feature: Feature, operation: Operation) -> None:
        self.feature = feature
        self.operation = operation
        self.rights = Rights(feature, operation)
        self.name = action_name(feature, operation)
        self.key = f"{feature.variable}_id"
        self.parent = (
            feature.entity.attribute(operation.parent_field)
            if operation.parent_field and not operation.relation
            else None
        )

    def parameters(self) -> list[tuple[str, str]]:
        """Names and types, after the session, in order."""
        found: list[tuple[str, str]] = []
        kind = self.operation.kind
        if self.parent is not None:
            found.append((self.parent_key, "UUID"))
        elif kind not in (OperationKind.CREATE, OperationKind.LIST):
            found.append((self.key, "UUID"))
        if kind in (OperationKind.LINK, OperationKind.UNLINK):
            found.append((self.other_key, "UUID"))
        body = self.body_class()
        found += [("data", body)] if body else []
        query = self.query_class()
        found += [("query", query)] if query else []
        if self.rights.needs_caller:
            found.append(("caller", self.account.class_name))
        if is_matched(self.feature, self.operation):
            found.append(("if_match", "str | None"))
        return found

    @property
    def account(self) -> Feature:
        """The feature whose records sign in."""
        entity = self.feature.document.account_entity
        if entity is None:
            raise KeyError("no entity signs in")
        return self.feature.of(entity.name)

    @property
    def parent_key(self) -> str:
        """The path parameter of the parent."""
        return f"{stem(self.parent)}_id" if self.parent is not None else ""

    @property
    def relation(self) -> Attribute:
        """The many-to-many attribute that the operation is about."""
        return self.feature.entity.attribute(self.operation.relation or "")

    @property
    def other_key(self) -> str:
        """The path parameter of the other side of a link."""
        name = f"{self.feature.target(self.relation).variable}_id"
        return f"other_{name}" if name == self.key else name

    def body_class(self) -> str | None:
        """The schema of the body."""
        match self.operation.kind:
            case OperationKind.CREATE | OperationKind.REPLACE:
                return f"{self.feature.class_name}Create"
            case OperationKind.NESTED_CREATE if self.parent is not None:
                return nested_body_name(self.feature, self.parent)
            case OperationKind.PATCH:
                return f"{self.feature.class_name}Patch"
            case _:
                return None

    def query_class(self) -> str | None:
        """The schema of the query string."""
        if self.operation.kind is OperationKind.LIST:
            return whole_query(self.feature)
        if self.operation.kind is not OperationKind.NESTED_LIST:
            return None
        if self.parent is not None:
            return nested_query_name(self.feature, self.parent)
        return whole_query(self.feature.target(self.relation))

    def returns(self) -> str:
        """The type of the result."""
        kind = self.operation.kind
        if kind in (OperationKind.DELETE, OperationKind.LINK, OperationKind.UNLINK):
            return "None"
        if kind in (OperationKind.LIST, OperationKind.NESTED_LIST):
            return f"Slice[{listed_feature(self.feature, self.operation).class_name}]"
        return self.feature.class_name

    def symbol(self) -> Symbol:
        """The function."""
        parameters = ", ".join(["session: AsyncSession", *(f"{name}: {kind}" for name, kind in self.parameters())])
        head = f"async def {self.name}({parameters}) -> {self.returns()}"
        return Symbol(self.name, function(head, self.doc(), self._body()), operations=(self.operation.id,))

    def doc(self) -> str:
        """One sentence that says what it does."""
        feature, label = self.feature, self.feature.label
        said = words(stem(self.parent)) if self.parent is not None else ""
        match self.operation.kind:
            case OperationKind.READ:
                return f"The {label} of that id{', for those who may see it' if self.rights.is_owned else ''}."
            case OperationKind.CREATE:
                return f"Make {with_article(label)}."
            case OperationKind.NESTED_CREATE:
                return f"Make {with_article(label)} of one {said}."
            case OperationKind.LIST:
                return f"A page of {feature.collection}."
            case OperationKind.NESTED_LIST if self.parent is not None:
                return f"A page of the {feature.collection} of one {said}."
            case OperationKind.NESTED_LIST:
                return f"A page of the {feature.target(self.relation).collection} of one {label}."
            case OperationKind.REPLACE:
                return f"Replace {with_article(label)}: what is left out takes its default."
            case OperationKind.PATCH:
                return f"Change what is given of {with_article(label)}."
            case OperationKind.DELETE:
                return f"Delete {with_article(label)}."
            case OperationKind.TRANSITION:
                machine = self._transition()
                return f"Take {with_article(label)} from {listed(machine.sources, 'or')} to {machine.target}."
            case kind:
                said = words(stem(self.relation))
                return f"{'Link' if kind is OperationKind.LINK else 'Unlink'} {with_article(label)} and a {said}."

    def _body(self) -> list[str]:
        feature, kind = self.feature, self.operation.kind
        match kind:
            case OperationKind.CREATE | OperationKind.NESTED_CREATE:
                return self._create_body()
            case OperationKind.LIST | OperationKind.NESTED_LIST:
                return self._list_body()
            case OperationKind.LINK | OperationKind.UNLINK:
                return self._link_body()
        body = self._loading()
        local, session = feature.local, "session"
        if kind is OperationKind.READ:
            return [*body, f"return {local}"]
        if kind is OperationKind.TRANSITION:
            return [*body, *self._transition_body()]
        if kind is OperationKind.DELETE:
            return [*body, *self._delete_body()]
        values = "data.model_dump()" if kind is OperationKind.REPLACE else "data.model_dump(exclude_unset=True)"
        if kind is OperationKind.REPLACE and self.rights.guards_role:
            role = self._role_python()
            kept = f'changes.pop("{role}")'
            body.append(f"changes = {values}")
            body += [f'if "{role}" not in data.model_fields_set:', f"    {kept}"]
            values = "changes"
        return [*body, f"return await apply_{feature.variable}({session}, {local}, {values})"]

    def _loading(self) -> list[str]:
        feature = self.feature
        body = [*self._role_guard(), f"{feature.local} = await get_{feature.variable}(session, {self.key})"]
        if self.rights.is_owned:
            owner = owner_attribute(feature)
            body.append(f"ensure_owner(caller, {feature.local}.{owner}{self.rights.roles_text})")
        if is_matched(feature, self.operation):
            body.append(f"ensure_match(if_match, {feature.local}.version)")
        return body

    def _role_guard(self) -> list[str]:
        if not self.rights.guards_role:
            return []
        role = self._role_python()
        account = self.feature.account
        admin = literal(account.admin_role) if account and account.admin_role else None
        allowed = f" and not has_role(caller, {admin})" if self.rights.is_authenticated and admin else ""
        return [
            f'if "{role}" in data.model_fields_set{allowed}:',
            f'    raise Forbidden("Only an administrator writes the {words(role)}.")',
        ]

    def _role_python(self) -> str:
        account = self.feature.account
        if account is None or account.role_field is None:
            raise KeyError(f"{self.feature.entity.name} has no role")
        return python_name(self.feature.entity.attribute(account.role_field))

    def _create_body(self) -> list[str]:
        feature = self.feature
        body = self._role_guard()
        extra = dict(initial_values(feature))
        if self.parent is not None:
            target = feature.target(self.parent)
            prefix = f"{target.package}_service." if target.package != feature.package else ""
            body.append(f"await {prefix}get_{target.variable}(session, {self.parent_key})")
            extra[python_name(self.parent)] = self.parent_key
        if self.rights.sets_owner and feature.entity.owner_field is not None:
            extra[python_name(feature.entity.attribute(feature.entity.owner_field))] = "caller.id"
        return [*body, *construction(feature, "data.model_dump()", extra)]

    def _list_body(self) -> list[str]:
        feature, body = self.feature, []
        arguments = ["session"]
        if self.parent is not None:
            target = feature.target(self.parent)
            prefix = f"{target.package}_service." if target.package != feature.package else ""
            body.append(f"await {prefix}get_{target.variable}(session, {self.parent_key})")
            arguments.append(self.parent_key)
        elif self.operation.relation:
            body.append(f"await get_{feature.variable}(session, {self.key})")
            arguments.append(self.key)
        arguments.append("query")
        if self.rights.is_narrowed:
            roles = self.rights.roles_text
            body += [f"owner_id = None if has_role(caller{roles}) else caller.id"] if roles else []
            arguments.append("owner_id" if roles else "caller.id")
        return [*body, f"return await repository.{self.name}({', '.join(arguments)})"]

    def _link_body(self) -> list[str]:
        feature, name = self.feature, stem(self.relation)
        target = feature.target(self.relation)
        prefix = f"{target.package}_service." if target.package != feature.package else ""
        keys = f"session, {self.key}, {self.other_key}"
        plain = [f"await get_{feature.variable}(session, {self.key})"]
        body = self._loading() if self.rights.is_owned else plain
        body.append(f"await {prefix}get_{target.variable}(session, {self.other_key})")
        if self.operation.kind is OperationKind.LINK:
            body += [f"if not await repository.has_{name}({keys}):", f"    await repository.link_{name}({keys})"]
        else:
            missing = f"The {feature.label} is not linked with this {target.label}."
            body += [f"if not await repository.has_{name}({keys}):", f"    raise NotFound({literal(missing)})"]
            body.append(f"await repository.unlink_{name}({keys})")
        return [*body, f"await commit(session, {literal('The link has just been changed by another request.')})"]

    def _delete_body(self) -> list[str]:
        feature = self.feature
        still = f"Other records still refer to the {feature.label}."
        message = still if removals(feature) else f"The {feature.label} has just been changed by another request."
        asked = asking(feature, "delete")
        return [*asked, *removal_calls(feature), f"await commit(session, {literal(message)})"]

    def _transition(self) -> Transition:
        states = self.feature.entity.states
        if states is not None:
            for transition in states.transitions:
                if transition.name == self.operation.transition:
                    return transition
        raise KeyError(f"{self.feature.entity.name} has no transition {self.operation.transition}")

    def _transition_body(self) -> list[str]:
        feature, transition = self.feature, self._transition()
        local, label = feature.local, feature.label
        states = feature.entity.states
        field = f"{local}.{python_name(feature.entity.attribute(states.field))}" if states else ""
        if len(transition.sources) == 1:
            wrong = f"{field} != {literal(transition.sources[0])}"
        else:
            wrong = f"{field} not in ({', '.join(literal(source) for source in transition.sources)})"
        message = (
            f"Only {with_article(label)} that is {listed(transition.sources, 'or')} allows to {words(transition.name)}."
        )
        body = [f"if {wrong}:", f"    raise Conflict({literal(message)})"]
        for name in transition.requires:
            value = f"{local}.{python_name(feature.entity.attribute(name))}"
            body += [f"if {value} is None:", f"    raise Conflict({literal(f'The {label} has no {words(name)} yet.')})"]
        body += asking(feature, transition.name)
        body.append(f"{field} = {literal(transition.target)}")
        body += [f"{local}.version += 1"] if feature.entity.versioned else []
        body += lines_on_transition(feature, transition)
        return [*body, "await commit(session, CONFLICT)", f"return {local}"]


def initial_values(feature: Feature) -> Iterable[tuple[str, str]]:
    """What a new record has that no caller says: state, and defaults of attributes that the service writes."""
    states = feature.entity.states
    for field in feature.entity.attributes:
        if states is not None and field.name == states.field:
            yield python_name(field), literal(states.initial)
        elif field.server_set and field.type is FieldType.REFERENCES:
            yield related(field), "[]"
        elif field.server_set and field.default is not None and field.name != feature.entity.owner_field:
            yield python_name(field), _default_value(field)


def _default_value(field: Attribute) -> str:
    default = field.default
    if default is None or default.kind == "literal":
        return literal_source(field, default.value if default else None)
    days = f" + dt.timedelta(days={default.days})" if default.days else ""
    return f"{'today' if field.type is FieldType.DATE else 'now'}(){days}"


def construction(feature: Feature, values: str, extra: dict[str, str]) -> list[str]:
    """Lines that make a record of a body's values and keep it."""
    if feature.needs_preparing:
        values = f"await prepared({'session, ' if feature.links else ''}{values})"
    given = "".join(f", {name}={value}" for name, value in extra.items())
    made = f"{feature.class_name}(**{values}{given})"
    line = f"return await add_{feature.variable}(session, {made})"
    if len(line) + 4 <= 110:
        return [line]
    return [f"{feature.local} = {made}", f"return await add_{feature.variable}(session, {feature.local})"]


def _register(feature: Feature) -> Symbol:
    account, extra = feature.account, dict(initial_values(feature))
    if account and account.role_field:
        field = feature.entity.attribute(account.role_field)
        extra[python_name(field)] = literal(field.choices[0])
    name = f"register_{feature.variable}"
    data = f"{feature.class_name}Register"
    head = f"async def {name}(session: AsyncSession, data: {data}) -> {feature.class_name}"
    operations = tuple(op.id for op in feature.document.operations if op.kind is OperationKind.REGISTER)
    body = construction(feature, "data.model_dump()", extra)
    return Symbol(
        name, function(head, f"Make the {feature.label} of someone who registers.", body), operations=operations
    )
