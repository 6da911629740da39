"""What messaging refuses."""

from wizamart.exceptions import InvalidInput, NotFound
from wizamart.i18n import lazy_gettext as _


class NotificationNotFound(NotFound):
    """No such notification, or it is somebody else's."""

    code = "messaging.notification_not_found"
    message = _("There is no such notification.")


class KindNotFound(NotFound):
    """No such kind of notification, or its module is off here."""

    code = "messaging.kind_not_found"
    message = _("There is no such kind of notification.")


class PlaceholderUnknown(InvalidInput):
    """A text names something that this kind of notification does not know."""

    code = "messaging.placeholder_unknown"
    message = _("Unknown placeholders: %(names)s.")


class BraceUnpaired(InvalidInput):
    """A brace that opens or closes nothing would be sent as it stands."""

    code = "messaging.brace_unpaired"
    message = _("A brace is not part of a placeholder. Placeholders look like {name}.")
