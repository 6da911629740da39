"""The admins' pages of customers."""

from modules.customers.routes import admin_views, import_pages, portals, segment_views
from modules.customers.routes.blueprints import admin as bp

__all__ = ["admin_views", "bp", "import_pages", "portals", "segment_views"]
