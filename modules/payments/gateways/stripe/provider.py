"""Stripe: customers pay on its Checkout page; captures, releases and refunds go through PaymentIntents."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from pydantic import Field, SecretStr

from modules.payments.exceptions import ProviderSilent, WebhookRefused
from modules.payments.gateways.interface import (
    Access,
    Authorization,
    Capabilities,
    Inquiry,
    Method,
    Notice,
    Outcome,
    Provider,
)
from modules.payments.gateways.stripe import notices
from modules.payments.gateways.stripe.amounts import AmountNotPossible, to_stripe
from modules.payments.gateways.stripe.client import Declined, answers, connect, options
from modules.payments.schemas.ledger import EntryKind
from wizamart.i18n import gettext, gettext_noop
from wizamart.money import Money
from wizamart.schema import Schema

TOLERANCE_SECONDS: Final = 300
SIGNATURE_HEADER: Final = "Stripe-Signature"
_METHOD_TYPES: Final = {Method.CARD: "card", Method.BANK_DEBIT: "sepa_debit"}


class StripeCredentials(Schema):
    """What stands in Stripe's dashboard."""

    secret_key: SecretStr = Field(
        SecretStr(""),
        title=gettext_noop("Secret key"),
        description=gettext_noop("Begins with sk_test_ or sk_live_, or rk_ if its rights are restricted."),
        max_length=255,
    )
    webhook_secret: SecretStr = Field(
        SecretStr(""),
        title=gettext_noop("Signing secret of the webhook"),
        description=gettext_noop(
            "Begins with whsec_. Stripe shows it once an endpoint is set up there for the account's address."
        ),
        max_length=255,
    )


class StripeProvider(Provider):
    """See the module."""

    code = "stripe"
    name = "Stripe"
    capabilities = Capabilities(
        methods=(Method.CARD, Method.BANK_DEBIT),
        is_remote=True,
        capture_releases_rest=True,
        closes_pages=True,
    )
    credentials_model = StripeCredentials
    needed_credentials = ("secret_key", "webhook_secret")
    events = tuple(notices.READERS)

    def dispute_address(self, number: str, *, is_live: bool) -> str:
        """Return its page in Stripe's dashboard."""
        return f"https://dashboard.stripe.com/{'' if is_live else 'test/'}disputes/{quote(number, safe='')}"

    def authorize(self, access: Access, request: Authorization) -> Outcome:
        """Open a Checkout page for the customer."""
        key = request.idempotency_key
        metadata = {notices.TOKEN: request.token, notices.ATTEMPT: key}
        try:
            amount = to_stripe(request.amount)
        except AmountNotPossible:
            return Outcome(EntryKind.DECLINED, f"{key}:declined", "", reason="amount_not_possible")
        params: dict[str, Any] = {
            "mode": "payment",
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": request.amount.currency.lower(),
                        "unit_amount": amount,
                        "product_data": {"name": request.reference},
                    },
                }
            ],
            "payment_method_types": [_METHOD_TYPES[request.method]],
            "payment_intent_data": {
                "capture_method": "automatic" if request.captures_automatically else "manual",
                "description": request.reference,
                "metadata": metadata,
            },
            "client_reference_id": request.token,
            "metadata": metadata,
            "success_url": f"{request.page_url}?returned=1",
            "cancel_url": request.page_url,
        }
        if request.customer_email:
            params["customer_email"] = request.customer_email
        try:
            with answers():
                session = connect(access).v1.checkout.sessions.create(params, options(key))  # type: ignore[arg-type]
        except Declined as refusal:
            return Outcome(EntryKind.DECLINED, f"{key}:declined", "", reason=refusal.reason)
        return Outcome(EntryKind.ACTION_REQUIRED, session.id, session.id, action_url=session.url or "")

    def capture(self, access: Access, payment: str, amount: Money, *, idempotency_key: str) -> Outcome:
        """Take what is held; Stripe releases the rest."""
        try:
            with answers():
                intent = connect(access).v1.payment_intents.capture(
                    payment,
                    {"amount_to_capture": to_stripe(amount), "metadata": {notices.CAPTURE: idempotency_key}},
                    options(idempotency_key),
                )
        except Declined as refusal:
            return _refused(payment, idempotency_key, refusal)
        return Outcome(EntryKind.CAPTURED, f"{intent.id}:captured", intent.id)

    def void(self, access: Access, payment: str, amount: Money, *, idempotency_key: str) -> Outcome:  # noqa: ARG002 - all of it
        """Cancel the PaymentIntent."""
        try:
            with answers():
                intent = connect(access).v1.payment_intents.cancel(payment, {}, options(idempotency_key))
        except Declined as refusal:
            return _refused(payment, idempotency_key, refusal)
        return Outcome(EntryKind.VOIDED, f"{intent.id}:canceled", intent.id)

    def refund(self, access: Access, payment: str, amount: Money, *, idempotency_key: str) -> Outcome:
        """Give back; a refund by direct debit is answered by a message days later."""
        try:
            with answers():
                refund = connect(access).v1.refunds.create(
                    {
                        "payment_intent": payment,
                        "amount": to_stripe(amount),
                        "metadata": {notices.ATTEMPT: idempotency_key},
                    },
                    options(idempotency_key),
                )
        except Declined as refusal:
            return _refused(payment, idempotency_key, refusal)
        if refund.status in notices.RETURNED:
            return Outcome(EntryKind.DECLINED, refund.id, payment, reason=refund.failure_reason or "")
        return Outcome(EntryKind.REFUNDED, refund.id, payment, is_final=refund.status == "succeeded")

    def cancel(self, access: Access, request: str, amount: Money, *, idempotency_key: str) -> Outcome:  # noqa: ARG002
        """Expire the Checkout page; one that is paid or expired stays as it is, and is told by its message."""
        with suppress(Declined), answers():
            connect(access).v1.checkout.sessions.expire(request, {}, options(idempotency_key))
        return Outcome(EntryKind.CANCELLED, f"{request}:closed", "")

    def fetch(self, access: Access, inquiry: Inquiry) -> Sequence[Notice]:
        """Look up the Checkout pages, the PaymentIntents they led to, and the refunds of these."""
        found: list[Notice] = []
        known = {inquiry.external_id, *inquiry.attempts.values()}
        intents = {name for name in known if name.startswith("pi_") and ":" not in name}
        try:
            with answers():
                client = connect(access)
                for name in sorted(one for one in known if one.startswith("cs_")):
                    session = client.v1.checkout.sessions.retrieve(name).to_dict()
                    found += notices.of_session(session)
                    intents |= {notices.payment_of(session)} - {name}
                if not intents:
                    query = f"metadata['{notices.TOKEN}']:'{inquiry.token}'"
                    intents = {one.id for one in client.v1.payment_intents.search({"query": query}).data}
                for name in sorted(intents):
                    intent = client.v1.payment_intents.retrieve(name, {"expand": ["latest_charge"]})
                    found += notices.of_intent(intent.to_dict())
                    refunds = client.v1.refunds.list({"payment_intent": name, "limit": 100})
                    for refund in refunds.auto_paging_iter():
                        found += notices.of_refund(refund.to_dict())
        except Declined as refusal:
            raise ProviderSilent(refusal.reason) from refusal
        return found

    def check_credentials(self, access: Access) -> str:
        """Ask Stripe whose key this is."""
        try:
            with answers():
                account = connect(access).v1.accounts.retrieve_current()
        except Declined as refusal:
            raise ProviderSilent(refusal.reason) from refusal
        profile = account.business_profile
        return str((profile.name if profile else None) or account.email or account.id)

    def faults(self, access: Access) -> Mapping[str, str]:
        """Tell keys of the other mode, and what is no key at all."""
        found = {}
        key, secret = (access.credentials.get(name, "") for name in self.needed_credentials)
        mode = "live" if access.is_live else "test"
        if key and not key.startswith((f"sk_{mode}_", f"rk_{mode}_")):
            found["secret_key"] = gettext(
                "In this mode the key begins with %(prefix)s.", prefix=f"sk_{mode}_"
            )
        if secret and not secret.startswith("whsec_"):
            found["webhook_secret"] = gettext("A signing secret begins with whsec_.")
        return found

    def handle_webhook(
        self,
        access: Access,
        headers: Mapping[str, str],
        body: bytes,
        *,
        at: datetime,  # noqa: ARG002 - the library looks at the clock by itself
    ) -> Sequence[Notice]:
        """Let the library verify the signature and its age, then read."""
        import stripe

        sent = next(
            (value for name, value in headers.items() if name.lower() == SIGNATURE_HEADER.lower()), ""
        )
        secret = access.credentials.get("webhook_secret", "")
        try:
            stripe.WebhookSignature.verify_header(body, sent, secret, TOLERANCE_SECONDS)
            return notices.of_event(json.loads(body))
        except (stripe.SignatureVerificationError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise WebhookRefused from error


def _refused(payment: str, key: str, refusal: Declined) -> Outcome:
    return Outcome(EntryKind.DECLINED, f"{key}:declined", payment, reason=refusal.reason)
