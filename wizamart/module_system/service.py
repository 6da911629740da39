"""Switching modules: plan, apply, undo, and what is asked of a platform's modules.

The calls of the original keep their names and argument order. Nothing here commits: the caller's unit of work does.
"""

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wizamart import audit, clock
from wizamart.database import after_commit
from wizamart.exceptions import WizamartError
from wizamart.module_system import delivery, impact, menus
from wizamart.module_system.definition import FrontendType, MenuItem, ModuleDefinition, resolve_hook
from wizamart.module_system.events import ModuleEvent, ModuleEventData
from wizamart.module_system.exceptions import (
    HookFailed,
    InvalidMenuItem,
    PlanVetoed,
    UndoRefused,
    UnknownModule,
    UnknownPlatform,
)
from wizamart.module_system.locking import advance_revision, lock_with_modules
from wizamart.module_system.manager import ModuleManager, current_manager
from wizamart.module_system.models import PlatformModule
from wizamart.module_system.plan import Plan, StalePlan, Step, StepAction, plan_steps
from wizamart.module_system.state import ModuleState, build_state
from wizamart.platforms import Platform, scoped
from wizamart.queue.service import unpark

log = logging.getLogger(__name__)


def is_module_enabled(session: Session, platform_id: int, code: str) -> bool:
    """Tell whether a module is in effect on a platform.

    Within a request for that platform this is a look-up in the state that the request was mounted with.

    :raises UnknownModule, UnknownPlatform: for what does not exist.
    """
    state = session.info.get("module_state")
    if state is None or state.platform_id != platform_id:
        state = current_manager().state_of(session, platform_id)
    if code in state.effective:
        return True
    if code in state.known or code in state.off_because:
        return False
    raise UnknownModule(module=code)


def get_platform_modules(session: Session, platform_id: int) -> list[ModuleDefinition]:
    """Return the modules in effect on a platform, requirements first."""
    manager = current_manager()
    effective = manager.state_of(session, platform_id).effective
    return [module for code, module in manager.registry.items() if code in effective]


def enable_module(
    session: Session, platform_id: int, code: str, user_id: int | None = None, *, origin: str = "code"
) -> Plan:
    """Switch a module on with everything it requires, and return what was done."""
    return apply(session, plan(session, platform_id, enable=[code]), user_id=user_id, origin=origin)


def disable_module(
    session: Session, platform_id: int, code: str, user_id: int | None = None, *, origin: str = "code"
) -> Plan:
    """Switch a module off with everything that depends on it, and return what was done."""
    return apply(session, plan(session, platform_id, disable=[code]), user_id=user_id, origin=origin)


def get_module_menu_items(
    session: Session, platform_id: int, frontend: FrontendType = FrontendType.ADMIN
) -> list[MenuItem]:
    """Return the menu items of the modules in effect, in the platform's order, without the hidden ones."""
    manager = current_manager()
    state = manager.state_of(session, platform_id)
    entries = menus.list_entries(manager.registry, state, frontend)
    return [entry.item for entry in entries if not entry.is_hidden]


def is_menu_item_module_enabled(
    session: Session, platform_id: int, item_id: str, frontend: FrontendType = FrontendType.ADMIN
) -> bool:
    """Tell whether the module that declares a menu item is in effect.

    :raises InvalidMenuItem: when no module declares it.
    """
    owner = current_manager().registry.menu_owner.get((FrontendType(frontend), item_id))
    if owner is None:
        raise InvalidMenuItem(item=item_id)
    return is_module_enabled(session, platform_id, owner)


def find_platform(session: Session, platform: int | str) -> Platform:
    """Return a platform by its id or code.

    :raises UnknownPlatform: when there is none.
    """
    column = Platform.id if isinstance(platform, int) else Platform.code
    found = session.scalars(sa.select(Platform).where(column == platform)).one_or_none()
    if found is None:
        raise UnknownPlatform(platform=platform)
    return found


def plan(
    session: Session,
    platform: int | str,
    *,
    enable: Iterable[str] = (),
    disable: Iterable[str] = (),
) -> Plan:
    """Work out what a change takes and costs; writes nothing.

    :raises UnknownPlatform, UnknownModule, CoreModuleLocked, ContradictoryPlan: when it cannot be planned.
    """
    manager = current_manager()
    state = _state(session, manager, platform)
    steps = plan_steps(manager.registry, state.wanted, enable=enable, disable=disable)
    return impact.assess(session, manager, state, steps)


def _state(session: Session, manager: ModuleManager, platform: int | str) -> ModuleState:
    """Return the state that the request was mounted with, since it is what the person saw, or else read it."""
    mounted: ModuleState | None = session.info.get("module_state")
    if mounted is not None and mounted.platform_id == platform:
        return mounted
    row = find_platform(session, platform)
    return manager.states.get(session, row.id, row.module_revision)


def apply(
    session: Session,
    plan: Plan,
    *,
    user_id: int | None = None,
    origin: str = "code",
    at: datetime | None = None,
    undoes: str | None = None,
) -> Plan:
    """Carry out a plan in the caller's transaction: state, audit, revision and events, all or nothing.

    Returns the plan with the id of the operation; one that takes no steps comes back as it is.

    :raises StalePlan: when the platform changed after the plan was made.
    :raises PlanVetoed: when a module gave reasons against it.
    :raises HookFailed: when an `on_enable` raised; the caller's transaction must roll back.
    """
    if plan.is_empty:
        return plan
    at = at or clock.now()
    platform, rows = lock_with_modules(session, plan.platform_id)
    if platform.module_revision != plan.revision:
        session.info.pop("module_state", None)  # it is what is stale
        raise StalePlan(_replan(session, plan))
    if plan.vetoes:
        raise PlanVetoed(reasons="; ".join(plan.vetoes))
    missing = [step.code for step in plan.steps if step.code not in rows]
    new = [PlatformModule(platform_id=platform.id, module_code=code, config={}) for code in missing]
    rows |= {row.module_code: row for row in new}
    notes = [_take_step(session, rows[step.code], step, user_id=user_id, at=at) for step in plan.steps]
    _add_new(session, new)
    operation_id = audit.new_operation_id()
    shared = {
        "operation_id": operation_id,
        "platform_id": platform.id,
        "actor_id": user_id,
        "origin": origin,
        "occurred_at": at,
    }
    steps = zip(plan.steps, notes, strict=True)
    audit.record_all(session, [shared | _trail_of(step, note, undoes) for step, note in steps])
    advance_revision(platform)
    _see_own_change(session, rows, platform)
    if plan.codes(StepAction.ENABLE):
        unpark(session, platform.id, plan.codes(StepAction.ENABLE))
    data = ModuleEventData("", platform.id, user_id, operation_id=operation_id, occurred_at=at)
    delivery.announce(session, [_event_of(step, data) for step in plan.steps])
    return replace(plan, operation_id=operation_id)


def _trail_of(step: Step, note: str | None, undoes: str | None) -> dict[str, Any]:
    """Return what the audit trail says of a step, beside what it says of the operation."""
    is_on = step.action is StepAction.ENABLE
    return {
        "action": f"modules.{step.action}",
        "target": f"module:{step.code}",
        "cause": _cause_of(step, undoes),
        "before": {"is_enabled": not is_on},
        "after": {"is_enabled": is_on},
        "note": note,
    }


def _event_of(step: Step, data: ModuleEventData) -> tuple[ModuleEvent, ModuleEventData]:
    event = ModuleEvent.ENABLED if step.action is StepAction.ENABLE else ModuleEvent.DISABLED
    return event, replace(data, module_code=step.code)


def undo_operation(
    session: Session,
    platform_id: int,
    operation_id: str,
    *,
    user_id: int | None = None,
    origin: str = "portal",
) -> Plan:
    """Reverse a whole operation, cascade included, while nothing newer stands in its way.

    :raises UnknownPlatform: when the operation is not this platform's.
    :raises UndoRefused: when one of its modules was changed again, or undoing would drag along another one.
    """
    entries = [
        entry
        for entry in audit.list_operation(session, operation_id)
        if entry.platform_id == platform_id and entry.action in {"modules.enable", "modules.disable"}
    ]
    if not entries:
        raise UnknownPlatform(platform=platform_id)
    for entry in entries:
        if audit.has_newer(session, entry):
            raise UndoRefused(module=entry.target.removeprefix("module:"))
    by_action = {
        action: [
            entry.target.removeprefix("module:") for entry in entries if entry.action == f"modules.{action}"
        ]
        for action in StepAction
    }
    reverse = plan(
        session, platform_id, enable=by_action[StepAction.DISABLE], disable=by_action[StepAction.ENABLE]
    )
    for step in reverse.steps:
        if step.code not in {*by_action[StepAction.ENABLE], *by_action[StepAction.DISABLE]}:
            raise UndoRefused(module=step.code)
    return apply(session, reverse, user_id=user_id, origin=origin, undoes=operation_id)


def _replan(session: Session, stale: Plan) -> Plan:
    asked = [step for step in stale.steps if step.cause == "asked"]
    return plan(
        session,
        stale.platform_id,
        enable=[step.code for step in asked if step.action is StepAction.ENABLE],
        disable=[step.code for step in asked if step.action is StepAction.DISABLE],
    )


def _see_own_change(session: Session, rows: dict[str, PlatformModule], platform: Platform) -> None:
    """Let the rest of this transaction see the new state, and the process once it has committed."""
    manager = current_manager()
    mounted: ModuleState | None = session.info.get("module_state")
    if mounted is None or (mounted.platform_id, mounted.revision + 1) != (
        platform.id,
        platform.module_revision,
    ):
        session.info.pop("module_state", None)
        return
    stored = [(code, row.is_enabled, row.config) for code, row in rows.items()]
    state = build_state(
        manager.registry,
        platform.id,
        platform.module_revision,
        rows=stored,
        menu_rows=[
            (frontend, item_id, change.is_hidden, change.order)
            for (frontend, item_id), change in mounted.menu_changes.items()
        ],
        blocked=manager.states.blocked,
    )
    session.info["module_state"] = state
    after_commit(session, lambda: manager.states.keep(state))


def _add_new(session: Session, rows: list[PlatformModule]) -> None:
    """Add the rows of modules that were never asked for here, in one statement however many they are."""
    if rows:
        columns = [column.key for column in sa.inspect(PlatformModule).columns if column.key != "id"]
        values = [{name: getattr(row, name) for name in columns} for row in rows]
        session.execute(sa.insert(PlatformModule), values)


def _take_step(
    session: Session, row: PlatformModule, step: Step, *, user_id: int | None, at: datetime
) -> str | None:
    """Write one step and run its hook; return what went wrong in an `on_disable`, which stops nothing."""
    module = current_manager().registry[step.code]
    row.is_enabled = step.action is StepAction.ENABLE
    if row.is_enabled:
        row.enabled_at, row.enabled_by_user_id = at, user_id
        _run_on_enable(session, module, row.platform_id)
        return None
    row.disabled_at, row.disabled_by_user_id = at, user_id
    return _run_on_disable(session, module, row.platform_id)


def _run_on_enable(session: Session, module: ModuleDefinition, platform_id: int) -> None:
    try:
        hook = resolve_hook(module.on_enable)
        if hook is not None:
            with scoped(session, platform_id):
                hook(platform_id)
    except Exception as error:
        log.exception("on_enable_failed", extra={"module_code": module.code, "platform_id": platform_id})
        reason = str(error) if isinstance(error, WizamartError) else f"{type(error).__name__}: {error}"
        raise HookFailed(module=module.name, reason=reason) from error


def _run_on_disable(session: Session, module: ModuleDefinition, platform_id: int) -> str | None:
    try:
        hook = resolve_hook(module.on_disable)
        if hook is not None:
            with session.begin_nested(), scoped(session, platform_id):
                hook(platform_id)
    except Exception as error:
        log.exception("on_disable_failed", extra={"module_code": module.code, "platform_id": platform_id})
        return f"on_disable: {type(error).__name__}: {error}"
    return None


def _cause_of(step: Step, undoes: str | None) -> str:
    if undoes is not None:
        return f"undo:{undoes}"
    return step.cause if step.because_of is None else f"{step.cause}:{step.because_of}"
