"""Make redirects by hand.

Expand only: every redirect that there is leads to its page, as before.
"""

import sqlalchemy as sa
from alembic import op

revision = "cms_003_make_redirects_by_hand"
down_revision = "cms_002_keep_drafts_of_public_pages"
branch_labels = None
depends_on = None

INDEXES = {
    "uq_cms_page_redirects_moved": (["page_id", "slug"], "origin = 'move'"),
    "uq_cms_page_redirects_by_hand": (["platform_id", "slug"], "origin = 'hand' AND vendor_id IS NULL"),
    "uq_cms_page_redirects_by_vendors_hand": (
        ["platform_id", "vendor_id", "slug"],
        "origin = 'hand' AND vendor_id IS NOT NULL",
    ),
}


def upgrade() -> None:
    with op.batch_alter_table("cms_page_redirects") as batch_op:
        batch_op.drop_constraint("uq_cms_page_redirects_page_id_slug", type_="unique")
        batch_op.alter_column("page_id", existing_type=sa.Integer(), nullable=True)
        batch_op.alter_column(
            "slug", existing_type=sa.String(160), type_=sa.String(300), existing_nullable=False
        )
        batch_op.add_column(sa.Column("target", sa.String(300), nullable=True))
        batch_op.add_column(sa.Column("origin", sa.String(8), server_default="move", nullable=False))
        batch_op.add_column(sa.Column("author_name", sa.String(120), nullable=True))
        batch_op.add_column(sa.Column("created_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("cms_page_redirects") as batch_op:
        for name, (columns, condition) in INDEXES.items():
            batch_op.create_index(
                name,
                columns,
                unique=True,
                sqlite_where=sa.text(condition),
                postgresql_where=sa.text(condition),
            )


def downgrade() -> None:
    """What was made by hand goes: the release before has no place for it."""
    op.execute("DELETE FROM cms_page_redirects WHERE origin = 'hand'")
    with op.batch_alter_table("cms_page_redirects") as batch_op:
        for name in reversed(INDEXES):
            batch_op.drop_index(name)
    with op.batch_alter_table("cms_page_redirects") as batch_op:
        for name in ("created_at", "author_name", "origin", "target"):
            batch_op.drop_column(name)
        batch_op.alter_column(
            "slug", existing_type=sa.String(300), type_=sa.String(160), existing_nullable=False
        )
        batch_op.alter_column("page_id", existing_type=sa.Integer(), nullable=False)
        batch_op.create_unique_constraint("uq_cms_page_redirects_page_id_slug", ["page_id", "slug"])
