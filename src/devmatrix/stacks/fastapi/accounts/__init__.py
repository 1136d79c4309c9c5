"""Accounts: takes a document in which someone signs in, gives passwords, tokens, rights and the routes of `/auth`."""

from devmatrix.stacks.fastapi.accounts.modules import account_outline, account_sources

__all__ = ["account_outline", "account_sources"]
