"""What can go wrong in dev-tools."""

from wizamart.exceptions import NotFound
from wizamart.i18n import lazy_gettext as _


class ComponentNotFound(NotFound):
    """No file of the component library has this name."""

    code = "dev_tools.component_not_found"
    message = _("There is no such component.")


class DeliveryNotFound(NotFound):
    """No event was delivered under this number on this platform, or it was purged."""

    code = "dev_tools.delivery_not_found"
    message = _("There is no such delivery.")


class CatalogueNotFound(NotFound):
    """Nothing is translated under this code, or not into this language."""

    code = "dev_tools.catalogue_not_found"
    message = _("There is no such catalogue.")
