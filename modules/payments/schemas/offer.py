"""What a customer can choose to pay with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from modules.payments.gateways.interface import Method
from wizamart.i18n import LazyText

METHOD_LABELS: Final[dict[str, LazyText]] = {method.value: method.label for method in Method}


@dataclass(frozen=True, slots=True)
class PaymentOffer:
    """One way to pay; `code` is what the form sends back, `detail` a sentence about it."""

    code: str
    label: str
    detail: str
    method: Method
    gateway: str


@dataclass(frozen=True, slots=True)
class CheckoutView:
    """What a customer sees of a payment.

    `stage` is "open", "waiting" (at the provider, or for a confirmation), "held", "paid" or "closed"; `failure` says
    why the last try did not succeed; `details` is what the provider's template shows.
    """

    payment: Any
    stage: str
    template: str
    details: Mapping[str, Any]
    action_url: str = ""
    failure: str = ""
