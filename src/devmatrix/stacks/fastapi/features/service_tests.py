"""Blueprints of tests/unit/<package>/test_service.py: what the rules do on a real database."""

from collections.abc import Iterable

from devmatrix.atoms.contract import AtomKind
from devmatrix.discovery.document import Attribute, FieldType, Operation, OperationKind, Transition
from devmatrix.discovery.proofs.unproducible import UnproducibleError
from devmatrix.discovery.proofs.values import sample
from devmatrix.stacks.fastapi.features.actions import Action
from devmatrix.stacks.fastapi.features.feature import Feature, is_nullable, local_name, python_name, stem
from devmatrix.stacks.fastapi.features.fields import literal_source
from devmatrix.stacks.fastapi.features.quota_tests import quota_tests
from devmatrix.stacks.fastapi.features.rights import Rights, owner_attribute
from devmatrix.stacks.fastapi.features.samples import body_values, can_make
from devmatrix.stacks.fastapi.features.service import changes, creates
from devmatrix.stacks.fastapi.features.text import function, listed, literal, with_article, words
from devmatrix.stacks.fastapi.source import Symbol


def service_tests(feature: Feature) -> Iterable[Symbol]:
    """The tests."""
    yield _missing(feature)
    if not can_make(feature):
        return
    # What a rule may refuse for reasons that only words say is for the scenarios of its requirements.
    for operation in feature.operations_of(OperationKind.CREATE):
        if _can_create(feature, operation) and not feature.entity.may_refuse("create"):
            yield _create(feature, operation)
    if (creates(feature) or changes(feature)) and not feature.entity.may_refuse("create"):
        yield from (_reference(feature, field) for field in feature.references if not field.server_set)
        yield from (_unique(feature, group) for group in feature.unique)
    if not feature.entity.may_refuse("create"):
        yield from quota_tests(feature)
    if changes(feature) and not feature.entity.may_refuse("update"):
        yield from _apply(feature)
    yield from _operations(feature)


def _operations(feature: Feature) -> Iterable[Symbol]:
    for operation in feature.operations_of(OperationKind.TRANSITION):
        yield from _transition(feature, operation)
    for operation in feature.operations_of(OperationKind.LIST):
        if not feature.account:
            yield _list(feature, operation)
    for operation in feature.operations_of(OperationKind.DELETE):
        if feature.entity.may_refuse("delete"):
            continue
        yield _delete(feature, operation)
        if Rights(feature, operation).is_owned:
            yield _stranger(feature, operation)


def _test(name: str, doc: str, body: list[str]) -> Symbol:
    head = f"async def {name}(session: AsyncSession) -> None"
    return Symbol(name, function(head, doc, body), AtomKind.TEST)


def _missing(feature: Feature) -> Symbol:
    body = ["with pytest.raises(NotFound):", f"    await service.get_{feature.variable}(session, uuid4())"]
    return _test(
        "test_what_is_missing_is_not_found", f"{with_article(feature.label).capitalize()} must be there.", body
    )


def _can_create(feature: Feature, operation: Operation) -> bool:
    rights = Rights(feature, operation)
    return body_values(feature) is not None and (
        not rights.needs_caller or can_make(Action(feature, operation).account)
    )


def _create(feature: Feature, operation: Operation) -> Symbol:
    needed = [field for field in feature.references if field.required and not field.server_set]
    body = []
    given = []
    for field in needed:
        target = feature.target(field)
        local = local_name(feature, field)
        body.append(f"{local} = await make_{target.variable}(session)")
        given.append(f"{field.name}=str({local}.id)")
    rights = Rights(feature, operation)
    if rights.needs_caller:
        body.append(f"caller = await make_{Action(feature, operation).account.variable}(session)")
    body.append(f"data = {feature.class_name}Create.model_validate(body_of_{feature.variable}({', '.join(given)}))")
    arguments = "session, data, caller" if rights.needs_caller else "session, data"
    body.append(f"{feature.local} = await service.create_{feature.variable}({arguments})")
    body.append(f"found = await service.get_{feature.variable}(session, {feature.local}.id)")
    plain = next((item for item in feature.settable if _is_plain(item)), None)
    if plain is not None:
        body.append(f"assert found.{python_name(plain)} == data.{python_name(plain)}")
    else:
        body.append(f"assert found is {feature.local}")
    if rights.sets_owner and feature.entity.owner_field is not None:
        owner = python_name(feature.entity.attribute(feature.entity.owner_field))
        body.append(f"assert found.{owner} == caller.id")
    if feature.entity.states is not None:
        state = python_name(feature.entity.attribute(feature.entity.states.field))
        body.append(f"assert found.{state} == {literal(feature.entity.states.initial)}")
    return _test(f"test_create_{feature.variable}", f"What a {feature.label} is made of can be read.", body)


def _is_plain(field: Attribute) -> bool:
    return field.type not in (FieldType.PASSWORD, FieldType.REFERENCES)


def _reference(feature: Feature, field: Attribute) -> Symbol:
    guard = f"service.ensure_{stem(field)}_exists"
    body = [
        "with pytest.raises(Invalid):",
        f"    await {guard}(session, {feature.class_name}({python_name(field)}=uuid4()))",
    ]
    return _test(f"test_{stem(field)}_must_exist", f"{field.name} points to something.", body)


def _unique(feature: Feature, group: tuple[Attribute, ...]) -> Symbol:
    name = "_and_".join(field.name for field in group)
    given = [f"{python_name(field)}={source}" for field, source in _values_of(feature, group)]
    same = ", ".join(f"{python_name(field)}={feature.local}.{python_name(field)}" for field in group)
    lacking = [field for field in group if is_nullable(field) and field.type is FieldType.REFERENCE]
    made = [f"{local_name(feature, item)} = await make_{feature.target(item).variable}(session)" for item in lacking]
    given += [f"{python_name(item)}={local_name(feature, item)}.id" for item in lacking]
    body = [
        *made,
        f"{feature.local} = await make_{feature.variable}({', '.join(['session', *given])})",
        f"await service.ensure_unique_{name}(session, {feature.local})",
        "with pytest.raises(Conflict):",
        f"    await service.ensure_unique_{name}(session, {feature.class_name}({same}))",
    ]
    said = listed(words(field.name) for field in group)
    return _test(f"test_{name}_is_unique", f"No two {feature.collection} have the same {said}.", body)


def _values_of(feature: Feature, group: tuple[Attribute, ...]) -> Iterable[tuple[Attribute, str]]:
    """What makes those of the group solid that could be null, with all that a check binds to them."""
    wanted = [field.name for field in group if is_nullable(field)]
    checks = [check for check in feature.entity.checks if {check.left, check.right} & set(wanted)]
    bound = {name for check in checks for name in (check.left, check.right)}
    values = (body_values(feature) or {}) if bound else {}
    for field in feature.columns:
        if field.name in bound and values.get(field.name) is not None:
            yield field, literal_source(field, values[field.name])
        elif field.name in wanted and (source := _sample_source(feature, field)) != "None":
            yield field, source


def _sample_source(feature: Feature, field: Attribute) -> str:
    if field.type is FieldType.REFERENCE:
        return "None"
    try:
        return literal_source(field, sample(field, 3))
    except UnproducibleError:
        return "None"


def _apply(feature: Feature) -> Iterable[Symbol]:
    checked = {name for check in feature.entity.checks for name in (check.left, check.right)}
    for field in feature.settable:
        value = _sample_source(feature, field)
        if not _is_plain(field) or field.name in checked or value == "None":
            continue
        name, local = python_name(field), feature.local
        body = [f"{local} = await make_{feature.variable}(session)"]
        body += [f"changed = await service.apply_{feature.variable}(session, {local}, {{{literal(name)}: {value}}})"]
        body += [f"assert changed.{name} {'is' if field.type is FieldType.BOOLEAN else '=='} {value}"]
        body += ["assert changed.version == 2"] if feature.entity.versioned else []
        yield _test(f"test_change_{feature.variable}", f"A change of {field.name} is kept.", body)
        return


def _transition(feature: Feature, operation: Operation) -> Iterable[Symbol]:
    action, states = Action(feature, operation), feature.entity.states
    if states is None:
        return
    transition = next(item for item in states.transitions if item.name == operation.transition)
    state = python_name(feature.entity.attribute(states.field))
    required = _required_sources(feature, transition)
    if required is None:
        return
    if not feature.entity.may_refuse(transition.name):
        before, call = _call(feature, action, [f"{state}={literal(transition.sources[0])}", *required])
        yield _test(
            f"test_{transition.name}",
            f"{words(transition.name).capitalize()} leads to {transition.target}.",
            [*before, f"moved = await {call}", f"assert moved.{state} == {literal(transition.target)}"],
        )
    field = feature.entity.attribute(states.field)
    wrong = next((choice for choice in field.choices if choice not in transition.sources), None)
    if wrong is not None:
        before, call = _call(feature, action, [f"{state}={literal(wrong)}", *required])
        yield _test(
            f"test_{transition.name}_needs_the_right_state",
            f"{words(transition.name).capitalize()} is refused from {wrong}.",
            [*before, "with pytest.raises(Conflict):", f"    await {call}"],
        )


def _required_sources(feature: Feature, transition: Transition) -> list[str] | None:
    found = []
    for name in transition.requires:
        field = feature.entity.attribute(name)
        if field.required:
            continue
        value = _sample_source(feature, field)
        if value == "None":
            return None
        found.append(f"{python_name(field)}={value}")
    return found


def _call(feature: Feature, action: Action, given: list[str]) -> tuple[list[str], str]:
    """Lines that make a record that the caller may use, and the call of the service."""
    names = [name for name, _ in action.parameters()]
    before, made = [], ["session", *given]
    if "caller" in names and not feature.account:
        before.append(f"caller = await make_{action.account.variable}(session)")
        owner = owner_attribute(feature)
        made += [f"{owner}=caller.id"] if owner else []
    before.append(f"{feature.local} = await make_{feature.variable}({', '.join(made)})")
    values = {
        f"{feature.variable}_id": f"{feature.local}.id",
        "caller": feature.local if feature.account else "caller",
        "if_match": "'\"1\"'",
    }
    arguments = ", ".join(["session", *(values[name] for name in names)])
    return before, f"service.{action.name}({arguments})"


def _list(feature: Feature, operation: Operation) -> Symbol:
    action = Action(feature, operation)
    made = ["session"]
    body, arguments = [], f"session, {feature.class_name}Query(limit=1)"
    if action.rights.needs_caller:
        body.append(f"caller = await make_{action.account.variable}(session)")
        made.append(f"{owner_attribute(feature)}=caller.id")
        arguments += ", caller"
    body += [f"await make_{feature.variable}({', '.join(made)})"]
    body += [f"page = await service.{action.name}({arguments})", "assert (page.total, len(page.items)) == (1, 1)"]
    doc = f"A page holds what there is of {feature.collection}."
    return _test(f"test_list_{feature.package}", doc, body)


def _delete(feature: Feature, operation: Operation) -> Symbol:
    before, call = _call(feature, Action(feature, operation), [])
    body = [
        *before,
        f"await {call}",
        "with pytest.raises(NotFound):",
        f"    await service.get_{feature.variable}(session, {feature.local}.id)",
    ]
    return _test(f"test_delete_{feature.variable}", f"A deleted {feature.label} is gone.", body)


def _stranger(feature: Feature, operation: Operation) -> Symbol:
    action = Action(feature, operation)
    owner = owner_attribute(feature)
    before, call = _call(feature, action, [])
    account = f"make_{action.account.variable}(session)"
    call = call.replace("caller", "stranger") if not feature.account else call
    if feature.account:
        call = call.replace(f"{feature.local}.id, {feature.local}", f"{feature.local}.id, stranger")
    body = [*before, f"stranger = await {account}", "with pytest.raises(Forbidden):", f"    await {call}"]
    doc = f"Who is not in {owner} of {with_article(feature.label)} may not delete it."
    return _test("test_a_stranger_may_not_delete", doc, body)
