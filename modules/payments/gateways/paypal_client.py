"""PayPal's own client, made to answer or to say what went wrong; loaded only where PayPal is asked."""

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, Final

from apimatic_core.authentication.multiple.single_auth import Single
from apimatic_core.exceptions.auth_validation_exception import AuthValidationException
from apimatic_core.request_builder import RequestBuilder
from apimatic_core.response_handler import ResponseHandler
from apimatic_core.types.parameter import Parameter
from paypalserversdk.configuration import Configuration, Environment, Server
from paypalserversdk.controllers.base_controller import BaseController
from paypalserversdk.exceptions.api_exception import ApiException
from paypalserversdk.http.auth.o_auth_2 import ClientCredentialsAuthCredentials
from paypalserversdk.http.http_method_enum import HttpMethodEnum
from paypalserversdk.paypal_serversdk_client import PaypalServersdkClient

from modules.payments.exceptions import ProviderRefusesUs, ProviderSilent
from modules.payments.gateways.interface import Access

TIMEOUT_SECONDS: Final = 20
KEPT_CLIENTS: Final = 64
UNAUTHORIZED: Final = frozenset({401, 403})
NOT_FOUND: Final = 404
REFUSED: Final = frozenset({404, 422})
BAD_REQUEST: Final = 400
Json = dict[str, Any]


class Refusal(Exception):
    """PayPal understood the request and says no; `issue` is its own code."""

    def __init__(self, issue: str, status: int) -> None:
        super().__init__(issue)
        self.issue = issue
        self.status = status


class _Configuration(Configuration):  # type: ignore[misc]  # the client ships no types
    """The client's settings with another address than PayPal's, for tests."""

    def __init__(self, api_base: str, **options: Any) -> None:
        self._api_base = api_base.rstrip("/")
        super().__init__(**options)

    def get_base_uri(self, server: Server = Server.DEFAULT) -> str:
        return self._api_base or str(super().get_base_uri(server))


class _MissingCalls(BaseController):  # type: ignore[misc]  # the client ships no types
    """What the client lacks: disputes, and asking PayPal whether a message is its own."""

    def verify(self, body: str) -> Any:
        """Return the answer to `POST /v1/notifications/verify-webhook-signature`; `body` is sent as it is."""
        return self._execute(
            self._build(HttpMethodEnum.POST, "/v1/notifications/verify-webhook-signature")
            .header_param(Parameter().key("Content-Type").value("application/json"))
            .body_param(Parameter().value(body))
            .body_serializer(str)
        )

    def get_dispute(self, dispute_id: str) -> Any:
        """Return the answer to `GET /v1/customer/disputes/{id}`."""
        number = Parameter().key("id").value(dispute_id).should_encode(True)
        return self._execute(
            self._build(HttpMethodEnum.GET, "/v1/customer/disputes/{id}").template_param(number)
        )

    @staticmethod
    def _build(method: HttpMethodEnum, path: str) -> RequestBuilder:
        accepted = Parameter().key("accept").value("application/json")
        request = RequestBuilder().server(Server.DEFAULT).path(path).http_method(method)
        return request.header_param(accepted).auth(Single("Oauth2"))

    def _execute(self, request: RequestBuilder) -> Any:
        handler = ResponseHandler().deserializer(json.loads).is_api_response(True)
        return self.new_api_call_builder.request(request).response(handler).execute()


class PayPal:
    """One account at PayPal. Answers are JSON as PayPal sent it."""

    def __init__(self, access: Access) -> None:
        credentials = ClientCredentialsAuthCredentials(
            access.credentials.get("client_id", ""),
            access.credentials.get("client_secret", ""),
            o_auth_token_provider=lambda _last, manager: manager.fetch_token(),
        )
        configuration = _Configuration(
            access.api_base,
            timeout=TIMEOUT_SECONDS,
            max_retries=0,
            environment=Environment.PRODUCTION if access.is_live else Environment.SANDBOX,
            client_credentials_auth_credentials=credentials,
        )
        self._client = PaypalServersdkClient(config=configuration)

    def sign_in(self) -> Json:
        """Fetch a new token, which only a known account gets."""
        return self._ask(self._client.oauth_2.fetch_token, is_token=True)

    def create_order(self, body: Mapping[str, Any], *, key: str) -> Json:
        """Create an order, for which the customer is then asked at PayPal."""
        return self._post(self._client.orders.create_order, key, body=dict(body))

    def get_order(self, order_id: str) -> Json:
        """Return an order with all that was made of it."""
        return self._ask(lambda: self._client.orders.get_order({"id": order_id}))

    def capture_order(self, order_id: str, *, key: str) -> Json:
        """Take the money of an order that the customer approved."""
        return self._post(self._client.orders.capture_order, key, id=order_id)

    def authorize_order(self, order_id: str, *, key: str) -> Json:
        """Hold the money of an order that the customer approved."""
        return self._post(self._client.orders.authorize_order, key, id=order_id)

    def get_authorization(self, authorization_id: str) -> Json:
        """Return what is held."""
        payments = self._client.payments
        return self._ask(lambda: payments.get_authorized_payment({"authorization_id": authorization_id}))

    def capture_authorization(self, authorization_id: str, body: Mapping[str, Any], *, key: str) -> Json:
        """Take what is held."""
        verb = self._client.payments.capture_authorized_payment
        return self._post(verb, key, authorization_id=authorization_id, body=dict(body))

    def void_authorization(self, authorization_id: str, *, key: str) -> Json:
        """Release what is held."""
        return self._post(self._client.payments.void_payment, key, authorization_id=authorization_id)

    def get_capture(self, capture_id: str) -> Json:
        """Return what was taken."""
        return self._ask(lambda: self._client.payments.get_captured_payment({"capture_id": capture_id}))

    def refund_capture(self, capture_id: str, body: Mapping[str, Any], *, key: str) -> Json:
        """Give back what was taken."""
        verb = self._client.payments.refund_captured_payment
        return self._post(verb, key, capture_id=capture_id, body=dict(body))

    def get_refund(self, refund_id: str) -> Json:
        """Return what was given back."""
        return self._ask(lambda: self._client.payments.get_refund({"refund_id": refund_id}))

    def get_dispute(self, dispute_id: str) -> Json:
        """Return how a dispute stands."""
        controller = _MissingCalls(self._client.global_configuration)
        return self._ask(lambda: controller.get_dispute(dispute_id))

    def is_own_message(self, told: Mapping[str, str], event: bytes) -> bool:
        """Ask PayPal whether it sent a message; the event goes back byte for byte, as it was signed."""
        head = json.dumps(dict(told))[:-1]
        body = f'{head}, "webhook_event": {event.decode()}}}'
        controller = _MissingCalls(self._client.global_configuration)
        answer = self._ask(lambda: controller.verify(body))
        return answer.get("verification_status") == "SUCCESS"

    def _post(self, verb: Callable[[Json], Any], key: str, **options: Any) -> Json:
        return self._ask(
            lambda: verb({"paypal_request_id": key, "prefer": "return=representation", **options})
        )

    def _ask(self, call: Callable[[], Any], *, is_token: bool = False) -> Json:
        """Return the answer.

        :raises Refusal: when PayPal says no.
        :raises ProviderRefusesUs: when it does not accept this account, or what it was asked.
        :raises ProviderSilent: when nobody knows what came of it.
        """
        try:
            answer = call()
        except ApiException as error:
            raise _trouble(error) from error
        except AuthValidationException as error:
            raise ProviderRefusesUs("no token") from error
        except (OSError, ValueError) as error:  # the network, or an answer that is no JSON
            raise ProviderSilent(type(error).__name__) from error
        if is_token:
            return {"expires_in": answer.expires_in}
        found = json.loads(answer.text) if answer.text else {}
        return found if isinstance(found, dict) else {}


def _trouble(error: Any) -> Exception:
    status = error.response_code
    try:
        told = json.loads(error.response.text or "{}")
    except ValueError:
        told = {}
    details = told.get("details") or [{}]
    issue = str(details[0].get("issue") or told.get("name") or told.get("error") or status)
    if status in UNAUTHORIZED or (status == BAD_REQUEST):
        return ProviderRefusesUs(f"{status} {issue}")
    return Refusal(issue, status) if status in REFUSED else ProviderSilent(f"{status} {issue}")


_clients: OrderedDict[str, PayPal] = OrderedDict()
_lock = threading.Lock()


def client_for(access: Access) -> PayPal:
    """Return the client of an account, with the token it has; another secret is another client."""
    key = _key(access)
    with _lock:
        client = _clients.pop(key, None) or PayPal(access)
        _clients[key] = client
        while len(_clients) > KEPT_CLIENTS:
            _clients.popitem(last=False)
        return client


def forget(access: Access) -> None:
    """Drop the client of an account, whose token may have been withdrawn."""
    with _lock:
        _clients.pop(_key(access), None)


def _key(access: Access) -> str:
    parts = (access.credentials.get("client_id"), access.credentials.get("client_secret"), access.api_base)
    return hashlib.sha256(repr((access.is_live, *parts)).encode()).hexdigest()
