"""The tasks of an importer, under the name of its module, so that they wait while it is off."""

from typing import Any

from wizamart import clock
from wizamart.imports import service, steps
from wizamart.imports.importer import Importer
from wizamart.queue import TaskContext, schedule, task


def register_tasks(importer: Importer, *, forget_at: str) -> None:
    """Register the steps of an importer, and the schedule that deletes old imports daily at `forget_at` (UTC)."""

    def get(context: TaskContext, import_id: int) -> Any:
        return service.get_import(context.session, importer, import_id, vendor_id=context.vendor_id)

    @task(importer.task_name(service.READ))
    def read(context: TaskContext, import_id: int, **_earlier: int) -> None:
        """Read the next part of a file; tasks of earlier releases name its place, which the import itself knows."""
        row = get(context, import_id)
        steps.read_next(context.session, importer, row, at=clock.now(), locale=context.locale)

    @task(importer.task_name(service.JUDGE))
    def judge(context: TaskContext, import_id: int, after: Any) -> None:
        """Judge the next units of a file."""
        row = get(context, import_id)
        steps.judge_next(context.session, importer, row, after=after, at=clock.now(), locale=context.locale)

    @task(importer.task_name(service.APPLY))
    def apply(context: TaskContext, import_id: int, after: Any) -> None:
        """Bring in the next units of a file."""
        row = get(context, import_id)
        steps.apply_next(context.session, importer, row, after=after, at=clock.now(), locale=context.locale)

    @schedule(f"{importer.package}.forget_imports", every=f"daily at {forget_at}")
    def forget(context: TaskContext) -> None:
        """Delete imports that nobody looks at any more."""
        service.forget_imports(context.session, importer, at=clock.now())
