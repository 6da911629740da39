"""Figures of real orders: live, computed ahead, or added up by hand, they are the same to the cent."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from modules.analytics.schemas.period import Choice, Period, Preset
from modules.analytics.services import aggregation_service, report_service
from modules.orders import demo
from wizamart.module_system.manager import current_manager
from wizamart.platforms import scoped

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
PERIOD = Period(NOON.date() - timedelta(days=59), NOON.date())


@pytest.fixture
def shop(session, make_platform, make_vendor):
    """Return a platform with the orders of two vendors."""
    platform = make_platform("shop", modules=["analytics", "orders"])
    vendors = [make_vendor(platform), make_vendor(platform)]
    demo.fill(session, platform_id=platform.id, vendor_ids=[one.id for one in vendors], at=NOON)
    return platform, vendors


def added_up(session, platform, vendor=None):
    """Add up the rows of orders without any of the code under test."""
    where = "platform_id = :platform AND status NOT IN ('draft', 'cancelled') AND placed_on BETWEEN :start AND :end"
    values = {"platform": platform.id, "start": PERIOD.start.isoformat(), "end": PERIOD.end.isoformat()}
    if vendor is not None:
        where += " AND vendor_id = :vendor"
        values["vendor"] = vendor.id
    statement = sa.text(f"SELECT count(*), sum(total_minor), sum(units) FROM orders_orders WHERE {where}")  # noqa: S608 - written here
    with scoped(session, platform.id):  # PostgreSQL shows rows to their tenant only
        orders, gross, units = session.execute(statement, values).one()
    return int(orders), int(gross), int(units)


def reported(session, platform, vendor=None):
    with scoped(session, platform.id):
        report = report_service.build_report(
            session,
            current_manager().state_of(session, platform.id),
            Choice(Preset.CUSTOM, PERIOD, PERIOD.previous()),
            vendor_id=vendor.id if vendor else None,
            currency="EUR",
            platform_currency="EUR",
        )
    return report.total.orders, report.total.gross, report.total.units


def test_reports_agree_with_the_orders_before_and_after_they_are_computed_ahead(session, shop):
    platform, vendors = shop
    expected = [added_up(session, platform, one) for one in (None, *vendors)]
    assert expected[0][1] > 0

    live = [reported(session, platform, one) for one in (None, *vendors)]
    with scoped(session, platform.id):
        aggregation_service.rebuild(
            session,
            current_manager().state_of(session, platform.id),
            period=PERIOD,
            today=NOON.date(),
            at=NOON,
            report=lambda _percent, _note: None,
        )
    computed = [reported(session, platform, one) for one in (None, *vendors)]

    assert live == expected
    assert computed == expected
