"""Work of the inventory that nobody waits for."""

from datetime import timedelta

from modules.inventory.services import (
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
from wizamart.queue import TaskContext, schedule, task


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
