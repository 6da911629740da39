"""What Stripe's objects tell of a payment. One fact has one name, whichever message, answer or look-up tells it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from modules.payments.gateways.interface import Notice
from modules.payments.gateways.stripe.amounts import from_stripe
from modules.payments.schemas.dispute import CLOSED, DISPUTED, LOST, REVIEWED, WON, state_line, won_line
from modules.payments.schemas.ledger import EntryKind

TOKEN: Final = "wizamart_payment"  # noqa: S105 - the name of a field
ATTEMPT: Final = "wizamart_attempt"
CAPTURE: Final = "wizamart_capture"
RETURNED: Final = frozenset({"failed", "canceled"})
DISPUTES: Final = {
    "needs_response": DISPUTED,
    "warning_needs_response": DISPUTED,
    "under_review": REVIEWED,
    "warning_under_review": REVIEWED,
    "won": WON,
    "lost": LOST,
}
Object = Mapping[str, Any]


def of_session(session: Object) -> list[Notice]:
    """Read a Checkout Session: its end. What was paid is told by its PaymentIntent, too, under the same name."""
    if session.get("status") == "expired":
        return [_notice(session, EntryKind.DECLINED, f"{session['id']}:expired", reason="expired")]
    if session.get("payment_status") != "paid":
        return []
    return [_notice(session, EntryKind.CAPTURED, f"{payment_of(session)}:captured", session["amount_total"])]


def of_failed_session(session: Object) -> list[Notice]:
    """Read a Checkout Session whose payment was refused after the customer had left."""
    return [_notice(session, EntryKind.DECLINED, f"{session['id']}:failed", reason="card_declined")]


def of_intent(intent: Object) -> list[Notice]:
    """Read a PaymentIntent: what is held, taken or released."""
    name, status = intent["id"], intent.get("status")
    if status == "requires_capture":
        return [_notice(intent, EntryKind.AUTHORIZED, f"{name}:authorized", intent["amount_capturable"])]
    if status == "succeeded":
        key = intent["metadata"].get(CAPTURE, "")
        return [
            _notice(intent, EntryKind.CAPTURED, f"{name}:captured", intent["amount_received"], attempt=key)
        ]
    if status == "canceled" and intent.get("latest_charge"):
        return [_notice(intent, EntryKind.VOIDED, f"{name}:canceled", intent["amount"])]
    return []


def of_failed_try(intent: Object) -> list[Notice]:
    """Read a PaymentIntent after a card was refused: on Stripe's page the customer may try another."""
    error = intent.get("last_payment_error") or {}
    reason = error.get("decline_code") or error.get("code") or "card_declined"
    name = error.get("charge") or intent.get("latest_charge") or intent["id"]
    return [_notice(intent, EntryKind.TRIED, f"{_id(name)}:tried", intent["amount"], reason=reason)]


def of_refund(refund: Object) -> list[Notice]:
    """Read a Refund; one that waits tells nothing yet."""
    name, status = refund["id"], refund.get("status")
    if status == "succeeded":
        return [_notice(refund, EntryKind.REFUNDED, name, refund["amount"])]
    if status in RETURNED:
        reason = refund.get("failure_reason") or f"refund_{status}"
        kind = EntryKind.REFUND_REVERSED
        return [_notice(refund, kind, f"{name}:returned", refund["amount"], reason=reason, reverses=name)]
    return []


def of_dispute(dispute: Object) -> list[Notice]:
    """Read how a dispute stands; an inquiry of a bank is one that has taken no money yet."""
    reason = DISPUTES.get(dispute.get("status", ""), CLOSED)
    due_by = (dispute.get("evidence_details") or {}).get("due_by") if reason == DISPUTED else None
    due_at = datetime.fromtimestamp(due_by, UTC) if due_by else None
    fact = state_line(dispute["id"], reason, due_at)
    notice = _notice(dispute, EntryKind.DISPUTED, fact, dispute["amount"], reason=reason)
    return [replace(notice, dispute=dispute["id"], due_at=due_at)]


def of_withdrawal(dispute: Object) -> list[Notice]:
    """Read a dispute for which Stripe has taken the money back."""
    notice = _notice(dispute, EntryKind.REFUNDED, dispute["id"], dispute["amount"], reason=DISPUTED)
    return [replace(notice, dispute=dispute["id"]), *of_dispute(dispute)]


def of_reinstatement(dispute: Object) -> list[Notice]:
    """Read a dispute that was won: the money is back."""
    name = dispute["id"]
    kind = EntryKind.REFUND_REVERSED
    notice = _notice(dispute, kind, won_line(name), dispute["amount"], reason=WON, reverses=name)
    return [replace(notice, dispute=name)]


READERS: Final = {
    "checkout.session.completed": of_session,
    "checkout.session.async_payment_succeeded": of_session,
    "checkout.session.async_payment_failed": of_failed_session,
    "checkout.session.expired": of_session,
    "payment_intent.amount_capturable_updated": of_intent,
    "payment_intent.succeeded": of_intent,
    "payment_intent.canceled": of_intent,
    "payment_intent.payment_failed": of_failed_try,
    "refund.created": of_refund,
    "refund.updated": of_refund,
    "refund.failed": of_refund,
    "charge.refund.updated": of_refund,
    "charge.dispute.created": of_dispute,
    "charge.dispute.updated": of_dispute,
    "charge.dispute.closed": of_dispute,
    "charge.dispute.funds_withdrawn": of_withdrawal,
    "charge.dispute.funds_reinstated": of_reinstatement,
}


def of_event(event: Object) -> Sequence[Notice]:
    """Read a message; kinds that nobody asked for tell nothing."""
    reader = READERS.get(event["type"])
    if reader is None:
        return []
    found = reader(event["data"]["object"])
    payload = event["data"]["object"]
    return [
        _from_message(notice, event, payload, suffix=f":{index}" if index else "")
        for index, notice in enumerate(found)
    ]


def payment_of(thing: Object) -> str:
    """Return the PaymentIntent that an object belongs to."""
    if thing.get("object") == "payment_intent":
        return str(thing["id"])
    return _id(thing.get("payment_intent")) or str(thing["id"])


def _id(value: Any) -> str:
    """Return the id of what Stripe may have written out in full."""
    return str(value["id"] if isinstance(value, Mapping) else value or "")


def _notice(
    thing: Object,
    kind: EntryKind,
    fact: str,
    number: int | None = None,
    *,
    reason: str = "",
    reverses: str = "",
    attempt: str = "",
) -> Notice:
    amount = number if number is not None else thing.get("amount_total") or 0
    metadata = thing.get("metadata") or {}
    return Notice(
        external_id=fact,
        payment_external_id=str(thing["id"]) if kind is EntryKind.DECLINED else payment_of(thing),
        kind=kind,
        amount=from_stripe(amount, thing["currency"]),
        reason=reason,
        fact_id=fact,
        reverses=reverses,
        token=metadata.get(TOKEN, ""),
        attempt_key=attempt or metadata.get(ATTEMPT, ""),
        method_label=_card_of(thing),
    )


def _card_of(thing: Object) -> str:
    charge = thing.get("latest_charge")
    details = charge.get("payment_method_details") if isinstance(charge, Mapping) else None
    last4 = ((details or {}).get("card") or (details or {}).get("sepa_debit") or {}).get("last4")
    return f"•••• {last4}" if last4 else ""


def _from_message(notice: Notice, event: Object, payload: Object, *, suffix: str) -> Notice:
    return replace(
        notice,
        external_id=f"{event['id']}{suffix}",
        occurred_at=datetime.fromtimestamp(event["created"], UTC),
        title=event["type"],
        payload=payload,
    )
