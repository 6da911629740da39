"""What monitoring does by itself: sample the health, forget old samples."""

from datetime import timedelta

from flask import current_app

from modules.monitoring.services import health_service
from wizamart import clock
from wizamart.queue import TaskContext, schedule


@schedule("monitoring.sample_health", every=timedelta(minutes=5))
def sample_health(context: TaskContext) -> None:
    """Ask all checks and keep the answers; where several platforms have monitoring on, once for all."""
    # Asked before the first statement, so that no check waits for a transaction of this task.
    report = current_app.extensions["health"].run()
    health_service.record_sample(context.session, report, at=clock.now())


@schedule("monitoring.delete_old_samples", every="daily at 03:20")
def delete_old_samples(context: TaskContext) -> int:
    """Delete the samples of more than a month ago."""
    return health_service.delete_old_samples(context.session, before=clock.now() - health_service.KEPT)
