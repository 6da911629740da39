"""PayPal: orders of its API version 2, which the customer approves on PayPal's page.

The name of a payment is the latest of order, authorisation and capture. Of a message only its number is believed: what
it is about is fetched anew, after PayPal has said that the message is its own.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

from babel.numbers import get_currency_precision
from pydantic import Field, SecretStr

from modules.payments.exceptions import WebhookRefused
from modules.payments.gateways import paypal_facts as facts
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
from modules.payments.schemas.dispute import DISPUTED
from modules.payments.schemas.ledger import EntryKind
from wizamart import clock
from wizamart.i18n import gettext_noop
from wizamart.money import Money
from wizamart.schema import Schema

if TYPE_CHECKING:
    from modules.payments.gateways.paypal_client import Json, PayPal

TOLERANCE: Final = timedelta(hours=1)
AHEAD: Final = timedelta(minutes=5)
SENT: Final = {
    "transmission_id": "paypal-transmission-id",
    "transmission_time": "paypal-transmission-time",
    "transmission_sig": "paypal-transmission-sig",
    "cert_url": "paypal-cert-url",
    "auth_algo": "paypal-auth-algo",
}
REVERSED: Final = "PAYMENT.CAPTURE.REVERSED"
PAYPAL_HOST: Final = ".paypal.com"
NUMBER: Final = re.compile(r"[0-9A-Za-z-]{1,64}")
CURRENCIES: Final = frozenset(
    "AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD ILS JPY MXN MYR NOK NZD PHP PLN SEK SGD THB USD".split()  # noqa: SIM905 - read as a list of words
)


class PayPalCredentials(Schema):
    """What PayPal's developer pages hand out for an app."""

    client_id: str = Field("", title=gettext_noop("Client ID"), max_length=200)
    client_secret: SecretStr = Field(SecretStr(""), title=gettext_noop("Secret"), max_length=200)
    webhook_id: str = Field(
        "",
        title=gettext_noop("Webhook ID"),
        max_length=60,
        description=gettext_noop(
            "Shown at PayPal once the address for messages of this account is entered there as a webhook."
        ),
    )


class PayPalProvider(Provider):
    """See the module."""

    code = "paypal"
    name = "PayPal"
    capabilities = Capabilities(
        methods=(Method.WALLET,),
        is_remote=True,
        capture_releases_rest=True,
        currencies=CURRENCIES,
        keys_hold=timedelta(hours=5),
    )
    credentials_model = PayPalCredentials
    needed_credentials = ("client_id", "client_secret")
    events = (
        "CHECKOUT.ORDER.APPROVED",
        "PAYMENT.AUTHORIZATION.CREATED",
        "PAYMENT.AUTHORIZATION.VOIDED",
        "PAYMENT.CAPTURE.COMPLETED",
        "PAYMENT.CAPTURE.DECLINED",
        "PAYMENT.CAPTURE.PENDING",
        "PAYMENT.CAPTURE.REFUNDED",
        REVERSED,
        "PAYMENT.REFUND.FAILED",
        "CUSTOMER.DISPUTE.CREATED",
        "CUSTOMER.DISPUTE.UPDATED",
        "CUSTOMER.DISPUTE.RESOLVED",
    )

    def authorize(self, access: Access, request: Authorization) -> Outcome:
        """Create an order, for which the customer has to go to PayPal."""
        order = _client(access).create_order(_order_request(request), key=request.idempotency_key)
        name = facts.name_of(facts.ORDER, str(order["id"]))
        return Outcome(
            kind=EntryKind.ACTION_REQUIRED,
            external_id=name,
            payment_external_id=name,
            method_label="PayPal",
            action_url=_link(order, "payer-action") or _link(order, "approve"),
        )

    def complete(self, access: Access, payment: str, amount: Money, *, idempotency_key: str) -> Outcome:  # noqa: ARG002
        """Take or hold what the customer approved, as the order says."""
        client, (_kind, number) = _client(access), facts.split(payment)
        order = client.get_order(number)
        is_capture = order.get("intent") == "CAPTURE"
        verb = client.capture_order if is_capture else client.authorize_order
        wanted = facts.CAPTURE if is_capture else facts.AUTHORIZATION
        if order.get("status") == "COMPLETED":
            return _outcome_of_order(order, wanted, payment)
        return _decided(
            lambda: _outcome_of_order(verb(number, key=idempotency_key), wanted, payment), payment
        )

    def capture(self, access: Access, payment: str, amount: Money, *, idempotency_key: str) -> Outcome:
        """Take what is held, at most once: PayPal releases the rest."""
        client = _client(access)

        def ask() -> Outcome:
            number = _find(client, payment, facts.AUTHORIZATION)
            body = {"amount": _amount(amount), "final_capture": True}
            capture = client.capture_authorization(number, body, key=idempotency_key)
            return _outcome(capture, facts.CAPTURE, facts.facts_of_capture(capture))

        return _decided(ask, payment, key=idempotency_key)

    def void(self, access: Access, payment: str, amount: Money, *, idempotency_key: str) -> Outcome:  # noqa: ARG002
        """Release what is held."""
        client = _client(access)

        def ask() -> Outcome:
            number = _find(client, payment, facts.AUTHORIZATION)
            client.void_authorization(number, key=idempotency_key)
            name = facts.name_of(facts.AUTHORIZATION, number)
            return Outcome(EntryKind.VOIDED, f"{name}:void", name)

        return _decided(ask, payment, key=idempotency_key)

    def refund(self, access: Access, payment: str, amount: Money, *, idempotency_key: str) -> Outcome:
        """Give back what was taken, or a part of it; the refund carries the key, so that it is known again."""
        client = _client(access)

        def ask() -> Outcome:
            number = _find(client, payment, facts.CAPTURE)
            body = {"amount": _amount(amount), "custom_id": idempotency_key}
            refund = client.refund_capture(number, body, key=idempotency_key)
            found = _outcome(refund, facts.REFUND, facts.facts_of_refund(refund))
            return Outcome(
                found.kind if found.is_final else EntryKind.REFUNDED,
                found.external_id,
                facts.name_of(facts.CAPTURE, number),
                reason=found.reason,
                is_final=found.is_final,
            )

        return _decided(ask, payment, key=idempotency_key)

    def fetch(self, access: Access, inquiry: Inquiry) -> Sequence[Notice]:
        """Look up every record of a payment whose name is known."""
        client = _client(access)
        names = dict.fromkeys([*inquiry.attempts.values(), inquiry.external_id])
        found: dict[str, Notice] = {}
        for name in names:
            if name:
                found |= {notice.fact_id: notice for notice in _look_up(client, name, inquiry)}
        return list(found.values())

    def check_credentials(self, access: Access) -> str:
        """Sign in at PayPal; it does not say whose the account is."""
        from modules.payments.gateways import paypal_client

        paypal_client.forget(access)
        paypal_client.client_for(access).sign_in()
        return ""

    def dispute_address(self, number: str, *, is_live: bool) -> str:
        """Return its page in PayPal's resolution centre."""
        return f"https://www.{'' if is_live else 'sandbox.'}paypal.com/resolutioncenter/view/{quote(number, safe='')}"

    def handle_webhook(
        self, access: Access, headers: Mapping[str, str], body: bytes, *, at: datetime
    ) -> Sequence[Notice]:
        """Ask PayPal whether the message is its own, then fetch what it is about."""
        told = _check_message(access, headers, at)
        try:
            event = json.loads(body)
            kind, resource = str(event["resource_type"]), event["resource"]
            number = str(resource["dispute_id" if kind == facts.DISPUTE else "id"])
            event_id = str(event["id"])[:100]
        except (ValueError, KeyError, TypeError) as error:
            raise WebhookRefused from error
        if not NUMBER.fullmatch(number) or not NUMBER.fullmatch(event_id):
            raise WebhookRefused
        client = _client(access)
        if not client.is_own_message(told, body):
            raise WebhookRefused
        from modules.payments.gateways.paypal_client import Refusal  # few requests ask PayPal

        try:
            notice = next(_fetch(client, kind, number), None)
        except Refusal:
            return []  # what PayPal does not know (any more) says nothing about a payment
        if notice is None:
            return []
        event_type = str(event.get("event_type", ""))
        if event_type == REVERSED:
            notice = replace(notice, reason=DISPUTED)
        # What else an order says has messages of its own.
        return [_as_message(notice, event_id, event_type)]


def _client(access: Access) -> "PayPal":
    from modules.payments.gateways.paypal_client import client_for  # few requests ask PayPal

    return client_for(access)


def _order_request(request: Authorization) -> dict[str, Any]:
    page = {
        "return_url": request.page_url,
        "cancel_url": request.page_url,
        "user_action": "PAY_NOW",
        "shipping_preference": "NO_SHIPPING",
    }
    return {
        "intent": "CAPTURE" if request.captures_automatically else "AUTHORIZE",
        "purchase_units": [
            {
                "amount": _amount(request.amount),
                "custom_id": request.token,
                "description": request.reference[:127],
            }
        ],
        "payment_source": {"paypal": {"experience_context": page}},
    }


def _amount(amount: Money) -> dict[str, str]:
    value = Decimal(amount.minor).scaleb(-get_currency_precision(amount.currency))
    return {"currency_code": amount.currency, "value": f"{value:f}"}


def _link(record: "Json", rel: str) -> str:
    links = record.get("links") or ()
    return next((str(link.get("href", "")) for link in links if link.get("rel") == rel), "")


def _find(client: "PayPal", payment: str, wanted: str) -> str:
    """Return PayPal's number of the record that a verb works on, whatever the payment is called at the moment."""
    from modules.payments.gateways.paypal_client import NOT_FOUND, Refusal

    kind, number = facts.split(payment)
    if kind == wanted:
        return number
    if kind == facts.CAPTURE:
        related = (client.get_capture(number).get("supplementary_data") or {}).get("related_ids") or {}
        kind, number = facts.ORDER, str(related.get("order_id", ""))
    elif kind == facts.AUTHORIZATION:
        related = (client.get_authorization(number).get("supplementary_data") or {}).get("related_ids") or {}
        kind, number = facts.ORDER, str(related.get("order_id", ""))
    for notice in facts.facts_of_order(client.get_order(number)) if number else ():
        found_kind, found = facts.split(notice.external_id)
        if found_kind == wanted and notice.kind in {EntryKind.AUTHORIZED, EntryKind.CAPTURED}:
            return found
    raise Refusal("RESOURCE_NOT_FOUND", NOT_FOUND)


def _outcome_of_order(order: "Json", wanted: str, payment: str) -> Outcome:
    """Return what became of an order: its capture or its authorisation."""
    parts = {facts.CAPTURE: "captures", facts.AUTHORIZATION: "authorizations"}
    readers = {facts.CAPTURE: facts.facts_of_capture, facts.AUTHORIZATION: facts.facts_of_authorization}
    for unit in order.get("purchase_units") or ():
        for record in (unit.get("payments") or {}).get(parts[wanted]) or ():
            return _outcome(record, wanted, readers[wanted](record, unit))
    return Outcome(EntryKind.CAPTURED, f"{payment}:pending", payment, is_final=False)


def _outcome(record: "Json", kind: str, found: Iterator[Notice]) -> Outcome:
    """Return the answer that a record is; while PayPal looks at it, only its name is known."""
    name = facts.name_of(kind, str(record["id"]))
    notice = next(found, None)
    if notice is None:
        return Outcome(EntryKind.CAPTURED, name, name, is_final=False)
    return Outcome(notice.kind, notice.fact_id, name, method_label="PayPal", reason=notice.reason)


def _decided(ask: Callable[[], Outcome], payment: str, *, key: str = "") -> Outcome:
    """Return an answer; that PayPal says no is one."""
    from modules.payments.gateways.paypal_client import Refusal

    try:
        return ask()
    except Refusal as refusal:
        reason = refusal.issue.casefold()
        return Outcome(
            EntryKind.DECLINED, f"{payment}:{key or 'complete'}:{reason}"[:120], payment, reason=reason
        )


def _look_up(client: "PayPal", name: str, inquiry: Inquiry) -> Iterator[Notice]:
    from modules.payments.gateways.paypal_client import Refusal

    kind, number = facts.split(name)
    try:
        yield from _fetch(client, kind, number)
    except Refusal:
        if kind == facts.ORDER and name == inquiry.external_id:  # PayPal forgets what nobody approved
            yield Notice(name, name, EntryKind.DECLINED, inquiry.amount, "expired", fact_id=f"{name}:expired")


def _fetch(client: "PayPal", kind: str, number: str) -> Iterator[Notice]:
    """Yield what one record says now; other kinds of records say nothing about payments."""
    if kind in {facts.ORDER, "checkout-order"}:
        yield from facts.facts_of_order(client.get_order(number))
    elif kind in {facts.AUTHORIZATION, "authorization"}:
        yield from facts.facts_of_authorization(client.get_authorization(number))
    elif kind == facts.CAPTURE:
        yield from facts.facts_of_capture(client.get_capture(number))
    elif kind == facts.REFUND:
        yield from facts.facts_of_refund(client.get_refund(number))
    elif kind == facts.DISPUTE:
        yield from facts.facts_of_dispute(client.get_dispute(number))


def _as_message(notice: Notice, event_id: str, event_type: str) -> Notice:
    return replace(
        notice,
        external_id=event_id,
        method_label="PayPal",
        title=event_type[:80],
        payload={"event": event_id, "type": event_type[:80], "about": notice.external_id},
    )


def _check_message(access: Access, headers: Mapping[str, str], at: datetime) -> dict[str, str]:
    """Return what PayPal is asked about a message, unless it can be refused without asking.

    The certificate is PayPal's to judge: its address is looked at, never opened.
    """
    webhook_id = access.credentials.get("webhook_id", "")
    given = {name.casefold(): value for name, value in headers.items()}
    told = {name: given.get(header, "")[:2000] for name, header in SENT.items()}
    if not webhook_id or not all(told.values()):
        raise WebhookRefused
    try:
        address, sent_at = urlsplit(told["cert_url"]), clock.parse(told["transmission_time"])
        is_paypals = address.scheme == "https" and f".{address.hostname}".endswith(PAYPAL_HOST)
    except ValueError as error:
        raise WebhookRefused from error
    has_tricks = "@" in address.netloc or "\\" in told["cert_url"]
    if not is_paypals or has_tricks or not at - TOLERANCE <= sent_at <= at + AHEAD:
        raise WebhookRefused
    return {"webhook_id": webhook_id, **told}
