"""One change at a time on a platform, and the revision by which every process notices it."""

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction, object_session

from wizamart.module_system.exceptions import UnknownPlatform
from wizamart.module_system.state import UNCOMMITTED
from wizamart.platforms import Platform


def lock_platform(session: Session, platform_id: int) -> Platform:
    """Read a platform's row afresh and hold it until the transaction ends (SQLite has one writer anyway).

    :raises UnknownPlatform: when there is none with this id.
    """
    query = (
        sa.select(Platform)
        .where(Platform.id == platform_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    platform = session.scalars(query).one_or_none()
    if platform is None:
        raise UnknownPlatform(platform=platform_id)
    return platform


def advance_revision(platform: Platform) -> None:
    """Count the revision up, so that every process derives its state anew at its next request."""
    platform.module_revision += 1
    session = object_session(platform)
    if session is not None:
        session.info.setdefault(UNCOMMITTED, set()).add(platform.id)


@event.listens_for(Session, "after_transaction_end")
def _forget_uncommitted(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(UNCOMMITTED, None)
