"""What analytics refuses."""

from wizamart.exceptions import NotFound
from wizamart.i18n import lazy_gettext as _


class VendorNotHere(NotFound):
    """No such vendor sells on this platform."""

    code = "analytics.vendor_not_here"
    message = _("There is no such vendor.")
