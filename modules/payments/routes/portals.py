"""The pages of payments, each of them in the admin's portal and in the vendor's."""

from typing import Any

from modules.payments.routes import account_pages, payment_pages, reconcile_pages, trial_pages
from modules.payments.routes.area import current_area
from modules.payments.routes.blueprints import admin, vendor
from wizamart.permissions import requires
from wizamart.web.transactions import own_transactions


@admin.get("/payments")
@vendor.get("/payments")
@requires("payments:payment:read")
def payment_list() -> str:
    """Show the payments."""
    return payment_pages.show_list(current_area())


@admin.get("/payments.csv")
@vendor.get("/payments.csv")
@requires("payments:payment:read")
def payment_export() -> Any:
    """Download the payments."""
    return payment_pages.export(current_area())


@admin.get("/payments/<int:payment_id>")
@vendor.get("/payments/<int:payment_id>")
@requires("payments:payment:read")
def payment_detail(payment_id: int) -> str:
    """Show one payment."""
    return payment_pages.show(current_area(), payment_id)


@admin.get("/payments/<int:payment_id>/captures/new")
@vendor.get("/payments/<int:payment_id>/captures/new")
@requires("payments:payment:capture")
def capture_new(payment_id: int) -> str:
    """Ask how much to capture."""
    return payment_pages.show_amount_form(current_area(), payment_id, "capture")


@admin.post("/payments/<int:payment_id>/captures")
@vendor.post("/payments/<int:payment_id>/captures")
@requires("payments:payment:capture")
def capture_create(payment_id: int) -> Any:
    """Capture."""
    return payment_pages.act_on_amount(current_area(), payment_id, "capture")


@admin.get("/payments/<int:payment_id>/refunds/new")
@vendor.get("/payments/<int:payment_id>/refunds/new")
@requires("payments:payment:refund")
def refund_new(payment_id: int) -> str:
    """Ask how much to refund."""
    return payment_pages.show_amount_form(current_area(), payment_id, "refund")


@admin.post("/payments/<int:payment_id>/refunds")
@vendor.post("/payments/<int:payment_id>/refunds")
@requires("payments:payment:refund")
def refund_create(payment_id: int) -> Any:
    """Refund."""
    return payment_pages.act_on_amount(current_area(), payment_id, "refund")


@admin.post("/payments/<int:payment_id>/voiding")
@vendor.post("/payments/<int:payment_id>/voiding")
@requires("payments:payment:void")
def payment_void(payment_id: int) -> Any:
    """Release what is held."""
    return payment_pages.void(current_area(), payment_id)


@admin.get("/payments/<int:payment_id>/refunds/by-hand")
@vendor.get("/payments/<int:payment_id>/refunds/by-hand")
@requires("payments:payment:reconcile")
def hand_refund_new(payment_id: int) -> str:
    """Ask for a refund that was made at the provider itself."""
    return reconcile_pages.show_hand_form(current_area(), payment_id)


@admin.post("/payments/<int:payment_id>/refunds/by-hand")
@vendor.post("/payments/<int:payment_id>/refunds/by-hand")
@requires("payments:payment:reconcile")
def hand_refund_create(payment_id: int) -> Any:
    """Write down a refund that was made at the provider itself."""
    return reconcile_pages.enter_refund(current_area(), payment_id)


@admin.get("/payments/stuck")
@vendor.get("/payments/stuck")
@requires("payments:payment:read")
def stuck_list() -> str:
    """Show the payments of which a provider owes an answer."""
    return reconcile_pages.show_stuck(current_area())


@admin.post("/payments/<int:payment_id>/look-ups")
@vendor.post("/payments/<int:payment_id>/look-ups")
@requires("payments:payment:reconcile")
@own_transactions
def look_up_create(payment_id: int) -> Any:
    """Ask the provider now."""
    return reconcile_pages.look_up(current_area(), payment_id)


@admin.post("/payments/<int:payment_id>/attempts/<int:attempt_id>/answer")
@vendor.post("/payments/<int:payment_id>/attempts/<int:attempt_id>/answer")
@requires("payments:payment:reconcile")
def attempt_settle(payment_id: int, attempt_id: int) -> Any:
    """Write down what somebody knows of a request."""
    return reconcile_pages.settle(current_area(), payment_id, attempt_id)


@admin.get("/test-payments/new")
@vendor.get("/test-payments/new")
@requires("payments:payment:create")
def test_payment_new() -> str:
    """Ask for a test payment."""
    return trial_pages.show_new(current_area())


@admin.post("/test-payments")
@vendor.post("/test-payments")
@requires("payments:payment:create")
def test_payment_create() -> Any:
    """Make a test payment."""
    return trial_pages.create(current_area())


@admin.post("/test-payments/<int:payment_id>/answer/<given>")
@vendor.post("/test-payments/<int:payment_id>/answer/<given>")
@requires("payments:payment:create")
def test_payment_answer(payment_id: int, given: str) -> Any:
    """Answer in the customer's place."""
    return trial_pages.answer(current_area(), payment_id, given)


@admin.get("/payment-accounts")
@vendor.get("/payment-accounts")
@requires("payments:account:read")
def account_list() -> str:
    """Show the accounts."""
    return account_pages.show_list(current_area())


@admin.get("/payment-accounts/new/<gateway_code>")
@vendor.get("/payment-accounts/new/<gateway_code>")
@requires("payments:account:create")
def account_new(gateway_code: str) -> str:
    """Ask for a new account."""
    return account_pages.show_new(current_area(), gateway_code)


@admin.post("/payment-accounts/new/<gateway_code>")
@vendor.post("/payment-accounts/new/<gateway_code>")
@requires("payments:account:create")
def account_create(gateway_code: str) -> Any:
    """Set up an account."""
    return account_pages.create(current_area(), gateway_code)


@admin.get("/payment-accounts/<int:account_id>")
@vendor.get("/payment-accounts/<int:account_id>")
@requires("payments:account:read")
def account_detail(account_id: int) -> str:
    """Show one account."""
    return account_pages.show(current_area(), account_id)


@admin.get("/payment-accounts/<int:account_id>/edit")
@vendor.get("/payment-accounts/<int:account_id>/edit")
@requires("payments:account:update")
def account_edit(account_id: int) -> str:
    """Ask for changes."""
    return account_pages.show_edit(current_area(), account_id)


@admin.post("/payment-accounts/<int:account_id>/edit")
@vendor.post("/payment-accounts/<int:account_id>/edit")
@requires("payments:account:update")
def account_update(account_id: int) -> Any:
    """Change an account."""
    return account_pages.update(current_area(), account_id)


@admin.post("/payment-accounts/<int:account_id>/activation")
@vendor.post("/payment-accounts/<int:account_id>/activation")
@requires("payments:account:update")
def account_switch(account_id: int) -> Any:
    """Switch an account on or off."""
    return account_pages.switch(current_area(), account_id)


@admin.post("/payment-accounts/<int:account_id>/checks")
@vendor.post("/payment-accounts/<int:account_id>/checks")
@requires("payments:account:update")
@own_transactions
def account_check(account_id: int) -> Any:
    """Ask the provider whether it knows the account."""
    return account_pages.check(current_area(), account_id)
