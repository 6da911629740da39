"""What payments does in the background."""

from modules.payments.services import webhook_service
from wizamart import clock
from wizamart.queue import TaskContext, task


@task(webhook_service.HANDLE, max_attempts=8)
def handle_webhook(context: TaskContext, message_id: int) -> None:
    """Handle a stored message of a provider; one that is early is tried again."""
    webhook_service.handle(context.session, message_id, at=clock.now())
