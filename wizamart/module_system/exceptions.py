"""What the module system refuses."""

from collections.abc import Sequence

from wizamart.exceptions import NotFound, RuleViolation, WizamartError
from wizamart.i18n import lazy_gettext as _
from wizamart.module_system.definition import ModuleDefinition


class RegistryError(WizamartError):
    """The modules break a rule; the start is refused with every fault at once. `sound` are those without one."""

    code = "modules.registry"
    message = _("The modules cannot be loaded.")

    def __init__(self, faults: list[str], *, sound: Sequence[ModuleDefinition] = ()) -> None:
        super().__init__()
        self.faults = faults
        self.sound = sound

    def __str__(self) -> str:
        return "\n".join(["The modules cannot be loaded:", *(f"- {fault}" for fault in self.faults)])


class UnknownModule(NotFound):
    """No installed module has this code."""

    code = "modules.unknown_module"
    message = _("There is no module “%(module)s”.")


class UnknownPlatform(NotFound):
    """No platform has this id or code."""

    code = "modules.unknown_platform"
    message = _("There is no platform “%(platform)s”.")


class UnknownVendor(NotFound):
    """No vendor with this code sells on the platform."""

    code = "modules.unknown_vendor"
    message = _("No vendor “%(vendor)s” sells on the platform “%(platform)s”.")


class ModuleIsOff(RuleViolation):
    """A command of a module was called for a platform where the module is not in effect."""

    code = "modules.module_is_off"
    message = _("The module “%(module)s” is off on the platform “%(platform)s”.")


class CoreModuleLocked(RuleViolation):
    """Core modules are what everything else stands on."""

    code = "modules.core_locked"
    message = _("“%(module)s” belongs to the core and cannot be switched off.")


class ContradictoryPlan(RuleViolation):
    """A module cannot be on while what it requires is switched off."""

    code = "modules.contradictory_plan"
    message = _("“%(module)s” cannot be switched on and off in one step.")


class PlanVetoed(RuleViolation):
    """A module gave reasons against the change; nothing was written."""

    code = "modules.vetoed"
    message = _("This change is not possible: %(reasons)s")


class StaleConfiguration(RuleViolation):
    """Somebody saved the same configuration meanwhile; theirs is not written over."""

    code = "modules.stale_configuration"
    message = _("Somebody else changed these settings meanwhile. Please look at them and try again.")


class HookFailed(RuleViolation):
    """A module's own hook raised; the whole change was undone."""

    code = "modules.hook_failed"
    message = _("“%(module)s” could not be switched on: %(reason)s. Nothing was changed.")


class UndoRefused(RuleViolation):
    """Something newer stands on the operation that was to be undone."""

    code = "modules.undo_refused"
    message = _("This cannot be undone any more: “%(module)s” was changed again later.")


class InvalidMenuItem(NotFound):
    """No module declares this menu item."""

    code = "modules.unknown_menu_item"
    message = _("There is no menu item “%(item)s”.")


class MenuItemFixed(RuleViolation):
    """Some entries must stay reachable, whatever somebody hides."""

    code = "modules.menu_item_fixed"
    message = _("“%(item)s” cannot be hidden.")
