"""The vendors' pages of customers."""

from modules.customers.routes import portals, segment_views
from modules.customers.routes.blueprints import vendor as bp

__all__ = ["bp", "portals", "segment_views"]
