"""Work of the orders that nobody waits for."""

from datetime import timedelta

from modules.orders.services import cart_service, catch_up_service, expiry_service, order_service
from wizamart import clock
from wizamart.platforms import get_scope
from wizamart.queue import TaskContext, enqueue, schedule, task


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


@task(catch_up_service.TASK)
def catch_up(context: TaskContext, since: str, after: int) -> None:
    """Write down the money that came or went while orders were off, some payments at a time."""
    scope = get_scope(context.session)
    last = catch_up_service.catch_up(context.session, since=clock.parse(since), after=after, at=clock.now())
    if last is not None and scope is not None:
        payload = {"since": since, "after": last}
        enqueue(context.session, catch_up_service.TASK, payload, platform_id=scope.platform_id)
