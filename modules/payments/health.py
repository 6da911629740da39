"""Whether payments can be taken: live accounts have what their provider asks for, and somebody can read it."""

import sqlalchemy as sa

from modules.payments.gateways.registry import find_gateway
from modules.payments.models.account import ProviderAccount
from modules.payments.services import account_service
from wizamart.database import unit_of_work
from wizamart.i18n import gettext as _
from wizamart.platforms import across_tenants
from wizamart.secrets import SecretUnreadable


def check() -> dict[str, str]:
    """Look at the enabled accounts of all platforms."""
    with unit_of_work(read_only=True) as session, across_tenants(session, "payments health check"):
        try:
            accounts = session.scalars(sa.select(ProviderAccount).where(ProviderAccount.is_enabled)).all()
            faults = [account.name for account in accounts if account_service.missing_credentials(account)]
        except SecretUnreadable as error:
            return {"status": "unhealthy", "message": str(error)}
        unknown = sorted({account.gateway for account in accounts if find_gateway(account.gateway) is None})
    if faults:
        text = _("Accounts without credentials: %(names)s", names=", ".join(sorted(faults)))
        return {"status": "degraded", "message": text}
    if unknown:
        return {
            "status": "degraded",
            "message": _("Providers that are not installed: %(codes)s", codes=", ".join(unknown)),
        }
    return {"status": "healthy"}
