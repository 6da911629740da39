"""Writing the ledger: under the payment's lock, each event once, and others told."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.payments import events
from modules.payments.exceptions import PaymentNotFound
from modules.payments.gateways.interface import Outcome
from modules.payments.gateways.registry import find_gateway
from modules.payments.models.attempt import Attempt
from modules.payments.models.payment import LedgerEntry, Payment
from modules.payments.schemas.dispute import DISPUTED
from modules.payments.schemas.ledger import EntryKind, Verb
from modules.payments.schemas.reason import source_label

_EVENTS: Final = {
    EntryKind.AUTHORIZED: events.payment_authorized,
    EntryKind.CAPTURED: events.payment_captured,
    EntryKind.REFUNDED: events.payment_refunded,
    EntryKind.VOIDED: events.payment_voided,
    EntryKind.REFUND_REVERSED: events.payment_refund_failed,
    EntryKind.CAPTURE_REVERSED: events.payment_reversed,
}
_REFUSALS: Final = {
    Verb.CAPTURE: events.payment_capture_failed,
    Verb.REFUND: events.payment_refund_failed,
    Verb.VOID: events.payment_void_failed,
}


def list_changed(session: Session, *, since: datetime, after: int, limit: int) -> list[int]:
    """Return the ids, from the one after `after` on, of payments of which something was written down since then."""
    query = sa.select(LedgerEntry.payment_id).where(
        LedgerEntry.occurred_at >= since, LedgerEntry.payment_id > after
    )
    return list(session.scalars(query.distinct().order_by(LedgerEntry.payment_id).limit(limit)))


def lock_payment(session: Session, payment_id: int) -> Payment:
    """Read a payment, its requests and its ledger afresh and hold it until the transaction ends.

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
    session.refresh(payment, ["entries", "attempts"])  # another connection may have added some since
    return payment


def append(
    session: Session,
    payment: Payment,
    outcome: Outcome,
    amount_minor: int,
    *,
    at: datetime,
    attempt: Attempt | None = None,
    actor_id: int | None = None,
    note: str = "",
    dispute: str = "",
    due_at: datetime | None = None,
) -> LedgerEntry:
    """Add a line to a locked payment and tell others; an event that stands there already is returned as it is.

    Only which request it answers may become known later. `dispute` and `due_at` are those of the ledger's lines.
    """
    known = next((entry for entry in payment.entries if entry.external_id == outcome.external_id), None)
    if known is not None:
        if known.attempt_id is None and attempt is not None:
            known.attempt_id = attempt.id
        return known
    entry = LedgerEntry(
        platform_id=payment.platform_id,
        vendor_id=payment.vendor_id,
        attempt_id=attempt.id if attempt else None,
        kind=outcome.kind,
        amount_minor=amount_minor,
        currency=payment.currency,
        gateway=payment.gateway,
        external_id=outcome.external_id,
        reason=outcome.reason[:200],
        note=note[:200],
        actor_id=actor_id,
        occurred_at=at,
        dispute=dispute[:64],
        due_at=due_at,
    )
    payment.entries.append(entry)
    session.flush()  # the database has the last word on events that came twice
    tell(session, payment, entry, attempt)
    _release_rest(session, payment, at=at)
    return entry


def _release_rest(session: Session, payment: Payment, *, at: datetime) -> None:
    """Write down that nothing is held after a part was taken, where the provider releases the rest by itself."""
    gateway, balance = find_gateway(payment.gateway), payment.balance
    if gateway is None or not gateway.capabilities.capture_releases_rest:
        return
    if not balance.captured or not balance.held:
        return
    taken = next(entry for entry in payment.entries if entry.kind == EntryKind.CAPTURED)
    rest = Outcome(EntryKind.VOIDED, f"{taken.external_id}:rest", payment.external_id)
    append(session, payment, rest, balance.held, at=at)


def tell(session: Session, payment: Payment, entry: LedgerEntry, attempt: Attempt | None) -> None:
    """Tell others of a line, where it is of a kind that is told."""
    kind = EntryKind(entry.kind)
    event = _EVENTS.get(kind)
    if kind is EntryKind.DISPUTED and entry.reason == DISPUTED:
        event = events.payment_disputed
    if kind is EntryKind.DECLINED:
        event = _REFUSALS.get(Verb(attempt.verb), events.payment_failed) if attempt else events.payment_failed
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
            reason_text=source_label(entry.reason),
            due_at=entry.due_at,
            entry_id=entry.id,
            request_key=attempt.idempotency_key if attempt else "",
            customer_id=payment.customer_id,
        ),
        platform_id=payment.platform_id,
        vendor_id=payment.vendor_id,
    )
