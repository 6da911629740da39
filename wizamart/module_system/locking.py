"""One change at a time on a platform, and the revision by which every process notices it."""

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction, object_session

from wizamart.module_system.exceptions import UnknownPlatform
from wizamart.module_system.models import PlatformModule
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


def lock_with_modules(session: Session, platform_id: int) -> tuple[Platform, dict[str, PlatformModule]]:
    """Hold a platform's row and return it with the rows of its modules by code, in one query.

    Whoever had to wait for the lock may see modules' rows from before it; the platform's revision is that of now and
    tells, so compare it before the rows are used.

    :raises UnknownPlatform: when there is none with this id.
    """
    query = (
        sa.select(Platform, PlatformModule)
        .outerjoin(PlatformModule, PlatformModule.platform_id == Platform.id)
        .where(Platform.id == platform_id)
        .with_for_update(of=Platform)
        .execution_options(populate_existing=True)
    )
    found = session.execute(query).all()
    if not found:
        raise UnknownPlatform(platform=platform_id)
    return found[0][0], {row.module_code: row for _platform, row in found if row is not None}


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
