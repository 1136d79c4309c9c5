"""Takes a page of Markdown and the draft, gives prose to read as English, claims to judge, and what the rest became."""

from devmatrix.discovery.markdown.blocks import is_markdown, line_of
from devmatrix.discovery.markdown.desk import Claim
from devmatrix.discovery.markdown.outcomes import Doubt, Verdict, judge
from devmatrix.discovery.markdown.page import Page, read_page, read_rights

__all__ = ["Claim", "Doubt", "Page", "Verdict", "is_markdown", "judge", "line_of", "read_page", "read_rights"]
