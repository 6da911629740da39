"""The same pages for admins and for vendors: what differs between the two portals."""

from typing import Any, NamedTuple

from flask import render_template, url_for

from wizamart.module_system.definition import FrontendType
from wizamart.platform_context import current_vendor
from wizamart.web.portal import current_frontend


class Area(NamedTuple):
    """One of the portals."""

    frontend: FrontendType

    @property
    def is_admin(self) -> bool:
        """Whether the pages are about the whole platform."""
        return self.frontend is FrontendType.ADMIN

    @property
    def layout(self) -> str:
        """The layout of its pages."""
        return f"layouts/{self.frontend}.html"

    @property
    def vendor_id(self) -> int | None:
        """Whose customers the pages are about; None for the platform's admins."""
        return None if self.is_admin else current_vendor.id

    def url(self, endpoint: str, **values: Any) -> str:
        """Return the address of a page of this portal."""
        return url_for(f"customers_{self.frontend}.{endpoint}", **values)

    def render(self, template: str, **context: Any) -> str:
        """Render a page that both portals share."""
        return render_template(f"customers/shared/{template}", area=self, **context)


ADMIN = Area(FrontendType.ADMIN)
VENDOR = Area(FrontendType.VENDOR)


def current_area() -> Area:
    """Return the portal of the view at work."""
    return VENDOR if current_frontend() is FrontendType.VENDOR else ADMIN
