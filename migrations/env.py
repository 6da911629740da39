"""Runs one history on the connection that the caller has prepared; shared by all modules."""

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext

from wizamart.module_system.new_columns import give_to_rows, render_default


def render_item(kind: str, item: object, _context: AutogenContext) -> str | bool:
    """Write the plain type beneath a type of ours: a migration must not change when the code does."""
    if kind == "server_default":
        return render_default(item)
    if kind != "type" or not isinstance(item, sa.types.TypeDecorator):
        return False
    plain = item.impl_instance
    if isinstance(plain, sa.DateTime):
        return "sa.DateTime(timezone=True)"
    return f"sa.{plain!r}"


def look_through(_context: object, _revision: object, directives: list) -> None:
    """Write no migration where nothing has changed, and think of the rows where columns are new."""
    if directives and directives[0].upgrade_ops.is_empty() and not context.config.attributes.get("empty"):
        directives[:] = []
    for directive in directives:
        give_to_rows(directive.upgrade_ops)


attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    target_metadata=attributes["target_metadata"],
    render_as_batch=True,
    render_item=render_item,
    process_revision_directives=look_through,
    transaction_per_migration=True,
    transactional_ddl=True,  # SQLite's too, since our engine begins real transactions
    **attributes["options"],
)
with context.begin_transaction():
    context.run_migrations()
