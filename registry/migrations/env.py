"""Alembic's environment: runs the migrations on the connection that `registry.session` hands over."""

from alembic import context

from registry.migrations.rendering import render_item
from registry.schema import compared, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_name=compared,
    render_as_batch=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
