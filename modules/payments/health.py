"""Whether payments can be taken: live accounts have what their provider asks for, and nothing is stuck for long."""

from datetime import timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.payments.gateways.registry import find_gateway
from modules.payments.models.account import ProviderAccount
from modules.payments.services import account_service, reconcile_service
from wizamart import clock
from wizamart.database import unit_of_work
from wizamart.i18n import gettext as _, ngettext
from wizamart.platforms import across_tenants

LONG: Final = timedelta(days=1)


def check() -> dict[str, str]:
    """Look at the enabled accounts of all platforms, and at what has been waiting for a day."""
    with (
        unit_of_work(read_only=True) as session,
        across_tenants(session, "payments health check", is_routine=True),
    ):
        faults = _list_faults(session)
        stuck = reconcile_service.count_stuck(session, at=clock.now() - LONG)
    if stuck:
        faults.append(
            ngettext(
                "%(num)d payment waits for its provider since yesterday.",
                "%(num)d payments wait for their provider since yesterday.",
                stuck,
            )
        )
    return {"status": "degraded", "message": " ".join(faults)} if faults else {"status": "healthy"}


def _list_faults(session: Session) -> list[str]:
    """Name what is wrong with each account; one in test mode may wait for credentials that nobody has entered."""
    query = sa.select(ProviderAccount).where(ProviderAccount.is_enabled).order_by(ProviderAccount.id)
    return [
        _("Account %(name)s: %(fault)s", name=account.name, fault=fault)
        for account in session.scalars(query)
        if account.is_live or not account.is_readable or find_gateway(account.gateway) is None
        for fault in account_service.list_faults(account)
    ]
