"""The providers that are installed, by code."""

from collections.abc import Mapping
from types import MappingProxyType

from modules.payments.exceptions import ProviderUnknown
from modules.payments.gateways.bank_transfer import BankTransfer
from modules.payments.gateways.interface import Gateway
from modules.payments.gateways.paypal import PayPalProvider
from modules.payments.gateways.stripe.provider import StripeProvider
from modules.payments.gateways.test_provider import TestProvider

GATEWAYS: Mapping[str, Gateway] = MappingProxyType(
    {
        gateway.code: gateway
        for gateway in (StripeProvider(), PayPalProvider(), BankTransfer(), TestProvider())
    }
)


def find_gateway(code: str) -> Gateway | None:
    """Return a provider, or None where its code is not installed (any more)."""
    return GATEWAYS.get(code)


def get_gateway(code: str) -> Gateway:
    """Return a provider.

    :raises ProviderUnknown: when its code is not installed (any more).
    """
    gateway = find_gateway(code)
    if gateway is None:
        raise ProviderUnknown(gateway=code)
    return gateway
