"""The vendors' pages of payments."""

from modules.payments.routes import bank_portals, portals
from modules.payments.routes.blueprints import vendor as bp

__all__ = ["bank_portals", "bp", "portals"]
