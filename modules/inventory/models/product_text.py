"""What products and categories are called in other languages than the platform's own."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from wizamart.database import Base
from wizamart.platforms import PlatformOwned, VendorOwned


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
