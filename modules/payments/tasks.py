"""What payments does in the background."""

from datetime import timedelta

from modules.payments import conductor
from modules.payments.services import notice_service, reconcile_service, statement_service, webhook_service
from wizamart import clock
from wizamart.queue import TaskContext, enqueue, schedule, task

SECONDS_OF_A_WINDOW = 300


@task("payments.handle_webhook", max_attempts=8)
def handle_webhook(context: TaskContext, message_id: int) -> None:
    """Handle a stored message of a provider; one that is early is tried again."""
    webhook_service.handle(context.session, message_id, at=clock.now())


@task("payments.ask_provider", max_attempts=8, own_transactions=True)
def ask_provider(_context: TaskContext, attempt_id: int) -> None:
    """Make a request to a provider; one that is not answered is made again with the same key."""
    conductor.ask(attempt_id)


@task("payments.look_up", max_attempts=3, own_transactions=True)
def look_up(_context: TaskContext, payment_id: int) -> None:
    """Ask a provider what it knows of a payment."""
    conductor.look_up(payment_id)


@task("payments.remind_of_dispute", max_attempts=3)
def remind_of_dispute(context: TaskContext, entry_id: int) -> None:
    """Tell of a dispute again before the provider's time is over."""
    notice_service.remind_of_dispute(context.session, entry_id)


@task("payments.take_in_statement", max_attempts=3)
def take_in_statement(context: TaskContext, statement_id: int, actor_id: int | None) -> None:
    """Take in a large bank statement; begun again, it takes in what is still missing."""
    statement_service.take_in(
        context.session, statement_id, actor_id=actor_id, at=clock.now(), report=context.report
    )


@schedule("payments.find_stuck", every=timedelta(minutes=5))
def find_stuck(context: TaskContext) -> dict[str, int]:
    """Let the payments be looked up of which a provider owes an answer."""
    if context.platform_id is None:
        return {"due": 0}
    now = clock.now()
    due = reconcile_service.list_due(context.session, platform_id=context.platform_id, at=now)
    window = int(now.timestamp()) // SECONDS_OF_A_WINDOW
    for payment_id in due:
        enqueue(
            context.session,
            reconcile_service.LOOK_UP,
            {"payment_id": payment_id},
            platform_id=context.platform_id,
            key=f"payments:look-up:{payment_id}:{window}",
        )
    return {"due": len(due)}
