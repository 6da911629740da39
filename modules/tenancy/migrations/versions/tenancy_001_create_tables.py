"""Create tables."""

import sqlalchemy as sa
from alembic import op

revision = "tenancy_001_create_tables"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tenancy_companies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("legal_name", sa.String(length=200), nullable=False),
        sa.Column("vat_number", sa.String(length=20), nullable=True),
        sa.Column("registration_number", sa.String(length=40), nullable=True),
        sa.Column("street", sa.String(length=200), nullable=False),
        sa.Column("postal_code", sa.String(length=20), nullable=False),
        sa.Column("city", sa.String(length=100), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("platform_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"],
            ["platforms.id"],
            name=op.f("fk_tenancy_companies_platform_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenancy_companies")),
    )
    with op.batch_alter_table("tenancy_companies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tenancy_companies_legal_name"), ["legal_name"], unique=False)
        batch_op.create_index(batch_op.f("ix_tenancy_companies_platform_id"), ["platform_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_tenancy_companies_vat_number"), ["vat_number"], unique=False)

    op.create_table(
        "tenancy_host_checks",
        sa.Column("host_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["host_id"],
            ["platform_hosts.id"],
            name=op.f("fk_tenancy_host_checks_host_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("host_id", name=op.f("pk_tenancy_host_checks")),
        sa.UniqueConstraint("token", name=op.f("uq_tenancy_host_checks_token")),
    )
    op.create_table(
        "tenancy_vendor_profiles",
        sa.Column("vendor_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=True),
        sa.Column("contact_email", sa.String(length=254), nullable=True),
        sa.Column("contact_phone", sa.String(length=40), nullable=True),
        sa.Column("website", sa.String(length=255), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspension_reason", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"],
            ["tenancy_companies.id"],
            name=op.f("fk_tenancy_vendor_profiles_company_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"],
            ["vendors.id"],
            name=op.f("fk_tenancy_vendor_profiles_vendor_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("vendor_id", name=op.f("pk_tenancy_vendor_profiles")),
    )
    with op.batch_alter_table("tenancy_vendor_profiles", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_tenancy_vendor_profiles_company_id"), ["company_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("tenancy_vendor_profiles", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tenancy_vendor_profiles_company_id"))

    op.drop_table("tenancy_vendor_profiles")
    op.drop_table("tenancy_host_checks")
    with op.batch_alter_table("tenancy_companies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tenancy_companies_vat_number"))
        batch_op.drop_index(batch_op.f("ix_tenancy_companies_platform_id"))
        batch_op.drop_index(batch_op.f("ix_tenancy_companies_legal_name"))

    op.drop_table("tenancy_companies")
