"""Notifications, and by which channels each person wants them."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from wizamart.database import Base
from wizamart.platforms import PlatformOwned


class Notification(PlatformOwned, Base):
    """What one person was told. `vendor_id` names the portal it is read in; without one it is the admins'.

    `subject` identifies what it is about, so that the same thing is not told twice. The texts stand as they were
    written, in the language the person had then.
    """

    __tablename__ = "messaging_notifications"
    __table_args__ = (
        sa.Index("ix_messaging_notifications_unread", "user_id", "platform_id", "read_at"),
        sa.Index("ix_messaging_notifications_subject", "platform_id", "kind", "subject"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    vendor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("vendors.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(sa.String(64))
    subject: Mapped[str] = mapped_column(sa.String(120))
    title: Mapped[str] = mapped_column(sa.String(200))
    body: Mapped[str] = mapped_column(sa.Text)
    endpoint: Mapped[str | None] = mapped_column(sa.String(120))
    arguments: Mapped[dict[str, Any]] = mapped_column(default=dict)
    in_page: Mapped[bool] = mapped_column(default=True)
    by_mail: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class NotificationPreference(PlatformOwned, Base):
    """Somebody's choice for one kind of notification in one portal; without a row its own defaults hold."""

    __tablename__ = "messaging_preferences"
    __table_args__ = (sa.UniqueConstraint("user_id", "platform_id", "portal", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(sa.String(64))
    portal: Mapped[str] = mapped_column(sa.String(16))
    in_page: Mapped[bool]
    by_mail: Mapped[bool]
