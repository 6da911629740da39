"""Stripe's amounts: whole numbers of what Stripe takes for a currency's smallest unit, which is not always ISO's."""

from typing import Final

from babel.numbers import get_currency_precision

from wizamart.money import Money

# https://docs.stripe.com/currencies: all others have two decimals there, also those that have none at home.
WITHOUT_DECIMALS: Final = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF")
)
WITH_THREE: Final = frozenset(("BHD", "JOD", "KWD", "OMR", "TND"))
# Amounts in these are sent with more digits than Stripe takes: the last ones have to be zeros.
STEPS: Final = {"ISK": 100, "UGX": 100, **dict.fromkeys(WITH_THREE, 10)}


class AmountNotPossible(ValueError):
    """Stripe has no number for this amount."""


def to_stripe(amount: Money) -> int:
    """Return an amount as Stripe counts it.

    :raises AmountNotPossible: when it is finer than Stripe takes.
    """
    shift = _shift(amount.currency)
    number, rest = _scaled(amount.minor, shift)
    if rest or number % STEPS.get(amount.currency, 1):
        raise AmountNotPossible(amount)
    return number


def from_stripe(number: int, currency: str) -> Money:
    """Return an amount that Stripe told.

    :raises AmountNotPossible: when it is finer than the currency is.
    """
    code = currency.upper()
    shift = _shift(code)
    minor, rest = _scaled(number, -shift)
    if rest:
        raise AmountNotPossible((number, currency))
    return Money(minor, code)


def _shift(currency: str) -> int:
    """Return how many digits more Stripe takes than people use."""
    digits = 0 if currency in WITHOUT_DECIMALS else 3 if currency in WITH_THREE else 2
    precision: int = get_currency_precision(currency)
    return digits - precision


def _scaled(number: int, shift: int) -> tuple[int, int]:
    """Return a number with some digits more or less, and what falls off."""
    more: int = 10 ** max(shift, 0)
    less: int = 10 ** max(-shift, 0)
    return divmod(number * more, less)
