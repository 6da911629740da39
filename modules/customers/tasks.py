"""Work on customers that nobody waits for."""

from modules.customers.services import import_service, merge_service, segment_service
from wizamart import clock, imports
from wizamart.queue import TaskContext, schedule

imports.register_tasks("customers", lambda: import_service.CUSTOMER_FILES, forget_at="03:10")


@schedule("customers.count_segments", every="daily at 02:10")
def count_segments(context: TaskContext) -> None:
    """Keep how many customers each segment has on this day."""
    if context.platform_id is not None:
        segment_service.record_counts(context.session, platform_id=context.platform_id, at=clock.now())


@schedule("customers.follow_merges", every="daily at 02:40")
def follow_merges(context: TaskContext) -> None:
    """Tell of merges again, for modules that were off when they happened."""
    merge_service.tell_again(context.session)
