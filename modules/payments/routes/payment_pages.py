"""Payments as both portals show them: the list, one payment with its ledger, and what can be done with it."""

from typing import Any

from flask import flash, request, url_for
from flask_login import current_user

from modules.payments.exceptions import PaymentNotFound
from modules.payments.gateways.registry import find_gateway, installed_gateways
from modules.payments.routes.area import Area
from modules.payments.schemas import payment as payment_forms
from modules.payments.schemas.dispute import DisputeState
from modules.payments.schemas.ledger import EntryKind, Payee, PaymentStatus
from modules.payments.services import checkout_service, listing_service, payment_service, reconcile_service
from wizamart import clock
from wizamart.database import db
from wizamart.exceptions import RuleViolation
from wizamart.i18n import gettext as _, lazy_gettext
from wizamart.money import Money
from wizamart.web.exports import export_table
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to
from wizamart.web.tables import Column, Filter, Table, amount

KEY = "idempotency_key"


def _query(area: Area) -> Any:
    return listing_service.payments(payee=None if area.is_admin else Payee.VENDOR)


def _options(area: Area) -> dict[str, Any]:
    found = listing_service.PAYMENT_EXPRESSIONS
    vendor = Column("vendor", lazy_gettext("Vendor"), sort=found["vendor"], value=lambda row: row.vendor.name)
    columns = [
        Column("created_at", lazy_gettext("Date"), sort=found["created_at"]),
        Column("reference", lazy_gettext("Reference"), sort=found["reference"]),
        *([vendor] if area.is_admin else []),
        Column("method_name", lazy_gettext("Method")),
        Column("status", lazy_gettext("Status"), value=lambda row: row.status.label),
        Column(
            "amount_minor",
            lazy_gettext("Amount"),
            sort=found["amount_minor"],
            align="end",
            value=amount("amount_minor"),
        ),
    ]
    return {
        "columns": columns,
        "search": listing_service.PAYMENT_TEXTS,
        "filters": [
            Filter(
                "status",
                lazy_gettext("Any status"),
                found["status"],
                choices=[(status.value, status.label) for status in PaymentStatus],
            ),
            Filter(
                "gateway",
                lazy_gettext("Any provider"),
                found["gateway"],
                choices=[(code, gateway.name) for code, gateway in installed_gateways().items()],
            ),
            Filter(
                "disputes",
                lazy_gettext("Disputed or not"),
                found["disputes"],
                choices=[
                    (DisputeState.OPEN.value, lazy_gettext("Disputed")),
                    (DisputeState.WON.value, lazy_gettext("Dispute won")),
                    (DisputeState.LOST.value, lazy_gettext("Dispute lost")),
                ],
            ),
            Filter("created_at", lazy_gettext("Date"), found["created_at"], kind="date_range"),
        ],
        "default_sort": "-created_at",
    }


def show_list(area: Area) -> str:
    """Return the list."""
    table = Table.from_select(db.session(), _query(area), **_options(area))
    payee = None if area.is_admin else Payee.VENDOR
    stuck = reconcile_service.count_stuck(db.session(), at=clock.now(), payee=payee)
    return area.render("payment_list.html", table=table, stuck=stuck)


def export(area: Area) -> Any:
    """Return the list as a file, with the sums of the amounts."""
    more = [
        Column("currency", lazy_gettext("Currency")),
        Column("captured", lazy_gettext("Captured"), value=amount("captured_minor")),
        Column("refunded", lazy_gettext("Refunded"), value=amount("refunded_minor")),
        Column("gateway_name", lazy_gettext("Provider")),
        Column("external_id", lazy_gettext("Provider's number")),
    ]
    return export_table(db.session(), _query(area), name="payments", more_columns=more, **_options(area))


def load(area: Area, payment_id: int) -> Any:
    """Return a payment of this portal; what a vendor paid to the platform is none of its own."""
    payment = payment_service.get_payment(db.session(), payment_id)
    if not area.is_admin and payment.payee != Payee.VENDOR:
        raise PaymentNotFound
    return payment


def show(area: Area, payment_id: int) -> str:
    """Return the page of one payment."""
    payment = load(area, payment_id)
    return area.render(
        "payment_detail.html",
        payment=payment,
        gateway=find_gateway(payment.gateway),
        messages=listing_service.messages_about(db.session(), payment),
        page_url=_page_of(payment),
        key=area.new_key(),
    )


def _page_of(payment: Any) -> str | None:
    """Return the customer's page while something can be paid there."""
    is_open = checkout_service.is_payable(payment)
    return url_for("payments_storefront.payment_detail", token=payment.token) if is_open else None


def show_amount_form(area: Area, payment_id: int, verb: str, form: Any = None) -> str:
    """Return the page on which an amount to capture or to refund is entered."""
    payment = load(area, payment_id)
    balance = payment.balance
    available = balance.capturable if verb == "capture" else balance.refundable
    form = form or SchemaForm(
        payment_forms.AmountForm, values={"amount": available}, currency=payment.currency
    )
    key = request.form.get(KEY) or area.new_key()
    return area.render(
        "amount_form.html", payment=payment, verb=verb, form=form, key=key, available=available
    )


def act_on_amount(area: Area, payment_id: int, verb: str) -> Any:
    """Capture or refund what was entered; a refusal stands at the amount."""
    payment = load(area, payment_id)
    form = SchemaForm.from_request(payment_forms.AmountForm, currency=payment.currency)
    act = payment_service.request_capture if verb == "capture" else payment_service.request_refund
    if form.is_valid:
        try:
            attempt = act(
                db.session(),
                payment,
                amount=Money(form.value.amount, payment.currency),
                reason=form.value.note,
                idempotency_key=_sent_key(),
                at=clock.now(),
                actor_id=current_user.id,
            )
        except RuleViolation as refusal:
            form.add_error("amount", refusal)
        else:
            return _done(area, payment, attempt)
    return show_amount_form(area, payment_id, verb, form), 422


def void(area: Area, payment_id: int) -> Any:
    """Release what is held."""
    payment = load(area, payment_id)
    attempt = payment_service.request_void(
        db.session(), payment, idempotency_key=_sent_key(), at=clock.now(), actor_id=current_user.id
    )
    return _done(area, payment, attempt)


def _sent_key() -> str | None:
    """Return the key that the form carries, so that sending it twice asks the provider once."""
    return request.form.get(KEY, "")[:64] or None


def _done(area: Area, payment: Any, attempt: Any) -> Any:
    entry = payment.answer_to(attempt)
    if entry is None:
        flash(_("The provider is being asked. The answer appears here."), "success")
    elif entry.kind == EntryKind.DECLINED:
        flash(_("The provider refused: %(reason)s", reason=entry.reason or _("no reason given")), "danger")
    else:
        flash(_("Done: %(what)s.", what=EntryKind(entry.kind).label), "success")
    return go_to(area.url("payment_detail", payment_id=payment.id))
