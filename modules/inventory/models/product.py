"""Products, their variants, and the tree of categories."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from modules.inventory.models.product_text import CategoryText, ProductText
from modules.inventory.schemas import product_text
from modules.inventory.schemas.picture import ProductPicture, is_kept
from modules.inventory.schemas.states import ProductStatus
from wizamart.database import Base
from wizamart.platforms import PlatformOwned, VendorOwned

# With what the product is, so that one look at the index tells whether a vendor has anything on sale in a category.
product_categories = sa.Table(
    "inventory_product_categories",
    Base.metadata,
    sa.Column("product_id", sa.ForeignKey("inventory_products.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("category_id", sa.ForeignKey("inventory_categories.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("status", sa.String(16), nullable=False, server_default=""),
    sa.Column("vendor_id", sa.Integer, nullable=False, server_default="0"),
    sa.Index("ix_inventory_product_categories_shown", "category_id", "status", "vendor_id", "product_id"),
)

# Which pictures of the media library a product shows; their order stands in `Product.images`.
product_media = sa.Table(
    "inventory_product_media",
    Base.metadata,
    sa.Column("product_id", sa.ForeignKey("inventory_products.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("media_id", sa.ForeignKey("cms_media.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Category(PlatformOwned, Base):
    """A node of the platform's tree; `path` joins the slugs from the root, `full_name` the names."""

    __tablename__ = "inventory_categories"
    __table_args__ = (sa.UniqueConstraint("platform_id", "path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("inventory_categories.id", ondelete="RESTRICT"), index=True
    )
    name: Mapped[str] = mapped_column(sa.String(120))
    path: Mapped[str] = mapped_column(sa.String(400))
    full_name: Mapped[str] = mapped_column(sa.String(500))
    description: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    created_at: Mapped[datetime]

    texts: Mapped[list[CategoryText]] = relationship(
        order_by=CategoryText.id, cascade="all, delete-orphan", passive_deletes=True
    )

    def name_in(self, locale: str) -> str:
        """Return its name in a language, or in the platform's own."""
        return next((text.name for text in self.texts if text.locale == locale), self.name)

    def description_in(self, locale: str) -> str:
        """Return what is said above its products in a language, or in the platform's own."""
        written = (text.description for text in self.texts if text.locale == locale and text.description)
        return next(written, self.description)

    @property
    def depth(self) -> int:
        """How many categories stand above it."""
        return self.path.count("/")


def _list_indexes() -> list[sa.Index]:
    """Return an index for each order of a list that grows without end, so that a page of it is read and no more."""
    orders = {
        "shown": ("platform_id", "status", "title", "id"),
        "newest": ("platform_id", "status", "created_at", "id"),
        "cheapest": ("platform_id", "status", "price_minor", "id"),
        "updated": ("platform_id", "updated_at", "id"),
        "title": ("platform_id", "title", "id"),
        "price": ("platform_id", "price_minor", "id"),
        "available": ("platform_id", "available", "vendor_id", "id"),
        "own_updated": ("vendor_id", "platform_id", "updated_at", "id"),
        "own_title": ("vendor_id", "platform_id", "title", "id"),
        "own_price": ("vendor_id", "platform_id", "price_minor", "id"),
        "own_status": ("vendor_id", "platform_id", "status", "title", "id"),
    }
    return [sa.Index(f"ix_inventory_products_{name}", *columns) for name, columns in orders.items()]


class Product(VendorOwned, Base):
    """What is sold; `handle` is the vendor's own key, `slug` the address, `search_text` what searches look through.

    They look through `other_titles`, too: the titles in other languages. `price_minor` is the lowest price of its
    variants and `available` the sum of their stock, both kept for lists; `images` are addresses, of which those that
    begin with a slash lie in the media library; `version` grows with every change a person makes.
    """

    __tablename__ = "inventory_products"
    __table_args__ = (
        sa.UniqueConstraint("platform_id", "slug"),
        sa.UniqueConstraint("platform_id", "vendor_id", "handle"),
        *_list_indexes(),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(200))
    handle: Mapped[str] = mapped_column(sa.String(200))
    slug: Mapped[str] = mapped_column(sa.String(200))
    description: Mapped[str] = mapped_column(sa.Text, default="")
    status: Mapped[str] = mapped_column(sa.String(16), default=ProductStatus.DRAFT)
    currency: Mapped[str] = mapped_column(sa.String(3))
    price_minor: Mapped[int] = mapped_column(default=0)
    tax_class: Mapped[str] = mapped_column(sa.String(32), default="standard")
    option_names: Mapped[list[str]] = mapped_column(default=list)
    images: Mapped[list[str]] = mapped_column(default=list)
    allows_backorder: Mapped[bool] = mapped_column(default=False)
    search_text: Mapped[str] = mapped_column(sa.Text, default="")
    other_titles: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    available: Mapped[int] = mapped_column(default=0, server_default="0")
    seo_title: Mapped[str] = mapped_column(sa.String(120), default="", server_default="")
    seo_description: Mapped[str] = mapped_column(sa.String(320), default="", server_default="")
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    variants: Mapped[list["Variant"]] = relationship(
        back_populates="product", order_by="Variant.position, Variant.id", passive_deletes=True
    )
    categories: Mapped[list[Category]] = relationship(secondary=product_categories, order_by=Category.path)
    texts: Mapped[list[ProductText]] = relationship(
        order_by=ProductText.id, cascade="all, delete-orphan", passive_deletes=True
    )

    # The class belongs to the content module, whose library the pictures lie in.
    media: Mapped[list[Any]] = relationship("Media", secondary=product_media)

    def text_in(self, locale: str) -> "product_text.Wording":
        """Return what it says in a language; what is not written in it is the platform's own."""
        text = next((one for one in self.texts if one.locale == locale), None)
        if text is None:
            return product_text.Wording(self.title, self.description, self.seo_title, self.seo_description)
        return product_text.Wording(
            title=text.title,
            description=text.description or self.description,
            seo_title=text.seo_title,
            seo_description=text.seo_description,
            locale=locale,
            description_locale=locale if text.description else None,
        )

    @property
    def pictures(self) -> list[ProductPicture]:
        """Its pictures in their order; what has gone from the media library is left out."""
        kept = {media.path(): media for media in self.media} if any(map(is_kept, self.images)) else {}
        return [
            ProductPicture(address, kept.get(address))
            for address in self.images
            if not is_kept(address) or address in kept
        ]

    @property
    def picture(self) -> ProductPicture | None:
        """The first picture, for lists."""
        return next(iter(self.pictures), None)

    def pictures_of(self, variant: "Variant | None") -> list[ProductPicture]:
        """Return its pictures, that of a variant first."""
        own = variant.image if variant is not None else ""
        return sorted(self.pictures, key=lambda picture: picture.address != own) if own else self.pictures

    @property
    def live_variants(self) -> list["Variant"]:
        """The variants that are still sold."""
        return [variant for variant in self.variants if variant.archived_at is None]


class Variant(VendorOwned, Base):
    """One thing that can be put on a shelf; `options` are its values by option name, `image` is its product's."""

    __tablename__ = "inventory_variants"
    __table_args__ = (
        sa.UniqueConstraint("platform_id", "vendor_id", "sku"),
        sa.CheckConstraint("price_minor >= 0", name="price"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(
        sa.ForeignKey("inventory_products.id", ondelete="CASCADE"), index=True
    )
    sku: Mapped[str] = mapped_column(sa.String(120))
    gtin: Mapped[str | None] = mapped_column(sa.String(14), index=True)
    image: Mapped[str] = mapped_column(sa.String(2000), default="", server_default="")
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    position: Mapped[int] = mapped_column(default=0)
    price_minor: Mapped[int]
    compare_at_minor: Mapped[int | None]
    low_stock_threshold: Mapped[int | None]
    archived_at: Mapped[datetime | None]

    product: Mapped[Product] = relationship(back_populates="variants")

    @property
    def option_text(self) -> str:
        """The values of its options, for people; empty if it has none."""
        return " / ".join(str(value) for value in self.options.values())

    @property
    def title(self) -> str:
        """The product's title with the options."""
        return f"{self.product.title} – {self.option_text}" if self.options else self.product.title
