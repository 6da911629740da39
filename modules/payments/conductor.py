"""Asking providers on the network: what is asked is committed first, and what is answered in a second transaction.

A crash between the two leaves a request without an answer, which the look-up finds and mends. These functions are
called by tasks and by views with transactions of their own, never inside a unit of work.
"""

from __future__ import annotations  # so that naming a type of a service does not load it

import logging
from collections.abc import Mapping

from modules.payments.exceptions import ProviderSilent
from modules.payments.gateways.registry import get_gateway
from modules.payments.services import (
    account_service,
    attempt_service,
    checkout_service,
    ledger_service,
    payment_service,
    reconcile_service,
    webhook_service,
)
from wizamart import clock
from wizamart.database import unit_of_work, without_transaction

log = logging.getLogger(__name__)


def ask(attempt_id: int) -> None:
    """Make a request that is written down, unless it is answered.

    :raises ProviderSilent: when there is no usable answer; the request stays open and can be made again.
    """
    with unit_of_work() as session:
        question = attempt_service.prepare(session, attempt_id, at=clock.now())
    if question is not None:
        _put(question)


def look_up(payment_id: int) -> int:
    """Ask the provider what it knows of a payment, and write down what is new; returns how many lines that were.

    :raises ProviderSilent: when there is no usable answer.
    """
    with unit_of_work() as session:
        asked = reconcile_service.prepare(session, payment_id, at=clock.now())
    if asked is None:
        return 0
    with without_transaction():
        notices = asked.gateway.fetch(asked.access, asked.inquiry)
    with unit_of_work() as session:
        found = reconcile_service.settle(session, payment_id, notices, at=clock.now())
        waiting = reconcile_service.list_waiting_completions(session, payment_id)
    for attempt_id in waiting:  # the customer has agreed and looks at the page
        ask(attempt_id)
    return found


def look_up_by_token(token: str) -> None:
    """Ask the provider what it knows of a customer's payment.

    :raises PaymentNotFound: when the token is nobody's.
    :raises ProviderSilent: when there is no usable answer.
    """
    with unit_of_work(read_only=True) as session:
        payment_id = checkout_service.get_by_token(session, token).id
    look_up(payment_id)


def check_account(account_id: int, *, vendor_id: int | None) -> str:
    """Ask a provider whether it knows an account, and return whose it is.

    :raises AccountNotFound: when there is no such account of this owner.
    :raises ProviderRefusesUs: when the provider does not know it.
    """
    with unit_of_work(read_only=True) as session:
        account = account_service.get_account(session, account_id, vendor_id=vendor_id)
        gateway, access = get_gateway(account.gateway), account.access
    with without_transaction():
        return gateway.check_credentials(access)


def pay(token: str, *, source: str, idempotency_key: str, page_url: str) -> str:
    """Let a customer pay; returns the address at the provider to which they have to go, or nothing.

    :raises PaymentNotFound: when the token is nobody's.
    :raises NotPayable: when the payment is paid or called off.
    :raises ProviderSilent: when the provider gives no usable answer.
    """
    question = None
    with unit_of_work() as session:
        found = checkout_service.get_by_token(session, token)
        payment = ledger_service.lock_payment(session, found.id)
        now = clock.now()
        attempt = checkout_service.open_attempt(session, payment, idempotency_key=idempotency_key, at=now)
        attempt_id = attempt.id
        if payment.answer_to(attempt) is None:
            question = attempt_service.prepare(session, attempt_id, at=now, source=source, page_url=page_url)
        if question is not None and not question.gateway.capabilities.is_remote:
            attempt_service.record(session, attempt_id, attempt_service.put(question), at=now)
            payment_service.capture_if_wanted(session, payment, at=now)
            question = None
    if question is not None:
        _put(question)
    with unit_of_work(read_only=True) as session:
        payment = checkout_service.get_by_token(session, token)
        return next(one.action_url for one in payment.attempts if one.id == attempt_id)


def receive(public_id: str, headers: Mapping[str, str], body: bytes) -> None:
    """Verify a message, for which the provider may have to be asked, and store what it tells.

    :raises AccountNotFound: when the address belongs to no account.
    :raises WebhookRefused: when it is not the provider's, or too old.
    :raises ProviderSilent: when nobody can tell at the moment; the provider sends it again.
    """
    now = clock.now()
    with unit_of_work(read_only=True) as session:
        gateway, access = webhook_service.find_address(session, public_id)
    with without_transaction():
        notices = gateway.handle_webhook(access, headers, body, at=now)
    with unit_of_work() as session:
        webhook_service.store(session, public_id, notices, at=now)


def _put(question: attempt_service.Question) -> None:
    """Ask, and write down the answer, or why there is none."""
    try:
        with without_transaction():
            outcome = attempt_service.put(question)
    except Exception as error:
        trouble = (error.trouble or error.code) if isinstance(error, ProviderSilent) else type(error).__name__
        log.warning("provider_silent", extra={"attempt_id": question.attempt_id, "trouble": trouble})
        with unit_of_work() as session:
            attempt_service.record_trouble(session, question.attempt_id, trouble)
        raise
    with unit_of_work() as session:
        attempt_service.record(session, question.attempt_id, outcome, at=clock.now())
