"""Run by Alembic: migrates on the connection that `devmatrix.storage.migrate` hands over."""

from alembic import context

from devmatrix.storage.tables import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
