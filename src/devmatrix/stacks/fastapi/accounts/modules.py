"""The modules of accounts, and the tasks that they make."""

from collections.abc import Iterable
from pathlib import Path

from devmatrix.discovery.document import DiscoveryDocument
from devmatrix.planning.plan import TaskOutline
from devmatrix.stacks.fastapi.accounts.facts import AccountFacts
from devmatrix.stacks.fastapi.naming import Names
from devmatrix.stacks.fastapi.outlines import TemplateTask, outline_of, sources_of
from devmatrix.stacks.fastapi.source import Source

TEMPLATES = Path(__file__).parent / "templates"
_PACKAGE = "app/authentication"


def account_outline(document: DiscoveryDocument, names: Names) -> tuple[TaskOutline, ...]:
    """The tasks of signing in; none where nobody does."""
    facts = AccountFacts(document, names)
    if not facts.accounts:
        return ()
    return outline_of(_tasks(facts), TEMPLATES, facts, "foundation", after="foundation.tests")


def account_sources(document: DiscoveryDocument, names: Names) -> tuple[Source, ...]:
    """The modules of signing in; none where nobody does."""
    facts = AccountFacts(document, names)
    return sources_of(_tasks(facts), TEMPLATES, facts) if facts.accounts else ()


def _tasks(facts: AccountFacts) -> Iterable[TemplateTask]:
    passwords = (f"{_PACKAGE}/__init__.py", f"{_PACKAGE}/passwords.py")
    yield TemplateTask("foundation.passwords", "Hashing of passwords", passwords)
    yield TemplateTask("foundation.tokens", "Access tokens", (f"{_PACKAGE}/tokens.py",))
    yield TemplateTask("foundation.security", "The caller and their rights", ("app/security.py",))
    if facts.authentication:
        routes = (f"{_PACKAGE}/schemas.py", f"{_PACKAGE}/router.py")
        yield TemplateTask("foundation.authentication", "Registration and signing in", routes)
    if facts.administrator:
        paths = (f"{_PACKAGE}/administrator.py",)
        yield TemplateTask("foundation.administrator", "The first administrator", paths)
