"""The kinds of notifications: which event makes each, whom it concerns, what it says by default."""

from dataclasses import replace
from typing import Final

from modules.messaging.schemas.kind import Audience, NotificationKind, Placeholder
from wizamart.i18n import gettext_noop as _
from wizamart.module_system.definition import FrontendType

_ADMIN, _VENDOR = FrontendType.ADMIN, FrontendType.VENDOR
_READ: Final = "messaging:notification:read"
_VENDOR_NAME: Final = Placeholder(_("Name of the vendor"), ("vendor_name",), "Atelier Moselle")
_REASON: Final = Placeholder(_("Reason given"), ("reason", "message", "failure_message"), "–")
_REFUSAL: Final = replace(
    _REASON, sources=("reason_text", "reason"), example="The card was declined.", context="reason"
)
_ORDER: Final = Placeholder(
    _("Number of the order"), ("number", "order_number", "reference", "order_id"), "B-1042"
)
_AMOUNT: Final = Placeholder(
    _("Amount with currency"),
    ("gross_minor", "total_minor", "amount_minor", "total", "amount"),
    12990,
    currency="currency",
)
_ORDER_LINK: Final = {"order_id": "order_id"}
_PRODUCT: Final = {
    "product": Placeholder(_("Title of the product"), ("title",), "Linen tea towel"),
    "sku": Placeholder(_("SKU"), ("sku",), "TEA-01"),
    "available": Placeholder(_("How many are available"), ("available",), "3"),
    "threshold": Placeholder(_("Low-stock threshold"), ("threshold",), "5"),
}
_PAYMENT: Final = {
    "amount": _AMOUNT,
    "reference": Placeholder(_("Reference of the payment"), ("reference", "payment_id"), "P-2291"),
}


def _payment_audiences(*, mails_by_default: bool) -> dict[FrontendType, Audience]:
    """Return whoever may see payments, in both portals."""
    return {
        portal: Audience(
            "payments:payment:read",
            f"payments_{portal}.payment_detail",
            {"payment_id": "payment_id"},
            mails_by_default,
        )
        for portal in (_VENDOR, _ADMIN)
    }


KINDS: Final = (
    NotificationKind(
        code="vendor-created",
        event="tenancy.vendor_created",
        module_code="tenancy",
        label=_("A vendor waits for approval"),
        icon="building-store",
        subject=_("New vendor: %(vendor)s"),
        body=_("%(vendor)s was added and cannot sell before somebody approves it."),
        placeholders={"vendor": _VENDOR_NAME},
        audiences={
            _ADMIN: Audience("tenancy:vendor:read", "tenancy_admin.vendor_detail", {"vendor_id": "vendor_id"})
        },
        identity=("vendor_id",),
    ),
    NotificationKind(
        code="vendor-approved",
        event="tenancy.vendor_approved",
        module_code="tenancy",
        label=_("The vendor is approved"),
        icon="circle-check",
        subject=_("%(vendor)s is approved"),
        body=_("%(vendor)s can sell from now on. Welcome!"),
        placeholders={"vendor": _VENDOR_NAME},
        audiences={_VENDOR: Audience(_READ, "core_vendor.dashboard", mails_by_default=True)},
        identity=("vendor_id",),
        recurs=True,
    ),
    NotificationKind(
        code="vendor-suspended",
        event="tenancy.vendor_suspended",
        module_code="tenancy",
        label=_("The vendor is suspended"),
        icon="ban",
        subject=_("%(vendor)s is suspended"),
        body=_("%(vendor)s cannot sell until further notice. Reason: %(reason)s\nNothing was deleted."),
        placeholders={"vendor": _VENDOR_NAME, "reason": _REASON},
        audiences={_VENDOR: Audience(_READ, mails_by_default=True)},
        identity=("vendor_id",),
        recurs=True,
    ),
    NotificationKind(
        code="order-placed",
        event="orders.order_placed",
        module_code="orders",
        label=_("An order was placed"),
        icon="shopping-cart",
        subject=_("Order %(order)s was placed"),
        body=_("Order %(order)s for %(amount)s was placed and waits to be fulfilled."),
        placeholders={"order": _ORDER, "amount": _AMOUNT},
        audiences={
            _VENDOR: Audience(
                "orders:order:read", "orders_vendor.order_detail", _ORDER_LINK, mails_by_default=True
            ),
            _ADMIN: Audience("orders:order:read", "orders_admin.order_detail", _ORDER_LINK),
        },
        identity=("order_id",),
    ),
    NotificationKind(
        code="payment-captured",
        event="payments.payment_captured",
        module_code="payments",
        label=_("A payment came in"),
        icon="cash",
        subject=_("Payment received: %(amount)s"),
        body=_("The payment %(reference)s of %(amount)s was received."),
        placeholders={**_PAYMENT, "amount": replace(_AMOUNT, sources=("captured_minor", "amount_minor"))},
        audiences=_payment_audiences(mails_by_default=False),
        identity=("payment_id", "captured_minor"),
    ),
    NotificationKind(
        code="payment-failed",
        event="payments.payment_failed",
        module_code="payments",
        label=_("A payment failed"),
        icon="alert-triangle",
        subject=_("Payment failed: %(amount)s"),
        body=_("The payment %(reference)s of %(amount)s failed. Reason: %(reason)s"),
        placeholders={**_PAYMENT, "reason": _REFUSAL},
        audiences=_payment_audiences(mails_by_default=True),
        identity=("payment_id",),
        recurs=True,
    ),
    NotificationKind(
        code="payment-disputed",
        event="payments.payment_disputed",
        module_code="payments",
        label=_("A payment is disputed"),
        icon="alert-triangle",
        subject=_("Disputed: payment %(reference)s of %(amount)s"),
        body=_(
            "The customer wants %(amount)s of the payment %(reference)s back. The provider decides, and waits for your "
            "answer until the day that the payment's page names."
        ),
        placeholders=_PAYMENT,
        audiences=_payment_audiences(mails_by_default=True),
        identity=("entry_id",),
        recurs=True,
    ),
    NotificationKind(
        code="stock-low",
        event="inventory.stock_low",
        module_code="inventory",
        label=_("Stock is low"),
        icon="package",
        subject=_("Stock is low: %(product)s"),
        body=_("%(product)s (%(sku)s): %(available)s left, the threshold is %(threshold)s."),
        placeholders=_PRODUCT,
        audiences={
            _VENDOR: Audience(
                "inventory:product:read", "inventory_vendor.product_edit", {"product_id": "product_id"}
            )
        },
        identity=("variant_id",),
        recurs=True,
    ),
    NotificationKind(
        code="goods-missing",
        event="inventory.goods_missing",
        module_code="inventory",
        label=_("Goods for an order are missing"),
        icon="alert-triangle",
        subject=_("Order %(order)s: %(product)s is short"),
        body=_(
            "Order %(order)s came while the inventory was off, and %(missing)s of %(product)s (%(sku)s) are "
            "missing. Count what lies there, and receive more or talk to the customer."
        ),
        placeholders={
            "order": _ORDER,
            "product": _PRODUCT["product"],
            "sku": _PRODUCT["sku"],
            "missing": Placeholder(_("How many are missing"), ("missing",), "2"),
        },
        audiences={
            _VENDOR: Audience(
                "inventory:product:read", "inventory_vendor.product_edit", {"product_id": "product_id"}
            )
        },
        identity=("order_id", "variant_id"),
    ),
    NotificationKind(
        code="customer-created",
        event="customers.customer_created",
        module_code="customers",
        label=_("A customer was added"),
        icon="user",
        subject=_("New customer"),
        body=_("Customer %(customer)s is new on the platform."),
        placeholders={"customer": Placeholder(_("Number of the customer"), ("customer_id",), "318")},
        audiences={
            _ADMIN: Audience(
                "customers:customer:read", "customers_admin.customer_detail", {"customer_id": "customer_id"}
            )
        },
        identity=("customer_id",),
    ),
)

KIND_BY_CODE: Final = {kind.code: kind for kind in KINDS}
KINDS_BY_EVENT: Final = {kind.event: kind for kind in KINDS}
