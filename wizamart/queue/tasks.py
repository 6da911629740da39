"""The queue's own task: what is done and old goes."""

from datetime import timedelta
from typing import Final

from wizamart import clock
from wizamart.queue.registry import TaskContext, schedule
from wizamart.queue.service import purge_tasks

KEPT: Final = timedelta(days=30)


@schedule("framework.purge_tasks", every="daily at 02:40", per_platform=False)
def purge(context: TaskContext) -> int:
    """Delete tasks that ended more than a month ago; dead ones stay."""
    return purge_tasks(context.session, before=clock.now() - KEPT)
