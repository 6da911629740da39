"""What messaging asks of vendors."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wizamart.platforms import Vendor


def list_names(session: Session, vendor_ids: Collection[int]) -> Sequence[tuple[int, str]]:
    """Return `(id, name)` of these vendors."""
    statement = sa.select(Vendor.id, Vendor.name).where(Vendor.id.in_(vendor_ids)).order_by(Vendor.id)
    return [(vendor_id, name) for vendor_id, name in session.execute(statement)]
