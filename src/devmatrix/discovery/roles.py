"""Roles by their names: which of them administer, and which attributes hold one."""

from devmatrix.discovery.naming import split_words

ADMINISTRATORS = ("admin", "administrator", "superuser", "superadmin", "root")


def is_called_role(attribute: str) -> bool:
    """Whether an attribute of that name may hold the role of an account."""
    return split_words(attribute)[-1:] in (("role",), ("type",), ("level",))
