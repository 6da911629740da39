"""Work of the inventory that nobody waits for."""

from datetime import datetime, timedelta

from modules.inventory.services import (
    catch_up_service,
    import_apply_service,
    import_plan_service,
    import_read_service,
    import_service,
    reservation_service,
    stock_service,
)
from modules.inventory.services.import_plan_service import Terms
from wizamart import clock
from wizamart.module_system.exceptions import UnknownPlatform
from wizamart.platforms import Platform
from wizamart.queue import TaskContext, enqueue, schedule, task

COMPARED_DAYS = 7


def _terms(context: TaskContext) -> Terms:
    platform = context.session.get(Platform, context.platform_id)
    if platform is None:
        raise UnknownPlatform(platform=context.platform_id)
    config = stock_service.get_config(context.session, platform.id)
    return Terms(platform.currency, config.vendors_create_categories, clock.now())


@task(import_service.READ)
def read_import(context: TaskContext, import_id: int) -> None:
    """Read the next part of an uploaded file into lines."""
    row = import_service.get_import(context.session, import_id)
    terms = _terms(context)
    import_read_service.read_next(
        context.session, row, currency=terms.currency, at=terms.at, locale=context.locale
    )


@task(import_service.JUDGE)
def judge_import(context: TaskContext, import_id: int, after: str) -> None:
    """Judge the next products of a file."""
    row = import_service.get_import(context.session, import_id)
    import_plan_service.judge_next(context.session, row, _terms(context), after=after, locale=context.locale)


@task(import_service.APPLY)
def apply_import(context: TaskContext, import_id: int, after: str) -> None:
    """Bring in the next products of a file."""
    row = import_service.get_import(context.session, import_id)
    import_apply_service.apply_next(context.session, row, _terms(context), after=after, locale=context.locale)


@schedule("inventory.expire_reservations", every=timedelta(minutes=5))
def expire_reservations(context: TaskContext) -> None:
    """Give back what was held too long."""
    reservation_service.release_expired(context.session, at=clock.now())


@task(catch_up_service.TASK)
def catch_up(context: TaskContext, since: str, after: int) -> None:
    """Book what happened to orders while the inventory was off; while orders are off as well, ask again later."""
    platform_id = _platform_id(context)
    if catch_up_service.is_answered(context.session, platform_id=platform_id):
        _compare(context, clock.parse(since), after)
        return
    payload = {"since": since, "after": after}
    run_at = clock.now() + timedelta(days=1)
    key = f"inventory.catch_up:{platform_id}:{since}:{run_at.date()}"
    enqueue(context.session, catch_up_service.TASK, payload, platform_id=platform_id, run_at=run_at, key=key)


@schedule("inventory.compare_orders", every="daily at 03:20")
def compare_orders(context: TaskContext) -> None:
    """Compare open and lately changed orders with the stock: what was missing may have come in."""
    _compare(context, clock.now() - timedelta(days=COMPARED_DAYS), 0)


def _compare(context: TaskContext, since: datetime, after: int) -> None:
    platform_id = _platform_id(context)
    last = catch_up_service.catch_up(
        context.session, platform_id=platform_id, since=since, after=after, at=clock.now()
    )
    if last is not None:
        payload = {"since": since.isoformat(), "after": last}
        enqueue(context.session, catch_up_service.TASK, payload, platform_id=platform_id)


def _platform_id(context: TaskContext) -> int:
    if context.platform_id is None:
        raise UnknownPlatform(platform=None)
    return context.platform_id
