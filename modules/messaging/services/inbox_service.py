"""What a person was told: their own notifications, read and unread."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final, cast

import sqlalchemy as sa
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from modules.messaging.exceptions import NotificationNotFound
from modules.messaging.models.notification import Notification
from wizamart.platforms import scoped

TITLE: Final = Notification.title
BODY: Final = Notification.body
CREATED_AT: Final = Notification.created_at
IS_UNREAD: Final = Notification.read_at.is_(None)


def select_notifications(user_id: int, vendor_id: int | None) -> sa.Select[Any]:
    """Return the statement of a person's notifications in one portal."""
    return sa.select(Notification).where(*_own(user_id, vendor_id))


def list_latest(session: Session, user_id: int, *, vendor_id: int | None, limit: int) -> list[Notification]:
    """Return a person's latest notifications in one portal, newest first."""
    statement = select_notifications(user_id, vendor_id).order_by(Notification.id.desc()).limit(limit)
    return list(session.scalars(statement))


def count_unread(session: Session, user_id: int, *, vendor_id: int | None) -> int:
    """Return how many notifications wait to be read."""
    statement = sa.select(sa.func.count(Notification.id)).where(
        *_own(user_id, vendor_id), Notification.read_at.is_(None)
    )
    return session.scalar(statement) or 0


def get_notification(
    session: Session, notification_id: int, *, user_id: int, vendor_id: int | None
) -> Notification:
    """Return one of a person's own notifications.

    :raises NotificationNotFound: when it is somebody else's, or belongs to another portal.
    """
    statement = select_notifications(user_id, vendor_id).where(Notification.id == notification_id)
    found: Notification | None = session.scalar(statement)
    if found is None:
        raise NotificationNotFound
    return found


def mark_read(notification: Notification, *, at: datetime) -> Notification:
    """Mark it read; the time of the first reading stays."""
    notification.read_at = notification.read_at or at
    return notification


def mark_all_read(
    session: Session,
    user_id: int,
    *,
    vendor_id: int | None,
    at: datetime,
    only: Collection[int] | None = None,
) -> int:
    """Mark all unread ones read, or those of them whose ids are in `only`; returns how many."""
    statement = sa.update(Notification).where(*_own(user_id, vendor_id), Notification.read_at.is_(None))
    if only is not None:
        statement = statement.where(Notification.id.in_(only))
    return _count(session, statement.values(read_at=at))


def delete_read(session: Session, *, before: datetime) -> int:
    """Delete what was read before then, and what was never meant for the page; returns how many."""
    is_done = sa.or_(
        Notification.read_at < before,
        sa.and_(Notification.in_page.is_(False), Notification.created_at < before),
    )
    return _count(session, sa.delete(Notification).where(is_done))


def count_notifications(session: Session, platform_id: int) -> int:
    """Return how many notifications a platform has."""
    with scoped(session, platform_id):
        return session.scalar(sa.select(sa.func.count(Notification.id))) or 0


def _own(user_id: int, vendor_id: int | None) -> tuple[Any, ...]:
    return (Notification.user_id == user_id, Notification.vendor_id == vendor_id, Notification.in_page)


def _count(session: Session, statement: Any) -> int:
    result = session.execute(statement.execution_options(synchronize_session=False))
    return cast("CursorResult[Any]", result).rowcount
