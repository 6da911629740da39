"""PayPal as far as the shop knows it: orders, authorisations, captures, refunds, and the messages it sends.

A message is signed by a digest that only this service can make, and it says so when it is asked, as PayPal does.
"""

import base64
import copy
import hashlib
import itertools
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from tests.fakes.service import Call, FakeService, Problem

CLIENT_ID: Final = "client-of-the-fake"
CLIENT_SECRET: Final = "secret-of-the-fake"
WEBHOOK_ID: Final = "WH-OF-THE-FAKE"
CERTIFICATE: Final = "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594"
TOKEN: Final = "token-of-the-fake"
Thing = dict[str, Any]
Message = tuple[dict[str, str], bytes]


class FakePayPal(FakeService):
    """See the module."""

    key_header = "PayPal-Request-Id"

    def __init__(self) -> None:
        super().__init__()
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        super().reset()
        self._numbers = itertools.count(1)
        self.things: dict[str, Thing] = {}
        self.events: list[Thing] = []
        self.refund_status = "COMPLETED"
        self.capture_status = "COMPLETED"
        self.declines = False

    # What customers and clerks at PayPal do.

    def customer_approves(self, order_id: str) -> None:
        """Say yes on PayPal's page."""
        order = self.things[order_id]
        order["status"] = "APPROVED"
        self._tell("CHECKOUT.ORDER.APPROVED", "checkout-order", order)

    def order_expires(self, order_id: str) -> None:
        """Forget an order that nobody approved in time."""
        del self.things[order_id]

    def finish(self, thing_id: str, status: str) -> None:
        """Let what was pending succeed or fail."""
        thing = self.things[thing_id]
        thing["status"] = status
        kind = thing["_kind"]
        self._tell(f"PAYMENT.{kind.upper()}.{status}", kind, thing)

    def customer_disputes(self, capture_id: str, *, due_at: datetime) -> str:
        """Open a dispute in PayPal's resolution centre; returns its number."""
        dispute = self._make("dispute", status="WAITING_FOR_SELLER_RESPONSE")
        dispute["dispute_id"] = dispute["id"]
        dispute["disputed_transactions"] = [{"seller_transaction_id": capture_id}]
        dispute["dispute_amount"] = self.things[capture_id]["amount"]
        dispute["seller_response_due_date"] = f"{due_at:%Y-%m-%dT%H:%M:%S.000Z}"
        self._tell("CUSTOMER.DISPUTE.CREATED", "dispute", dispute)
        return str(dispute["id"])

    def dispute_goes_on(self, dispute_id: str, status: str, outcome: str = "") -> None:
        """Let PayPal look at what was answered, or decide: a buyer who is right has the money back at once."""
        dispute = self.things[dispute_id]
        dispute.update(status=status, dispute_outcome={"outcome_code": outcome})
        self._tell(
            f"CUSTOMER.DISPUTE.{'RESOLVED' if status == 'RESOLVED' else 'UPDATED'}", "dispute", dispute
        )
        if outcome == "RESOLVED_BUYER_FAVOUR":
            name = dispute["disputed_transactions"][0]["seller_transaction_id"]
            self._give_back(name, dispute["dispute_amount"], "", "PAYMENT.CAPTURE.REVERSED")

    def messages(self, *, at: datetime | None = None) -> list[Message]:
        """Return all messages so far, as they are sent: headers and body."""
        return [self.signed(json.dumps(event).encode(), at=at) for event in self.events]

    def signed(self, body: bytes, *, at: datetime | None = None, webhook_id: str = WEBHOOK_ID) -> Message:
        """Return a message with the headers that say who sent it."""
        sent_at = f"{at or datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        name = f"transmission-{hashlib.sha256(body).hexdigest()[:12]}"
        return {
            "Paypal-Transmission-Id": name,
            "Paypal-Transmission-Time": sent_at,
            "Paypal-Transmission-Sig": _digest(name, sent_at, webhook_id, body),
            "Paypal-Cert-Url": CERTIFICATE,
            "Paypal-Auth-Algo": "SHA256withRSA",
        }, body

    # What the client asks.

    def perform(self, call: Call) -> Thing:
        """Answer one request."""
        if call.path == "/v1/oauth2/token":
            return self._sign_in(call)
        if call.headers.get("authorization") != f"Bearer {TOKEN}":
            raise Problem(401, {"name": "AUTHENTICATION_FAILURE"})
        for method, pattern, answer in self._routes():
            match = re.fullmatch(pattern, call.path)
            if match and method == call.method:
                return _public(answer(call, *match.groups()))
        raise _refusal(404, "RESOURCE_NOT_FOUND")

    def fault_body(self, status: int) -> Thing:
        """Return PayPal's error for a status."""
        names = {409: "RESOURCE_CONFLICT", 422: "UNPROCESSABLE_ENTITY", 429: "RATE_LIMIT_REACHED"}
        return {"name": names.get(status, "INTERNAL_SERVER_ERROR"), "debug_id": "d"}

    def _routes(self) -> list[tuple[str, str, Callable[..., Thing]]]:
        return [
            ("POST", "/v2/checkout/orders", self._create_order),
            ("GET", "/v2/checkout/orders/([^/]+)", self._get),
            ("POST", "/v2/checkout/orders/([^/]+)/capture", self._capture_order),
            ("POST", "/v2/checkout/orders/([^/]+)/authorize", self._authorize_order),
            ("GET", "/v1/customer/disputes/([^/]+)", self._get),
            ("GET", "/v2/payments/(?:authorizations|captures|refunds)/([^/]+)", self._get),
            ("POST", "/v2/payments/authorizations/([^/]+)/capture", self._capture),
            ("POST", "/v2/payments/authorizations/([^/]+)/void", self._void),
            ("POST", "/v2/payments/captures/([^/]+)/refund", self._refund),
            ("POST", "/v1/notifications/verify-webhook-signature", self._verify),
        ]

    @staticmethod
    def _sign_in(call: Call) -> Thing:
        wanted = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if call.headers.get("authorization") != f"Basic {wanted}":
            raise Problem(
                401, {"error": "invalid_client", "error_description": "Client Authentication failed"}
            )
        return {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 32_400, "scope": "s"}

    def _create_order(self, call: Call) -> Thing:
        sent = json.loads(call.body)
        order = self._make("checkout-order", status="PAYER_ACTION_REQUIRED", intent=sent["intent"])
        order["purchase_units"] = [{"reference_id": "default", **unit} for unit in sent["purchase_units"]]
        order["_context"] = sent["payment_source"]["paypal"]["experience_context"]
        order["links"] = [
            {"rel": "self", "href": f"{self.url}/v2/checkout/orders/{order['id']}"},
            {
                "rel": "payer-action",
                "href": f"https://www.sandbox.paypal.com/checkoutnow?token={order['id']}",
            },
        ]
        return order

    def _get(self, _call: Call, name: str) -> Thing:
        if name not in self.things:
            raise _refusal(404, "RESOURCE_NOT_FOUND")
        return self.things[name]

    def _capture_order(self, call: Call, name: str) -> Thing:
        order = self._approved(call, name, "CAPTURE")
        unit = order["purchase_units"][0]
        self._add_capture(order, unit["amount"], unit.get("custom_id", ""))
        return order

    def _authorize_order(self, call: Call, name: str) -> Thing:
        order = self._approved(call, name, "AUTHORIZE")
        unit = order["purchase_units"][0]
        held = self._make(
            "authorization", status="CREATED", amount=unit["amount"], custom_id=unit["custom_id"]
        )
        held["supplementary_data"] = {"related_ids": {"order_id": name}}
        held["_order"] = name
        unit.setdefault("payments", {}).setdefault("authorizations", []).append(held)
        order["status"] = "COMPLETED"
        self._tell("PAYMENT.AUTHORIZATION.CREATED", "authorization", held)
        return order

    def _approved(self, call: Call, name: str, intent: str) -> Thing:
        order = self._get(call, name)
        if order["status"] == "COMPLETED":
            raise _refusal(422, "ORDER_ALREADY_CAPTURED")
        if order["status"] != "APPROVED":
            raise _refusal(422, "ORDER_NOT_APPROVED")
        if order["intent"] != intent:
            raise _refusal(422, "ACTION_DOES_NOT_MATCH_INTENT")
        if self.declines:
            raise _refusal(422, "INSTRUMENT_DECLINED")
        return order

    def _add_capture(self, order: Thing, amount: Thing, custom_id: str) -> Thing:
        capture = self._make("capture", status=self.capture_status, amount=amount, custom_id=custom_id)
        capture["final_capture"] = True
        capture["supplementary_data"] = {"related_ids": {"order_id": order["id"]}}
        unit = order["purchase_units"][0]
        unit.setdefault("payments", {}).setdefault("captures", []).append(capture)
        order["status"] = "COMPLETED"
        self._tell(f"PAYMENT.CAPTURE.{self.capture_status}", "capture", capture)
        return capture

    def _capture(self, call: Call, name: str) -> Thing:
        held, amount = self._get(call, name), json.loads(call.body)["amount"]
        if held["status"] != "CREATED":
            raise _refusal(422, "AUTHORIZATION_ALREADY_CAPTURED")
        if Decimal(amount["value"]) > Decimal(held["amount"]["value"]):
            raise _refusal(422, "MAX_CAPTURE_AMOUNT_EXCEEDED")
        held["status"] = "CAPTURED"
        return self._add_capture(self.things[held["_order"]], amount, held["custom_id"])

    def _void(self, call: Call, name: str) -> Thing:
        held = self._get(call, name)
        if held["status"] != "CREATED":
            raise _refusal(422, "PREVIOUSLY_CAPTURED")
        held["status"] = "VOIDED"
        self._tell("PAYMENT.AUTHORIZATION.VOIDED", "authorization", held)
        return held

    def _refund(self, call: Call, name: str) -> Thing:
        capture, sent = self._get(call, name), json.loads(call.body)
        given = sum((Decimal(one["amount"]["value"]) for one in self.refunds_of(name)), Decimal(0))
        if given + Decimal(sent["amount"]["value"]) > Decimal(capture["amount"]["value"]):
            raise _refusal(422, "REFUND_AMOUNT_EXCEEDED")
        return self._give_back(name, sent["amount"], sent.get("custom_id", ""), "PAYMENT.CAPTURE.REFUNDED")

    def _give_back(self, name: str, amount: Thing, custom_id: str, event_type: str) -> Thing:
        capture = self.things[name]
        refund = self._make("refund", status=self.refund_status, amount=amount, custom_id=custom_id)
        refund["_capture"] = name
        refund["links"] = [{"rel": "up", "href": f"{self.url}/v2/payments/captures/{name}"}]
        order = self.things[capture["supplementary_data"]["related_ids"]["order_id"]]
        order["purchase_units"][0]["payments"].setdefault("refunds", []).append(refund)
        self._tell(event_type, "refund", refund)
        return refund

    def refunds_of(self, capture_id: str) -> list[Thing]:
        """Return what was given back of a capture."""
        refunds = (thing for thing in self.things.values() if thing["_kind"] == "refund")
        return [one for one in refunds if one["_capture"] == capture_id and one["status"] != "FAILED"]

    @staticmethod
    def _verify(call: Call) -> Thing:
        told = json.loads(call.body)
        event = call.body.partition(b'"webhook_event": ')[2][:-1]
        wanted = _digest(told["transmission_id"], told["transmission_time"], told["webhook_id"], event)
        is_own = told["transmission_sig"] == wanted and told["cert_url"] == CERTIFICATE
        return {"verification_status": "SUCCESS" if is_own else "FAILURE"}

    def _make(self, kind: str, **values: Any) -> Thing:
        now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        thing = {
            "id": f"{kind[:3].upper()}{next(self._numbers):08d}",
            "_kind": kind,
            "create_time": now,
            **values,
        }
        self.things[thing["id"]] = thing
        return thing

    def _tell(self, event_type: str, kind: str, thing: Thing) -> None:
        self.events.append(
            {
                "id": f"WH-{next(self._numbers):06d}",
                "event_type": event_type,
                "resource_type": kind,
                "resource": _public(thing),
            }
        )


def _digest(name: str, sent_at: str, webhook_id: str, body: bytes) -> str:
    signed = f"{name}|{sent_at}|{webhook_id}|".encode() + body
    return hashlib.sha256(b"the private key of the fake" + signed).hexdigest()


def _public(thing: Thing) -> Thing:
    """Return what is told of a thing: nothing that only this service knows, at any depth."""
    found = {name: copy.deepcopy(value) for name, value in thing.items() if not name.startswith("_")}
    for unit in found.get("purchase_units", ()):
        for parts in unit.get("payments", {}).values():
            parts[:] = [_public(part) for part in parts]
    return found


def _refusal(status: int, issue: str) -> Problem:
    name = "RESOURCE_NOT_FOUND" if status == 404 else "UNPROCESSABLE_ENTITY"
    return Problem(status, {"name": name, "message": issue, "details": [{"issue": issue}]})
