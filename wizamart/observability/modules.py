"""Health checks of what the composition root knows: modules, the registry, migrations."""

from flask import Flask

from wizamart.module_system import migrations
from wizamart.module_system.events import ModuleEvent, ModuleEventData, module_event_bus
from wizamart.module_system.manager import ModuleManager
from wizamart.observability.health import HealthRegistry
from wizamart.observability.metrics import count_toggle


def register_module_health_checks(app: Flask) -> None:
    """Register every module's check, and one that names the installed modules that were left out."""
    health: HealthRegistry = app.extensions["health"]
    manager: ModuleManager = app.extensions["modules"]
    for code, check in manager.health_checks().items():
        health.register(f"module:{code}", check)

    def check_registry() -> dict[str, str]:
        rejected = manager.registry.rejected
        if not rejected:
            return {"status": "healthy"}
        return {"status": "degraded", "message": "; ".join(module.reason for module in rejected)}

    health.register("registry", check_registry)


@module_event_bus.subscribe(ModuleEvent.ENABLED)
def count_enabled(data: ModuleEventData) -> None:
    """Count a toggle for the metrics."""
    count_toggle(str(data.platform_id), data.module_code, ModuleEvent.ENABLED)


@module_event_bus.subscribe(ModuleEvent.DISABLED)
def count_disabled(data: ModuleEventData) -> None:
    """Count a toggle for the metrics."""
    count_toggle(str(data.platform_id), data.module_code, ModuleEvent.DISABLED)


def register_migration_checks(app: Flask) -> None:
    """Be unready while migrations are pending: the code and the tables do not fit each other."""

    def check_migrations() -> dict[str, str]:
        pending = [one.code for one in migrations.status() if one.pending]
        if not pending:
            return {"status": "healthy"}
        return {"status": "unhealthy", "message": f"pending: {', '.join(pending)}"}

    for extension in ("health", "readiness"):
        app.extensions[extension].register("migrations", check_migrations, critical=True)
