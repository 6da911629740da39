"""Write again beside categories what their products are, where the release before that column has left it out."""

import sqlalchemy as sa
from alembic import op

revision = "inventory_010_tell_categories_again_what_is_on_sale"
down_revision = "inventory_009_options_in_languages"
branch_labels = None
depends_on = None

COLUMNS = ("status", "vendor_id")


def upgrade() -> None:
    """What that release writes from now on is found by the module's own hourly look."""
    links = sa.table("inventory_product_categories", *map(sa.column, ("product_id", *COLUMNS)))
    products = sa.table("inventory_products", *map(sa.column, ("id", *COLUMNS)))
    is_its = products.c.id == links.c.product_id
    differs = sa.or_(*(products.c[name] != links.c[name] for name in COLUMNS))
    told = {name: sa.select(products.c[name]).where(is_its).scalar_subquery() for name in COLUMNS}
    op.execute(sa.update(links).where(sa.exists().where(is_its, differs)).values(told))


def downgrade() -> None:
    """Nothing to take back: the columns are the same."""
