"""Follow disputes: which line tells of which, and until when a provider wants an answer."""

import sqlalchemy as sa
from alembic import op

revision = "payments_003_follow_disputes"
down_revision = "payments_002_create_bank_statements"
branch_labels = None
depends_on = None

INDEX = "ix_payments_entries_dispute"


def upgrade() -> None:
    with op.batch_alter_table("payments_entries") as table:
        table.add_column(sa.Column("dispute", sa.String(length=64), nullable=False, server_default=""))
        table.add_column(sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    is_one = sa.text("dispute <> ''")
    op.create_index(
        INDEX,
        "payments_entries",
        ["platform_id", "dispute"],
        sqlite_where=is_one,
        postgresql_where=is_one,
    )
    entries = sa.table(
        "payments_entries", sa.column("dispute"), sa.column("external_id"), sa.column("reason")
    )
    number = sa.func.replace(entries.c.external_id, ":won", "")
    op.execute(
        entries.update()
        .where(entries.c.reason.in_(["disputed", "dispute_won"]))
        .values(dispute=sa.func.substr(number, 1, 64))
    )


def downgrade() -> None:
    op.drop_index(INDEX, "payments_entries")
    with op.batch_alter_table("payments_entries") as table:
        table.drop_column("due_at")
        table.drop_column("dispute")
