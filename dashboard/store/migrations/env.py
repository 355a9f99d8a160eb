"""Alembic's entry: migrations run on the connection that `dashboard.store.migrate` opened."""

from alembic import context

from dashboard.store.schema import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,
)
context.run_migrations()
