"""Work on customers that nobody waits for."""

from modules.customers.services import import_plan_service, import_service, merge_service, segment_service
from wizamart import clock
from wizamart.csv_reader import Place
from wizamart.queue import TaskContext, schedule, task


@task(import_service.READ, timeout=1800)
def read_import(context: TaskContext, import_id: int, offset: int, lines: int) -> None:
    """Read and judge the next lines of an uploaded file."""
    row = import_service.get_import(context.session, import_id, vendor_id=context.vendor_id)
    import_plan_service.read_next(
        context.session, row, Place(offset, lines), at=clock.now(), locale=context.locale
    )


@task(import_service.APPLY, timeout=3600)
def apply_import(context: TaskContext, import_id: int, after: int) -> None:
    """Bring in the next lines of an uploaded file."""
    row = import_service.get_import(context.session, import_id, vendor_id=context.vendor_id)
    import_plan_service.apply_next(context.session, row, after=after, at=clock.now(), locale=context.locale)


@schedule("customers.count_segments", every="daily at 02:10")
def count_segments(context: TaskContext) -> None:
    """Keep how many customers each segment has on this day."""
    if context.platform_id is not None:
        segment_service.record_counts(context.session, platform_id=context.platform_id, at=clock.now())


@schedule("customers.follow_merges", every="daily at 02:40")
def follow_merges(context: TaskContext) -> None:
    """Tell of merges again, for modules that were off when they happened."""
    merge_service.tell_again(context.session)


@schedule("customers.forget_imports", every="daily at 03:10")
def forget_imports(context: TaskContext) -> None:
    """Delete imports that nobody looks at any more."""
    import_service.forget_imports(context.session, at=clock.now())
