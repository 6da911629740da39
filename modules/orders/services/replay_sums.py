"""What a replayed file and the platform say, side by side, to the minor unit."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.orders.models.document import Document
from modules.orders.models.happening import MoneyEntry, ReturnLine
from modules.orders.models.order import Order, OrderLine
from modules.orders.replay.matching import Cancellation
from modules.orders.replay.reading import FileInvoice
from modules.orders.services.replay_service import Replay


@dataclass(frozen=True, slots=True)
class Sum:
    """How many, and how much in minor units."""

    count: int
    minor: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """One row of the table."""

    label: str
    file: Sum
    platform: Sum

    @property
    def agrees(self) -> bool:
        """Whether both say the same."""
        return self.file == self.platform


def compare(
    session: Session,
    replay: Replay,
    invoices: Iterable[FileInvoice],
    cancellations: Iterable[Cancellation],
) -> list[Comparison]:
    """Return the table: the file on one side, on the other the rows that the services have written.

    Counted are sales, pieces that came back, and credit notes. Money is compared where prices contain the tax.
    """
    sales = [invoice for invoice in invoices if not invoice.is_cancellation]
    taken = list(cancellations)
    sold = Sum(len(sales), sum(one.amount_minor for one in sales))
    back = Sum(
        sum(count for one in taken for rows in one.pieces.values() for count in rows.values()),
        sum(one.matched_minor for one in taken),
    )
    free = Sum(sum(1 for one in taken if one.without_origin), sum(one.free_minor for one in taken))
    orders, returned, credited = (
        _orders(session, replay),
        _returned(session, replay),
        _credited(session, replay),
    )
    table = [
        Comparison("sales (orders)", sold, orders),
        Comparison("cancellations of a sale (pieces returned)", back, returned),
        Comparison("cancellations without one (credit notes)", free, credited),
        Comparison(
            "net",
            Sum(len(sales) + len(taken), sold.minor - back.minor - free.minor),
            Sum(len(sales) + len(taken), orders.minor - returned.minor - credited.minor),
        ),
    ]
    if replay.prices_include_tax:
        paid, refunded = _money(session, replay)
        table.append(
            Comparison("money in", Sum(sum(1 for one in sales if one.amount_minor), sold.minor), paid)
        )
        table.append(
            Comparison("money back", Sum(sum(len(one.pieces) for one in taken), back.minor), refunded)
        )
    return table


def _mine(replay: Replay) -> sa.ColumnElement[bool]:
    return Order.form_key.startswith(f"{replay.series}:", autoescape=True)


def _orders(session: Session, replay: Replay) -> Sum:
    amount = Order.total_minor if replay.prices_include_tax else Order.net_minor
    query = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(amount), 0)).select_from(Order)
    return _sum(session, query.where(_mine(replay)))


def _returned(session: Session, replay: Replay) -> Sum:
    worth = ReturnLine.quantity * OrderLine.unit_price_minor
    query = (
        sa.select(
            sa.func.coalesce(sa.func.sum(ReturnLine.quantity), 0), sa.func.coalesce(sa.func.sum(worth), 0)
        )
        .select_from(ReturnLine)
        .join(OrderLine, OrderLine.id == ReturnLine.line_id)
        .join(Order, Order.id == OrderLine.order_id)
    )
    return _sum(session, query.where(_mine(replay)))


def _credited(session: Session, replay: Replay) -> Sum:
    amount = Document.total_minor if replay.prices_include_tax else Document.net_minor
    query = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(amount), 0)).select_from(Document)
    return _sum(session, query.where(Document.form_key.startswith(f"{replay.series}:", autoescape=True)))


def _money(session: Session, replay: Replay) -> tuple[Sum, Sum]:
    query = (
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(MoneyEntry.amount_minor), 0))
        .select_from(MoneyEntry)
        .join(Order, Order.id == MoneyEntry.order_id)
        .where(_mine(replay))
    )
    back = _sum(session, query.where(MoneyEntry.amount_minor < 0))
    return _sum(session, query.where(MoneyEntry.amount_minor > 0)), Sum(back.count, -back.minor)


def _sum(session: Session, query: sa.Select[int, int]) -> Sum:
    count, minor = session.execute(query).one()
    return Sum(int(count), int(minor))
