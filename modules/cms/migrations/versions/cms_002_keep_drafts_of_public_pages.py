"""Keep drafts of public pages beside them.

Expand only: a page without these values is what it was, and shows what it showed.
"""

import sqlalchemy as sa
from alembic import op

revision = "cms_002_keep_drafts_of_public_pages"
down_revision = "cms_001_create_tables"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("cms_pages") as batch_op:
        batch_op.add_column(sa.Column("live_version", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("planned_version", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("planned_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_cms_pages_planned_at"), ["planned_at"], unique=False)
    with op.batch_alter_table("cms_page_revisions") as batch_op:
        batch_op.add_column(sa.Column("checked_at", sa.JSON(), nullable=True))


def downgrade() -> None:
    """What was kept beside public pages stays among their revisions; the pages show what they show."""
    with op.batch_alter_table("cms_page_revisions") as batch_op:
        batch_op.drop_column("checked_at")
    with op.batch_alter_table("cms_pages") as batch_op:
        batch_op.drop_index(batch_op.f("ix_cms_pages_planned_at"))
        batch_op.drop_column("planned_at")
        batch_op.drop_column("planned_version")
        batch_op.drop_column("drafted_at")
        batch_op.drop_column("live_version")
