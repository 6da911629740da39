"""The modules' health checks, aggregated under `module:<code>`."""

from flask import Flask

from wizamart.module_system.manager import ModuleManager
from wizamart.observability.health import HealthRegistry


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
