"""Accounts: takes a document in which someone signs in, gives passwords, tokens, rights and the routes of `/auth`."""

from devmatrix.stacks.fastapi.accounts.facts import AccountFacts
from devmatrix.stacks.fastapi.accounts.modules import TEMPLATES as ACCOUNT_TEMPLATES
from devmatrix.stacks.fastapi.accounts.modules import account_outline, account_sources

__all__ = ["ACCOUNT_TEMPLATES", "AccountFacts", "account_outline", "account_sources"]
