"""Alembic's entry: runs the migrations on the connection that `service.store.migrate` hands over."""

from __future__ import annotations

from alembic import context

from service.store.tables import metadata

connection = context.config.attributes["connection"]
# SQLite's tables can be changed inside a transaction; Alembic assumes the opposite unless told.
context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
