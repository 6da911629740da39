"""Payments, and the ledger of what happened to them."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from modules.payments.models.account import ProviderAccount
from modules.payments.models.attempt import Attempt
from modules.payments.schemas import offer  # waits until a payment is named
from modules.payments.schemas.dispute import Dispute, disputes_in
from modules.payments.schemas.ledger import Balance, EntryKind, Payee, PaymentStatus, sum_up
from modules.payments.schemas.reason import known_label
from wizamart.database import Base, PartialIndex
from wizamart.i18n import LazyText
from wizamart.money import Money
from wizamart.platforms import Vendor, VendorOwned


class Payment(VendorOwned, Base):
    """One customer's payment. Where it stands is the sum of its ledger, and is stored nowhere.

    `token` names its page for the customer. The provider's and the account's names are kept as they were, so that a
    receipt can be read when both are gone. `external_id` is the provider's name for what was taken, once there is one.
    """

    __tablename__ = "payments_payments"
    __table_args__ = (
        sa.UniqueConstraint("platform_id", "idempotency_key"),
        sa.UniqueConstraint("token"),
        sa.Index("ix_payments_payments_external", "platform_id", "gateway", "external_id"),
        sa.Index("ix_payments_payments_reference", "platform_id", "reference"),
        sa.CheckConstraint("amount_minor > 0", name="amount_minor"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(sa.String(64))
    account_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("payments_accounts.id", ondelete="SET NULL"), index=True
    )
    payee: Mapped[str] = mapped_column(sa.String(16), default=Payee.VENDOR)
    gateway: Mapped[str] = mapped_column(sa.String(40))
    gateway_name: Mapped[str] = mapped_column(sa.String(120))
    account_name: Mapped[str] = mapped_column(sa.String(120))
    is_live: Mapped[bool]
    external_id: Mapped[str] = mapped_column(sa.String(120), default="")
    method: Mapped[str] = mapped_column(sa.String(24))
    method_label: Mapped[str] = mapped_column(sa.String(60), default="")
    amount_minor: Mapped[int] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3))
    captures_automatically: Mapped[bool] = mapped_column(default=True)
    reference: Mapped[str] = mapped_column(sa.String(120))
    customer_id: Mapped[int | None] = mapped_column(index=True)
    customer_email: Mapped[str] = mapped_column(sa.String(254), default="")
    return_url: Mapped[str] = mapped_column(sa.String(500), default="")
    idempotency_key: Mapped[str] = mapped_column(sa.String(120))
    created_at: Mapped[datetime] = mapped_column(index=True)
    looked_up_at: Mapped[datetime | None]

    entries: Mapped[list["LedgerEntry"]] = relationship(
        order_by="LedgerEntry.id", back_populates="payment", lazy="selectin", passive_deletes=True
    )
    attempts: Mapped[list[Attempt]] = relationship(order_by=Attempt.id, lazy="selectin", passive_deletes=True)
    account: Mapped[ProviderAccount | None] = relationship()
    vendor: Mapped[Vendor] = relationship()

    @property
    def amount(self) -> Money:
        """What was asked for."""
        return Money(self.amount_minor, self.currency)

    @property
    def balance(self) -> Balance:
        """The sums of the ledger."""
        return sum_up(self.entries, self.attempts, requested=self.amount_minor)

    @property
    def status(self) -> PaymentStatus:
        """Where it stands."""
        return self.balance.status

    @property
    def captured_minor(self) -> int:
        """What was taken."""
        return self.balance.captured

    @property
    def refunded_minor(self) -> int:
        """What was given back."""
        return self.balance.refunded

    @property
    def method_name(self) -> str:
        """The method in words, with what tells the card."""
        words = str(offer.METHOD_LABELS.get(self.method, self.method))
        return " ".join(part for part in (words, self.method_label) if part)

    @property
    def disputes(self) -> list[Dispute]:
        """What customers have disputed, at the provider or through their bank."""
        return disputes_in(self.entries)

    @property
    def open_attempts(self) -> list[Attempt]:
        """The requests that have no answer."""
        return [attempt for attempt in self.attempts if self.answer_to(attempt) is None]

    def answer_to(self, attempt: Attempt) -> "LedgerEntry | None":
        """Return the line that answers a request, or None while there is none."""
        answers = (entry for entry in self.entries if entry.attempt_id == attempt.id)
        return next((entry for entry in answers if entry.kind != EntryKind.TRIED), None)


class LedgerEntry(VendorOwned, Base):
    """One event: never edited, never deleted. `actor_id` carries no key: the line outlives the person.

    `external_id` names what happened at the provider, whoever told of it first: its answer, its message or a look-up.
    `dispute` is the provider's number of the dispute that the line tells of, `due_at` until when it wants an answer.
    """

    __tablename__ = "payments_entries"
    __table_args__ = (
        sa.UniqueConstraint("platform_id", "gateway", "external_id"),
        PartialIndex("ix_payments_entries_dispute", "platform_id", "dispute", where="dispute <> ''"),
        sa.CheckConstraint("amount_minor >= 0", name="amount_minor"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_id: Mapped[int] = mapped_column(
        sa.ForeignKey("payments_payments.id", ondelete="CASCADE"), index=True
    )
    attempt_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("payments_attempts.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(sa.String(24))
    amount_minor: Mapped[int] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3))
    gateway: Mapped[str] = mapped_column(sa.String(40))
    external_id: Mapped[str] = mapped_column(sa.String(120))
    reason: Mapped[str] = mapped_column(sa.String(200), default="")
    note: Mapped[str] = mapped_column(sa.String(200), default="")
    actor_id: Mapped[int | None]
    occurred_at: Mapped[datetime]
    dispute: Mapped[str] = mapped_column(sa.String(64), default="", server_default="")
    due_at: Mapped[datetime | None]

    payment: Mapped[Payment] = relationship(back_populates="entries")

    @property
    def kind_label(self) -> LazyText:
        """What happened, in words."""
        return EntryKind(self.kind).label

    @property
    def reason_label(self) -> LazyText | str:
        """Why, in words where there are any."""
        return known_label(self.reason)
