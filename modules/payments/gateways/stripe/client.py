"""Stripe's client: made for one question, with short time-outs; its failures are those of our interface.

The library is big, and most processes never ask Stripe: it is imported when it is first needed.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from modules.payments.exceptions import ProviderRefusesUs, ProviderSilent
from modules.payments.gateways.interface import Access

if TYPE_CHECKING:
    import stripe

SECONDS_TO_CONNECT: Final = 5.0
SECONDS_TO_ANSWER: Final = 20.0
RETRIES: Final = 1


class Declined(Exception):
    """Stripe has understood and says no; `reason` is its code."""

    def __init__(self, reason: str, payment: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.payment = payment


def connect(access: Access) -> "stripe.StripeClient":
    """Return a client for an account.

    :raises ProviderRefusesUs: when there is no key.
    """
    import stripe

    logging.getLogger("stripe").setLevel(logging.WARNING)  # it would tell of every request, with its address
    key = access.credentials.get("secret_key", "")
    if not key:
        raise ProviderRefusesUs("no secret key")
    return stripe.StripeClient(
        key,
        base_addresses={"api": access.api_base} if access.api_base else None,
        max_network_retries=RETRIES,
        http_client=stripe.RequestsClient(timeout=(SECONDS_TO_CONNECT, SECONDS_TO_ANSWER)),
    )


@contextmanager
def answers() -> Iterator[None]:
    """Turn the library's failures into ours; what they say to us holds no secrets.

    :raises Declined: when Stripe says no to what was asked.
    :raises ProviderRefusesUs: when it does not know us, or does not allow it.
    :raises ProviderSilent: when nobody knows what became of it.
    """
    import stripe

    try:
        yield
    except stripe.CardError as error:
        raise Declined(_reason(error)) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        raise ProviderRefusesUs(_trouble(error)) from error
    except stripe.InvalidRequestError as error:
        if error.http_status in {400, 402, 404} and error.code != "idempotency_key_in_use":
            raise Declined(_reason(error)) from error
        raise ProviderSilent(_trouble(error)) from error
    except stripe.StripeError as error:  # rate limits, conflicts, time-outs, faults of the server
        raise ProviderSilent(_trouble(error)) from error


def options(idempotency_key: str) -> Any:
    """Return what goes with a request that must not be done twice."""
    return {"idempotency_key": idempotency_key}


def _reason(error: Any) -> str:
    body = error.error
    declined = getattr(body, "decline_code", None) if body is not None else None
    return str(declined or error.code or "invalid_request")


def _trouble(error: Any) -> str:
    parts = (type(error).__name__, error.http_status, error.code, error.request_id)
    return " ".join(str(part) for part in parts if part)
