"""The number beside a menu entry."""

from sqlalchemy.orm import Session

from modules.tenancy.services import vendor_service
from wizamart.platforms import VendorStatus


def count_pending_vendors(
    session: Session,
    platform_id: int,
    vendor_id: int | None,  # noqa: ARG001 - every badge is called with it
) -> int | None:
    """Return how many vendors wait for approval on the platform."""
    return vendor_service.count_by_status(session, platform_id).get(VendorStatus.PENDING)
