"""The vendors' pages of customers."""

from modules.customers.routes import import_pages, portals, segment_views
from modules.customers.routes.blueprints import vendor as bp

__all__ = ["bp", "import_pages", "portals", "segment_views"]
