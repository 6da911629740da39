"""The test provider: answers like a real one, by rules that everybody can foresee, and moves no money."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pydantic import Field, SecretStr

from modules.payments.exceptions import WebhookRefused
from modules.payments.gateways.interface import (
    Access,
    Authorization,
    Capabilities,
    Method,
    Notice,
    Outcome,
    Provider,
)
from modules.payments.gateways.signatures import sign, verify
from modules.payments.schemas.ledger import EntryKind
from wizamart import clock
from wizamart.i18n import LazyText, gettext_noop, lazy_gettext as _
from wizamart.money import Money
from wizamart.schema import Schema

SIGNATURE_HEADER: Final = "Wizamart-Test-Signature"


@dataclass(frozen=True, slots=True)
class TestCard:
    """A number and what comes of it."""

    __test__ = False  # pytest takes the name for a test

    number: str
    label: LazyText
    kind: EntryKind = EntryKind.AUTHORIZED
    reason: str = ""
    refuses: frozenset[str] = frozenset()


CARDS: Final = (
    TestCard("4111111111111111", _("is accepted")),
    TestCard("4000000000000010", _("is declined"), EntryKind.DECLINED, "card_declined"),
    TestCard("4000000000000028", _("has no funds left"), EntryKind.DECLINED, "insufficient_funds"),
    TestCard("4000000000000036", _("asks the customer to confirm"), EntryKind.ACTION_REQUIRED),
    TestCard("4000000000000044", _("is accepted, but capturing fails"), refuses=frozenset({"capture"})),
    TestCard("4000000000000051", _("is accepted, but refunding fails"), refuses=frozenset({"refund"})),
)
DECLINED_MINOR: Final = 66601
CONFIRMED_MINOR: Final = 66602
_BY_NUMBER: Final = {card.number: card for card in CARDS}
_SUFFIXES: Final = {"capture": "c", "refund": "r"}


class TestCredentials(Schema):
    """What a real provider would hand out; the secret signs its messages."""

    __test__ = False

    api_key: SecretStr = Field(SecretStr(""), title=gettext_noop("API key"), max_length=200)
    webhook_secret: SecretStr = Field(
        SecretStr(""),
        title=gettext_noop("Secret of the messages"),
        description=gettext_noop(
            "Messages of the provider are accepted only with a signature made with this secret."
        ),
        max_length=200,
    )


class TestProvider(Provider):
    """See the module. Everything it knows of a payment stands in the id that it gives to it."""

    __test__ = False

    code = "test"
    name = _("Test provider")
    capabilities = Capabilities(methods=(Method.CARD, Method.BANK_DEBIT), has_live_mode=False)
    credentials_model = TestCredentials
    checkout_template = "payments/storefront/_card.html"

    def authorize(self, access: Access, request: Authorization) -> Outcome:  # noqa: ARG002 - of the interface
        """Answer by the card's number, or by the amount: 666.01 is declined, 666.02 asks for a confirmation."""
        card = _BY_NUMBER.get(request.source)
        if request.method is Method.CARD and card is None:
            card = TestCard("", _("unknown"), EntryKind.DECLINED, "invalid_number")
        card = card or CARDS[0]
        kind, reason = card.kind, card.reason
        if request.amount.minor == DECLINED_MINOR:
            kind, reason = EntryKind.DECLINED, "amount_declined"
        elif request.amount.minor == CONFIRMED_MINOR:
            kind = EntryKind.ACTION_REQUIRED
        refuses = "".join(_SUFFIXES[verb] for verb in sorted(card.refuses))
        payment = f"tp_{_token('authorize', request.idempotency_key)}{refuses and '_' + refuses}"
        return Outcome(
            kind=kind,
            external_id=f"{payment}_a",
            payment_external_id=payment,
            method_label=f"•••• {request.source[-4:]}" if request.method is Method.CARD else "",
            reason=reason,
        )

    def capture(self, access: Access, payment: str, amount: Money, *, idempotency_key: str) -> Outcome:  # noqa: ARG002
        """Take, unless the card was one that refuses it."""
        return _answer("capture", EntryKind.CAPTURED, payment, idempotency_key)

    def void(self, access: Access, payment: str, amount: Money, *, idempotency_key: str) -> Outcome:  # noqa: ARG002
        """Release."""
        return _answer("void", EntryKind.VOIDED, payment, idempotency_key)

    def refund(self, access: Access, payment: str, amount: Money, *, idempotency_key: str) -> Outcome:  # noqa: ARG002
        """Give back, unless the card was one that refuses it."""
        return _answer("refund", EntryKind.REFUNDED, payment, idempotency_key)

    def checkout_details(self, access: Access, request: Authorization) -> Mapping[str, Any]:  # noqa: ARG002
        """Return the cards that can be tried."""
        return {"cards": CARDS if request.method is Method.CARD else ()}

    def handle_webhook(
        self, access: Access, headers: Mapping[str, str], body: bytes, *, at: datetime
    ) -> Sequence[Notice]:
        """Verify the signature, then read."""
        secret = access.credentials.get("webhook_secret", "")
        verify(secret, headers.get(SIGNATURE_HEADER, ""), body, at=at)
        try:
            return [_read(json.loads(body))]
        except (ValueError, KeyError, TypeError) as error:
            raise WebhookRefused from error


def build_message(secret: str, notice: Notice, *, at: datetime) -> tuple[dict[str, str], bytes]:
    """Return headers and body as the provider would send them, for trying things out."""
    body = json.dumps(
        {
            "id": notice.external_id,
            "payment": notice.payment_external_id,
            "type": notice.kind.value,
            "amount": notice.amount.minor,
            "currency": notice.amount.currency,
            "reason": notice.reason,
            "created": at.isoformat(),
        },
        sort_keys=True,
    ).encode()
    return {SIGNATURE_HEADER: sign(secret, body, at=at)}, body


def _read(message: dict[str, Any]) -> Notice:
    return Notice(
        external_id=str(message["id"])[:120],
        payment_external_id=str(message["payment"])[:120],
        kind=EntryKind(message["type"]),
        amount=Money(message["amount"], message["currency"]),
        reason=str(message.get("reason", ""))[:200],
        occurred_at=clock.parse(message["created"]),
    )


def _answer(verb: str, kind: EntryKind, payment: str, idempotency_key: str) -> Outcome:
    refuses = payment.removeprefix("tp_").partition("_")[2]
    is_refused = _SUFFIXES.get(verb, "-") in refuses
    return Outcome(
        kind=EntryKind.DECLINED if is_refused else kind,
        external_id=f"{payment}_{verb[0]}{_token(verb, idempotency_key)}",
        payment_external_id=payment,
        reason=f"{verb}_refused" if is_refused else "",
    )


def _token(verb: str, idempotency_key: str) -> str:
    return hashlib.sha256(f"{verb}:{idempotency_key}".encode()).hexdigest()[:24]
