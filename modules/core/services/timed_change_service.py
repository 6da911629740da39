"""Modules that are switched at a time that is set: a task waits for it, and takes the way of every other change."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.core.exceptions import PlannedChangeNotFound
from modules.core.services import activation_service
from modules.core.services.activation_service import Change
from wizamart import clock
from wizamart.auth import user_service
from wizamart.auth.models import User
from wizamart.exceptions import InvalidInput, NotAllowed
from wizamart.i18n import gettext as _
from wizamart.module_system.manager import current_manager
from wizamart.module_system.plan import Plan
from wizamart.permissions import grants_of, load_platform_bundles
from wizamart.queue import enqueue, service as queue_service
from wizamart.queue.models import WAITING, Task, TaskStatus

APPLY: Final = "core.apply_planned_change"
PERMISSION: Final = "core:module:update"
LONGEST_AHEAD: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """A change that waits, or that was refused when its time had come; `will_enable` says which way it goes."""

    id: int
    code: str
    will_enable: bool
    run_at: datetime
    who: str
    refusal: str = ""


def plan_later(
    session: Session,
    platform_id: int,
    change: Change,
    *,
    run_at: datetime,
    permissions: frozenset[str],
    user_id: int,
) -> Plan:
    """Let a change be made at a time; return what it would take if it were made now.

    The same change at the same time is planned once.

    :raises InvalidInput: at `run_at`, when it has passed or is more than a year ahead.
    :raises InternalModuleReserved: when the person may not switch what is named.
    """
    now = clock.now()
    if run_at <= now:
        raise InvalidInput({"run_at": [_("This time has passed. Choose one to come.")]})
    if run_at > now + LONGEST_AHEAD:
        raise InvalidInput({"run_at": [_("Choose a time within a year.")]})
    plan = activation_service.plan_change(session, platform_id, change, permissions=permissions)
    names = "-".join((*(f"on.{code}" for code in change.enable), *(f"off.{code}" for code in change.disable)))
    key = f"core.change.{platform_id}.{int(run_at.timestamp())}.{names}"
    known = _find(session, platform_id, key)
    if known is None:
        enqueue(
            session,
            APPLY,
            {"enable": list(change.enable), "disable": list(change.disable)},
            platform_id=platform_id,
            user_id=user_id,
            run_at=run_at,
            key=key,
        )
    elif known.status not in WAITING:  # it was cancelled, and is asked for again
        queue_service.retry_task(session, known, at=run_at)
    return plan


def list_planned(session: Session, platform_id: int, *, code: str | None = None) -> list[PlannedChange]:
    """Return the changes that wait or were refused, the earliest first; of one module if a code is given."""
    query = (
        sa.select(Task, User.display_name)
        .outerjoin(User, User.id == Task.user_id)
        .where(
            Task.name == APPLY, Task.platform_id == platform_id, Task.status.in_((*WAITING, TaskStatus.DEAD))
        )
        .order_by(Task.run_at, Task.id)
    )
    return [
        PlannedChange(task.id, module, way == "enable", task.run_at, who or "", _refusal(task))
        for task, who in session.execute(query)
        for way in ("enable", "disable")
        for module in task.payload[way]
        if code in {None, module}
    ]


def cancel(session: Session, platform_id: int, task_id: int, *, at: datetime) -> None:
    """Give up a change that waits; giving it up twice is no error.

    :raises PlannedChangeNotFound: when this platform has none of this number.
    """
    task = session.scalars(
        sa.select(Task).where(Task.id == task_id, Task.name == APPLY, Task.platform_id == platform_id)
    ).one_or_none()
    if task is None:
        raise PlannedChangeNotFound
    queue_service.cancel(session, task, at=at)


def carry_out(session: Session, platform_id: int, change: Change, *, user_id: int | None) -> Plan:
    """Make a change whose time has come, with the rights that whoever planned it has by now.

    :raises NotAllowed: when they may not any more.
    :raises ChangeVetoed: when a module refuses; all its reasons in the text.
    """
    permissions = _permissions_of(session, platform_id, user_id)
    if PERMISSION not in permissions:
        raise NotAllowed
    plan = activation_service.plan_change(session, platform_id, change, permissions=permissions)
    return activation_service.carry_out(session, plan, confirmed=None, user_id=user_id, origin="schedule")


def _refusal(task: Task) -> str:
    """Return why a change was refused: the words of the last exception."""
    if task.status != TaskStatus.DEAD:
        return ""
    return (task.error or "").strip().rpartition("\n")[2].partition(": ")[2]


def _permissions_of(session: Session, platform_id: int, user_id: int | None) -> frozenset[str]:
    user = user_service.find_user(session, user_id) if user_id is not None else None
    if user is None or not user.is_active:
        return frozenset()
    bundles = load_platform_bundles(session, user.id, platform_id)
    state = current_manager().state_of(session, platform_id)
    grants = grants_of(
        bundles, state.permissions, state.reserved_permissions, is_super_admin=user.is_super_admin
    )
    return grants.permissions


def _find(session: Session, platform_id: int, key: str) -> Task | None:
    task = queue_service.find_task_by_key(session, key)
    return task if task is not None and task.platform_id == platform_id else None
