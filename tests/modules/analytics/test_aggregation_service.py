"""Figures computed ahead: they agree with their source, whenever and however often they are computed."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from modules.analytics.models.daily_sales import DailySales, SalesCoverage
from modules.analytics.schemas import period as periods
from modules.analytics.schemas.period import Period
from modules.analytics.schemas.sales import Figures
from modules.analytics.services import aggregation_service, report_service, source_service
from tests.modules.analytics.conftest import TODAY
from wizamart.module_system import service as module_service
from wizamart.module_system.manager import current_manager
from wizamart.platforms import scoped
from wizamart.queue import enqueue, run_task

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MONTH = Period(TODAY - timedelta(days=29), TODAY)


@pytest.fixture
def state(session, platform):
    return current_manager().state_of(session, platform.id)


@pytest.fixture
def rebuild(session, platform, state):
    """Return `rebuild(period)`."""

    def run(period=MONTH, report=lambda _percent, _note: None):
        with scoped(session, platform.id):
            return aggregation_service.rebuild(
                session, state, period=period, today=TODAY, at=NOON, report=report
            )

    return run


@pytest.fixture
def report(session, platform, state):
    """Return `report(vendor_id)`: the figures of the last 30 days."""

    def build(vendor_id=None, currency="EUR"):
        with scoped(session, platform.id):
            return report_service.build_report(
                session,
                state,
                periods.choose({}, today=TODAY),
                vendor_id=vendor_id,
                currency=currency,
                platform_currency="EUR",
            )

    return build


def rows(session, platform):
    with scoped(session, platform.id):
        found = session.scalars(sa.select(DailySales).order_by(DailySales.day, DailySales.vendor_key)).all()
    return [(row.day, row.vendor_id, row.currency, row.orders, row.units, row.gross_minor) for row in found]


def test_what_is_computed_agrees_with_the_source_to_the_cent(rebuild, report, source, vendor):
    for number in range(1, 30):
        source.sell(number, 1001 * number + 7, vendor=vendor, orders=number % 3 + 1, units=number)
    live = report()

    rebuild()

    assert report().total == live.total
    assert report().lines == live.lines
    assert live.total.gross == sum(line["gross_minor"] for _owner, line in source.lines)
    assert report(vendor.id).total == live.total


def test_computing_again_changes_nothing(rebuild, session, platform, source, vendor):
    source.sell(3, 1999, vendor=vendor)
    rebuild()
    once = rows(session, platform)

    rebuild()

    assert rows(session, platform) == once
    assert len(once) == 2  # the platform's and the vendor's


def test_an_order_that_was_cancelled_since_is_gone_after_the_next_run(rebuild, report, source):
    source.sell(3, 1999)
    rebuild()
    source.lines.clear()

    assert report().total.gross == 1999
    rebuild()
    assert report().total == Figures()


def test_the_running_day_is_always_live(rebuild, report, source):
    source.sell(0, 500)
    rebuild()
    source.sell(0, 250)

    assert report().total.gross == 750


def test_days_that_were_never_computed_are_live(rebuild, report, source):
    source.sell(20, 100)
    source.sell(5, 10)
    source.sell(2, 1)
    rebuild(Period(TODAY - timedelta(days=10), TODAY - timedelta(days=4)))

    assert report().total.gross == 111


def test_a_second_stretch_that_does_not_touch_the_first_hides_no_days(rebuild, report, source):
    source.sell(12, 100)
    rebuild(Period(TODAY - timedelta(days=29), TODAY - timedelta(days=20)))
    rebuild(Period(TODAY - timedelta(days=5), TODAY))

    assert report().total.gross == 100


def test_a_failing_source_leaves_what_was_computed_before(rebuild, session, platform, source):
    source.sell(3, 1999)
    rebuild()
    source.fails = True

    with pytest.raises(RuntimeError), session.begin_nested():
        rebuild()

    assert len(rows(session, platform)) == 1


def test_a_failing_source_does_not_break_the_report(report, source):
    source.sell(3, 1999)
    source.fails = True

    assert report().total == Figures()


@pytest.mark.parametrize(
    "line",
    [
        {"day": "2026-11-01", "currency": "EUR", "orders": 1, "gross_minor": 1, "units": 1},
        {"day": date(2026, 11, 1), "currency": "euro", "orders": 1, "gross_minor": 1, "units": 1},
        {"day": date(2026, 11, 1), "currency": "EUR", "orders": 1, "gross_minor": 19.99, "units": 1},
        {"currency": "EUR"},
    ],
)
def test_what_is_no_sale_is_left_out_of_reports_and_never_stored(report, rebuild, source, session, line):
    source.lines.append((None, line | {"day": line.get("day", TODAY)}))
    source.provide = lambda *_args, **_options: [line]
    contributions = current_manager().contributions
    contributions._by_hook[source_service.HOOK] = [
        type(contributions._by_hook[source_service.HOOK][0])("analytics", source.provide, 100)
    ]

    assert report().total == Figures()
    with pytest.raises(ValueError, match="validation error"), session.begin_nested():
        rebuild()


def test_currencies_are_never_added_up(rebuild, report, source):
    source.sell(3, 1000)
    source.sell(3, 5000, currency="CHF")
    rebuild()

    assert report().currencies == ("EUR", "CHF")
    assert report().total.gross == 1000
    assert report(currency="CHF").total.gross == 5000
    assert report(currency="GBP").currency == "EUR"


def test_figures_of_a_source_that_was_switched_off_are_out_of_sight(
    rebuild, report, source, session, platform
):
    source.sell(3, 1000)
    rebuild()
    current_manager().contributions._by_hook[source_service.HOOK].clear()

    assert report().total == Figures()


def test_another_platform_sees_nothing_of_it(rebuild, source, session, make_platform):
    source.sell(3, 1000)
    rebuild()
    other = make_platform(modules=["analytics"])

    with scoped(session, other.id):
        assert session.scalars(sa.select(DailySales)).all() == []
        assert aggregation_service.find_coverage(session) is None


def test_vendors_stand_in_the_order_of_their_sales(rebuild, source, session, platform, state, make_vendor):
    small, large = make_vendor(platform, name="Small"), make_vendor(platform, name="Large")
    source.sell(3, 100, vendor=small, units=2)
    source.sell(3, 900, vendor=large)
    source.sell(4, 100, vendor=large)
    rebuild()

    with scoped(session, platform.id):
        lines = report_service.list_by_vendor(session, state, MONTH, currency="EUR")

    assert [(line.name, line.figures.gross, line.figures.orders) for line in lines] == [
        ("Large", 1000, 2),
        ("Small", 100, 1),
    ]


def test_a_report_of_computed_days_asks_the_source_for_today_only(rebuild, report, source):
    rebuild(Period(TODAY - timedelta(days=59), TODAY))
    source.calls.clear()

    report()

    assert [call[2:] for call in source.calls] == [(TODAY, TODAY)]


def test_the_run_says_how_far_it_is(rebuild, source, make_vendor, platform):
    make_vendor(platform)
    said = []

    rebuild(report=lambda percent, _note: said.append(percent))

    assert said == [50, 100]


def test_the_nightly_run_starts_with_two_years_and_then_does_the_latest_days():
    first = aggregation_service.period_due(None, days=35, today=TODAY)
    covered = SalesCoverage(first_day=first.start, last_day=TODAY - timedelta(days=1))

    assert first.length == 733
    assert aggregation_service.period_due(covered, days=35, today=TODAY) == Period(
        TODAY - timedelta(days=34), TODAY
    )
    covered.last_day = TODAY - timedelta(days=90)
    assert aggregation_service.period_due(covered, days=35, today=TODAY).start == TODAY - timedelta(days=89)


def test_the_nightly_task_computes_its_platform(app, session, platform, source, today):
    source.sell(3, 1000)
    task = enqueue(session, "analytics.aggregate_daily_sales", platform_id=platform.id)
    session.commit()

    assert run_task(app, task.id) == "succeeded"

    assert [row[5] for row in rows(session, platform)] == [1000]


def test_switching_off_says_how_many_days_it_hides(rebuild, source, session, platform):
    source.sell(3, 1000)
    rebuild()

    plan = module_service.plan(session, platform.id, disable=["analytics"])

    assert plan.impact.hidden_rows == {"computed day": 1}
