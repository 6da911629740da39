"""The vendors' pages of core."""

from modules.core.routes import dashboard, exports, menu, profile, saved_views, search
from modules.core.routes.blueprints import vendor as bp

__all__ = ["bp", "dashboard", "exports", "menu", "profile", "saved_views", "search"]
