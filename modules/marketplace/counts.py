"""Numbers that the frame of the portal asks for; the session is scoped to whom they are for."""

from sqlalchemy.orm import Session

from modules.marketplace.services import connection_service
from wizamart.i18n import gettext as _


def count_rows(session: Session, platform_id: int) -> dict[str, int]:  # noqa: ARG001
    """Return what switching off would hide."""
    return {_("marketplace connections"): connection_service.count_connections(session)}
