"""Health checks of what the composition root knows: modules, the registry, migrations."""

from collections import defaultdict
from itertools import islice
from typing import Final

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.orm import Session

from wizamart.database import db, unit_of_work
from wizamart.module_system import config_service, migrations
from wizamart.module_system.events import ModuleEvent, ModuleEventData, module_event_bus
from wizamart.module_system.manager import ModuleManager
from wizamart.module_system.models import PlatformModule
from wizamart.module_system.state import effect_of
from wizamart.observability.health import HealthRegistry
from wizamart.observability.metrics import ModuleCensus, count_toggle
from wizamart.platform_context import request_context
from wizamart.platforms import Platform, PlatformStatus

FAULTS_NAMED: Final = 20
PLATFORMS_SHOWN: Final = 500


def register_module_health_checks(app: Flask | None = None) -> None:
    """Register every module's check, and one that names the installed modules that were left out.

    Without an argument, those of the application at work.
    """
    app = app or current_app
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
    health.register("configuration", ConfigurationCheck())


class ConfigurationCheck:
    """Names the stored values that a module's schema rejects by now, wherever they are.

    Every change to a configuration advances its platform's revision, so as long as the sum of all revisions is the
    same nothing has to be read again.
    """

    def __init__(self) -> None:
        self._seen: tuple[int, int] | None = None
        self._message = ""

    def __call__(self) -> dict[str, str]:
        """Say which values are rejected, the first of them by name."""
        with unit_of_work(read_only=True) as session:
            platforms, revisions = session.execute(
                sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(Platform.module_revision), 0))
            ).one()
            if self._seen != (platforms, revisions):
                self._message = _name_faults(session)
                self._seen = (platforms, revisions)
        return {"status": "degraded" if self._message else "healthy", "message": self._message}


def _name_faults(session: Session) -> str:
    faults = list(islice(config_service.list_faults(session), FAULTS_NAMED + 1))
    concerned = {platform_id for platform_id, _code, _fault in faults}
    rows = session.execute(sa.select(Platform.id, Platform.code).where(Platform.id.in_(concerned)))
    codes = {row.id: row.code for row in rows}
    named = [
        f"{codes[platform_id]}: {code}: {fault.path}: {fault.message}"
        for platform_id, code, fault in faults[:FAULTS_NAMED]
    ]
    return "; ".join([*named, *(["…"] if len(faults) > FAULTS_NAMED else [])])


def take_census(manager: ModuleManager) -> ModuleCensus:
    """Count from the database where modules are in effect: what a process knows by itself depends on whom it served.

    What is wanted on a platform is wanted with all that it requires, so a module is in effect wherever it is wanted,
    unless it is blocked or what it requires is missing everywhere.
    """
    possible, _reasons = effect_of(manager.registry, frozenset(manager.registry), manager.states.blocked)
    is_active = Platform.status == PlatformStatus.ACTIVE
    wanted_on = (
        sa.select(PlatformModule.module_code, sa.func.count())
        .join(Platform, Platform.id == PlatformModule.platform_id)
        .where(is_active, PlatformModule.is_enabled)
        .group_by(PlatformModule.module_code)
    )
    shown = (
        sa.select(Platform.id, Platform.code).where(is_active).order_by(Platform.id).limit(PLATFORMS_SHOWN)
    )
    with unit_of_work(read_only=True) as session:
        active = session.scalar(sa.select(sa.func.count()).where(is_active)) or 0
        counted = {code: count for code, count in session.execute(wanted_on)}  # noqa: C416 - a Row is no tuple
        codes = {row.id: row.code for row in session.execute(shown)}
        wanted = _wanted_by_platform(session, max(codes, default=0))
    return ModuleCensus(
        platforms={
            code: (active if module.is_core else counted.get(code, 0)) if code in possible else 0
            for code, module in manager.registry.items()
        },
        states=[
            (name, code, code in effective)
            for platform_id, name in codes.items()
            for effective in [effect_of(manager.registry, wanted[platform_id], manager.states.blocked)[0]]
            for code in manager.registry
        ],
    )


def _wanted_by_platform(session: Session, last_id: int) -> dict[int, frozenset[str]]:
    query = sa.select(PlatformModule.platform_id, PlatformModule.module_code).where(
        PlatformModule.is_enabled, PlatformModule.platform_id <= last_id
    )
    found: dict[int, set[str]] = defaultdict(set)
    for platform_id, code in session.execute(query):
        found[platform_id].add(code)
    return defaultdict(frozenset, {platform_id: frozenset(codes) for platform_id, codes in found.items()})


@module_event_bus.subscribe(ModuleEvent.ENABLED)
def count_enabled(data: ModuleEventData) -> None:
    """Count a toggle for the metrics."""
    count_toggle(_platform_code(data.platform_id), data.module_code, ModuleEvent.ENABLED)


@module_event_bus.subscribe(ModuleEvent.DISABLED)
def count_disabled(data: ModuleEventData) -> None:
    """Count a toggle for the metrics."""
    count_toggle(_platform_code(data.platform_id), data.module_code, ModuleEvent.DISABLED)


def _platform_code(platform_id: int | None) -> str:
    """Return the code, as the other metrics have it: that of the request, which switched a module of its platform."""
    context = request_context()
    if context is not None and context.platform.id == platform_id:
        return context.platform.code
    with db.engine.connect() as connection:
        return connection.scalar(sa.select(Platform.code).where(Platform.id == platform_id)) or "none"


def register_migration_checks(app: Flask) -> None:
    """Be unready while migrations are pending: the code and the tables do not fit each other."""

    def check_migrations() -> dict[str, str]:
        pending = [one.code for one in migrations.status() if one.pending]
        if not pending:
            return {"status": "healthy"}
        return {"status": "unhealthy", "message": f"pending: {', '.join(pending)}"}

    for extension in ("health", "readiness"):
        app.extensions[extension].register("migrations", check_migrations, critical=True)
