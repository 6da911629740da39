"""The admins' pages of messaging; each file registers its own."""

from modules.messaging.routes import mails, notifications, preferences, templates
from modules.messaging.routes.blueprints import admin as bp

__all__ = ["bp", "mails", "notifications", "preferences", "templates"]
