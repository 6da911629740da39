"""Work of the inventory that nobody waits for."""

from datetime import datetime, timedelta
from typing import Final

from modules.inventory.services import catch_up_service, import_service, reservation_service, shelf_service
from wizamart import clock, imports
from wizamart.module_system import catching_up
from wizamart.module_system.exceptions import UnknownPlatform
from wizamart.queue import TaskContext, enqueue, schedule, task

COMPARED_DAYS: Final = 7
LONGEST_PAUSE: Final = timedelta(hours=6)
PLACES: Final = "inventory.heal_places"
FOLLOW: Final = "inventory.follow_orders"

imports.register_tasks("inventory", lambda: import_service.CATALOGUE_FILES, forget_at="03:30")


@schedule("inventory.expire_reservations", every=timedelta(minutes=5))
def expire_reservations(context: TaskContext) -> None:
    """Give back what was held too long."""
    reservation_service.release_expired(context.session, at=clock.now())


@task("inventory.catch_up")
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


@schedule(FOLLOW, every="hourly at :40")
def follow_orders(context: TaskContext) -> None:
    """Compare what changed since the last look: nobody tells what happened while this module's package was gone."""
    platform_id = _platform_id(context)
    since = catching_up.last_look(context.session, FOLLOW, platform_id=platform_id, at=clock.now())
    if catch_up_service.is_answered(context.session, platform_id=platform_id):
        _compare(context, since, 0)
    elif since < clock.now() - LONGEST_PAUSE:
        # Both were gone: what happened before is asked for until it is told.
        catching_up.go_on(context.session, catch_up_service.TASK, platform_id=platform_id, since=since)


@schedule(PLACES, every="hourly at :50")
def heal_places(context: TaskContext) -> None:
    """Tell categories again what is on sale in them, as far as a previous release did not."""
    session, platform_id = context.session, _platform_id(context)
    since = catching_up.last_look(session, PLACES, platform_id=platform_id, at=clock.now())
    shelf_service.heal_places(session, platform_id=platform_id, since=since)


def _compare(context: TaskContext, since: datetime, after: int) -> None:
    session, platform_id = context.session, _platform_id(context)
    last = catch_up_service.catch_up(
        session, platform_id=platform_id, since=since, after=after, at=clock.now()
    )
    if last is not None:
        catching_up.go_on(session, catch_up_service.TASK, platform_id=platform_id, since=since, after=last)


def _platform_id(context: TaskContext) -> int:
    if context.platform_id is None:
        raise UnknownPlatform(platform=None)
    return context.platform_id
