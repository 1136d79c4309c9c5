"""Migrations: takes a document, gives one Alembic revision per entity, in order of dependency."""

from devmatrix.stacks.fastapi.migrations.revisions import migration_outline, migration_sources

__all__ = ["migration_outline", "migration_sources"]
