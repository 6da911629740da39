"""What switching the marketplace off would hide."""

from sqlalchemy.orm import Session

from modules.marketplace.services import connection_service
from wizamart.i18n import npgettext


def count_rows(session: Session, platform_id: int) -> dict[str, int]:  # noqa: ARG001
    """Return how many rows there are by what they are."""
    found = connection_service.count_connections(session)
    return {npgettext("rows", "marketplace connection", "marketplace connections", found): found}
