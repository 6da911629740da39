"""What every provider offers: verbs, the messages it sends, a look-up, and what it can do.

A provider inherits `Provider`, which says no to what it does not define. Declining is an answer, not an exception; an
idempotency key asked twice is answered alike. A provider that is asked over the network says `is_remote`, and is never
asked inside a transaction of the database. It raises `ProviderSilent` when nobody knows what became of a request, and
`ProviderRefusesUs` when it does not serve this account at all.
"""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from pydantic import BaseModel

from modules.payments.exceptions import NotPossible, WebhookRefused
from modules.payments.schemas.ledger import EntryKind
from wizamart.i18n import LazyText, lazy_pgettext
from wizamart.money import Money


class Method(enum.StrEnum):
    """How somebody pays."""

    CARD = "card"
    BANK_DEBIT = "bank_debit"
    BANK_TRANSFER = "bank_transfer"
    WALLET = "wallet"

    @property
    def label(self) -> LazyText:
        """The method in words."""
        return _METHOD_LABELS[self]


_METHOD_LABELS = {
    Method.CARD: lazy_pgettext("payment method", "Card"),
    Method.BANK_DEBIT: lazy_pgettext("payment method", "Direct debit"),
    Method.BANK_TRANSFER: lazy_pgettext("payment method", "Bank transfer"),
    Method.WALLET: lazy_pgettext("payment method", "Wallet"),
}


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a provider can do, so that pages offer nothing else.

    `currencies` is None where every currency is taken. `capture_releases_rest` says that after a part was taken nothing
    is held any more, `closes_pages` that a page at the provider can be closed by `cancel`. Within `keys_hold` a request
    may be made again with its key; later it has to be looked up.
    """

    methods: tuple[Method, ...]
    has_live_mode: bool = True
    partial_capture: bool = True
    partial_refund: bool = True
    void: bool = True
    is_remote: bool = False
    capture_releases_rest: bool = False
    closes_pages: bool = False
    currencies: frozenset[str] | None = None
    keys_hold: timedelta = timedelta(hours=23)


@dataclass(frozen=True, slots=True)
class Access:
    """How a provider is asked: whose account, in which mode, with which credentials (plain, never logged).

    `api_base` is another address than the provider's own, which tests set; it never comes from the web.
    """

    is_live: bool
    credentials: Mapping[str, str] = field(repr=False)
    api_base: str = ""


@dataclass(frozen=True, slots=True)
class Authorization:
    """What is asked of a provider when somebody pays.

    `source` is its token for the customer's card or account, never stored; it is empty where the customer goes to the
    provider's page, or is told what to do. `number` and `token` are our names of the payment, `page_url` the absolute
    address of its page, to which the customer comes back.
    """

    amount: Money
    method: Method
    source: str = field(repr=False)
    reference: str
    idempotency_key: str
    number: int = 0
    token: str = ""
    page_url: str = ""
    customer_email: str = ""
    captures_automatically: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a provider answered; `external_id` names what happened at the provider and is never used twice there.

    `external_id` equals the `fact_id` of messages about the same. With `is_final` false the answer is still to come,
    by a message or a look-up: `external_id` is then what the provider calls the request.
    """

    kind: EntryKind
    external_id: str
    payment_external_id: str
    method_label: str = ""
    reason: str = ""
    action_url: str = ""
    is_final: bool = True


@dataclass(frozen=True, slots=True)
class Notice:
    """What a message or a look-up tells: what happened to which payment.

    `external_id` names the message, `fact_id` what happened, which several messages may tell; without one the message
    stands for it. `reverses` is the `fact_id` of a refund that came back. `token` is our own name of the payment, and
    `attempt_key` that of the request, where the provider gives them back. `dispute` is the provider's number of the
    dispute that this tells of, and `due_at` until when it wants an answer. `payload` is what the page of the payment
    shows of the message: nothing secret.
    """

    external_id: str
    payment_external_id: str
    kind: EntryKind
    amount: Money
    reason: str = ""
    occurred_at: datetime | None = None
    fact_id: str = ""
    reverses: str = ""
    token: str = ""
    attempt_key: str = ""
    method_label: str = ""
    dispute: str = ""
    due_at: datetime | None = None
    title: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Inquiry:
    """Which payment is looked up: `external_id` is the provider's latest name for it, and may be empty.

    `attempts` maps the keys of our requests to what the provider called them ("" where its answer got lost).
    """

    token: str
    external_id: str
    amount: Money
    attempts: Mapping[str, str]
    created_at: datetime


class Provider:
    """A provider; this one can do nothing."""

    code: ClassVar[str]
    name: ClassVar[LazyText | str]
    capabilities: ClassVar[Capabilities]
    credentials_model: ClassVar[type[BaseModel]]
    """The form of its credentials: secrets are `SecretStr`."""
    needed_credentials: ClassVar[tuple[str, ...]] = ()
    """What an account cannot be used without, in test mode either."""
    optional_credentials: ClassVar[tuple[str, ...]] = ()
    """What an account can be used without, in live mode, too."""
    events: ClassVar[tuple[str, ...]] = ()
    """Which messages somebody has to choose at the provider."""
    checkout_template: ClassVar[str] = "payments/storefront/_redirect.html"
    """What the customer is shown on the payment's page. Needs: payment, details, form_key, card_choices."""

    def authorize(self, access: Access, request: Authorization) -> Outcome:  # noqa: ARG002 - of the interface
        """Hold or take an amount, or answer `ACTION_REQUIRED`, with the address to which the customer has to go."""
        raise NotPossible

    def complete(self, access: Access, payment: str, amount: Money, *, idempotency_key: str) -> Outcome:  # noqa: ARG002
        """Make use of the customer's consent, where the provider tells of it by `APPROVED` and waits."""
        raise NotPossible

    def capture(self, access: Access, payment: str, amount: Money, *, idempotency_key: str) -> Outcome:  # noqa: ARG002
        """Take an amount, or a part of it, that is held."""
        raise NotPossible

    def void(self, access: Access, payment: str, amount: Money, *, idempotency_key: str) -> Outcome:  # noqa: ARG002
        """Release what is held and not taken."""
        raise NotPossible

    def refund(self, access: Access, payment: str, amount: Money, *, idempotency_key: str) -> Outcome:  # noqa: ARG002
        """Give back an amount that was taken."""
        raise NotPossible

    def cancel(self, access: Access, request: str, amount: Money, *, idempotency_key: str) -> Outcome:  # noqa: ARG002
        """Close the page to which a customer was sent: nothing is to be paid there any more.

        `request` is what the provider called the request that led there.
        """
        raise NotPossible

    def fetch(self, access: Access, inquiry: Inquiry) -> Sequence[Notice]:  # noqa: ARG002
        """Look up all that has happened to a payment; what is told again does no harm."""
        return ()

    def check_credentials(self, access: Access) -> str:  # noqa: ARG002
        """Ask the provider whether it knows this account, and return whose it is ("" where nobody can be asked).

        :raises ProviderRefusesUs: when it does not.
        """
        return ""

    def faults(self, access: Access) -> Mapping[str, str]:  # noqa: ARG002
        """Return what is wrong with credentials as far as it can be seen without asking, by field."""
        return {}

    def checkout_details(self, access: Access, request: Authorization) -> Mapping[str, Any]:  # noqa: ARG002
        """Return what `checkout_template` shows besides the payment."""
        return {}

    def time_to_pay(self, access: Access) -> timedelta | None:  # noqa: ARG002
        """Return how long customers are given to pay; None where they pay at once."""
        return None

    def dispute_address(self, number: str, *, is_live: bool) -> str:  # noqa: ARG002
        """Return the page at the provider where a dispute is answered; nothing where there is none."""
        return ""

    def handle_webhook(
        self,
        access: Access,  # noqa: ARG002 - of the interface
        headers: Mapping[str, str],  # noqa: ARG002
        body: bytes,  # noqa: ARG002
        *,
        at: datetime,  # noqa: ARG002
    ) -> Sequence[Notice]:
        """Verify a message and say what it tells.

        :raises WebhookRefused: when it is not signed by the provider, is too old, or cannot be read.
        """
        raise WebhookRefused


Gateway = Provider
