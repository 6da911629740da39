"""The tasks of an importer, under the name of its module, so that they wait while it is off."""

from collections.abc import Callable
from typing import Any

from wizamart import clock
from wizamart.imports import service, steps
from wizamart.imports.importer import Importer
from wizamart.queue import TaskContext, schedule, task


def register_tasks(package: str, importer: Callable[[], Importer], *, forget_at: str) -> None:
    """Register the steps of a module's importer, and the schedule that deletes old imports daily at `forget_at` (UTC).

    The importer is asked for when there is something to do, so that a start does not load what it needs.
    """

    def get(context: TaskContext, import_id: int) -> Any:
        return service.get_import(context.session, importer(), import_id, vendor_id=context.vendor_id)

    @task(f"{package}.{service.READ}_import")
    def read(context: TaskContext, import_id: int, **_earlier: int) -> None:
        """Read the next part of a file; tasks of earlier releases name its place, which the import itself knows."""
        row = get(context, import_id)
        steps.read_next(context.session, importer(), row, at=clock.now(), locale=context.locale)

    @task(f"{package}.{service.JUDGE}_import")
    def judge(context: TaskContext, import_id: int, after: Any) -> None:
        """Judge the next units of a file."""
        row = get(context, import_id)
        steps.judge_next(context.session, importer(), row, after=after, at=clock.now(), locale=context.locale)

    @task(f"{package}.{service.APPLY}_import")
    def apply(context: TaskContext, import_id: int, after: Any) -> None:
        """Bring in the next units of a file."""
        row = get(context, import_id)
        steps.apply_next(context.session, importer(), row, after=after, at=clock.now(), locale=context.locale)

    @schedule(f"{package}.forget_imports", every=f"daily at {forget_at}")
    def forget(context: TaskContext) -> None:
        """Delete imports that nobody looks at any more."""
        service.forget_imports(context.session, importer(), at=clock.now())
