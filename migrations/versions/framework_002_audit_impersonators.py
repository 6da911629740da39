"""Say in the audit trail who acted as somebody else; the previous release runs beside the column."""

import sqlalchemy as sa
from alembic import op

revision = "framework_002_audit_impersonators"
down_revision = "framework_001_create_framework_tables"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("impersonator_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_audit_entries_impersonator_id"),
            "users",
            ["impersonator_id"],
            ["id"],
            ondelete="SET NULL",
        )


def downgrade() -> None:
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_audit_entries_impersonator_id"), type_="foreignkey")
        batch_op.drop_column("impersonator_id")
