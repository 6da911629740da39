"""How much can still be taken, given back or released, and whether the provider can be asked for it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from modules.payments.exceptions import (
    MoreThanAuthorized,
    MoreThanCaptured,
    NothingToPay,
    NothingToVoid,
    NotPossible,
    OtherCurrency,
    ProviderUnknown,
)
from modules.payments.gateways.interface import Capabilities
from modules.payments.gateways.registry import find_gateway
from modules.payments.models.payment import Payment
from modules.payments.schemas.ledger import Balance, Verb
from wizamart.exceptions import WizamartError
from wizamart.i18n import format_money
from wizamart.money import Money


@dataclass(frozen=True, slots=True)
class _Rule:
    """What a verb may take, and how it refuses more."""

    available: Callable[[Balance], int]
    refusal: type[WizamartError]
    may_take_part: Callable[[Capabilities], bool]
    is_offered: Callable[[Capabilities], bool] = lambda _capabilities: True


_RULES: Final = {
    Verb.CAPTURE: _Rule(
        lambda balance: balance.capturable, MoreThanAuthorized, lambda can: can.partial_capture
    ),
    Verb.REFUND: _Rule(lambda balance: balance.refundable, MoreThanCaptured, lambda can: can.partial_refund),
    Verb.VOID: _Rule(
        lambda balance: balance.capturable, NothingToVoid, lambda _can: False, lambda can: can.void
    ),
}


def check(payment: Payment, verb: Verb, amount: Money | None) -> int:
    """Return the amount that is meant in minor units, if the provider can be asked for it.

    :raises ProviderUnknown: when nobody is there to be asked; a disabled account still answers for what it took.
    """
    rule = _RULES[verb]
    minor = check_amount(payment, verb, amount)
    gateway = find_gateway(payment.gateway)
    if payment.account is None or gateway is None:
        raise ProviderUnknown(gateway=payment.gateway_name)
    can, is_part = gateway.capabilities, amount is not None and minor < rule.available(payment.balance)
    if not rule.is_offered(can) or (is_part and not rule.may_take_part(can)):
        raise NotPossible
    return minor


def check_amount(payment: Payment, verb: Verb, amount: Money | None) -> int:
    """Return what was given, or all there is, in minor units.

    :raises NothingToPay: for an amount of zero or less.
    :raises OtherCurrency: when it is another currency than the payment's.
    :raises MoreThanCaptured: when less is left; its kin for other verbs.
    """
    rule = _RULES[verb]
    available = rule.available(payment.balance)
    minor = available if amount is None else amount.minor
    if amount is not None and amount.currency != payment.currency:
        raise OtherCurrency(expected=payment.currency, given=amount.currency)
    if amount is not None and minor <= 0:
        raise NothingToPay
    if minor > available or not available:
        raise rule.refusal(available=format_money(available, payment.currency))
    return minor
