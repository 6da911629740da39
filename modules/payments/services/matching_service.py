"""Matching entries of bank statements with payments: by itself where reference and amount agree, else by hand.

A match writes a line into the payment's ledger in the same transaction; the entry and the payment are held meanwhile,
so that of two people who match the same entry one is refused.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.payments.gateways.interface import Outcome
from modules.payments.models.account import ProviderAccount
from modules.payments.models.payment import LedgerEntry, Payment
from modules.payments.models.statement import BankEntry, BankStatement
from modules.payments.schemas.ledger import EntryKind
from modules.payments.services import ledger_service, transfer_service
from modules.payments.services.checkout_service import CALLED_OFF
from modules.payments.statements import references
from modules.payments.statements.exceptions import (
    EntryNotFound,
    EntryNotTaken,
    EntryOtherAccount,
    EntryOtherCurrency,
    EntryOtherWay,
    EntryTaken,
    RefundedAlready,
)
from modules.payments.statements.matching import Claim, Claims, Clues
from modules.payments.statements.states import Clue, EntryState
from wizamart.i18n import format_money
from wizamart.money import Money

GATEWAY: Final = "bank_transfer"
RETURNED: Final = "returned"
UNMATCHED: Final = "unmatched"
_SETTLED: Final = frozenset({EntryState.MATCHED, EntryState.IGNORED})
_WAITING: Final = (EntryState.OPEN.value, EntryState.PROPOSED.value)
ENTRY_SORTS: Final[Mapping[str, Any]] = {
    "booked_on": BankEntry.booked_on,
    "name": BankEntry.name,
    "text": BankEntry.text,
    "reference": BankEntry.reference,
    "iban": BankEntry.iban,
    "amount_minor": BankEntry.amount_minor,
    "state": BankEntry.state,
    # What waits for somebody stands first.
    "work": sa.case((BankEntry.state.in_(_WAITING), 0), (BankEntry.state == EntryState.MATCHED, 1), else_=2),
}
STATEMENT_SORTS: Final[Mapping[str, Any]] = {
    name: getattr(BankStatement, name) for name in ("file_name", "from_on", "status", "created_at")
}


def build_query(*, vendor_id: int | None) -> sa.Select[Any]:
    """Return the entries of one owner's bank accounts: of a vendor, or with None of the platform."""
    return sa.select(BankEntry).where(BankEntry.vendor_id.is_not_distinct_from(vendor_id))


def get_entry(session: Session, entry_id: int, *, vendor_id: int | None, is_held: bool = False) -> BankEntry:
    """Return an entry of this owner, held and read afresh if wanted.

    :raises EntryNotFound: when there is none, or it is somebody else's.
    """
    query = build_query(vendor_id=vendor_id).where(BankEntry.id == entry_id)
    if is_held:
        query = query.with_for_update(of=BankEntry).execution_options(populate_existing=True)
    entry: BankEntry | None = session.scalars(query).one_or_none()
    if entry is None:
        raise EntryNotFound
    return entry


class Matcher:
    """Judges the new entries of one account; knows which of its payments are waited for."""

    def __init__(
        self, session: Session, account: ProviderAccount, *, actor_id: int | None, at: datetime
    ) -> None:
        self._session = session
        self._account = account
        self._actor_id = actor_id
        self._at = at
        self._claims = Claims(_read_claims(session, account.id))

    def judge(self, entries: Sequence[BankEntry]) -> None:
        """Match what is sure, propose what may be, set aside what has nothing to do with payments."""
        for claim in _read_claims(self._session, self._account.id, ids=_named_payments(entries)):
            self._claims.add(claim)
        for entry in entries:
            self._judge(entry)
        self._session.flush()  # the next batch finds what these have paid

    def _judge(self, entry: BankEntry) -> None:
        if transfer_service.settle_by_entry(self._session, entry, actor_id=self._actor_id, at=self._at):
            return
        found = self._claims.find(clues_of(entry))
        if found is None:
            if entry.amount_minor < 0:
                entry.state, entry.clue = EntryState.IGNORED, Clue.OUTGOING
            return
        entry.state, entry.clue, entry.payment_id = EntryState.PROPOSED, found.clue, found.payment_id
        if found.is_certain:
            payment = _book(
                self._session, entry, found.payment_id, found.clue, actor_id=self._actor_id, at=self._at
            )
            self._claims.add(_claim_of(payment))


def match(
    session: Session,
    entry: BankEntry,
    *,
    payment_id: int,
    vendor_id: int | None,
    actor_id: int | None,
    at: datetime,
) -> BankEntry:
    """Book an entry to a payment because somebody says so.

    :raises EntryTaken: when somebody else was faster.
    :raises EntryOtherCurrency: when the currencies differ.
    :raises EntryOtherAccount: when the payment was not to be made to this account.
    :raises EntryOtherWay: when more would be taken back than was received.
    """
    entry = get_entry(session, entry.id, vendor_id=vendor_id, is_held=True)
    if entry.state_of in _SETTLED:
        raise EntryTaken
    is_proposed = entry.payment_id == payment_id and entry.clue
    clue = Clue(entry.clue) if is_proposed else Clue.BY_HAND
    _book(session, entry, payment_id, clue, actor_id=actor_id, at=at)
    return entry


def unmatch(
    session: Session, entry: BankEntry, *, vendor_id: int | None, actor_id: int | None, at: datetime
) -> BankEntry:
    """Undo a match: a line of the ledger takes back what its line had written.

    :raises EntryNotTaken: when it is not matched with a payment.
    :raises RefundedAlready: when the money was given back meanwhile.
    """
    entry = get_entry(session, entry.id, vendor_id=vendor_id, is_held=True)
    if entry.state_of is not EntryState.MATCHED or entry.payment_id is None:
        raise EntryNotTaken
    payment = ledger_service.lock_payment(session, entry.payment_id)
    if entry.amount_minor > 0 and payment.balance.refundable < entry.amount_minor:
        raise RefundedAlready
    kind = EntryKind.CAPTURE_REVERSED if entry.amount_minor > 0 else EntryKind.CAPTURED
    outcome = Outcome(kind, f"{_line_of(entry)}:undone", payment.external_id, reason=UNMATCHED)
    ledger_service.append(session, payment, outcome, abs(entry.amount_minor), at=at, actor_id=actor_id)
    _reopen(entry)
    return entry


def ignore(
    session: Session,
    entry: BankEntry,
    *,
    reason: str,
    vendor_id: int | None,
    actor_id: int | None,
    at: datetime,
) -> BankEntry:
    """Set an entry aside: it pays nothing here.

    :raises EntryTaken: when it was matched or set aside meanwhile.
    """
    entry = get_entry(session, entry.id, vendor_id=vendor_id, is_held=True)
    if entry.state_of in _SETTLED:
        raise EntryTaken
    entry.state, entry.clue, entry.payment_id = EntryState.IGNORED, "", None
    entry.note, entry.settled_by_id, entry.settled_at = reason[:200], actor_id, at
    return entry


def restore(session: Session, entry: BankEntry, *, vendor_id: int | None) -> BankEntry:
    """Take an entry back that was set aside.

    :raises EntryNotTaken: when it was not.
    """
    entry = get_entry(session, entry.id, vendor_id=vendor_id, is_held=True)
    if entry.state_of is not EntryState.IGNORED:
        raise EntryNotTaken
    _reopen(entry)
    return entry


def build_candidates(entry: BankEntry) -> sa.Select[Any]:
    """Return the payments that an entry can be matched with; those of its amount that wait come first."""
    paid = _paid()
    is_waiting = sa.func.coalesce(paid.c.paid, 0) < Payment.amount_minor
    is_likely = sa.and_(is_waiting, Payment.amount_minor == abs(entry.amount_minor))
    return (
        sa.select(Payment)
        .outerjoin(paid, paid.c.payment_id == Payment.id)
        .join(Payment.vendor)
        .options(sa.orm.contains_eager(Payment.vendor))
        .where(
            Payment.account_id == entry.account_id,
            Payment.gateway == GATEWAY,
            Payment.currency == entry.currency,
        )
        .order_by(sa.desc(sa.case((is_likely, 2), (is_waiting, 1), else_=0)))
    )


def clues_of(entry: BankEntry) -> Clues:
    """Return what an entry tells of the payment it belongs to."""
    text = " | ".join(part for part in (entry.reference, entry.text, entry.end_to_end_id) if part)
    return Clues(entry.amount, text, is_return=entry.is_return)


def overpaid_minor(payment: Payment) -> int:
    """Return how much more came in than was asked for, and has not gone back."""
    balance = payment.balance
    return max(0, balance.captured - balance.refunded - balance.refund_asked - payment.amount_minor)


def _book(
    session: Session, entry: BankEntry, payment_id: int, clue: Clue, *, actor_id: int | None, at: datetime
) -> Payment:
    """Write the line of the ledger for a held entry, and what became of the entry."""
    payment = ledger_service.lock_payment(session, payment_id)
    if payment.account_id != entry.account_id or payment.gateway != GATEWAY:
        raise EntryOtherAccount
    if payment.currency != entry.currency:
        raise EntryOtherCurrency(entry=entry.currency, payment=payment.currency)
    available = payment.balance.refundable
    if entry.amount_minor < 0 and -entry.amount_minor > available:
        raise EntryOtherWay(available=format_money(available, payment.currency))
    entry.match_number += 1
    is_income = entry.amount_minor > 0
    outcome = Outcome(
        kind=EntryKind.CAPTURED if is_income else EntryKind.CAPTURE_REVERSED,
        external_id=_line_of(entry),
        payment_external_id=payment.external_id,
        reason="" if is_income else RETURNED,
    )
    ledger_service.append(
        session, payment, outcome, abs(entry.amount_minor), at=at, actor_id=actor_id, note=entry.name
    )
    entry.state, entry.clue, entry.payment_id = EntryState.MATCHED, clue, payment.id
    entry.settled_by_id, entry.settled_at = actor_id, at
    return payment


def _reopen(entry: BankEntry) -> None:
    entry.state, entry.clue, entry.payment_id = EntryState.OPEN, "", None
    entry.note, entry.settled_by_id, entry.settled_at = "", None, None


def _line_of(entry: BankEntry) -> str:
    """Return what the ledger calls one match of an entry; no other match has the same name."""
    return f"bank:{entry.id}:{entry.match_number}"


def _paid() -> sa.Subquery:
    """Return what was received for each payment and has not been taken back."""
    sign = sa.case(
        (LedgerEntry.kind == EntryKind.CAPTURED, LedgerEntry.amount_minor),
        (LedgerEntry.kind == EntryKind.CAPTURE_REVERSED, -LedgerEntry.amount_minor),
        else_=0,
    )
    return (
        sa.select(LedgerEntry.payment_id, sa.func.sum(sign).label("paid"))
        .where(LedgerEntry.gateway == GATEWAY)
        .group_by(LedgerEntry.payment_id)
        .subquery()
    )


def _read_claims(session: Session, account_id: int, *, ids: Iterable[int] | None = None) -> Iterable[Claim]:
    """Return the payments of an account that are waited for, or those with certain ids, paid or not."""
    paid = _paid()
    amount = sa.func.coalesce(paid.c.paid, 0)
    query = (
        sa.select(
            Payment.id, Payment.reference, Payment.amount_minor, Payment.currency, amount, _is_called_off()
        )
        .outerjoin(paid, paid.c.payment_id == Payment.id)
        .where(Payment.account_id == account_id, Payment.gateway == GATEWAY)
        .order_by(Payment.id)
    )
    query = query.where(amount < Payment.amount_minor) if ids is None else query.where(Payment.id.in_(ids))
    return [
        Claim(payment_id, reference, Money(minor, currency), int(received), is_called_off=called_off)
        for payment_id, reference, minor, currency, received, called_off in session.execute(query)
    ]


def _is_called_off() -> sa.Exists:
    return (
        sa.select(LedgerEntry.id)
        .where(LedgerEntry.payment_id == Payment.id, LedgerEntry.reason == CALLED_OFF)
        .correlate(Payment)
        .exists()
    )


def _named_payments(entries: Iterable[BankEntry]) -> set[int]:
    """Return the payments whose references stand in the entries."""
    found = (text for entry in entries for text in references.find(clues_of(entry).text))
    return {number for text in found if (number := references.number_of(text)) is not None}


def _claim_of(payment: Payment) -> Claim:
    return Claim(payment.id, payment.reference, payment.amount, payment.balance.captured)


def is_of_statement(statement_id: int) -> sa.ColumnElement[bool]:
    """Return the condition for the entries that a file brought."""
    return BankEntry.statement_id == statement_id


def count_to_match(session: Session, *, vendor_id: int | None) -> int:
    """Return how many entries wait for somebody."""
    query = build_query(vendor_id=vendor_id).where(BankEntry.state.in_(_WAITING))
    counted = query.with_only_columns(BankEntry.id).subquery()
    return session.scalar(sa.select(sa.func.count()).select_from(counted)) or 0
