"""Fills what the request leaves open: nouns that are references, undeclared targets, archetypes, accounts."""

from dataclasses import replace

from devmatrix.discovery.archetype import archetype_for, domain_entities
from devmatrix.discovery.document import FieldType
from devmatrix.discovery.drafts import Draft, EntityDraft, FieldDraft
from devmatrix.discovery.naming import enumerate_words, human, is_plural, plural, singular, snake, split_words
from devmatrix.discovery.notation.fields import read_field
from devmatrix.discovery.notation.marks import read_mark
from devmatrix.discovery.phrases import EVERYTHING, READS

ADMIN = "admin"
LIKELY_ACCOUNTS = ("User", "Account")
_LABELS = frozenset("name title label subject code number headline".split())


def reference_to(entity: EntityDraft, *, required: bool = True) -> FieldDraft:
    """A reference to an entity, named after it."""
    return FieldDraft(
        name=f"{snake(entity.name)}_id",
        type=FieldType.REFERENCE,
        target=entity.name,
        required=None if required else False,
    )


def references_to(entity: EntityDraft) -> FieldDraft:
    """A list of references to an entity, named after it."""
    return FieldDraft(name=f"{snake(entity.name)}_ids", type=FieldType.REFERENCES, target=entity.name)


def expand_domain(draft: Draft) -> None:
    """Where the request names a domain and nothing that is kept in it, take what is usual there."""
    if draft.domain is None or draft.entities:
        return
    words = split_words(draft.domain)
    usual = next(filter(None, (domain_entities(" ".join(words[cut:])) for cut in range(len(words)))), ())
    for name in usual or (draft.domain,):
        draft.declare(name)
    names = enumerate_words(list(draft.entities))
    if usual:
        is_or_are = "are" if len(usual) > 1 else "is"
        draft.assume(f"{names} {is_or_are} kept", f"the request names nothing else; usual for {draft.domain}")
    else:
        draft.assume(f"{names} is kept", "the request names nothing else")


def link_nouns(draft: Draft) -> None:
    """Turn fields that bear the name of an entity into references, on whichever side they belong."""
    for entity in list(draft.entities.values()):
        for field in list(entity.fields.values()):
            if not field.noun or field.type is not None:
                continue
            one = not is_plural(split_words(field.noun)[-1])
            target = draft.resolve_role(field.noun) if one else draft.resolve(field.noun)
            if target is None or target is entity:
                continue
            del entity.fields[field.name]
            if one:
                made = FieldDraft(
                    f"{singular(field.name)}_id", FieldType.REFERENCE, target.name, required=field.required
                )
                entity.fields.setdefault(made.name, made)
            else:
                relate_many(draft, entity, target)


def relate_many(draft: Draft, parent: EntityDraft, child: EntityDraft, *, many_to_many: bool | None = None) -> str:
    """Relate a parent to many children; says how."""
    if many_to_many is None:
        many_to_many = _is_shared(child)
        if many_to_many:
            text = f"Can one {human(child.name)} belong to many {human(parent.plural)}?"
            why = f"the request says that a {human(parent.name)} has many {human(child.plural)}"
            topic, names = f"{child.name} many {parent.plural}", (parent.name, child.name)
            many_to_many = draft.ask(topic, text, ("yes", "no"), why, names) == "yes"
    if many_to_many:
        field = references_to(child)
        reverse = references_to(parent).name
        if reverse not in child.fields:
            parent.fields.setdefault(field.name, field)
        return f"many {child.plural} of many {parent.plural}"
    field = reference_to(parent)
    child.fields.setdefault(field.name, field)
    return f"{child.name} refers to its {parent.name}"


def _is_shared(entity: EntityDraft) -> bool:
    known = archetype_for(entity.name)
    return entity.shared or (known is not None and known.shared)


def declare_targets(draft: Draft) -> None:
    """Give each reference the name of its entity, and declare those that the request only points to."""
    for entity in list(draft.entities.values()):
        for field in entity.fields.values():
            if field.target is None:
                continue
            target = draft.resolve(field.target)
            if target is None:
                target = draft.declare(field.target)
                draft.assume(f"{target.name} is kept as an entity", f"{entity.name} refers to it")
            field.target = target.name
    _drop_mirrors(draft)


def _drop_mirrors(draft: Draft) -> None:
    """A many-to-many relation said from both sides is one relation."""
    seen: set[tuple[str, str]] = set()
    for entity in draft.entities.values():
        for field in list(entity.fields.values()):
            if field.type is not FieldType.REFERENCES or field.target is None or field.target == entity.name:
                continue
            if (field.target, entity.name) in seen:
                del entity.fields[field.name]
                draft.assume(
                    f"{entity.name} and {field.target} have one many-to-many relation, kept at {field.target}",
                    "the request says it from both sides",
                )
            seen.add((entity.name, field.target))


def apply_archetypes(draft: Draft) -> None:
    """Give fields to entities of which the request does not list them."""
    for entity in list(draft.entities.values()):
        if entity.declared:
            continue
        known = archetype_for(entity.name)
        if known is not None and "account" in known.items and not entity.account and _signs_in(draft, entity):
            known = None  # "users have accounts": another kind of account
        said = dict(entity.fields)
        if known is None:
            _apply_default(entity)
            why = "the request lists no fields, and the thing is not among the well-known ones"
        else:
            _apply(draft, entity, known.items, known.references)
            _drop_doubles(draft, entity)
            why = f"the request lists none; these are usual for {human(plural(known.name))}"
        made = [name for name in entity.fields if name not in said]
        if made:
            kind = "fields" if len(made) > 1 else "field"
            more = "also " if any(field.type is not FieldType.REFERENCE for field in said.values()) else ""
            draft.assume(f"{entity.name} {more}has the {kind} {enumerate_words(made, shown=20)}", why)


def _signs_in(draft: Draft, entity: EntityDraft) -> bool:
    return any(other.account or other.name == "User" for other in draft.entities.values() if other is not entity)


def _apply_default(entity: EntityDraft) -> None:
    """A name where nothing said serves as one, and a description where nothing at all is said."""
    values = [field.name for field in entity.fields.values() if field.target is None]
    if not set(values) & _LABELS:
        name = FieldDraft(name="name", type=FieldType.STRING, assumed=True)
        entity.fields = {name.name: name, **entity.fields}
    if not values:
        _add(entity, FieldDraft(name="description", type=FieldType.TEXT, required=False, assumed=True))


def _drop_doubles(draft: Draft, entity: EntityDraft) -> None:
    """Usual fields that the request keeps as things of their own: a book's author, where there are authors."""
    things = {snake(other.name) for other in draft.entities.values() if other is not entity}
    for field in list(entity.fields.values()):
        if field.assumed and field.target is None and field.name in things:
            del entity.fields[field.name]


def _apply(draft: Draft, entity: EntityDraft, items: tuple[str, ...], references: tuple[str, ...]) -> None:
    has_states = entity.states is not None or "status" in entity.fields
    said, entity.fields = entity.fields, {}
    for item in items:
        if "->" in item and has_states:
            continue  # the states that the request gives replace the usual ones
        if item == "account" and any(other.account for other in draft.entities.values() if other is not entity):
            continue
        if read_mark(item, entity, draft) is None:
            field = read_field(item)
            field.assumed = True
            _add(entity, said.pop(field.name, field))  # in the usual order: a name before a capacity
    entity.fields |= said
    told = any(field.target is not None for field in entity.fields.values())
    for item in () if told else references:  # what the request says it refers to replaces the usual
        field = read_field(item)
        target = draft.resolve(field.target or "")
        if target is not None and target is not entity and not _points_to(entity, target.name):
            field.target, field.assumed = target.name, True
            _add(entity, field)


def _points_to(entity: EntityDraft, target: str) -> bool:
    return any(field.target == target for field in entity.fields.values())


def _add(entity: EntityDraft, field: FieldDraft) -> None:
    entity.fields.setdefault(field.name, field)


def complete_accounts(draft: Draft) -> None:
    """Choose the entity that signs in, where one is wanted, and give it what signing in needs."""
    _give_owners(draft)
    accounts = [entity for entity in draft.entities.values() if entity.account]
    if not accounts:
        accounts = [e for e in draft.entities.values() if any(_is_password(field) for field in e.fields.values())]
        for entity in accounts[:1]:
            draft.assume(f"{entity.name} signs in", "it has a password")
    why = _why_accounts(draft)
    if not accounts and why:
        named = [draft.entities[name] for name in LIKELY_ACCOUNTS if name in draft.entities]
        accounts = named or [_new_account(draft, why)]
    if len(accounts) > 1:
        names = [entity.name for entity in accounts]
        text = f"Who signs in: {' or '.join(names)}?"
        chosen = draft.ask("who signs in", text, names, "one kind of account is built", names)
        accounts.sort(key=lambda entity: entity.name != chosen)
    for index, entity in enumerate(accounts):
        entity.account = index == 0
    if accounts:
        _complete_account(draft, accounts[0])


def _give_owners(draft: Draft) -> None:
    """Records have an owner wherever a rule speaks of one."""
    owned = {rule.entity for rule in draft.rules if rule.who.owner}
    for entity in draft.entities.values():
        if not entity.account and (entity.name in owned or None in owned):
            entity.owner_field = entity.owner_field or "owner_id"


def _why_accounts(draft: Draft) -> str:
    if draft.wants_accounts:
        return draft.wants_accounts
    if any(entity.owner_field for entity in draft.entities.values()):
        return "records have an owner"
    if any(not rule.who.public for rule in draft.rules):
        return "the request says who may do what"
    return ""


def _new_account(draft: Draft, why: str) -> EntityDraft:
    entity = draft.declare("User")
    draft.assume("User is added as the account that signs in", why)
    known = archetype_for("User")
    if known is not None:
        _apply(draft, entity, known.items, known.references)
    entity.declared = True
    return entity


def _is_password(field: FieldDraft) -> bool:
    return field.type is FieldType.PASSWORD or (field.type is None and field.name == "password")


def _complete_account(draft: Draft, entity: EntityDraft) -> None:
    added: list[str] = []
    login = login_field(entity)
    if login is None:
        login = FieldDraft(name="email", type=FieldType.EMAIL)
        entity.fields["email"] = login
        added.append("email")
    login.unique, login.required, login.default = True, None, None
    if not any(_is_password(field) for field in entity.fields.values()):
        entity.fields["password"] = FieldDraft(name="password", type=FieldType.PASSWORD)
        added.append("password")
    roles = tuple(dict.fromkeys(role for rule in draft.rules for role in rule.who.roles))
    role = entity.fields.get("role")
    if role is None and roles:
        role = entity.fields["role"] = FieldDraft(name="role", type=FieldType.ENUM, choices=("member",))
        added.append("role")
    if role is not None:
        _complete_role(draft, entity, role, roles)
    if added:
        draft.assume(f"{entity.name} has {enumerate_words(added)}", "accounts need them")


def _complete_role(draft: Draft, entity: EntityDraft, role: FieldDraft, roles: tuple[str, ...]) -> None:
    if not role.choices:
        role.type, role.choices = FieldType.ENUM, ("member", ADMIN)
        draft.assume(f"{entity.name}.role is member or admin", "the request names no other role")
    wanted = tuple(dict.fromkeys((*role.choices, *roles, ADMIN)))
    if wanted[0] == ADMIN:
        # Registration gives the first choice to everybody: never the one that may do everything.
        wanted = (*(wanted[1:] or ("member",)), ADMIN)
        draft.assume(f"a new {human(entity.name)} is a {wanted[0]}", "nobody becomes an administrator by registering")
    if wanted != role.choices:
        draft.assume(f"{entity.name}.role may be {enumerate_words(wanted)}", "the request speaks of these roles")
    role.choices = wanted
    # A new role is never the first choice: registration gives that one to everybody.
    role.raw_default, role.default, role.required = wanted[0], None, None


def login_field(entity: EntityDraft) -> FieldDraft | None:
    """The field by which an account signs in, if it has one."""
    names = ("email", "username", "login", "user_name", "email_address", "phone")
    return next((entity.fields[name] for name in names if name in entity.fields), None)


def inherit_privacy(draft: Draft) -> None:
    """What hangs on records that only their owner may read is private too, unless the request says otherwise."""
    private = {str(rule.entity): rule for rule in draft.rules if rule.who.owner and rule.kinds & READS and rule.entity}
    waiting = list(private)
    while waiting:
        parent = waiting.pop(0)
        for entity in draft.entities.values():
            binds = any(
                field.target == parent and field.type is FieldType.REFERENCE for field in entity.fields.values()
            )
            spoken_of = entity.account or any(rule.entity == entity.name for rule in draft.rules)
            if not binds or spoken_of:
                continue
            entity.owner_field = entity.owner_field or "owner_id"
            draft.rules.append(replace(private[parent], entity=entity.name, kinds=EVERYTHING))
            private[entity.name] = draft.rules[-1]
            waiting.append(entity.name)
            draft.assume(
                f"{human(entity.plural).capitalize()} are seen by their owner only",
                f"so are the {human(draft.entities[parent].plural)}",
            )
