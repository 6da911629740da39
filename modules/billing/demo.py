"""Demo data: a seller, a subscription for each vendor, and invoices of the last months."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.billing.models.invoice import Invoice
from modules.billing.models.subscription import Subscription
from modules.billing.schemas.lifecycle import Interval
from modules.billing.services import invoice_service, renewal_service, subscription_service, tier_service
from wizamart.module_system.config_service import set_module_config

SELLER: Final = {
    "seller_name": "Wizamart Demo S.à r.l.",
    "seller_street": "12, rue de la Gare",
    "seller_postal_code": "L-1611",
    "seller_city": "Luxembourg",
    "seller_country": "LU",
    "seller_vat_number": "LU10000356",
    "seller_iban": "LU28 0019 4006 4475 0000",
}
DAYS_AGO: Final = 75


def create(session: Session, *, platform_id: int, vendor_ids: Sequence[int], at: datetime) -> None:
    """Write the demo rows of one platform; where a subscription exists, nothing is written."""
    tiers = tier_service.list_tiers(session, platform_id=platform_id, only_offered=True)
    if not tiers or session.scalar(
        sa.select(Subscription.id).where(Subscription.platform_id == platform_id).limit(1)
    ):
        return
    set_module_config(session, platform_id, "billing", SELLER, at=at)
    start = at - timedelta(days=DAYS_AGO)
    for index, vendor_id in enumerate(vendor_ids):
        subscription_service.start_subscription(
            session,
            tiers[(index + 1) % len(tiers)],
            vendor_id=vendor_id,
            interval=Interval.MONTH,
            with_trial=index % 2 == 1,
            at=start,
        )
    for days in range(DAYS_AGO - 1, -1, -1):
        moment = at - timedelta(days=days)
        renewal_service.renew_due(session, platform_id=platform_id, at=moment)
        _pay_older(session, platform_id=platform_id, at=moment)


def _pay_older(session: Session, *, platform_id: int, at: datetime) -> None:
    """Pay what was issued ten days ago."""
    issued_on = invoice_service.today(session, platform_id, at) - timedelta(days=10)
    query = sa.select(Invoice).where(Invoice.platform_id == platform_id, Invoice.issued_on == issued_on)
    for invoice in session.scalars(query).all():
        invoice_service.settle(session, invoice, paid_on=issued_on, reference=invoice.number, at=at)
