"""The vendors' pages of messaging; each file registers its own."""

from modules.messaging.routes import notifications, preferences
from modules.messaging.routes.blueprints import vendor as bp

__all__ = ["bp", "notifications", "preferences"]
