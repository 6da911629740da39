"""What there is to do about bank statements and transfers, for the dashboards."""

from flask import url_for
from sqlalchemy.orm import Session

from modules.core.schemas.dashboard import DashboardCard
from modules.payments.services import matching_service, transfer_service
from wizamart.i18n import gettext as _
from wizamart.module_system.definition import FrontendType

BLUEPRINTS = {FrontendType.ADMIN: "payments_admin", FrontendType.VENDOR: "payments_vendor"}


def list_cards(
    session: Session,
    *,
    platform_id: int,  # noqa: ARG001 - the session's scope is the platform's
    vendor_id: int | None,
    frontend: FrontendType,
) -> list[DashboardCard]:
    """Return the entries that wait for somebody, and the refunds that somebody has to transfer."""
    blueprint = BLUEPRINTS.get(frontend)
    if blueprint is None:
        return []
    owner_id = vendor_id if frontend is FrontendType.VENDOR else None
    found = []
    if number := matching_service.count_to_match(session, vendor_id=owner_id):
        title = _("Bank entries to be matched")
        url = url_for(f"{blueprint}.entry_list")
        found.append(_card(title, number, url, "payments:statement:read"))
    if number := transfer_service.count_open(session, vendor_id=owner_id):
        title = _("Refunds to be transferred")
        url = url_for(f"{blueprint}.transfer_list")
        found.append(_card(title, number, url, "payments:transfer:read"))
    return found


def _card(title: str, number: int, url: str, permission: str) -> DashboardCard:
    return DashboardCard(
        title=title,
        value=number,
        icon="building-bank",
        url=url,
        permission=permission,
        tone="warning",
        todo=True,
    )
