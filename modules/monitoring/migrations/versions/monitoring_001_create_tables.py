"""Create tables."""

import sqlalchemy as sa
from alembic import op

revision = "monitoring_001_create_tables"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "monitoring_health_samples",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monitoring_health_samples")),
        sa.UniqueConstraint("taken_at", name=op.f("uq_monitoring_health_samples_taken_at")),
    )
    with op.batch_alter_table("monitoring_health_samples", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_monitoring_health_samples_status"), ["status"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("monitoring_health_samples", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_monitoring_health_samples_status"))

    op.drop_table("monitoring_health_samples")
