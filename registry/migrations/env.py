"""Alembic's environment: runs the migrations on the connection that `registry.session` hands over."""

from alembic import context

from registry import tables
from registry.migrations.rendering import render_item

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=tables.SQLModel.metadata,
    render_as_batch=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
