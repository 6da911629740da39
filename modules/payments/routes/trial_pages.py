"""Trying an account out: a payment with one of the test provider's cards, and the messages it would send."""

import uuid
from typing import Any, cast, get_args

from flask import flash, request
from flask_login import current_user

from modules.payments.exceptions import SecretMissing
from modules.payments.gateways.test_provider import CARDS, TestProvider
from modules.payments.routes.area import Area
from modules.payments.routes.payment_pages import load
from modules.payments.schemas import payment as payment_forms
from modules.payments.services import account_service, payment_service, trial_service
from modules.tenancy.services import vendor_service
from wizamart import clock
from wizamart.database import db
from wizamart.exceptions import NotFound, RuleViolation
from wizamart.i18n import gettext as _
from wizamart.money import Money
from wizamart.platform_context import current_platform
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to


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
    model = payment_forms.TestPaymentForm if area.is_admin else payment_forms.OwnTestPaymentForm
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
    """Answer in the customer's place."""
    payment = load(area, payment_id)
    if given not in get_args(trial_service.Answer):
        raise NotFound
    try:
        trial_service.answer(db.session(), payment, cast("trial_service.Answer", given), at=clock.now())
    except SecretMissing as missing:
        flash(str(missing), "danger")
    else:
        flash(_("The provider's message has arrived: %(status)s.", status=payment.status.label), "success")
    return go_to(area.url("payment_detail", payment_id=payment.id))
