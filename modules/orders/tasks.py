"""Work of the orders that nobody waits for."""

from datetime import datetime, timedelta
from typing import Final

from modules.orders.services import cart_service, catch_up_service, expiry_service, order_service
from wizamart import clock
from wizamart.module_system import catching_up
from wizamart.platforms import get_scope
from wizamart.queue import TaskContext, schedule, task

FOLLOW: Final = "orders.follow_payments"


@schedule("orders.cancel_unpaid", every=timedelta(minutes=10))
def cancel_unpaid(context: TaskContext) -> None:
    """Cancel orders of the storefront that nobody has paid in time."""
    expiry_service.cancel_unpaid(context.session, at=clock.now())


@schedule("orders.remove_carts", every="daily at 03:40")
def remove_carts(context: TaskContext) -> None:
    """Throw away carts that nobody comes back to."""
    scope = get_scope(context.session)
    if scope is None:
        return
    days = order_service.get_config(context.session, scope.platform_id).cart_days
    cart_service.remove_old(context.session, platform_id=scope.platform_id, days=days, at=clock.now())


@task("orders.catch_up")
def catch_up(context: TaskContext, since: str, after: int) -> None:
    """Write down the money that came or went while orders were off, some payments at a time."""
    _follow(context, clock.parse(since), after)


@schedule(FOLLOW, every="hourly at :50")
def follow_payments(context: TaskContext) -> None:
    """Follow the payments since the last look: nobody tells what happened while this module's package was gone."""
    scope = get_scope(context.session)
    if scope is not None:
        platform_id = scope.platform_id
        since = catching_up.last_look(context.session, FOLLOW, platform_id=platform_id, at=clock.now())
        _follow(context, since, 0)


def _follow(context: TaskContext, since: datetime, after: int) -> None:
    session, scope = context.session, get_scope(context.session)
    last = catch_up_service.catch_up(session, since=since, after=after, at=clock.now())
    if last is not None and scope is not None:
        catching_up.go_on(
            session, catch_up_service.TASK, platform_id=scope.platform_id, since=since, after=last
        )
