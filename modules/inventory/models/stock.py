"""Where goods lie, how many, and every movement that made it so."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from modules.inventory.models.product import Variant
from modules.inventory.schemas.states import LocationKind, ReservationStatus
from wizamart.database import Base
from wizamart.platforms import VendorOwned


class Location(VendorOwned, Base):
    """A place of a vendor; goods go to the default one unless another is named."""

    __tablename__ = "inventory_locations"
    __table_args__ = (sa.UniqueConstraint("platform_id", "vendor_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    kind: Mapped[str] = mapped_column(sa.String(16), default=LocationKind.WAREHOUSE)
    street: Mapped[str] = mapped_column(sa.String(200), default="")
    postal_code: Mapped[str] = mapped_column(sa.String(20), default="")
    city: Mapped[str] = mapped_column(sa.String(120), default="")
    country: Mapped[str] = mapped_column(sa.String(2), default="LU")
    is_default: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    @property
    def address(self) -> str:
        """Street and town on one line."""
        town = " ".join(part for part in (self.postal_code, self.city) if part)
        return ", ".join(part for part in (self.street, town) if part)


class Level(VendorOwned, Base):
    """How many lie somewhere: the sum of the movements there, kept in their own transaction.

    `is_backorderable` repeats the product's `allows_backorder`, so that the database itself refuses to go below zero.
    """

    __tablename__ = "inventory_levels"
    __table_args__ = (
        sa.UniqueConstraint("variant_id", "location_id"),
        sa.CheckConstraint("on_hand >= 0 OR is_backorderable", name="on_hand"),
        sa.CheckConstraint("reserved >= 0", name="reserved"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    variant_id: Mapped[int] = mapped_column(sa.ForeignKey("inventory_variants.id", ondelete="CASCADE"))
    location_id: Mapped[int] = mapped_column(
        sa.ForeignKey("inventory_locations.id", ondelete="RESTRICT"), index=True
    )
    on_hand: Mapped[int] = mapped_column(default=0)
    reserved: Mapped[int] = mapped_column(default=0)
    is_backorderable: Mapped[bool] = mapped_column(default=False)

    @property
    def available(self) -> int:
        """What can still be promised."""
        return self.on_hand - self.reserved


class Movement(VendorOwned, Base):
    """One line of the ledger: never edited, never deleted. `actor_id` carries no key: the line outlives the person.

    `form_key` names the form it was entered with, which is booked once however often it is sent.
    """

    __tablename__ = "inventory_movements"
    __table_args__ = (
        sa.Index("ix_inventory_movements_ledger", "variant_id", "location_id", "id"),
        sa.CheckConstraint("quantity <> 0", name="quantity"),
        sa.UniqueConstraint("platform_id", "vendor_id", "form_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    variant_id: Mapped[int] = mapped_column(sa.ForeignKey("inventory_variants.id", ondelete="CASCADE"))
    location_id: Mapped[int] = mapped_column(
        sa.ForeignKey("inventory_locations.id", ondelete="RESTRICT"), index=True
    )
    kind: Mapped[str] = mapped_column(sa.String(16))
    quantity: Mapped[int]
    balance: Mapped[int]
    reason: Mapped[str] = mapped_column(sa.String(200), default="")
    reference: Mapped[str | None] = mapped_column(sa.String(120), index=True)
    actor_id: Mapped[int | None]
    form_key: Mapped[str | None] = mapped_column(sa.String(64))
    occurred_at: Mapped[datetime]

    variant: Mapped[Variant] = relationship()
    location: Mapped[Location] = relationship()


class Reservation(VendorOwned, Base):
    """Goods held for a reference (an order) until they are taken, released, or the time is over."""

    __tablename__ = "inventory_reservations"
    __table_args__ = (
        sa.Index("ix_inventory_reservations_reference", "platform_id", "reference"),
        sa.Index("ix_inventory_reservations_expiry", "status", "expires_at"),
        sa.CheckConstraint("quantity > 0", name="quantity"),
        sa.CheckConstraint("taken >= 0 AND taken <= quantity", name="taken"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    variant_id: Mapped[int] = mapped_column(
        sa.ForeignKey("inventory_variants.id", ondelete="CASCADE"), index=True
    )
    location_id: Mapped[int] = mapped_column(
        sa.ForeignKey("inventory_locations.id", ondelete="RESTRICT"), index=True
    )
    reference: Mapped[str] = mapped_column(sa.String(120))
    quantity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    status: Mapped[str] = mapped_column(sa.String(16), default=ReservationStatus.ACTIVE)
    expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    variant: Mapped[Variant] = relationship()
    location: Mapped[Location] = relationship()

    @property
    def open_quantity(self) -> int:
        """What is still held."""
        return self.quantity - self.taken if self.status == ReservationStatus.ACTIVE else 0
