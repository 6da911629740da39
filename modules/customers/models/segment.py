"""Segments: rules that say which customers belong to a group, and how many they were each day."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from wizamart.database import Base
from wizamart.platforms import PlatformOwned


class Segment(PlatformOwned, Base):
    """A group of customers by rules, of the platform or with `vendor_id` of a vendor; who is in it is asked each time.

    Each rule is `{"code", "is_without", "value"}`; its code may belong to a module that is off at the moment.
    """

    __tablename__ = "customers_segments"
    __table_args__ = (sa.Index("ix_customers_segments_owner", "platform_id", "vendor_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    vendor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("vendors.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    match: Mapped[str] = mapped_column(sa.String(3))
    rules: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON)
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]


class SegmentCount(PlatformOwned, Base):
    """How many customers a segment had on a day."""

    __tablename__ = "customers_segment_counts"
    __table_args__ = (sa.UniqueConstraint("segment_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    segment_id: Mapped[int] = mapped_column(sa.ForeignKey("customers_segments.id", ondelete="CASCADE"))
    day: Mapped[dt.date]
    customers: Mapped[int]
