"""Trying an account out: a payment with one of the test provider's cards, and the messages it would send."""

import uuid
from typing import Any, Literal, cast

from flask import flash, request
from flask_login import current_user

from modules.payments.gateways.interface import Notice
from modules.payments.gateways.test_provider import CARDS, TestProvider, build_message
from modules.payments.routes.area import Area
from modules.payments.routes.payment_pages import load
from modules.payments.schemas.ledger import EntryKind, PaymentStatus
from modules.payments.schemas.payment import OwnTestPaymentForm, TestPaymentForm
from modules.payments.services import account_service, payment_service, webhook_service
from modules.tenancy.services import vendor_service
from wizamart import clock
from wizamart.database import db
from wizamart.exceptions import NotFound, RuleViolation
from wizamart.i18n import gettext as _
from wizamart.money import Money
from wizamart.platform_context import current_platform
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to

Answer = Literal["confirmed", "refused"]


def _accounts(area: Area) -> dict[int, Any]:
    """Return the accounts that can be tried out."""
    return account_service.list_testable(db.session(), vendor_id=area.vendor_id, gateway=TestProvider.code)


def _form(area: Area, accounts: dict[int, Any]) -> SchemaForm[Any]:
    choices: dict[str, Any] = {
        "account_id": [(account.id, account.name) for account in accounts.values()],
        "card": [(card.number, f"{card.number}: {card.label}") for card in CARDS],
    }
    if area.is_admin:
        choices["vendor_id"] = vendor_service.list_choices(db.session(), current_platform.id)
    model = TestPaymentForm if area.is_admin else OwnTestPaymentForm
    sent = request.form if request.method == "POST" else None
    return SchemaForm(model, sent, choices=choices, currency=current_platform.currency)


def show_new(area: Area, form: SchemaForm[Any] | None = None) -> str:
    """Return the form of a test payment, or what is missing for one."""
    accounts = _accounts(area)
    key = request.form.get("idempotency_key") or uuid.uuid4().hex
    return area.render("test_payment.html", form=form or _form(area, accounts), accounts=accounts, key=key)


def create(area: Area) -> Any:
    """Make a test payment."""
    accounts = _accounts(area)
    form = _form(area, accounts)
    if form.is_valid:
        try:
            payment = _start(area, form.value, accounts[form.value.account_id])
        except RuleViolation as refusal:
            form.add_error("", refusal)
        else:
            flash(_("The test payment is made: %(status)s.", status=payment.status.label), "success")
            return go_to(area.url("payment_detail", payment_id=payment.id))
    return show_new(area, form), 422


def _start(area: Area, values: Any, account: Any) -> Any:
    now = clock.now()
    return payment_service.start_payment(
        db.session(),
        platform_id=current_platform.id,
        vendor_id=area.vendor_id or values.vendor_id,
        amount=Money(values.amount, current_platform.currency),
        reference=values.reference or now.strftime("TEST-%Y%m%d-%H%M%S"),
        source=values.card,
        account=account,
        captures_automatically=values.capture == "now",
        idempotency_key=request.form.get("idempotency_key", "")[:64] or None,
        at=now,
        actor_id=current_user.id,
    )


def answer(area: Area, payment_id: int, given: str) -> Any:
    """Send the message that the test provider would send once the customer has answered.

    It goes the way of every message: signed, verified, stored, handled.
    """
    payment = load(area, payment_id)
    account = payment.account
    if payment.gateway != TestProvider.code or account is None or given not in {"confirmed", "refused"}:
        raise NotFound
    if payment.status is not PaymentStatus.ACTION_REQUIRED:
        raise RuleViolation
    now = clock.now()
    secret = account.credentials.get("webhook_secret", "")
    if not secret:
        flash(
            _("Enter a secret of the messages at the account first: without it none is accepted."), "danger"
        )
        return go_to(area.url("payment_detail", payment_id=payment.id))
    headers, body = build_message(secret, _notice(payment, cast("Answer", given)), at=now)
    messages = webhook_service.receive(db.session(), account.public_id, headers, body, at=now)
    for message in messages:
        webhook_service.handle(db.session(), message.id, at=now)
    flash(_("The provider's message has arrived: %(status)s.", status=payment.status.label), "success")
    return go_to(area.url("payment_detail", payment_id=payment.id))


def _notice(payment: Any, given: Answer) -> Notice:
    is_confirmed = given == "confirmed"
    return Notice(
        external_id=f"{payment.external_id}_{given}",
        payment_external_id=payment.external_id,
        kind=EntryKind.AUTHORIZED if is_confirmed else EntryKind.DECLINED,
        amount=payment.amount,
        reason="" if is_confirmed else "customer_refused",
    )
