"""The blueprint of monitoring's pages, and what they all show."""

from typing import Any, cast

from flask import render_template

from modules.monitoring.config import MonitoringConfig
from wizamart.database import db
from wizamart.module_system import config_service
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.manager import current_manager
from wizamart.module_system.mounting import module_blueprint
from wizamart.platform_context import current_platform

admin = module_blueprint("monitoring", FrontendType.ADMIN)


def current_config() -> MonitoringConfig:
    """Return what is configured on this platform."""
    return cast(
        "MonitoringConfig", config_service.get_module_config(db.session(), current_platform.id, "monitoring")
    )


def show(template: str, **values: Any) -> str:
    """Render a page of monitoring, with the links to the tools beside it."""
    config = current_config()
    tools = [("Grafana", config.grafana_url), ("Sentry", config.sentry_url)]
    values["tools"] = [(name, str(url)) for name, url in tools if url is not None]
    return render_template(f"monitoring/admin/{template}", **values)


def module_choices() -> list[tuple[str, str]]:
    """Return the modules for a filter."""
    return sorted((code, str(module.name)) for code, module in current_manager().registry.items())
