"""What PayPal's records say has happened: pure. Names carry their kind, since PayPal asks for each kind elsewhere."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from modules.payments.gateways.interface import Notice
from modules.payments.schemas.dispute import CLOSED, DISPUTED, LOST, REVIEWED, WON, state_line
from modules.payments.schemas.ledger import EntryKind
from modules.payments.statements.records import read_amount
from wizamart import clock
from wizamart.money import Money

ORDER: Final = "order"
AUTHORIZATION: Final = "auth"
CAPTURE: Final = "capture"
REFUND: Final = "refund"
DISPUTE: Final = "dispute"
Json = dict[str, Any]

_CAPTURED: Final = frozenset({"COMPLETED", "REFUNDED", "PARTIALLY_REFUNDED"})
# https://developer.paypal.com/docs/api/customer-disputes/v1/: status, and the outcome of what is resolved
_DISPUTES: Final = {
    "OPEN": DISPUTED,
    "WAITING_FOR_SELLER_RESPONSE": DISPUTED,
    "WAITING_FOR_BUYER_RESPONSE": REVIEWED,
    "UNDER_REVIEW": REVIEWED,
    "OTHER": REVIEWED,
}
_OUTCOMES: Final = {
    "RESOLVED_SELLER_FAVOUR": WON,
    "RESOLVED_WITH_PAYOUT": WON,
    "DENIED": WON,
    "RESOLVED_BUYER_FAVOUR": LOST,
    "ACCEPTED": LOST,
}
_HELD: Final = frozenset({"CREATED", "CAPTURED", "PARTIALLY_CAPTURED", "PARTIALLY_CREATED", "VOIDED"})


def name_of(kind: str, number: str) -> str:
    """Return our name for one of PayPal's records."""
    return f"{kind}:{number}"


def split(name: str) -> tuple[str, str]:
    """Return the kind and PayPal's own number."""
    kind, _colon, number = name.partition(":")
    return kind, number


def facts_of_order(order: Json) -> Iterator[Notice]:
    """Yield what an order says, in the order in which it happens."""
    for unit in order.get("purchase_units") or ():
        if order.get("status") == "APPROVED":
            yield _fact(ORDER, order, EntryKind.APPROVED, _money(unit), unit, ending="approved")
        made = unit.get("payments") or {}
        for authorization in made.get("authorizations") or ():
            yield from facts_of_authorization(authorization, unit)
        for capture in made.get("captures") or ():
            yield from facts_of_capture(capture, unit)
        for refund in made.get("refunds") or ():
            yield from facts_of_refund(refund, unit)


def facts_of_authorization(authorization: Json, unit: Json | None = None) -> Iterator[Notice]:
    """Yield that something is held, was released, or was refused."""
    status, amount = authorization.get("status"), _money(authorization)
    if status in _HELD:
        yield _fact(AUTHORIZATION, authorization, EntryKind.AUTHORIZED, amount, unit)
    if status == "VOIDED":
        yield _fact(AUTHORIZATION, authorization, EntryKind.VOIDED, amount, unit, ending="void")
    if status == "DENIED":
        yield _fact(AUTHORIZATION, authorization, EntryKind.DECLINED, amount, unit, ending="denied")


def facts_of_capture(capture: Json, unit: Json | None = None) -> Iterator[Notice]:
    """Yield that something was taken or refused; nothing while PayPal looks at it."""
    status = capture.get("status")
    if status in _CAPTURED:
        yield _fact(CAPTURE, capture, EntryKind.CAPTURED, _money(capture), unit)
    if status in {"DECLINED", "FAILED"}:
        yield _fact(CAPTURE, capture, EntryKind.DECLINED, _money(capture), unit)


def facts_of_refund(refund: Json, unit: Json | None = None) -> Iterator[Notice]:
    """Yield that something was given back or could not be."""
    status = refund.get("status")
    if status == "COMPLETED":
        yield _fact(REFUND, refund, EntryKind.REFUNDED, _money(refund), unit)
    if status in {"FAILED", "CANCELLED"}:
        yield _fact(REFUND, refund, EntryKind.DECLINED, _money(refund), unit)


def facts_of_dispute(dispute: Json) -> Iterator[Notice]:
    """Yield how a dispute stands. It moves no money itself: PayPal tells of a refund or a reversal besides."""
    number = str(dispute["dispute_id"])
    sold = next(iter(dispute.get("disputed_transactions") or ()), {}).get("seller_transaction_id")
    outcome = str((dispute.get("dispute_outcome") or {}).get("outcome_code", ""))
    status = str(dispute.get("status", ""))
    reason = _OUTCOMES.get(outcome, CLOSED) if status == "RESOLVED" else _DISPUTES.get(status, REVIEWED)
    due_at = _moment(dispute, "seller_response_due_date") if reason == DISPUTED else None
    name = state_line(number, reason, due_at)
    yield Notice(
        external_id=name,
        payment_external_id=name_of(CAPTURE, str(sold)) if sold else "",
        kind=EntryKind.DISPUTED,
        amount=_money({"amount": dispute.get("dispute_amount")}),
        reason=reason,
        occurred_at=_moment(dispute, "update_time", "create_time"),
        fact_id=name,
        dispute=number,
        due_at=due_at,
    )


def _fact(
    kind: str, record: Json, event: EntryKind, amount: Money, unit: Json | None, *, ending: str = ""
) -> Notice:
    name = name_of(kind, str(record["id"]))
    custom = str(record.get("custom_id") or (unit or {}).get("custom_id") or "")
    reason = str((record.get("status_details") or {}).get("reason") or "").casefold()
    is_refund = kind == REFUND
    return Notice(
        external_id=name,
        payment_external_id=_capture_of(record) if is_refund else name,
        kind=event,
        amount=amount,
        reason=reason or ("declined" if event is EntryKind.DECLINED else ""),
        occurred_at=_moment(record, "create_time", "update_time"),
        fact_id=f"{name}:{ending}" if ending else name,
        token="" if is_refund else custom,
        attempt_key=custom if is_refund else "",
    )


def _capture_of(refund: Json) -> str:
    """Return the name of what a refund gives back; PayPal says it as a link only."""
    for link in refund.get("links") or ():
        if link.get("rel") == "up":
            return name_of(CAPTURE, str(link.get("href", "")).rpartition("/")[2])
    return ""


def _money(record: Json) -> Money:
    amount = record.get("amount") or {}
    return read_amount(str(amount.get("value", "")), str(amount.get("currency_code", "")))


def _moment(record: Json, *fields: str) -> datetime | None:
    text = next((record[name] for name in fields if record.get(name)), None)
    try:
        return clock.parse(str(text)) if text else None
    except ValueError:
        return None
