"""Alembic's entry: migrations run on the connection that `dashboard.store.migrate` opened."""

from alembic import context

import dashboard.store.access_schema
import dashboard.store.bank_schema
import dashboard.store.campaign_schema
import dashboard.store.judging_schema
import dashboard.store.schema  # noqa: F401  all fill the metadata
from dashboard.store.base import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,
)
context.run_migrations()
