"""Stock-takes: what was counted at a location, beside what the ledger said at that moment."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from modules.inventory.models.product import Variant
from modules.inventory.models.stock import Location
from modules.inventory.schemas.states import StockTakeStatus
from wizamart.database import Base, PartialIndex
from wizamart.platforms import VendorOwned


class StockTake(VendorOwned, Base):
    """The count of one location; only one is under way there at a time."""

    __tablename__ = "inventory_stock_takes"
    __table_args__ = (
        PartialIndex(
            "uq_inventory_stock_takes_open", "location_id", unique=True, where="status = 'counting'"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    location_id: Mapped[int] = mapped_column(sa.ForeignKey("inventory_locations.id", ondelete="RESTRICT"))
    status: Mapped[str] = mapped_column(sa.String(16), default=StockTakeStatus.COUNTING)
    note: Mapped[str] = mapped_column(sa.String(200), default="")
    started_at: Mapped[datetime]
    started_by_user_id: Mapped[int | None]
    finished_at: Mapped[datetime | None]
    finished_by_user_id: Mapped[int | None]

    location: Mapped[Location] = relationship()

    @property
    def is_open(self) -> bool:
        """Whether counts can still be entered."""
        return self.status == StockTakeStatus.COUNTING


class StockCount(VendorOwned, Base):
    """How many pieces of a variant were counted, and how many the ledger expected when that was done."""

    __tablename__ = "inventory_stock_counts"
    __table_args__ = (
        sa.UniqueConstraint("stock_take_id", "variant_id"),
        sa.CheckConstraint("counted >= 0", name="counted"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    stock_take_id: Mapped[int] = mapped_column(sa.ForeignKey("inventory_stock_takes.id", ondelete="CASCADE"))
    variant_id: Mapped[int] = mapped_column(
        sa.ForeignKey("inventory_variants.id", ondelete="CASCADE"), index=True
    )
    counted: Mapped[int]
    expected: Mapped[int]
    counted_at: Mapped[datetime]
    counted_by_user_id: Mapped[int | None]

    variant: Mapped[Variant] = relationship()

    @property
    def difference(self) -> int:
        """How many more there are than the ledger knew of."""
        return self.counted - self.expected
