"""Mark what editors save by themselves.

Expand only: every revision that there is was saved by somebody.
"""

import sqlalchemy as sa
from alembic import op

revision = "cms_004_mark_what_editors_save_by_themselves"
down_revision = "cms_003_make_redirects_by_hand"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("cms_page_revisions") as batch_op:
        batch_op.add_column(sa.Column("sitting", sa.String(32), nullable=True))
        batch_op.add_column(
            sa.Column("is_autosaved", sa.Boolean(), server_default=sa.false(), nullable=False)
        )


def downgrade() -> None:
    with op.batch_alter_table("cms_page_revisions") as batch_op:
        batch_op.drop_column("is_autosaved")
        batch_op.drop_column("sitting")
