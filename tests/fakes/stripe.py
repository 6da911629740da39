"""Stripe as far as the shop knows it: Checkout, PaymentIntents, refunds, and the messages it signs and sends.

The objects have the shapes of the fixtures that Stripe publishes with its API's description.
"""

import copy
import itertools
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl

import stripe

from tests.fakes.service import Call, FakeService, Problem

FIXTURES: Final = Path(__file__).parents[3] / "shared" / "data" / "payments" / "stripe_fixtures3.json"
SECRET_KEY: Final = "sk_test_of_the_fake"
WEBHOOK_SECRET: Final = "whsec_of_the_fake"
_SHAPES: Final[dict[str, Any]] = json.loads(FIXTURES.read_text(encoding="utf-8"))["resources"]


class FakeStripe(FakeService):
    """See the module."""

    def reset(self) -> None:
        """Forget everything."""
        super().reset()
        self.refund_status = "succeeded"
        self._numbers = itertools.count(1)
        self.things: dict[str, dict[str, Any]] = {}
        self.events: list[dict[str, Any]] = []

    def __init__(self) -> None:
        super().__init__()
        self.reset()

    # What customers, banks and clerks at Stripe do.

    def customer_pays(self, session_id: str) -> str:
        """Pay on the Checkout page, and return the PaymentIntent's name."""
        with self.lock:
            session = self.things[session_id]
            asked = session["_asked"]
            amount = session["amount_total"]
            is_held = asked["payment_intent_data"]["capture_method"] == "manual"
            charge = self._make(
                "charge",
                "ch",
                amount=amount,
                currency=session["currency"],
                captured=not is_held,
                amount_captured=0 if is_held else amount,
            )
            intent = self._make(
                "payment_intent",
                "pi",
                amount=amount,
                currency=session["currency"],
                capture_method=asked["payment_intent_data"]["capture_method"],
                status="requires_capture" if is_held else "succeeded",
                amount_capturable=amount if is_held else 0,
                amount_received=0 if is_held else amount,
                latest_charge=charge["id"],
                last_payment_error=None,
                metadata=asked["payment_intent_data"]["metadata"],
            )
            charge["payment_intent"] = intent["id"]
            session.update(
                status="complete",
                payment_status="unpaid" if is_held else "paid",
                payment_intent=intent["id"],
                url=None,
            )
            self.tell(
                "payment_intent.amount_capturable_updated" if is_held else "payment_intent.succeeded", intent
            )
            self.tell("checkout.session.completed", session)
            return str(intent["id"])

    def card_is_declined(self, session_id: str, reason: str = "insufficient_funds") -> None:
        """Refuse a card on the Checkout page, where the customer may try another."""
        session = self.things[session_id]
        intent = self._make(
            "payment_intent",
            "pi",
            amount=session["amount_total"],
            currency=session["currency"],
            status="requires_payment_method",
            last_payment_error={"type": "card_error", "code": "card_declined", "decline_code": reason},
            metadata=session["_asked"]["payment_intent_data"]["metadata"],
        )
        self.tell("payment_intent.payment_failed", intent)

    def session_expires(self, session_id: str) -> None:
        """Close the Checkout page after its time."""
        session = self.things[session_id]
        session.update(status="expired", url=None)
        self.tell("checkout.session.expired", session)

    def finish_refund(self, refund_id: str, status: str) -> None:
        """Let a bank accept a refund, or send it back."""
        refund = self.things[refund_id]
        refund["status"] = status
        if status == "failed":
            refund["failure_reason"] = "declined"
        self.tell("refund.failed" if status == "failed" else "refund.updated", refund)

    def customer_disputes(self, intent_id: str, *, due_by: int) -> str:
        """Let a bank take the money back and ask for proof; returns the dispute's name."""
        intent = self.things[intent_id]
        dispute = self._make(
            "dispute", "dp", payment_intent=intent_id, status="needs_response", currency=intent["currency"]
        )
        dispute["amount"] = intent["amount_received"]
        dispute["evidence_details"] = {"due_by": due_by}
        for kind in ("created", "funds_withdrawn"):
            self.tell(f"charge.dispute.{kind}", dispute)
        return str(dispute["id"])

    def dispute_goes_on(self, dispute_id: str, status: str) -> None:
        """Let a bank look at what was answered, or decide."""
        dispute = self.things[dispute_id]
        dispute["status"] = status
        is_over = status in {"won", "lost"}
        self.tell(f"charge.dispute.{'closed' if is_over else 'updated'}", dispute)
        if status == "won":
            self.tell("charge.dispute.funds_reinstated", dispute)

    def make_refunds_wait(self) -> None:
        """Answer refunds with "pending" from now on, as for direct debits."""
        self.refund_status = "pending"

    def messages(
        self, *, secret: str = WEBHOOK_SECRET, at: int | None = None
    ) -> list[tuple[dict[str, str], bytes]]:
        """Return all messages so far, as they are sent: headers and body."""
        sent = []
        for event in self.events:
            body = json.dumps(event)
            header = stripe.WebhookSignature.generate_signature_header(
                body, secret, at if at is not None else int(time.time())
            )
            sent.append(({"Stripe-Signature": header}, body.encode()))
        return sent

    def shape(self, kind: str) -> dict[str, Any]:
        """Return an object as Stripe describes it."""
        return copy.deepcopy(dict(_SHAPES[kind]))

    # What the client asks.

    def perform(self, call: Call) -> dict[str, Any]:
        """Answer one request."""
        if call.headers.get("authorization") != f"Bearer {SECRET_KEY}":
            raise _refusal(401, "invalid_request_error", "api_key_invalid")
        for method, pattern, answer in self._routes():
            match = re.fullmatch(pattern, call.path)
            if match and method == call.method:
                sent = _nested(call.body.decode() if method == "POST" else call.query)
                return _public(answer(sent, *match.groups()))
        raise _refusal(404, "invalid_request_error", "resource_missing")

    def fault_body(self, status: int) -> dict[str, Any]:
        """Return Stripe's error for a status."""
        kinds = {
            400: ("idempotency_error", "idempotency_error"),
            409: ("idempotency_error", "idempotency_key_in_use"),
            429: ("invalid_request_error", "rate_limit"),
        }
        kind, code = kinds.get(status, ("api_error", "api_error"))
        return {"error": {"type": kind, "code": code, "message": f"{status} on demand"}}

    def _routes(self) -> list[tuple[str, str, Callable[..., dict[str, Any]]]]:
        return [
            ("POST", "/v1/checkout/sessions", self._open_session),
            ("GET", "/v1/checkout/sessions/([^/]+)", self._get),
            ("POST", "/v1/checkout/sessions/([^/]+)/expire", self._expire_session),
            ("GET", "/v1/payment_intents/search", self._search_intents),
            ("GET", "/v1/payment_intents/([^/]+)", self._get),
            ("POST", "/v1/payment_intents/([^/]+)/capture", self._capture),
            ("POST", "/v1/payment_intents/([^/]+)/cancel", self._cancel),
            ("POST", "/v1/refunds", self._refund),
            ("GET", "/v1/refunds", self._list_refunds),
            ("GET", "/v1/account", lambda _sent: copy.deepcopy(_SHAPES["account"])),
        ]

    def _open_session(self, sent: dict[str, Any]) -> dict[str, Any]:
        line = sent["line_items"]["0"]["price_data"]
        session = self._make(
            "checkout.session",
            "cs_test",
            amount_total=int(line["unit_amount"]),
            currency=line["currency"],
            status="open",
            payment_status="unpaid",
            payment_intent=None,
            metadata=sent["metadata"],
            client_reference_id=sent["client_reference_id"],
            success_url=sent["success_url"],
            _asked=sent,
        )
        session["url"] = f"{self.url}/pay/{session['id']}"
        return session

    def _get(self, sent: dict[str, Any], name: str) -> dict[str, Any]:
        if name not in self.things:
            raise _refusal(404, "invalid_request_error", "resource_missing")
        thing = dict(self.things[name])
        if "expand" in sent and thing.get("latest_charge"):
            thing["latest_charge"] = self.things[thing["latest_charge"]]
        return thing

    def _expire_session(self, _sent: dict[str, Any], name: str) -> dict[str, Any]:
        if self.things[name]["status"] != "open":
            raise _refusal(400, "invalid_request_error", "checkout_session_not_open")
        self.session_expires(name)
        return self.things[name]

    def _search_intents(self, sent: dict[str, Any]) -> dict[str, Any]:
        token = re.fullmatch(r"metadata\['wizamart_payment'\]:'([^']+)'", sent["query"])
        found = [
            thing
            for thing in self.things.values()
            if token
            and thing["metadata"].get("wizamart_payment") == token[1]
            and _is(thing, "payment_intent")
        ]
        return {"object": "search_result", "data": [_public(one) for one in found], "has_more": False}

    def _capture(self, sent: dict[str, Any], name: str) -> dict[str, Any]:
        intent = self.things[name]
        amount = int(sent["amount_to_capture"])
        if intent["status"] != "requires_capture" or amount > intent["amount_capturable"]:
            raise _refusal(400, "invalid_request_error", "payment_intent_unexpected_state")
        intent.update(status="succeeded", amount_received=amount, amount_capturable=0)
        intent["metadata"] = {**intent["metadata"], **sent.get("metadata", {})}
        self.tell("payment_intent.succeeded", intent)
        return intent

    def _cancel(self, _sent: dict[str, Any], name: str) -> dict[str, Any]:
        intent = self.things[name]
        if intent["status"] != "requires_capture":
            raise _refusal(400, "invalid_request_error", "payment_intent_unexpected_state")
        intent.update(status="canceled", amount_capturable=0)
        self.tell("payment_intent.canceled", intent)
        return intent

    def _refund(self, sent: dict[str, Any]) -> dict[str, Any]:
        intent = self.things[sent["payment_intent"]]
        amount = int(sent["amount"])
        given = sum(one["amount"] for one in self._refunds_of(intent["id"]) if one["status"] != "failed")
        if given + amount > intent["amount_received"]:
            raise _refusal(400, "invalid_request_error", "charge_already_refunded")
        refund = self._make(
            "refund",
            "re",
            amount=amount,
            currency=intent["currency"],
            payment_intent=intent["id"],
            charge=intent["latest_charge"],
            status=self.refund_status,
            metadata=sent.get("metadata", {}),
        )
        self.tell("refund.created", refund)
        return refund

    def _list_refunds(self, sent: dict[str, Any]) -> dict[str, Any]:
        found = [_public(one) for one in self._refunds_of(sent["payment_intent"])]
        return {"object": "list", "data": found, "has_more": False, "url": "/v1/refunds"}

    def _refunds_of(self, intent_id: str) -> list[dict[str, Any]]:
        return [
            one for one in self.things.values() if _is(one, "refund") and one["payment_intent"] == intent_id
        ]

    def _make(self, shape: str, prefix: str, **values: Any) -> dict[str, Any]:
        thing = {**copy.deepcopy(_SHAPES[shape]), "metadata": {}, **values}
        thing["id"] = f"{prefix}_{next(self._numbers):06d}"
        thing["created"] = int(time.time())
        self.things[thing["id"]] = thing
        return thing

    def tell(self, kind: str, thing: dict[str, Any]) -> None:
        """Have one more message to send."""
        event = copy.deepcopy(_SHAPES["event"])
        event.update(
            id=f"evt_{next(self._numbers):06d}",
            type=kind,
            created=int(time.time()),
            data={"object": _public(thing)},
        )
        self.events.append(event)


def _is(thing: dict[str, Any], kind: str) -> bool:
    return bool(thing["object"] == kind)


def _public(thing: dict[str, Any]) -> dict[str, Any]:
    return {name: copy.deepcopy(value) for name, value in thing.items() if not name.startswith("_")}


def _refusal(status: int, kind: str, code: str) -> Problem:
    return Problem(status, {"error": {"type": kind, "code": code, "message": code}})


def _nested(encoded: str) -> dict[str, Any]:
    """Read `a[b][c]=d` as nested mappings."""
    found: dict[str, Any] = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True):
        *path, last = re.findall(r"[^\[\]]+", name)
        place = found
        for part in path:
            place = place.setdefault(part, {})
        place[last] = value
    return found
