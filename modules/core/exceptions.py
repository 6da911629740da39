"""What core refuses."""

from wizamart.exceptions import InvalidInput, NotAllowed, NotFound, RuleViolation
from wizamart.i18n import lazy_gettext as _


class UnknownPreset(NotFound):
    """No preset has this code."""

    code = "core.unknown_preset"
    message = _("There is no preset “%(preset)s”.")


class OperationNotFound(NotFound):
    """No operation of this platform has this id."""

    code = "core.operation_not_found"
    message = _("There is no such change.")


class PlannedChangeNotFound(NotFound):
    """No change of this platform waits under this number."""

    code = "core.planned_change_not_found"
    message = _("There is no such planned change.")


class InternalModuleReserved(NotAllowed):
    """Internal modules look into the installation itself, so they are not a platform admin's to switch."""

    code = "core.internal_module_reserved"
    message = _("Only super admins switch internal modules such as “%(module)s”.")


class TooManySavedViews(RuleViolation):
    """A row of names that nobody can tell apart helps nobody; somebody deletes one before adding another."""

    code = "core.too_many_saved_views"
    message = _("A list keeps up to %(most)s views. Delete one first.")


class TooManyListsWithViews(RuleViolation):
    """What people keep is read with them at every request, so it cannot grow for ever."""

    code = "core.too_many_lists_with_views"
    message = _("You have saved views of %(most)s lists. Delete those of one first.")


class ExportNotFound(NotFound):
    """The file is another person's, or its time is over."""

    code = "core.export_not_found"
    message = _("There is no such file.")


class TooManyExports(RuleViolation):
    """The workers are everybody's."""

    code = "core.too_many_exports"
    message = _("%(most)s of your files are being made. Wait for one of them, or stop it.")


class SettingsChanged(RuleViolation):
    """Somebody saved the same settings while this form was open; theirs are not written over."""

    code = "core.settings_changed"
    message = _("Somebody else changed these settings meanwhile. Please look at them and try again.")


class WrongCurrentPassword(InvalidInput):
    """Who finds a browser unlocked must not be able to take the account over."""

    code = "core.wrong_current_password"
    message = _("This is not your current password.")


class IdempotencyKeyReused(RuleViolation):
    """One key stands for one request; another request needs another key."""

    code = "core.idempotency_key_reused"
    status = 422
    message = _("This Idempotency-Key was used for another request.")


class WrongOwnPassword(InvalidInput):
    """Whoever found an open browser must not leave it with a token that outlives the session."""

    code = "core.wrong_own_password"
    message = _("This is not your current password.")

    def __init__(self) -> None:
        super().__init__({"own_password": [str(self.message)]})
