"""Alembic's entry: `data.store.migrate` hands over its connection; nothing is read from a configuration file."""

from alembic import context

from data.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
