"""What the marketplace module refuses."""

from wizamart.exceptions import NotFound
from wizamart.i18n import lazy_gettext as _


class ConnectionNotFound(NotFound):
    """No such connection, or another vendor's."""

    code = "marketplace.connection_not_found"
    message = _("There is no such connection.")


class FeedNotFound(NotFound):
    """A wrong token, a language that is not offered, a feed that is switched off: all answer alike."""

    code = "marketplace.feed_not_found"
    message = _("There is nothing here.")
