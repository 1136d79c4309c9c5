"""Takes names of the document, gives the words that a person would use for them."""

import re

from devmatrix.discovery.document import Entity, Quota


def snake(name: str) -> str:
    """LoanItem -> loan_item."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def words(name: str) -> str:
    """LoanItem, loan_item -> loan item."""
    return snake(name).replace("_", " ")


def one(entity: Entity) -> str:
    """A loan item."""
    return with_article(words(entity.name))


def another(entity: Entity) -> str:
    """Another loan item."""
    return f"another {words(entity.name)}"


def many(entity: Entity) -> str:
    """Loan items."""
    return words(entity.plural)


def with_article(noun: str) -> str:
    """A book, an item."""
    return f"{'an' if noun[:1] in 'aeio' else 'a'} {noun}"


def sentence(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def quota_in_words(entity: Entity, quota: Quota) -> str:
    """At most 3 open loans for each member."""
    names = [words(value) for value in quota.values]
    which = " or ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
    counted = " ".join(f"{which} {many(entity)}".split())
    return f"at most {quota.most} {counted} for each {words(quota.per).removesuffix(' id')}"
