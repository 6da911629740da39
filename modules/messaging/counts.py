"""What switching messaging off would hide."""

from sqlalchemy.orm import Session

from modules.messaging.services import inbox_service
from wizamart.i18n import npgettext


def count_rows(session: Session, platform_id: int) -> dict[str, int]:
    """Return how many rows there are by what they are."""
    found = inbox_service.count_notifications(session, platform_id)
    return {npgettext("rows", "notification", "notifications", found): found}
