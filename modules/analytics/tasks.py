"""Computing sales ahead: every night, and when somebody asks for it."""

from datetime import date
from typing import Final, cast
from zoneinfo import ZoneInfo

from modules.analytics.config import AnalyticsConfig
from modules.analytics.schemas.period import Period
from modules.analytics.services import aggregation_service
from wizamart import clock
from wizamart.module_system.config_service import get_module_config
from wizamart.module_system.manager import current_manager
from wizamart.platforms import Platform
from wizamart.queue import TaskContext, schedule, task

NIGHTLY: Final = "analytics.aggregate_daily_sales"
REBUILD: Final = "analytics.rebuild_sales"


@schedule(NIGHTLY, every="daily at 01:40")
def aggregate_daily_sales(context: TaskContext) -> int:
    """Compute the latest days of a platform, and those that were never computed."""
    if context.platform_id is None:
        return 0
    config = cast("AnalyticsConfig", get_module_config(context.session, context.platform_id, "analytics"))
    today = _today(context)
    coverage = aggregation_service.find_coverage(context.session)
    period = aggregation_service.period_due(coverage, days=config.rebuild_days, today=today)
    return _rebuild(context, period, today)


@task(REBUILD, max_attempts=3)
def rebuild_sales(context: TaskContext, start: str, end: str) -> int:
    """Compute the days that somebody asked for."""
    today = _today(context)
    period = Period(date.fromisoformat(start), min(date.fromisoformat(end), today))
    return _rebuild(context, period, today) if period.length > 0 else 0


def _rebuild(context: TaskContext, period: Period, today: date) -> int:
    assert context.platform_id is not None  # noqa: S101 - both callers run for a platform
    state = current_manager().state_of(context.session, context.platform_id)
    return aggregation_service.rebuild(
        context.session, state, period=period, today=today, at=clock.now(), report=context.progress
    )


def _today(context: TaskContext) -> date:
    platform = context.session.get_one(Platform, context.platform_id)
    return clock.now().astimezone(ZoneInfo(platform.time_zone)).date()
