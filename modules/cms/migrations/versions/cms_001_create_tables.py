"""Create tables."""

import sqlalchemy as sa
from alembic import op

revision = "cms_001_create_tables"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cms_media",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=True),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("extension", sa.String(length=4), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("alts", sa.JSON(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platforms.id"], name=op.f("fk_cms_media_platform_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_cms_media_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cms_media")),
        sa.UniqueConstraint("key", name=op.f("uq_cms_media_key")),
    )
    with op.batch_alter_table("cms_media", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cms_media_platform_id"), ["platform_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cms_media_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "cms_pages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=True),
        sa.Column("slug", sa.String(length=160), nullable=False),
        sa.Column("placement", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("picture_id", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unpublish_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["picture_id"], ["cms_media.id"], name=op.f("fk_cms_pages_picture_id")),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platforms.id"], name=op.f("fk_cms_pages_platform_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_cms_pages_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cms_pages")),
        sa.UniqueConstraint(
            "platform_id", "vendor_id", "slug", name=op.f("uq_cms_pages_platform_id_vendor_id_slug")
        ),
    )
    with op.batch_alter_table("cms_pages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cms_pages_picture_id"), ["picture_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cms_pages_platform_id"), ["platform_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cms_pages_published_at"), ["published_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_cms_pages_vendor_id"), ["vendor_id"], unique=False)
        batch_op.create_index(
            "uq_cms_pages_platform_id_slug",
            ["platform_id", "slug"],
            unique=True,
            sqlite_where=sa.text("vendor_id IS NULL"),
            postgresql_where=sa.text("vendor_id IS NULL"),
        )

    op.create_table(
        "cms_themes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=True),
        sa.Column("accent", sa.String(length=7), nullable=False),
        sa.Column("accent_dark", sa.String(length=7), nullable=False),
        sa.Column("heading_font", sa.String(length=16), nullable=False),
        sa.Column("font", sa.String(length=16), nullable=False),
        sa.Column("corners", sa.String(length=16), nullable=False),
        sa.Column("logo_text", sa.String(length=40), nullable=False),
        sa.Column("logo_id", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["logo_id"], ["cms_media.id"], name=op.f("fk_cms_themes_logo_id")),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platforms.id"], name=op.f("fk_cms_themes_platform_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_cms_themes_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cms_themes")),
        sa.UniqueConstraint("platform_id", "vendor_id", name=op.f("uq_cms_themes_platform_id_vendor_id")),
    )
    with op.batch_alter_table("cms_themes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cms_themes_logo_id"), ["logo_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cms_themes_platform_id"), ["platform_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cms_themes_vendor_id"), ["vendor_id"], unique=False)
        batch_op.create_index(
            "uq_cms_themes_platform_id",
            ["platform_id"],
            unique=True,
            sqlite_where=sa.text("vendor_id IS NULL"),
            postgresql_where=sa.text("vendor_id IS NULL"),
        )

    op.create_table(
        "cms_media_uses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("media_id", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["media_id"], ["cms_media.id"], name=op.f("fk_cms_media_uses_media_id")),
        sa.ForeignKeyConstraint(
            ["page_id"], ["cms_pages.id"], name=op.f("fk_cms_media_uses_page_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platforms.id"], name=op.f("fk_cms_media_uses_platform_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cms_media_uses")),
        sa.UniqueConstraint("page_id", "media_id", name=op.f("uq_cms_media_uses_page_id_media_id")),
    )
    with op.batch_alter_table("cms_media_uses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cms_media_uses_media_id"), ["media_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cms_media_uses_platform_id"), ["platform_id"], unique=False)

    op.create_table(
        "cms_page_editors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"], ["cms_pages.id"], name=op.f("fk_cms_page_editors_page_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_cms_page_editors_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_cms_page_editors_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cms_page_editors")),
        sa.UniqueConstraint("page_id", "user_id", name=op.f("uq_cms_page_editors_page_id_user_id")),
    )
    with op.batch_alter_table("cms_page_editors", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cms_page_editors_platform_id"), ["platform_id"], unique=False)

    op.create_table(
        "cms_page_redirects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=True),
        sa.Column("slug", sa.String(length=160), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"], ["cms_pages.id"], name=op.f("fk_cms_page_redirects_page_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_cms_page_redirects_platform_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_cms_page_redirects_vendor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cms_page_redirects")),
        sa.UniqueConstraint("page_id", "slug", name=op.f("uq_cms_page_redirects_page_id_slug")),
    )
    with op.batch_alter_table("cms_page_redirects", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cms_page_redirects_platform_id"), ["platform_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cms_page_redirects_slug"), ["slug"], unique=False)
        batch_op.create_index(batch_op.f("ix_cms_page_redirects_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "cms_page_revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("author_name", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_cms_page_revisions_author_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["cms_pages.id"], name=op.f("fk_cms_page_revisions_page_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_cms_page_revisions_platform_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cms_page_revisions")),
        sa.UniqueConstraint("page_id", "number", name=op.f("uq_cms_page_revisions_page_id_number")),
    )
    with op.batch_alter_table("cms_page_revisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cms_page_revisions_platform_id"), ["platform_id"], unique=False)

    op.create_table(
        "cms_page_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("seo_title", sa.String(length=160), nullable=False),
        sa.Column("seo_description", sa.String(length=320), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("platform_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"], ["cms_pages.id"], name=op.f("fk_cms_page_texts_page_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["platforms.id"], name=op.f("fk_cms_page_texts_platform_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cms_page_texts")),
        sa.UniqueConstraint("page_id", "locale", name=op.f("uq_cms_page_texts_page_id_locale")),
    )
    with op.batch_alter_table("cms_page_texts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cms_page_texts_platform_id"), ["platform_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("cms_page_texts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cms_page_texts_platform_id"))

    op.drop_table("cms_page_texts")
    with op.batch_alter_table("cms_page_revisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cms_page_revisions_platform_id"))

    op.drop_table("cms_page_revisions")
    with op.batch_alter_table("cms_page_redirects", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cms_page_redirects_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_cms_page_redirects_slug"))
        batch_op.drop_index(batch_op.f("ix_cms_page_redirects_platform_id"))

    op.drop_table("cms_page_redirects")
    with op.batch_alter_table("cms_page_editors", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cms_page_editors_platform_id"))

    op.drop_table("cms_page_editors")
    with op.batch_alter_table("cms_media_uses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cms_media_uses_platform_id"))
        batch_op.drop_index(batch_op.f("ix_cms_media_uses_media_id"))

    op.drop_table("cms_media_uses")
    with op.batch_alter_table("cms_themes", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_cms_themes_platform_id",
            sqlite_where=sa.text("vendor_id IS NULL"),
            postgresql_where=sa.text("vendor_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_cms_themes_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_cms_themes_platform_id"))
        batch_op.drop_index(batch_op.f("ix_cms_themes_logo_id"))

    op.drop_table("cms_themes")
    with op.batch_alter_table("cms_pages", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_cms_pages_platform_id_slug",
            sqlite_where=sa.text("vendor_id IS NULL"),
            postgresql_where=sa.text("vendor_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_cms_pages_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_cms_pages_published_at"))
        batch_op.drop_index(batch_op.f("ix_cms_pages_platform_id"))
        batch_op.drop_index(batch_op.f("ix_cms_pages_picture_id"))

    op.drop_table("cms_pages")
    with op.batch_alter_table("cms_media", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cms_media_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_cms_media_platform_id"))

    op.drop_table("cms_media")
