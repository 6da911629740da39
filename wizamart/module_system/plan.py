"""The algebra of switching: which steps a change takes, what it brings and costs. Pure: nothing is read or written."""

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from wizamart.exceptions import RuleViolation
from wizamart.i18n import lazy_gettext as _
from wizamart.module_system.exceptions import ContradictoryPlan, CoreModuleLocked
from wizamart.module_system.registry import Registry


class StepAction(enum.StrEnum):
    """What a step does."""

    ENABLE = "enable"
    DISABLE = "disable"


class StepCause(enum.StrEnum):
    """Why a step is in the plan."""

    ASKED = "asked"
    REQUIRED_BY = "required_by"
    DEPENDS_ON = "depends_on"


class Step(NamedTuple):
    """One module switched on or off; `because_of` is the module that drags it along."""

    code: str
    action: StepAction
    cause: StepCause
    because_of: str | None = None

    def as_dict(self) -> dict[str, str | None]:
        """Return the step as JSON values."""
        return {
            "module": self.code,
            "action": self.action,
            "cause": self.cause,
            "because_of": self.because_of,
        }


@dataclass(frozen=True, slots=True)
class Impact:
    """What a plan brings (+) and takes (-)."""

    menu_items: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    permissions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    routes: Mapping[str, int] = field(default_factory=dict)
    schedules: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hidden_rows: Mapping[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the impact as JSON values."""
        return {
            "menu_items": {sign: list(items) for sign, items in self.menu_items.items()},
            "permissions": {sign: list(items) for sign, items in self.permissions.items()},
            "routes": dict(self.routes),
            "schedules": {sign: list(items) for sign, items in self.schedules.items()},
            "hidden_rows": dict(self.hidden_rows),
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps that a change takes on a platform at one revision, in the order they are carried out.

    `operation_id` names it in the audit trail once it was carried out.
    """

    platform_id: int
    revision: int
    steps: tuple[Step, ...]
    impact: Impact = field(default_factory=Impact)
    vetoes: tuple[str, ...] = ()
    missing_configuration: tuple[str, ...] = ()
    operation_id: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether what was asked for holds already."""
        return not self.steps

    @property
    def has_cascade(self) -> bool:
        """Whether it drags along modules that nobody named."""
        return any(step.cause is not StepCause.ASKED for step in self.steps)

    def codes(self, action: StepAction) -> tuple[str, ...]:
        """Return the modules that the plan switches on, or off, in order."""
        return tuple(step.code for step in self.steps if step.action == action)

    def as_dict(self) -> dict[str, Any]:
        """Return the plan as JSON values."""
        return {
            "platform_id": self.platform_id,
            "revision": self.revision,
            "steps": [step.as_dict() for step in self.steps],
            "impact": self.impact.as_dict(),
            "vetoes": list(self.vetoes),
            "missing_configuration": list(self.missing_configuration),
        }

    def as_text(self) -> str:
        """Return a line per step for a terminal."""
        words = {StepCause.REQUIRED_BY: "required by", StepCause.DEPENDS_ON: "depends on"}
        lines = []
        for step in self.steps:
            because = f" ({words[step.cause]} {step.because_of})" if step.cause in words else ""
            lines.append(f"{step.action} {step.code}{because}")
        return "\n".join([*lines, *(f"veto: {reason}" for reason in self.vetoes)])


class StalePlan(RuleViolation):
    """The platform changed after the plan was made; `plan` is the new one."""

    code = "modules.stale_plan"
    message = _("Somebody changed the modules meanwhile. Please look at the new plan and confirm it.")

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan


def plan_steps(
    registry: Registry,
    wanted: frozenset[str],
    *,
    enable: Iterable[str] = (),
    disable: Iterable[str] = (),
) -> tuple[Step, ...]:
    """Return the steps from `wanted` to what is asked: dependents go off first, requirements come on first.

    :raises UnknownModule: for a code that is not installed.
    :raises CoreModuleLocked: when a core module is to be switched off.
    :raises ContradictoryPlan: when one module would be switched both ways.
    """
    enable, disable = list(dict.fromkeys(enable)), list(dict.fromkeys(disable))
    off = _plan_disable(registry, wanted, disable)
    on = _plan_enable(registry, wanted, enable)
    going_off = {step.code for step in off} | set(disable)
    for code in enable:
        if {code, *registry.requirements_of(code)} & going_off:
            raise ContradictoryPlan(module=code)
    return (*off, *on)


def _plan_enable(registry: Registry, wanted: frozenset[str], codes: list[str]) -> tuple[Step, ...]:
    steps: dict[str, Step] = {}

    def visit(code: str, because_of: str | None) -> None:
        for required in sorted(registry[code].requires):
            visit(required, code)
        if code in wanted or code in registry.core_codes or code in steps:
            return
        cause = StepCause.ASKED if code in codes else StepCause.REQUIRED_BY
        steps[code] = Step(code, StepAction.ENABLE, cause, None if code in codes else because_of)

    for code in codes:
        visit(code, None)
    return tuple(steps.values())


def _plan_disable(registry: Registry, wanted: frozenset[str], codes: list[str]) -> tuple[Step, ...]:
    steps: dict[str, Step] = {}

    def visit(code: str, because_of: str | None) -> None:
        for dependent in registry.dependents[code]:
            visit(dependent, code)
        if code not in wanted or code in steps:
            return
        cause = StepCause.ASKED if code in codes else StepCause.DEPENDS_ON
        steps[code] = Step(code, StepAction.DISABLE, cause, None if code in codes else because_of)

    for code in codes:
        if registry[code].is_core:
            raise CoreModuleLocked(module=registry[code].name)
        visit(code, None)
    return tuple(steps.values())
