"""Remember at the person that they ran all platforms; until now only the audit trail knew of those who do no longer."""

import sqlalchemy as sa
from alembic import op

revision = "framework_004_remember_who_ran_all_platforms"
down_revision = "framework_003_name_tokens_of_the_api"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Expand only: people whom the previous release creates meanwhile are told from `is_super_admin`."""
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("was_super_admin", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    users = sa.table("users", *map(sa.column, ("id", "is_super_admin", "was_super_admin")))
    trail = sa.table("audit_entries", *map(sa.column, ("action", "target")))
    # The id becomes text, and not the target a number: a row of the trail that names nobody must stop nothing.
    target = sa.literal("user:").concat(sa.cast(users.c.id, sa.String(20)))
    told = sa.select(trail.c.target).where(trail.c.action == "auth.user.is_super_admin")
    op.execute(
        sa.update(users)
        .where(sa.or_(users.c.is_super_admin == sa.true(), target.in_(told)))
        .values(was_super_admin=sa.true())
    )


def downgrade() -> None:
    """Nothing is lost: the trail tells it again."""
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_column("was_super_admin")
