"""What every provider offers: four verbs, the messages it sends, and what it can do."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from pydantic import BaseModel

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
    """What a provider can do, so that pages offer nothing else."""

    methods: tuple[Method, ...]
    has_live_mode: bool = True
    partial_capture: bool = True
    partial_refund: bool = True
    void: bool = True


@dataclass(frozen=True, slots=True)
class Access:
    """How a provider is asked: whose account, in which mode, with which credentials (plain, never logged)."""

    is_live: bool
    credentials: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Authorization:
    """What is asked of a provider; `source` is its token for the customer's card or account, never stored."""

    amount: Money
    method: Method
    source: str = field(repr=False)
    reference: str
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a provider answered; `external_id` names the event at the provider and is never used twice there."""

    kind: EntryKind
    external_id: str
    payment_external_id: str
    method_label: str = ""
    reason: str = ""
    action_url: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """One message of a provider, verified: what happened to which of its payments."""

    external_id: str
    payment_external_id: str
    kind: EntryKind
    amount: Money
    reason: str = ""
    occurred_at: datetime | None = None


class Gateway(Protocol):
    """A provider. Declining is an answer, not an exception; an idempotency key asked twice is answered alike."""

    @property
    def code(self) -> str:
        """The name in rows and addresses."""

    @property
    def name(self) -> LazyText | str:
        """The name for people."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""

    @property
    def credentials_model(self) -> type[BaseModel]:
        """The form of its credentials: secrets are `SecretStr`."""

    def authorize(self, access: Access, request: Authorization) -> Outcome:
        """Hold an amount."""

    def capture(self, access: Access, payment: str, amount: Money, *, idempotency_key: str) -> Outcome:
        """Take an amount, or a part of it, that is held."""

    def void(self, access: Access, payment: str, amount: Money, *, idempotency_key: str) -> Outcome:
        """Release what is held and not taken."""

    def refund(self, access: Access, payment: str, amount: Money, *, idempotency_key: str) -> Outcome:
        """Give back an amount that was taken."""

    def handle_webhook(
        self, access: Access, headers: Mapping[str, str], body: bytes, *, at: datetime
    ) -> Sequence[Notice]:
        """Verify a message and say what it tells.

        :raises WebhookRefused: when it is not signed by the provider, is too old, or cannot be read.
        """
