"""The part of `service.py` that deletes: what must not be left behind, and what stands in the way."""

from devmatrix.stacks.fastapi.features.feature import Feature, Reference
from devmatrix.stacks.fastapi.features.removal import Removal, closes_circle, is_removable, removals
from devmatrix.stacks.fastapi.features.text import function, literal, with_article
from devmatrix.stacks.fastapi.source import Symbol


def has_remove(feature: Feature) -> bool:
    """Whether the service has a function that removes one record without committing."""
    return is_removable(feature) and (len(_removal_lines(feature)) > 1 or _is_cascaded(feature))


def _is_cascaded(feature: Feature) -> bool:
    return any(
        Removal(Reference(feature, attribute)).is_cascaded_by_service
        and not closes_circle(Removal(Reference(feature, attribute)))
        for attribute in feature.references
    )


def remove_symbol(feature: Feature) -> Symbol:
    """The function that deletes one record without committing."""
    name = f"remove_{feature.variable}"
    body = _removal_lines(feature)
    head = f"async def {name}(session: AsyncSession, {feature.local}: {feature.class_name}) -> None"
    if not awaits_removal(feature):
        head = f"def {name}({feature.local}: {feature.class_name}) -> None"
    doc = (
        f"Delete {with_article(feature.label)}{' and what goes with it' if len(body) > 1 else ''}, without committing."
    )
    return Symbol(name, function(head, doc, body))


def removal_calls(feature: Feature) -> list[str]:
    """Lines that delete a record in the service of its own entity."""
    if not has_remove(feature):
        return _removal_lines(feature)
    if awaits_removal(feature):
        return [f"await remove_{feature.variable}(session, {feature.local})"]
    return [f"remove_{feature.variable}({feature.local})"]


def _removal_lines(feature: Feature) -> list[str]:
    body: list[str] = []
    found = removals(feature)
    for removal in sorted(found, key=lambda removal: not removal.is_refused_by_service):
        body += _consequences(feature, removal)
    if feature.entity.soft_delete:
        if feature.links or feature.incoming_links:
            body.append(f"await repository.drop_links(session, {feature.local}.id)")
        body.append(f"{feature.local}.deleted_at = now()")
        body += [f"{feature.local}.version += 1"] if feature.entity.versioned else []
    else:
        body.append(f"await session.delete({feature.local})")
    return body


def _consequences(feature: Feature, removal: Removal) -> list[str]:
    child, key = removal.child, f"session, {feature.local}.id"
    if removal.is_refused_by_service:
        query = call(feature, child, "repository", removal.any_name)
        message = f"The {feature.label} still has {child.collection}."
        return [f"if await {query}({key}):", f"    raise Conflict({literal(message)})"]
    if removal.is_cleared_by_service:
        return [f"await {call(feature, child, 'repository', removal.clear_name)}({key})"]
    if removal.is_cascaded_by_service:
        query = call(feature, child, "repository", removal.all_name)
        item = child.local if child.local != feature.local else f"other_{child.local}"
        loop = f"for {item} in await {query}({key}):"
        return [loop, f"    {_removal_call(feature, removal, item)}"]
    return []


def _removal_call(feature: Feature, removal: Removal, item: str) -> str:
    child = removal.child
    if closes_circle(removal):
        return f"{item}.deleted_at = now()" if child.entity.soft_delete else f"await session.delete({item})"
    remove = call(feature, child, "service", f"remove_{child.variable}")
    return f"await {remove}(session, {item})" if awaits_removal(child) else f"{remove}({item})"


def awaits_removal(feature: Feature) -> bool:
    """Whether the function that removes a record is a coroutine."""
    if not feature.entity.soft_delete or feature.links or feature.incoming_links:
        return True
    return any(
        removal.is_refused_by_service or removal.is_cascaded_by_service or removal.is_cleared_by_service
        for removal in removals(feature)
    )


def call(feature: Feature, other: Feature, module: str, name: str) -> str:
    """How a function of another entity (or of its own) is called from the service of `feature`."""
    if other.package != feature.package:
        return f"{other.package}_{module}.{name}"
    return f"repository.{name}" if module == "repository" else name
