"""The admins' pages of payments."""

from modules.payments.routes import portals
from modules.payments.routes.blueprints import admin as bp

__all__ = ["bp", "portals"]
