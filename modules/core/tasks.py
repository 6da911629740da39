"""What core does by itself."""

from datetime import timedelta

from modules.core.services import idempotency_service
from wizamart import clock
from wizamart.queue import TaskContext, schedule, task

KEPT = timedelta(days=2)


@schedule("core.forget_idempotency_keys", every=timedelta(hours=12))
@task("core.forget_idempotency_keys")
def forget_idempotency_keys(context: TaskContext) -> None:
    """Forget answers that no client asks for again."""
    idempotency_service.delete_older(context.session, before=clock.now() - KEPT)
