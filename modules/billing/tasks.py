"""What billing does in the background."""

from modules.billing.services import renewal_service
from wizamart import clock
from wizamart.queue import TaskContext, schedule


@schedule("billing.renew_subscriptions", every="daily at 02:30")
def renew_subscriptions(context: TaskContext) -> None:
    """Renew what is due on the platform; a day that was missed is made up for by the next run."""
    if context.platform_id is not None:
        renewal_service.renew_due(context.session, platform_id=context.platform_id, at=clock.now())
