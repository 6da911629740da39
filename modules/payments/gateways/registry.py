"""The providers that are installed, by code."""

import functools
from collections.abc import Mapping
from types import MappingProxyType

from modules.payments.exceptions import ProviderUnknown
from modules.payments.gateways.interface import Gateway


@functools.cache
def installed_gateways() -> Mapping[str, Gateway]:
    """Return all providers by their codes; they are loaded when one is first asked for, not at the start."""
    from modules.payments.gateways.bank_transfer import BankTransfer
    from modules.payments.gateways.paypal import PayPalProvider
    from modules.payments.gateways.stripe.provider import StripeProvider
    from modules.payments.gateways.test_provider import TestProvider

    gateways = (StripeProvider(), PayPalProvider(), BankTransfer(), TestProvider())
    return MappingProxyType({gateway.code: gateway for gateway in gateways})


def find_gateway(code: str) -> Gateway | None:
    """Return a provider, or None where its code is not installed (any more)."""
    return installed_gateways().get(code)


def get_gateway(code: str) -> Gateway:
    """Return a provider.

    :raises ProviderUnknown: when its code is not installed (any more).
    """
    gateway = find_gateway(code)
    if gateway is None:
        raise ProviderUnknown(gateway=code)
    return gateway
