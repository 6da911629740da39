"""The vendors' pages of analytics; each file registers its own."""

from modules.analytics.routes import exports, sales
from modules.analytics.routes.blueprints import vendor as bp

__all__ = ["bp", "exports", "sales"]
