"""What was asked of a provider."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from modules.payments.schemas.ledger import Verb
from wizamart.database import Base
from wizamart.i18n import LazyText
from wizamart.platforms import VendorOwned


class Attempt(VendorOwned, Base):
    """One request to a provider, committed before it is made; it is open until a line of the ledger names it.

    `idempotency_key` is that of whoever asked us, `provider_key` the one under which the provider is asked.
    Of a request only how often and with what trouble it was made is ever changed, and what the provider calls it.
    """

    __tablename__ = "payments_attempts"
    __table_args__ = (
        sa.UniqueConstraint("payment_id", "idempotency_key"),
        sa.UniqueConstraint("provider_key"),
        sa.Index("ix_payments_attempts_external", "platform_id", "external_id"),
        sa.CheckConstraint("amount_minor > 0", name="amount_minor"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_id: Mapped[int] = mapped_column(
        sa.ForeignKey("payments_payments.id", ondelete="CASCADE"), index=True
    )
    verb: Mapped[str] = mapped_column(sa.String(16))
    amount_minor: Mapped[int] = mapped_column(sa.BigInteger)
    idempotency_key: Mapped[str] = mapped_column(sa.String(120))
    provider_key: Mapped[str] = mapped_column(sa.String(40))
    external_id: Mapped[str] = mapped_column(sa.String(120), default="")
    action_url: Mapped[str] = mapped_column(sa.Text, default="")
    note: Mapped[str] = mapped_column(sa.String(200), default="")
    actor_id: Mapped[int | None]
    created_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    times_asked: Mapped[int] = mapped_column(default=0)
    trouble: Mapped[str] = mapped_column(sa.String(200), default="")

    @property
    def verb_label(self) -> LazyText:
        """What was asked, in words."""
        return Verb(self.verb).label
