"""What core does by itself."""

from datetime import timedelta
from typing import Any, cast

from modules.core.services import activation_service, idempotency_service, timed_change_service
from wizamart import clock
from wizamart.exceptions import WizamartError
from wizamart.module_system.plan import StalePlan
from wizamart.queue import TaskContext, schedule, task
from wizamart.queue.registry import GiveUp

KEPT = timedelta(days=2)


@schedule("core.forget_idempotency_keys", every=timedelta(hours=12))
@task("core.forget_idempotency_keys")
def forget_idempotency_keys(context: TaskContext) -> None:
    """Forget answers that no client asks for again."""
    idempotency_service.delete_older(context.session, before=clock.now() - KEPT)


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
