"""Refunds of bank transfers: transfers that somebody has to make, with the payer's IBAN where a statement told it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.payments.gateways.interface import Outcome
from modules.payments.models.account import ProviderAccount
from modules.payments.models.attempt import Attempt
from modules.payments.models.payment import LedgerEntry, Payment
from modules.payments.models.statement import BankEntry, Transfer
from modules.payments.schemas.ledger import EntryKind, Verb
from modules.payments.schemas.transfer import RecipientForm
from modules.payments.services import attempt_service, ledger_service
from modules.payments.statements.credit_transfer import Order, Payer, build_file
from modules.payments.statements.exceptions import NoTransfersToWrite, TransferNotFound
from modules.payments.statements.references import formatted
from modules.payments.statements.states import Clue, EntryState
from wizamart.money import Money

GATEWAY: Final = "bank_transfer"
CURRENCY: Final = "EUR"
PREFIX: Final = "REFUND-"
CAME_BACK: Final = "transfer_came_back"


@dataclass(frozen=True, slots=True)
class TransferToMake:
    """One refund that waits to be transferred; who gets it is known from a statement, or from what was entered."""

    attempt_id: int
    payment: Payment
    amount: Money
    name: str
    iban: str
    bic: str
    asked_at: datetime
    written_at: datetime | None
    note: str

    @property
    def iban_in_groups(self) -> str:
        """The account as people read it."""
        return formatted(self.iban)

    @property
    def end_to_end_id(self) -> str:
        """Under which the bank tells of it again."""
        return f"{PREFIX}{self.attempt_id}"


def list_open(session: Session, *, vendor_id: int | None) -> list[TransferToMake]:
    """Return the transfers that one owner has to make, oldest first: a vendor, or None for the platform."""
    attempts = session.scalars(_open_attempts(vendor_id=vendor_id).order_by(Attempt.id)).all()
    payments = _payments_of(session, attempts)
    told = _entries_of(session, list(payments))
    entered = _entered(session, [attempt.id for attempt in attempts])
    return [
        _build(attempt, payments[attempt.payment_id], told.get(attempt.payment_id), entered.get(attempt.id))
        for attempt in attempts
    ]


def get_open(session: Session, attempt_id: int, *, vendor_id: int | None) -> TransferToMake:
    """Return a transfer that this owner has to make.

    :raises TransferNotFound: when there is none, or it is done.
    """
    attempt = session.scalars(
        _open_attempts(vendor_id=vendor_id).where(Attempt.id == attempt_id)
    ).one_or_none()
    if attempt is None:
        raise TransferNotFound
    payment = _payments_of(session, [attempt])[attempt.payment_id]
    told = _entries_of(session, [payment.id]).get(payment.id)
    return _build(attempt, payment, told, _entered(session, [attempt.id]).get(attempt.id))


def count_open(session: Session, *, vendor_id: int | None) -> int:
    """Return how many transfers have to be made."""
    counted = _open_attempts(vendor_id=vendor_id).with_only_columns(Attempt.id).subquery()
    return session.scalar(sa.select(sa.func.count()).select_from(counted)) or 0


def set_recipient(session: Session, transfer: TransferToMake, values: RecipientForm) -> Transfer:
    """Say who gets a transfer, and on which account."""
    row = _row_of(session, transfer)
    row.name, row.iban, row.bic = values.name, values.iban, values.bic
    return row


def settle(
    session: Session, transfer: TransferToMake, *, is_done: bool, actor_id: int | None, at: datetime
) -> LedgerEntry:
    """Write down that a transfer was made, or that it cannot be, which makes its amount refundable again.

    :raises AlreadyAnswered: when somebody else was faster.
    """
    return attempt_service.settle_by_hand(
        session, transfer.attempt_id, is_done=is_done, actor_id=actor_id, at=at
    )


def write_file(
    session: Session,
    transfers: Sequence[TransferToMake],
    account: ProviderAccount,
    *,
    at: datetime,
) -> bytes:
    """Return the orders to the bank (pain.001) for transfers in euros whose IBAN is known, and remember that.

    :raises NoTransfersToWrite: when there is none.
    """
    written = [one for one in transfers if one.iban and one.amount.currency == CURRENCY]
    if not written:
        raise NoTransfersToWrite
    bank = account.credentials
    orders = [
        Order(one.end_to_end_id, one.amount, one.name, one.iban, one.bic, one.payment.reference)
        for one in written
    ]
    for one in written:
        _row_of(session, one).written_at = at
    payer = Payer(bank.get("holder", ""), bank.get("iban", ""), bank.get("bic", ""))
    return build_file(orders, payer, message_id=f"WZ-{account.id}-{at:%Y%m%d%H%M%S}", at=at)


def settle_by_entry(session: Session, entry: BankEntry, *, actor_id: int | None, at: datetime) -> bool:
    """Recognise a transfer of ours in a statement: made, or come back; returns whether it was one.

    What came back is not refunded: it can be asked for anew, with another IBAN.
    """
    number = entry.end_to_end_id.removeprefix(PREFIX)
    if number == entry.end_to_end_id or not number.isdigit():
        return False
    attempt = session.scalars(
        sa.select(Attempt)
        .join(Payment, Payment.id == Attempt.payment_id)
        .where(
            Attempt.id == int(number[:9]),
            Attempt.verb == Verb.REFUND,
            Attempt.amount_minor == abs(entry.amount_minor),
            Payment.account_id == entry.account_id,
        )
    ).one_or_none()
    if attempt is None:
        return False
    payment, attempt = attempt_service.lock(session, attempt.id)
    answer = payment.answer_to(attempt)
    if answer is None:
        attempt_service.settle_by_hand(
            session, attempt.id, is_done=entry.amount_minor < 0, actor_id=actor_id, at=at
        )
    elif entry.amount_minor > 0 and answer.kind == EntryKind.REFUNDED:
        _take_back(session, payment, entry, at=at, actor_id=actor_id)
    entry.state, entry.payment_id = EntryState.MATCHED, payment.id
    entry.clue = Clue.TRANSFER if entry.amount_minor < 0 else Clue.TRANSFER_BACK
    entry.settled_by_id, entry.settled_at = actor_id, at
    return True


def _take_back(
    session: Session, payment: Payment, entry: BankEntry, *, at: datetime, actor_id: int | None
) -> None:
    outcome = Outcome(
        EntryKind.REFUND_REVERSED, f"bank:{entry.id}:back", payment.external_id, reason=CAME_BACK
    )
    ledger_service.append(session, payment, outcome, entry.amount_minor, at=at, actor_id=actor_id)


def _open_attempts(*, vendor_id: int | None) -> sa.Select[Any]:
    """Return the refunds of bank transfers that nobody has answered."""
    is_answered = (
        sa.select(LedgerEntry.id)
        .where(LedgerEntry.attempt_id == Attempt.id, LedgerEntry.kind != EntryKind.TRIED)
        .correlate(Attempt)
        .exists()
    )
    return (
        sa.select(Attempt)
        .join(Payment, Payment.id == Attempt.payment_id)
        .join(ProviderAccount, ProviderAccount.id == Payment.account_id)
        .where(
            Attempt.verb == Verb.REFUND,
            Payment.gateway == GATEWAY,
            ProviderAccount.vendor_id.is_not_distinct_from(vendor_id),
            ~is_answered,
        )
    )


def _payments_of(session: Session, attempts: Sequence[Attempt]) -> dict[int, Payment]:
    ids = {attempt.payment_id for attempt in attempts}
    query = sa.select(Payment).where(Payment.id.in_(ids)).options(sa.orm.joinedload(Payment.account))
    return {payment.id: payment for payment in session.scalars(query)} if ids else {}


def _entries_of(session: Session, payment_ids: Sequence[int]) -> dict[int, BankEntry]:
    """Return for each payment the latest entry by which it was paid."""
    query = (
        sa.select(BankEntry)
        .where(
            BankEntry.payment_id.in_(payment_ids),
            BankEntry.state == EntryState.MATCHED,
            BankEntry.amount_minor > 0,
            BankEntry.iban != "",
        )
        .order_by(BankEntry.id)
    )
    found = session.scalars(query) if payment_ids else ()
    return {entry.payment_id: entry for entry in found if entry.payment_id}


def _entered(session: Session, attempt_ids: Sequence[int]) -> dict[int, Transfer]:
    query = sa.select(Transfer).where(Transfer.attempt_id.in_(attempt_ids))
    return {row.attempt_id: row for row in session.scalars(query)} if attempt_ids else {}


def _row_of(session: Session, transfer: TransferToMake) -> Transfer:
    query = sa.select(Transfer).where(Transfer.attempt_id == transfer.attempt_id)
    row = session.scalars(query).one_or_none()
    if row is None:
        row = Transfer(
            platform_id=transfer.payment.platform_id, attempt_id=transfer.attempt_id, name="", iban="", bic=""
        )
        session.add(row)
    return row


def _build(
    attempt: Attempt, payment: Payment, told: BankEntry | None, entered: Transfer | None
) -> TransferToMake:
    source = entered if entered is not None and entered.iban else told
    return TransferToMake(
        attempt_id=attempt.id,
        payment=payment,
        amount=Money(attempt.amount_minor, payment.currency),
        name=source.name if source else "",
        iban=source.iban if source else "",
        bic=source.bic if source else "",
        asked_at=attempt.created_at,
        written_at=entered.written_at if entered else None,
        note=attempt.note,
    )
