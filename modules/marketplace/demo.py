"""A demonstration: the first vendor is connected, the others can see how that is done."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from modules.marketplace.services import connection_service
from wizamart.platforms import scoped


def fill(session: Session, *, platform_id: int, vendor_ids: Sequence[int], at: datetime) -> None:
    """Connect the first vendor; one that is connected stays as it is."""
    for vendor_id in vendor_ids[:1]:
        with scoped(session, platform_id, vendor_id):
            connection_service.connect(
                session,
                platform_id=platform_id,
                vendor_id=vendor_id,
                locales=("fr", "de", "en"),
                actor_id=None,
                at=at - timedelta(days=21),
            )
