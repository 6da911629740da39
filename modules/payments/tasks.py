"""What payments does in the background."""

from modules.payments import conductor
from modules.payments.services import attempt_service, webhook_service
from wizamart import clock
from wizamart.queue import TaskContext, task


@task(webhook_service.HANDLE, max_attempts=8)
def handle_webhook(context: TaskContext, message_id: int) -> None:
    """Handle a stored message of a provider; one that is early is tried again."""
    webhook_service.handle(context.session, message_id, at=clock.now())


@task(attempt_service.ASK, max_attempts=8, own_transactions=True)
def ask_provider(_context: TaskContext, attempt_id: int) -> None:
    """Make a request to a provider; one that is not answered is made again with the same key."""
    conductor.ask(attempt_id)
