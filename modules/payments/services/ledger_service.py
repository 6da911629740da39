"""Writing the ledger: under the payment's lock, each event once, and others told."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.payments import events
from modules.payments.exceptions import PaymentNotFound
from modules.payments.gateways.interface import Outcome
from modules.payments.models.payment import LedgerEntry, Payment
from modules.payments.schemas.ledger import EntryKind

_EVENTS = {
    EntryKind.AUTHORIZED: events.payment_authorized,
    EntryKind.CAPTURED: events.payment_captured,
    EntryKind.REFUNDED: events.payment_refunded,
    EntryKind.VOIDED: events.payment_voided,
    EntryKind.DECLINED: events.payment_failed,
}


def lock_payment(session: Session, payment_id: int) -> Payment:
    """Read a payment and its ledger afresh and hold it until the transaction ends.

    On SQLite, which has one writer, the transaction that writes holds everything anyway.

    :raises PaymentNotFound: when there is none in this scope.
    """
    query = (
        sa.select(Payment)
        .where(Payment.id == payment_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    payment = session.scalars(query).one_or_none()
    if payment is None:
        raise PaymentNotFound
    session.refresh(payment, ["entries"])  # another connection may have added some since it was loaded
    return payment


def find_by_key(payment: Payment, idempotency_key: str) -> LedgerEntry | None:
    """Return the line that this key has written, if it has."""
    return next((entry for entry in payment.entries if entry.idempotency_key == idempotency_key), None)


def find_by_external_id(payment: Payment, external_id: str) -> LedgerEntry | None:
    """Return the line of this event of the provider, if it is there."""
    return next((entry for entry in payment.entries if entry.external_id == external_id), None)


def append(
    session: Session,
    payment: Payment,
    outcome: Outcome,
    amount_minor: int,
    *,
    at: datetime,
    idempotency_key: str | None = None,
    actor_id: int | None = None,
    note: str = "",
) -> LedgerEntry:
    """Add a line to a locked payment and tell others; an event that stands there already is returned as it is."""
    known = find_by_external_id(payment, outcome.external_id)
    if known is not None:
        return known
    entry = LedgerEntry(
        platform_id=payment.platform_id,
        vendor_id=payment.vendor_id,
        kind=outcome.kind,
        amount_minor=amount_minor,
        currency=payment.currency,
        gateway=payment.gateway,
        external_id=outcome.external_id,
        idempotency_key=idempotency_key,
        reason=outcome.reason,
        note=note,
        actor_id=actor_id,
        occurred_at=at,
    )
    payment.entries.append(entry)
    session.flush()  # the database has the last word on events that came twice
    _tell(session, payment, entry)
    return entry


def _tell(session: Session, payment: Payment, entry: LedgerEntry) -> None:
    event = _EVENTS.get(EntryKind(entry.kind))
    if event is None:
        return
    balance = payment.balance
    event.emit(
        session,
        events.PaymentChanged(
            platform_id=payment.platform_id,
            vendor_id=payment.vendor_id,
            payment_id=payment.id,
            reference=payment.reference,
            payee=payment.payee,
            currency=payment.currency,
            amount_minor=entry.amount_minor,
            captured_minor=balance.captured,
            refunded_minor=balance.refunded,
            reason=entry.reason,
        ),
        platform_id=payment.platform_id,
        vendor_id=payment.vendor_id,
    )
