"""Messages of providers."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from wizamart.database import Base
from wizamart.platforms import PlatformOwned


class WebhookMessage(PlatformOwned, Base):
    """A verified message of a provider, stored before anything is done with it, and only once.

    `content` is what it tells of our payments, `payload` what was sent, without anything secret.
    """

    __tablename__ = "payments_webhook_messages"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "external_id"),
        sa.Index("ix_payments_webhook_messages_payment", "payment_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("payments_accounts.id", ondelete="CASCADE"))
    payment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("payments_payments.id", ondelete="SET NULL"))
    external_id: Mapped[str] = mapped_column(sa.String(120))
    kind: Mapped[str] = mapped_column(sa.String(80))
    content: Mapped[dict[str, Any]]
    payload: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
