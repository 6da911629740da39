"""The pages of monitoring; each file registers its own."""

from modules.monitoring.routes import health, logs, tasks
from modules.monitoring.routes.blueprints import admin as bp

__all__ = ["bp", "health", "logs", "tasks"]
