"""Numbers of orders: one row a platform counts them, in the order's own transaction."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from modules.orders.models.order import OrderCounter

FIRST: Final = 1001


def next_number(session: Session, platform_id: int, *, prefix: str = "") -> str:
    """Return the next number; two who ask at once get two numbers."""
    number = _advance(session, platform_id)
    if number is None:
        try:
            with session.begin_nested():
                session.add(OrderCounter(platform_id=platform_id, last_number=FIRST))
        except IntegrityError:
            number = _advance(session, platform_id)
        else:
            number = FIRST
    return f"{prefix}{number}"


def _advance(session: Session, platform_id: int) -> int | None:
    statement = (
        sa.update(OrderCounter)
        .where(OrderCounter.platform_id == platform_id)
        .values(last_number=OrderCounter.last_number + 1)
        .returning(OrderCounter.last_number)
        .execution_options(synchronize_session=False)
    )
    return session.execute(statement).scalar_one_or_none()
