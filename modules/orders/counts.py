"""Numbers that the frame of the portal asks for; the session is scoped to whom they are for."""

from sqlalchemy.orm import Session

from modules.orders.services import listing_service
from wizamart.i18n import npgettext


def count_to_confirm(session: Session, platform_id: int, vendor_id: int | None) -> int | None:  # noqa: ARG001
    """Return the number beside the menu's entry: placed orders that are not paid yet."""
    return listing_service.count_to_confirm(session) or None


def count_rows(session: Session, platform_id: int) -> dict[str, int]:  # noqa: ARG001
    """Return what switching off would hide."""
    orders = sum(listing_service.count_by_status(session).values())
    return {npgettext("rows", "order", "orders", orders): orders}
