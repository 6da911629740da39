"""What the marketplace module puts into other modules' work."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from wizamart.module_system.contributions import contributes


@contributes("framework.demo", order=70)
def provide_demo(session: Session, *, platform_id: int, vendor_ids: Sequence[int], at: datetime) -> None:
    """Connect the first vendor of a demonstration."""
    from modules.marketplace import demo  # only the command that fills a database needs it

    demo.fill(session, platform_id=platform_id, vendor_ids=vendor_ids, at=at)
