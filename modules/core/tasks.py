"""What core does by itself."""

from datetime import timedelta
from typing import Any, cast

from flask import current_app

from modules.core.schemas.export import TASK
from modules.core.services import (
    activation_service,
    export_service,
    idempotency_service,
    timed_change_service,
)
from wizamart import clock
from wizamart.database import unit_of_work
from wizamart.exceptions import WizamartError
from wizamart.module_system.plan import StalePlan
from wizamart.queue import TaskContext, schedule, task
from wizamart.queue.registry import GiveUp
from wizamart.web.errand import Errand, carry_out

KEPT = timedelta(days=2)


@schedule("core.forget_idempotency_keys", every=timedelta(hours=12))
@task("core.forget_idempotency_keys")
def forget_idempotency_keys(context: TaskContext) -> None:
    """Forget answers that no client asks for again."""
    idempotency_service.delete_older(context.session, before=clock.now() - KEPT)


@schedule("core.delete_ended_exports", every="daily at 03:35")
@task("core.delete_ended_exports")
def delete_ended_exports(context: TaskContext) -> int:
    """Delete files of lists that were kept long enough."""
    return export_service.delete_ended(context.session, at=clock.now())


@task(TASK, max_attempts=3, timeout=1800, own_transactions=True)
def make_export(context: TaskContext, *, export_id: int) -> None:
    """Make the file of a list as whoever asked for it would get it, and keep it for them."""
    with unit_of_work(read_only=True) as session:
        row = export_service.find_working(session, export_id)
        if row is None:
            return  # deleted meanwhile
        errand = Errand(row.address, row.host_url, row.user_id, row.locale)
    answer = carry_out(current_app._get_current_object(), errand, report=context.progress)  # noqa: SLF001 - Flask's way
    with answer, unit_of_work() as session:
        row = export_service.find_working(session, export_id)
        if row is not None and answer.file is None:
            export_service.note_failure(row, answer.problem, at=clock.now())
        elif row is not None:
            export_service.keep_file(
                session, row, answer.pieces(), file_name=answer.file_name, at=clock.now()
            )


@task("core.apply_planned_change")
def apply_planned_change(context: TaskContext, **change: Any) -> None:
    """Switch modules whose time has come; a refusal is final, and its reason stands at the task.

    Only whoever comes between working the change out and making it is no refusal: it is tried again.
    """
    try:
        timed_change_service.carry_out(
            context.session,
            cast("int", context.platform_id),  # it was planned for one
            activation_service.Change(tuple(change["enable"]), tuple(change["disable"])),
            user_id=context.user_id,
        )
    except StalePlan:
        raise
    except WizamartError as error:
        raise GiveUp(str(error)) from error
