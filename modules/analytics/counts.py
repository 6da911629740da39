"""What switching analytics off would hide."""

from sqlalchemy.orm import Session

from modules.analytics.services import aggregation_service
from wizamart.i18n import npgettext


def count_rows(session: Session, platform_id: int) -> dict[str, int]:
    """Return how many rows there are by what they are."""
    days = aggregation_service.count_days(session, platform_id)
    return {npgettext("rows", "computed day", "computed days", days): days}
