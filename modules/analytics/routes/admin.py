"""The admins' pages of analytics; each file registers its own."""

from modules.analytics.routes import exports, refreshing, sales
from modules.analytics.routes.blueprints import admin as bp

__all__ = ["bp", "exports", "refreshing", "sales"]
