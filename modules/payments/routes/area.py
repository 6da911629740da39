"""The same pages for admins and for vendors: what differs between the two portals."""

import uuid
from typing import Any, NamedTuple

from flask import render_template, url_for

from wizamart.module_system.definition import FrontendType
from wizamart.platform_context import current_vendor
from wizamart.web.portal import current_frontend


class Area(NamedTuple):
    """One of the portals."""

    blueprint: str
    layout: str
    is_admin: bool

    @property
    def vendor_id(self) -> int | None:
        """Whose records the pages are about; None for the platform's admins."""
        return None if self.is_admin else current_vendor.id

    def url(self, endpoint: str, **values: Any) -> str:
        """Return the address of a page of this portal."""
        return url_for(f"{self.blueprint}.{endpoint}", **values)

    def new_key(self) -> str:
        """Return the key of a form, so that sending it twice does its work once."""
        return uuid.uuid4().hex

    def render(self, template: str, **context: Any) -> str:
        """Render a page that both portals share."""
        return render_template(f"payments/shared/{template}", area=self, **context)


ADMIN = Area("payments_admin", "layouts/admin.html", is_admin=True)
VENDOR = Area("payments_vendor", "layouts/vendor.html", is_admin=False)


def current_area() -> Area:
    """Return the portal of the view at work."""
    return VENDOR if current_frontend() is FrontendType.VENDOR else ADMIN
