"""Alembic revisions of the store, run by `devmatrix.storage.migrate`."""
