"""What a project is called."""

from devmatrix.discovery.drafts import Draft
from devmatrix.discovery.naming import enumerate_words, human, split_words


def title_of(draft: Draft) -> str:
    """What the API is called where nobody names it."""
    names = [human(entity.plural) for entity in draft.entities.values() if not entity.account]
    names = names or [human(entity.plural) for entity in draft.entities.values()]
    text = enumerate_words(names) if len(names) <= 3 else f"{names[0]}, {names[1]} and more"
    return text[0].upper() + text[1:]


def slug_of(title: str) -> str:
    """The project's name for a title."""
    slug = "-".join(split_words(title))[:60].strip("-")
    return slug if slug[:1].isalpha() else f"api-{slug}".strip("-")
