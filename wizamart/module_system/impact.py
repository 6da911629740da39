"""What a plan brings and costs: menus, permissions, routes, schedules, rows to be hidden, and reasons against it."""

import logging
from collections.abc import Callable, Iterable

from sqlalchemy.orm import Session

from wizamart.database import contained
from wizamart.module_system import config_service
from wizamart.module_system.definition import ModuleDefinition, resolve_hook
from wizamart.module_system.manager import ModuleManager
from wizamart.module_system.plan import Impact, Plan, Step, StepAction
from wizamart.module_system.state import ModuleState
from wizamart.platforms import scoped
from wizamart.queue.registry import SCHEDULES, module_code_of

log = logging.getLogger(__name__)


def assess(session: Session, manager: ModuleManager, state: ModuleState, steps: tuple[Step, ...]) -> Plan:
    """Return the plan of these steps with its impact, vetoes and missing configuration."""
    on = [manager.registry[step.code] for step in steps if step.action is StepAction.ENABLE]
    off = [manager.registry[step.code] for step in steps if step.action is StepAction.DISABLE]
    return Plan(
        platform_id=state.platform_id,
        revision=state.revision,
        steps=steps,
        impact=Impact(
            menu_items=_signed(on, off, _menu_labels),
            permissions=_signed(on, off, lambda module: module.permissions),
            routes={
                "+": sum(manager.routes_of(module.code) for module in on),
                "-": sum(manager.routes_of(module.code) for module in off),
            },
            schedules=_signed(on, off, _schedule_names),
            hidden_rows=_hidden_rows(session, state.platform_id, off),
        ),
        vetoes=tuple(_vetoes(session, state.platform_id, on, off)),
        missing_configuration=tuple(
            module.code
            for module in on
            if config_service.is_incomplete(module, state.configs.get(module.code))
        ),
    )


def _signed(
    on: Iterable[ModuleDefinition],
    off: Iterable[ModuleDefinition],
    names_of: Callable[[ModuleDefinition], Iterable[str]],
) -> dict[str, tuple[str, ...]]:
    return {
        "+": tuple(name for module in on for name in names_of(module)),
        "-": tuple(name for module in off for name in names_of(module)),
    }


def _menu_labels(module: ModuleDefinition) -> list[str]:
    return [str(item.label) for items in module.menu_items.values() for item in items]


def _schedule_names(module: ModuleDefinition) -> list[str]:
    return sorted(name for name in SCHEDULES if module_code_of(name) == module.code)


def _hidden_rows(session: Session, platform_id: int, off: Iterable[ModuleDefinition]) -> dict[str, int]:
    """Ask each module what switching it off would hide; one that cannot say is logged and counts nothing."""
    counted: dict[str, int] = {}
    for module in off:
        try:
            hook = resolve_hook(module.count_rows)
            if hook is None:
                continue
            with contained(session), scoped(session, platform_id):
                counted |= {
                    str(label): int(rows) for label, rows in hook(session, platform_id).items() if rows
                }
        except Exception:
            log.exception("count_rows_failed", extra={"module_code": module.code})
    return counted


def _vetoes(
    session: Session, platform_id: int, on: Iterable[ModuleDefinition], off: Iterable[ModuleDefinition]
) -> Iterable[str]:
    """Collect every reason. A check that fails forbids switching on, but must not keep a broken module on."""
    for modules, attribute in ((on, "can_enable"), (off, "can_disable")):
        for module in modules:
            try:
                hook = resolve_hook(getattr(module, attribute))
                if hook is None:
                    continue
                with contained(session), scoped(session, platform_id):
                    reasons = [f"{module.name}: {reason}" for reason in hook(session, platform_id)]
            except Exception as error:
                log.exception("validator_failed", extra={"module_code": module.code})
                reasons = []
                if attribute == "can_enable":
                    reasons = [f"{module.name}: {type(error).__name__}: {error}"]
            yield from reasons
