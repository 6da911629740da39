"""Names of vendors, for pages that show several."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wizamart.platforms import Vendor, VendorPlatform


def list_vendor_choices(session: Session, *, platform_id: int) -> list[tuple[int, str]]:
    """Return id and name of the vendors that sell on a platform."""
    query = (
        sa.select(Vendor.id, Vendor.name)
        .join(VendorPlatform, VendorPlatform.vendor_id == Vendor.id)
        .where(VendorPlatform.platform_id == platform_id)
        .order_by(Vendor.name)
    )
    return [(vendor_id, name) for vendor_id, name in session.execute(query)]


def names_of(session: Session, vendor_ids: Sequence[int]) -> dict[int, str]:
    """Return vendors' names by id."""
    query = sa.select(Vendor.id, Vendor.name).where(Vendor.id.in_(list(vendor_ids)))
    return {vendor_id: name for vendor_id, name in session.execute(query)} if vendor_ids else {}  # noqa: C416
