"""Payments in the admin's portal."""

from typing import Any

from modules.payments.routes import account_pages, payment_pages, trial_pages
from modules.payments.routes.area import ADMIN as AREA
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.mounting import module_blueprint
from wizamart.permissions import requires

bp = module_blueprint("payments", FrontendType.ADMIN)


@bp.get("/payments")
@requires("payments:payment:read")
def payment_list() -> str:
    """Show the payments."""
    return payment_pages.show_list(AREA)


@bp.get("/payments.csv")
@requires("payments:payment:read")
def payment_export() -> Any:
    """Download the payments."""
    return payment_pages.export(AREA)


@bp.get("/payments/<int:payment_id>")
@requires("payments:payment:read")
def payment_detail(payment_id: int) -> str:
    """Show one payment."""
    return payment_pages.show(AREA, payment_id)


@bp.get("/payments/<int:payment_id>/captures/new")
@requires("payments:payment:capture")
def capture_new(payment_id: int) -> str:
    """Ask how much to capture."""
    return payment_pages.show_amount_form(AREA, payment_id, "capture")


@bp.post("/payments/<int:payment_id>/captures")
@requires("payments:payment:capture")
def capture_create(payment_id: int) -> Any:
    """Capture."""
    return payment_pages.act_on_amount(AREA, payment_id, "capture")


@bp.get("/payments/<int:payment_id>/refunds/new")
@requires("payments:payment:refund")
def refund_new(payment_id: int) -> str:
    """Ask how much to refund."""
    return payment_pages.show_amount_form(AREA, payment_id, "refund")


@bp.post("/payments/<int:payment_id>/refunds")
@requires("payments:payment:refund")
def refund_create(payment_id: int) -> Any:
    """Refund."""
    return payment_pages.act_on_amount(AREA, payment_id, "refund")


@bp.post("/payments/<int:payment_id>/voiding")
@requires("payments:payment:void")
def payment_void(payment_id: int) -> Any:
    """Release what is held."""
    return payment_pages.void(AREA, payment_id)


@bp.get("/test-payments/new")
@requires("payments:payment:create")
def test_payment_new() -> str:
    """Ask for a test payment."""
    return trial_pages.show_new(AREA)


@bp.post("/test-payments")
@requires("payments:payment:create")
def test_payment_create() -> Any:
    """Make a test payment."""
    return trial_pages.create(AREA)


@bp.post("/test-payments/<int:payment_id>/answer/<given>")
@requires("payments:payment:create")
def test_payment_answer(payment_id: int, given: str) -> Any:
    """Answer in the customer's place."""
    return trial_pages.answer(AREA, payment_id, given)


@bp.get("/payment-accounts")
@requires("payments:account:read")
def account_list() -> str:
    """Show the accounts."""
    return account_pages.show_list(AREA)


@bp.get("/payment-accounts/new/<gateway_code>")
@requires("payments:account:create")
def account_new(gateway_code: str) -> str:
    """Ask for a new account."""
    return account_pages.show_new(AREA, gateway_code)


@bp.post("/payment-accounts/new/<gateway_code>")
@requires("payments:account:create")
def account_create(gateway_code: str) -> Any:
    """Set up an account."""
    return account_pages.create(AREA, gateway_code)


@bp.get("/payment-accounts/<int:account_id>")
@requires("payments:account:read")
def account_detail(account_id: int) -> str:
    """Show one account."""
    return account_pages.show(AREA, account_id)


@bp.get("/payment-accounts/<int:account_id>/edit")
@requires("payments:account:update")
def account_edit(account_id: int) -> str:
    """Ask for changes."""
    return account_pages.show_edit(AREA, account_id)


@bp.post("/payment-accounts/<int:account_id>/edit")
@requires("payments:account:update")
def account_update(account_id: int) -> Any:
    """Change an account."""
    return account_pages.update(AREA, account_id)


@bp.post("/payment-accounts/<int:account_id>/activation")
@requires("payments:account:update")
def account_switch(account_id: int) -> Any:
    """Switch an account on or off."""
    return account_pages.switch(AREA, account_id)
