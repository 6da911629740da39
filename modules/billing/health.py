"""Whether subscriptions are renewed in time."""

from datetime import timedelta
from typing import Final

import sqlalchemy as sa

from modules.billing.models.subscription import Subscription
from modules.billing.schemas.lifecycle import SubscriptionStatus
from wizamart import clock
from wizamart.database import unit_of_work
from wizamart.i18n import ngettext
from wizamart.module_system.models import PlatformModule
from wizamart.platforms import across_tenants

GRACE: Final = timedelta(days=2)


def check() -> dict[str, str]:
    """Count what should have been renewed two days ago, on platforms where billing is on."""
    query = (
        sa.select(sa.func.count())
        .select_from(Subscription)
        .join(
            PlatformModule,
            sa.and_(
                PlatformModule.platform_id == Subscription.platform_id,
                PlatformModule.module_code == "billing",
                PlatformModule.is_enabled,
            ),
        )
        .where(
            Subscription.status != SubscriptionStatus.CANCELLED,
            Subscription.period_end < clock.now() - GRACE,
        )
    )
    with (
        unit_of_work(read_only=True) as session,
        across_tenants(session, "billing health check", is_routine=True),
    ):
        late = session.scalar(query) or 0
    if not late:
        return {"status": "healthy"}
    text = ngettext(
        "%(num)d subscription was not renewed: is the seller's data complete, and does a worker run?",
        "%(num)d subscriptions were not renewed: is the seller's data complete, and does a worker run?",
        late,
    )
    return {"status": "degraded", "message": text}
