"""What happens to the records that refer to one that is deleted: by the database where it can, else by the service."""

from dataclasses import dataclass
from functools import cached_property

from devmatrix.discovery.document import OperationKind
from devmatrix.stacks.fastapi.features.feature import Feature, Reference


@dataclass(frozen=True)
class Removal:
    """One reference, seen when the record that it points to is deleted."""

    reference: Reference

    @cached_property
    def child(self) -> Feature:
        """The entity that refers."""
        return self.reference.child

    @cached_property
    def parent(self) -> Feature:
        """The entity that is deleted."""
        return self.child.target(self.reference.attribute)

    @property
    def is_refused_by_service(self) -> bool:
        """The database cannot tell: the parent's row stays, or a deleted child does not count."""
        soft = self.parent.entity.soft_delete or self.child.entity.soft_delete
        return self._applies("restrict") and soft

    @property
    def is_cascaded_by_service(self) -> bool:
        """The parent's row stays, so the children are deleted one by one as their own rules say."""
        return self._applies("cascade") and self.parent.entity.soft_delete

    @property
    def is_cleared_by_service(self) -> bool:
        """The parent's row stays, so that nothing sets the reference to null by itself."""
        return self._applies("set_null") and self.parent.entity.soft_delete

    def _applies(self, rule: str) -> bool:
        return self.reference.attribute.on_delete == rule and is_removable(self.parent)

    @property
    def any_name(self) -> str:
        """The query whether there is a child."""
        return f"any_with_{self.reference.attribute.name}"

    @property
    def all_name(self) -> str:
        """The query for the children."""
        return f"all_with_{self.reference.attribute.name}"

    @property
    def clear_name(self) -> str:
        """The statement that sets the reference to null."""
        return f"clear_{self.reference.attribute.name}"


def removals(feature: Feature) -> tuple[Removal, ...]:
    """All references to the entity."""
    return tuple(Removal(reference) for reference in feature.incoming)


def is_removable(feature: Feature, above: frozenset[str] = frozenset()) -> bool:
    """Whether its records can be deleted through the service: by an operation of its own, or with a parent."""
    if feature.has(OperationKind.DELETE):
        return True
    above |= {feature.entity.name}
    return any(
        attribute.on_delete == "cascade"
        and (parent := feature.target(attribute)).entity.soft_delete
        and parent.entity.name not in above
        and is_removable(parent, above)
        for attribute in feature.references
    )


def closes_circle(removal: Removal) -> bool:
    """Whether cascading to the child comes back to the parent by way of others: then only the child goes."""
    parent, child = removal.parent.entity.name, removal.child.entity.name
    return parent != child and parent in _reached(removal.child, set())


def _reached(feature: Feature, seen: set[str]) -> set[str]:
    for removal in removals(feature):
        name = removal.child.entity.name
        if removal.is_cascaded_by_service and name not in seen:
            seen.add(name)
            _reached(removal.child, seen)
    return seen
