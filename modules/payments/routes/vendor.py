"""The vendors' pages of payments."""

from modules.payments.routes import portals
from modules.payments.routes.blueprints import vendor as bp

__all__ = ["bp", "portals"]
