"""The report as admins and vendors see it."""

import csv
import io

import pytest
import sqlalchemy as sa

from wizamart.queue import Task, run_task

REPORT = "/platforms/lux/admin/analytics/sales"
FRESH = "?period=custom&from=2026-11-01&until=2026-11-20"


@pytest.fixture
def admin_client(client, sign_in, admin):
    sign_in(client, admin)
    return client


def text_of(response):
    assert response.status_code == 200, response.status_code
    return response.get_data(as_text=True).replace("\xa0", " ")


def test_admin_sees_the_sales_of_the_platform_with_chart_and_table(admin_client, source, vendor, session):
    source.sell(1, 12345, vendor=vendor, units=3)
    source.sell(2, 5500)
    session.commit()

    html = text_of(admin_client.get(REPORT + FRESH))

    assert "€178.45" in html
    assert 'role="img" aria-label="Gross sales from' in html
    assert "€123.45" in html
    assert "€55.00" in html


def test_the_period_before_is_compared_with(admin_client, source, session):
    source.sell(3, 15000)
    source.sell(25, 10000)
    session.commit()

    html = text_of(admin_client.get(REPORT + FRESH))

    assert "+50% compared with the 20 days before" in html


def test_vendor_sees_own_sales_only(
    client, sign_in, make_user, vendor, make_vendor, platform, source, session
):
    source.sell(1, 7777, vendor=vendor)
    source.sell(1, 4444, vendor=make_vendor(platform))
    sign_in(client, make_user(staff_of=vendor))
    session.commit()

    html = text_of(client.get("/platforms/lux/vendor/atelier/analytics/sales" + FRESH))

    assert "€77.77" in html
    assert "€44.44" not in html
    assert "By vendor" not in html


def test_without_a_source_an_admin_is_led_to_the_modules_and_staff_is_not(
    admin_client, no_source, make_client, sign_in, make_user, vendor, session
):
    staff = make_client()
    sign_in(staff, make_user(staff_of=vendor))
    session.commit()

    assert "No sales to report on" in text_of(admin_client.get(REPORT))
    assert "Switch on Orders" not in text_of(staff.get("/platforms/lux/vendor/atelier/analytics/sales"))


def test_days_in_the_wrong_order_are_refused_at_their_field(admin_client, source, session):
    session.commit()

    html = text_of(admin_client.get(REPORT + "?period=custom&from=2026-11-20&until=2026-11-01"))

    assert "The last day must not come before the first." in html
    assert 'aria-invalid="true" aria-describedby="field-period-error"' in html
    assert 'value="2026-11-01"' in html  # what was typed stays


@pytest.mark.parametrize(
    "query", ["?period=nonsense", "?period=custom", "?currency=%21", "?period=custom&from=9999-12-31&until=x"]
)
def test_a_mangled_link_shows_a_report(admin_client, source, session, query):
    session.commit()

    assert "Gross sales" in text_of(admin_client.get(REPORT + query))


def test_a_vendor_of_another_platform_is_not_found(admin_client, source, make_platform, make_vendor, session):
    stranger = make_vendor(make_platform("other"))
    session.commit()

    assert admin_client.get(f"{REPORT}?vendor={stranger.id}").status_code == 404
    assert admin_client.get(f"{REPORT}?vendor=99999999999999").status_code == 404
    assert admin_client.get(f"{REPORT}?vendor=x").status_code == 404


def test_admin_can_look_at_one_vendor(admin_client, source, vendor, make_vendor, platform, session):
    source.sell(1, 7777, vendor=vendor)
    source.sell(1, 4444, vendor=make_vendor(platform))
    session.commit()

    html = text_of(admin_client.get(f"{REPORT}{FRESH}&vendor={vendor.id}"))

    assert "Sales of Atelier Moselle" in html
    assert "€77.77" in html
    assert "€122.21" not in html


def test_the_export_holds_the_figures_of_the_report_to_the_cent(admin_client, source, vendor, session):
    source.sell(1, 12345, vendor=vendor, units=3)
    source.sell(1, 1, vendor=vendor)
    session.commit()

    with admin_client.get("/platforms/lux/admin/analytics/sales.csv" + FRESH) as response:
        content = response.get_data(as_text=True)

    rows = list(csv.DictReader(io.StringIO(content.lstrip("\ufeff"))))
    assert len(rows) == 20
    assert rows[-2] == {
        "Day": "2026-11-19",
        "Orders": "2",
        "Units sold": "4",
        "Gross sales": "123.46",
        "Currency": "EUR",
    }


def test_amounts_are_written_in_the_language_of_the_reader(
    client, sign_in, make_user, platform, source, session
):
    source.sell(1, 123456)
    sign_in(client, make_user(admin_of=platform, locale="de"))
    session.commit()

    assert "1.234,56 €" in text_of(client.get(REPORT + FRESH))


def test_refreshing_computes_the_days_and_shows_vendors(admin_client, app, source, vendor, session, today):
    source.sell(3, 9900, vendor=vendor)
    session.commit()

    assert admin_client.post("/platforms/lux/admin/analytics/refreshes" + FRESH).status_code == 303
    assert "Computing the figures anew" in text_of(admin_client.get(REPORT + FRESH))
    assert admin_client.post("/platforms/lux/admin/analytics/refreshes" + FRESH).status_code == 303
    task_ids = list(session.scalars(sa.select(Task.id).where(Task.name == "analytics.rebuild_sales")))
    session.commit()
    assert len(task_ids) == 1  # asked twice, run once

    assert run_task(app, task_ids[0]) == "succeeded"

    html = text_of(admin_client.get(REPORT + FRESH))
    assert "Atelier Moselle" in html
    assert "Earlier days as computed at" in html
    assert "Show the new figures" in text_of(
        admin_client.get("/platforms/lux/admin/analytics/refreshes/current" + FRESH)
    )


def test_who_may_only_read_cannot_refresh(client, sign_in, make_user, vendor, source, session):
    sign_in(client, make_user(staff_of=vendor))
    session.commit()

    assert client.post("/platforms/lux/admin/analytics/refreshes").status_code == 404
    assert client.post("/platforms/lux/vendor/atelier/analytics/refreshes").status_code == 404


def test_the_report_asks_the_database_no_more_often_for_many_vendors(
    admin_client, source, make_vendor, platform, session, count_queries
):
    for number in range(12):
        source.sell(number, 100 + number, vendor=make_vendor(platform))
    session.commit()
    admin_client.get(REPORT + FRESH)

    with count_queries() as asked:
        admin_client.get(REPORT + FRESH)

    assert len(asked) <= 9, str(asked)


def test_switched_off_nothing_of_it_is_there(client, sign_in, make_platform, make_user, session):
    sign_in(client, make_user(admin_of=make_platform("bare")))
    session.commit()

    assert client.get("/platforms/bare/admin/analytics/sales").status_code == 404
