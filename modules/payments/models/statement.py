"""Bank statements that were uploaded, their entries, and transfers to make."""

import datetime as dt
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from modules.payments.models.account import ProviderAccount
from modules.payments.models.attempt import Attempt
from modules.payments.models.payment import Payment
from modules.payments.statements.references import formatted
from modules.payments.statements.states import Clue, EntryState, FileStatus
from wizamart.database import Base
from wizamart.i18n import LazyText
from wizamart.money import Money
from wizamart.platforms import PlatformOwned


class BankStatement(PlatformOwned, Base):
    """An uploaded file: of a vendor's bank account, or without `vendor_id` of the platform's.

    The services ask whose are meant in every call, since no scope can know it. `content` is the packed file while it
    waits; once taken in it is forgotten. The same file of one account is there once.
    """

    __tablename__ = "payments_statements"
    __table_args__ = (sa.UniqueConstraint("account_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    vendor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("vendors.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("payments_accounts.id", ondelete="CASCADE"))
    file_name: Mapped[str] = mapped_column(sa.String(200))
    format: Mapped[str] = mapped_column(sa.String(16))
    digest: Mapped[str] = mapped_column(sa.String(64))
    content: Mapped[bytes | None] = mapped_column(sa.LargeBinary, deferred=True)
    columns: Mapped[dict[str, Any]] = mapped_column(default=dict)
    status: Mapped[str] = mapped_column(sa.String(16), default=FileStatus.WAITING)
    sections: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)
    faults: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)
    entries_count: Mapped[int] = mapped_column(default=0)
    new_count: Mapped[int] = mapped_column(default=0)
    faults_count: Mapped[int] = mapped_column(default=0)
    from_on: Mapped[dt.date | None]
    until_on: Mapped[dt.date | None]
    uploaded_by_id: Mapped[int | None]
    created_at: Mapped[datetime]
    taken_in_at: Mapped[datetime | None]

    account: Mapped[ProviderAccount] = relationship()

    @property
    def status_label(self) -> LazyText:
        """What has become of the file, in words."""
        return FileStatus(self.status).label

    @property
    def known_count(self) -> int:
        """How many entries other files had brought already."""
        return self.entries_count - self.new_count


class BankEntry(PlatformOwned, Base):
    """Money that came in (positive) or went out (negative) on a bank account: stored once, whatever file brings it.

    `payment_id` is what it was matched with, or is proposed to be. `match_number` counts the matches, so that each of
    them has a line of its own in the ledger.
    """

    __tablename__ = "payments_bank_entries"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "fingerprint"),
        sa.Index("ix_payments_bank_entries_state", "account_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    vendor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("vendors.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("payments_accounts.id", ondelete="CASCADE"))
    statement_id: Mapped[int] = mapped_column(
        sa.ForeignKey("payments_statements.id", ondelete="CASCADE"), index=True
    )
    fingerprint: Mapped[str] = mapped_column(sa.String(64))
    line: Mapped[int]
    booked_on: Mapped[dt.date]
    value_on: Mapped[dt.date | None]
    amount_minor: Mapped[int] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3))
    bank_reference: Mapped[str] = mapped_column(sa.String(140), default="")
    end_to_end_id: Mapped[str] = mapped_column(sa.String(60), default="")
    name: Mapped[str] = mapped_column(sa.String(140), default="")
    iban: Mapped[str] = mapped_column(sa.String(40), default="")
    bic: Mapped[str] = mapped_column(sa.String(11), default="")
    reference: Mapped[str] = mapped_column(sa.String(140), default="")
    text: Mapped[str] = mapped_column(sa.String(1000), default="")
    is_return: Mapped[bool] = mapped_column(default=False)
    return_reason: Mapped[str] = mapped_column(sa.String(200), default="")
    state: Mapped[str] = mapped_column(sa.String(16), default=EntryState.OPEN)
    clue: Mapped[str] = mapped_column(sa.String(24), default="")
    note: Mapped[str] = mapped_column(sa.String(200), default="")
    payment_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("payments_payments.id", ondelete="SET NULL"), index=True
    )
    match_number: Mapped[int] = mapped_column(default=0)
    settled_by_id: Mapped[int | None]
    settled_at: Mapped[datetime | None]

    payment: Mapped[Payment | None] = relationship()
    statement: Mapped[BankStatement] = relationship()

    @property
    def amount(self) -> Money:
        """What came in, or went out if negative."""
        return Money(self.amount_minor, self.currency)

    @property
    def clue_label(self) -> LazyText | str:
        """Why it is matched, proposed or set aside, in words."""
        return Clue(self.clue).label if self.clue else ""

    @property
    def iban_in_groups(self) -> str:
        """The other side's account as people read it."""
        return formatted(self.iban)

    @property
    def state_of(self) -> EntryState:
        """Where it stands, with its words."""
        return EntryState(self.state)


class Transfer(PlatformOwned, Base):
    """To whom a refund is transferred: what somebody entered, and when it was written into a file for the bank.

    Whether it is done stands in the ledger: the line that answers the request.
    """

    __tablename__ = "payments_transfers"
    __table_args__ = (sa.UniqueConstraint("attempt_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(sa.ForeignKey("payments_attempts.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(sa.String(140), default="")
    iban: Mapped[str] = mapped_column(sa.String(40), default="")
    bic: Mapped[str] = mapped_column(sa.String(11), default="")
    written_at: Mapped[datetime | None]

    attempt: Mapped[Attempt] = relationship()
