"""What the words of a quota mean: the reference that it counts by, and the enum that says which records count."""

from collections.abc import Sequence

from devmatrix.discovery.document import FieldType
from devmatrix.discovery.drafts import Draft, EntityDraft
from devmatrix.discovery.naming import snake, split_words

_SOMEBODY = frozenset("user account owner person caller creator member customer".split())
"""Words for whoever signs in, where nothing that is kept has that name."""


def references(draft: Draft, entity: EntityDraft, words: str) -> list[str]:
    """Names of the references of `entity` that the words may mean, the likeliest first."""
    name = snake(words)
    owner = [entity.owner_field] if entity.owner_field else []
    pointing = [item.name for item in entity.fields.values() if item.target and item.type is not FieldType.REFERENCES]
    named = [item for item in (*owner, *pointing) if item in (name, f"{name}_id")]
    target = draft.resolve(words)
    if target is None and split_words(words)[-1:] and split_words(words)[-1] in _SOMEBODY:
        target = account_of(draft)
    if target is None:
        return named
    owned = owner if target.account or target is account_of(draft) else []
    towards = [item for item in pointing if draft.resolve(entity.fields[item].target or "") is target]
    return list(dict.fromkeys((*named, *owned, *towards)))


def account_of(draft: Draft) -> EntityDraft | None:
    """The entity that signs in, as far as that is known."""
    return next((item for item in draft.entities.values() if item.account), None)


def choosing(entity: EntityDraft, values: Sequence[str]) -> str | None:
    """Name of the enum that has all these choices, the states first; none where there is no such enum."""
    wanted = set(values)
    if not wanted:
        return None
    if entity.states is not None and wanted <= set(entity.states.states):
        return entity.states.field
    return next((item.name for item in entity.fields.values() if wanted <= set(item.choices)), None)
