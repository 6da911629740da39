"""What products, categories and options are called in other languages than the platform's own."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from modules.inventory.option_keys import LONGEST_OPTION
from wizamart.database import Base
from wizamart.platforms import OWNED_TABLE, PlatformOwned, VendorOwned


class ProductText(VendorOwned, Base):
    """A product's text in a language; `source` is the digest of the original that it was made from."""

    __tablename__ = "inventory_product_texts"
    __table_args__ = (sa.UniqueConstraint("product_id", "locale"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("inventory_products.id", ondelete="CASCADE"))
    locale: Mapped[str] = mapped_column(sa.String(16))
    title: Mapped[str] = mapped_column(sa.String(200))
    description: Mapped[str] = mapped_column(sa.Text, default="")
    seo_title: Mapped[str] = mapped_column(sa.String(120), default="")
    seo_description: Mapped[str] = mapped_column(sa.String(320), default="")
    source: Mapped[str] = mapped_column(sa.String(64), default="")


class CategoryText(PlatformOwned, Base):
    """A category's name in a language, and what is said above its products."""

    __tablename__ = "inventory_category_texts"
    __table_args__ = (sa.UniqueConstraint("category_id", "locale"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(sa.ForeignKey("inventory_categories.id", ondelete="CASCADE"))
    locale: Mapped[str] = mapped_column(sa.String(16))
    name: Mapped[str] = mapped_column(sa.String(120))
    description: Mapped[str] = mapped_column(sa.Text, default="")
    source: Mapped[str] = mapped_column(sa.String(64), default="")


# What a vendor calls an option in a language, and the values of one; the option itself has no `value_key`.
option_texts: Final = sa.Table(
    "inventory_option_texts",
    Base.metadata,
    sa.Column("platform_id", sa.ForeignKey("platforms.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("locale", sa.String(16), primary_key=True),
    sa.Column("name_key", sa.String(LONGEST_OPTION), primary_key=True),
    sa.Column("value_key", sa.String(LONGEST_OPTION), primary_key=True),
    sa.Column("vendor_id", sa.ForeignKey("vendors.id", ondelete="CASCADE"), primary_key=True, index=True),
    sa.Column("text", sa.String(LONGEST_OPTION), nullable=False),
    info=OWNED_TABLE,
    sqlite_with_rowid=False,
)
