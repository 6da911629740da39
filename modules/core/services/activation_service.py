"""Changes to the modules of a platform as people ask for them: by switch, by selection, by preset, by undo."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from modules.core.exceptions import InternalModuleReserved, OperationNotFound
from modules.core.services import preset_service
from wizamart import audit
from wizamart.i18n import gettext as _
from wizamart.module_system import service
from wizamart.module_system.definition import ModuleTier
from wizamart.module_system.manager import current_manager
from wizamart.module_system.plan import Plan, StalePlan, Step, StepAction, StepCause
from wizamart.module_system.registry import Registry
from wizamart.module_system.state import ModuleState, build_state

INTERNAL_PERMISSION: Final = "core:internal-module:update"


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody asks for."""

    enable: tuple[str, ...] = ()
    disable: tuple[str, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """Every module that is named."""
        return (*self.enable, *self.disable)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What somebody saw before they confirmed: the revision, and the steps as `step_key` writes them."""

    revision: int
    steps: tuple[str, ...]


def step_key(step: Step) -> str:
    """Write a step as a form sends it back."""
    return f"{step.action}:{step.code}"


def change_to_preset(registry: Registry, state: ModuleState, code: str) -> Change:
    """Return the change that brings a platform to a preset; internal modules stay as they are.

    :raises UnknownPreset: when there is none with this code.
    """
    preset = preset_service.get_preset(registry, code)
    kept = set(preset.modules)
    for module in preset.modules:
        kept |= registry.requirements_of(module)
    others = set(registry.of_tier(ModuleTier.OPTIONAL)) - kept
    return Change(
        enable=tuple(
            module for module in registry if module in preset.modules and module not in state.wanted
        ),
        disable=tuple(module for module in registry if module in others and module in state.wanted),
    )


def plan_change(session: Session, platform_id: int, change: Change, *, permissions: frozenset[str]) -> Plan:
    """Work out what a change takes.

    :raises InternalModuleReserved: when it touches an internal module and the person may not.
    """
    plan = service.plan(session, platform_id, enable=change.enable, disable=change.disable)
    registry = current_manager().registry
    if INTERNAL_PERMISSION not in permissions:
        for code in (*change.codes, *(step.code for step in plan.steps)):
            if registry[code].is_internal:
                raise InternalModuleReserved(module=registry[code].name)
    return plan


def needs_confirmation(plan: Plan) -> bool:
    """Tell whether somebody has to look first: at what comes along, or at why it cannot be done."""
    return plan.has_cascade or bool(plan.vetoes)


def carry_out(
    session: Session,
    plan: Plan,
    *,
    confirmed: Confirmation | None,
    user_id: int | None,
    origin: str = "portal",
) -> Plan:
    """Apply a plan if it is the one that was confirmed.

    :raises StalePlan: when the platform or the steps are not what the person saw.
    """
    if confirmed is not None:
        steps = tuple(step_key(step) for step in plan.steps)
        if confirmed.revision != plan.revision or (confirmed.steps and confirmed.steps != steps):
            raise StalePlan(plan)
    return service.apply(session, plan, user_id=user_id, origin=origin)


def state_after(state: ModuleState, plan: Plan) -> ModuleState:
    """Return what holds once a plan is committed, without asking the database.

    It is for the answer to the request that changed it, and is never kept: the transaction may still fail.
    """
    manager = current_manager()
    wanted = state.wanted.union(plan.codes(StepAction.ENABLE)).difference(plan.codes(StepAction.DISABLE))
    rows = [(code, code in wanted, state.configs.get(code, {})) for code in {*wanted, *state.configs}]
    menu = [
        (str(frontend), item, change.is_hidden, change.order)
        for (frontend, item), change in state.menu_changes.items()
    ]
    return build_state(
        manager.registry,
        state.platform_id,
        state.revision + 1,
        rows=rows,
        menu_rows=menu,
        blocked=manager.states.blocked,
    )


def describe_steps(plan: Plan) -> list[tuple[Step, str, str]]:
    """Return each step with the module's name and, in words, why it is taken."""
    registry = current_manager().registry
    return [(step, str(registry[step.code].name), _reason(step, registry)) for step in plan.steps]


def _reason(step: Step, registry: Registry) -> str:
    because = str(registry[step.because_of].name) if step.because_of else ""
    if step.cause is StepCause.REQUIRED_BY:
        return _("%(module)s requires it", module=because)
    if step.cause is StepCause.DEPENDS_ON:
        return _("It requires %(module)s", module=because)
    return _("You asked for it")


def summarize(plan: Plan) -> str:
    """Say in one sentence or two what a plan has changed, naming every module."""
    on, off = _names(plan.codes(StepAction.ENABLE)), _names(plan.codes(StepAction.DISABLE))
    parts = []
    if on:
        parts.append(_("Switched on: %(modules)s.", modules=on))
    if off:
        parts.append(_("Switched off: %(modules)s. The data stays.", modules=off))
    return " ".join(parts) or _("This holds already. Nothing was changed.")


def _names(codes: Iterable[str]) -> str:
    registry = current_manager().registry
    return ", ".join(str(registry[code].name) for code in codes)


def _check_undo(
    session: Session, platform_id: int, operation_id: str, *, permissions: frozenset[str]
) -> None:
    """Refuse the undo of what is no operation here, or what the person may not do again.

    :raises OperationNotFound, InternalModuleReserved: accordingly.
    """
    registry = current_manager().registry
    codes = [
        entry.target.removeprefix("module:")
        for entry in audit.list_operation(session, operation_id)
        if entry.platform_id == platform_id and entry.target.startswith("module:")
    ]
    if not codes:
        raise OperationNotFound
    for code in codes:
        if code in registry and registry[code].is_internal and INTERNAL_PERMISSION not in permissions:
            raise InternalModuleReserved(module=registry[code].name)


def undo(
    session: Session,
    platform_id: int,
    operation_id: str,
    *,
    permissions: frozenset[str],
    user_id: int | None,
    origin: str = "portal",
) -> Plan:
    """Undo a whole operation, cascade included.

    :raises OperationNotFound, InternalModuleReserved, UndoRefused: when it is not this person's to undo, or nobody's.
    """
    _check_undo(session, platform_id, operation_id, permissions=permissions)
    return service.undo_operation(session, platform_id, operation_id, user_id=user_id, origin=origin)
