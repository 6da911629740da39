"""Asking providers on the network: what is asked is committed first, and what is answered in a second transaction.

A crash between the two leaves a request without an answer, which the look-up finds and mends. These functions are
called by tasks and by views with transactions of their own, never inside a unit of work.
"""

import logging

from modules.payments.exceptions import ProviderSilent
from modules.payments.services import attempt_service, checkout_service, ledger_service, payment_service
from modules.payments.services.attempt_service import Question
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


def _put(question: Question) -> None:
    trouble: ProviderSilent | None = None
    with without_transaction():
        try:
            outcome = attempt_service.put(question)
        except ProviderSilent as silence:
            trouble = silence
    with unit_of_work() as session:
        if trouble is None:
            attempt_service.record(session, question.attempt_id, outcome, at=clock.now())
        else:
            log.warning(
                "provider_silent", extra={"attempt_id": question.attempt_id, "trouble": trouble.trouble}
            )
            attempt_service.record_trouble(session, question.attempt_id, trouble.trouble or trouble.code)
    if trouble is not None:
        raise trouble
