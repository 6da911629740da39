"""Switching modules in the portal: with and without script, with and without a cascade."""

from dataclasses import replace

import pytest

from wizamart.database import db, unit_of_work
from wizamart.module_system import service

HTMX = {"HX-Request": "true"}


def revision_of(app, platform):
    with app.app_context(), unit_of_work(read_only=True):
        return service.find_platform(db.session(), platform.id).module_revision


def confirmation(app, platform, **steps):
    return {"revision": revision_of(app, platform), **steps}


def test_a_switch_without_cascade_acts_at_once(client, super_admin, effective):
    answer = client.post("/admin/modules/payments/activation", headers=HTMX)

    assert answer.status_code == 200
    assert "payments" in effective()
    assert 'id="module-payments"' in answer.text
    assert 'id="sidebar"' in answer.text
    assert "Switched on: Payments." in answer.text
    assert "/reversal" in answer.text


def test_put_and_delete_do_what_the_forms_do(client, super_admin, effective):
    client.put("/admin/modules/payments/activation", headers=HTMX)
    assert "payments" in effective()

    client.delete("/admin/modules/payments/activation", headers=HTMX)
    assert "payments" not in effective()


def test_without_script_a_switch_leads_back_with_a_message(client, super_admin, effective):
    answer = client.post("/admin/modules/payments/activation", follow_redirects=True)

    assert "Switched on: Payments." in answer.text
    assert "payments" in effective()


def test_a_cascade_is_shown_first_and_nothing_is_written(client, super_admin, effective, app, platform):
    before = revision_of(app, platform)

    answer = client.post("/admin/modules/orders/activation", headers=HTMX)

    assert "<dialog" in answer.text
    assert "Orders requires it" in answer.text
    assert revision_of(app, platform) == before
    assert "payments" not in effective()


def test_without_script_a_cascade_leads_to_a_page_with_the_plan(client, super_admin):
    answer = client.post("/admin/modules/orders/activation", follow_redirects=True)

    assert answer.request.path == "/admin/modules/plan"
    assert "Orders requires it" in answer.text


def test_a_confirmed_plan_is_carried_out(client, super_admin, effective, app, platform):
    form = confirmation(app, platform, enable="orders", step=["enable:payments", "enable:orders"])

    answer = client.post("/admin/modules/operations", data=form, headers=HTMX)

    assert "Switched on: Payments, Orders." in answer.text
    assert {"payments", "orders"} <= effective()


def test_a_stale_plan_is_refused_and_the_new_one_shown(client, super_admin, effective, app, platform):
    form = confirmation(app, platform, enable="orders", step=["enable:payments", "enable:orders"])
    client.put("/admin/modules/payments/activation", headers=HTMX)

    answer = client.post("/admin/modules/operations", data=form, headers=HTMX)

    assert answer.status_code == 409
    assert "Somebody changed the modules meanwhile" in answer.text
    assert "enable:orders" in answer.text
    assert "enable:payments" not in answer.text
    assert "orders" not in effective()


def test_other_steps_than_those_seen_are_refused(client, super_admin, effective, app, platform):
    form = confirmation(app, platform, enable="orders", step=["enable:orders"])

    assert client.post("/admin/modules/operations", data=form).status_code == 409
    assert "orders" not in effective()


def test_undo_takes_back_the_whole_cascade(client, super_admin, effective, app, platform):
    form = confirmation(app, platform, enable="orders")
    answer = client.post("/admin/modules/operations", data=form, headers=HTMX)
    url = answer.text.partition('action="/admin/modules/operations/')[2].partition('"')[0]

    client.post(f"/admin/modules/operations/{url}")

    assert not {"payments", "orders"} & effective()


def test_undo_is_refused_once_something_newer_stands_in_the_way(client, super_admin, effective):
    first = client.put("/admin/modules/payments/activation", headers=HTMX).text
    url = first.partition('action="/admin/modules/operations/')[2].partition('"')[0]
    client.delete("/admin/modules/payments/activation", headers=HTMX)
    client.put("/admin/modules/payments/activation", headers=HTMX)

    assert client.post(f"/admin/modules/operations/{url}").status_code == 409
    assert "payments" in effective()


def test_an_operation_of_another_platform_is_not_found(client, super_admin, make_platform):
    make_platform("other")
    answer = client.put("/platforms/other/admin/modules/payments/activation", headers=HTMX)
    url = answer.text.partition("/admin/modules/operations/")[2].partition('"')[0]

    assert client.post(f"/admin/modules/operations/{url}").status_code == 404


def test_a_platform_admin_switches_optional_modules_but_no_internal_ones(client, platform_admin, effective):
    client.put("/admin/modules/payments/activation", headers=HTMX)

    assert "payments" in effective()
    assert client.put("/admin/modules/monitoring/activation").status_code == 403
    assert client.get("/admin/modules/plan?enable=monitoring").status_code == 403
    assert "monitoring" not in effective()


def test_a_core_module_cannot_be_switched_off(client, super_admin, effective):
    assert client.delete("/admin/modules/core/activation").status_code == 409
    assert "core" in effective()


def test_an_unknown_module_is_not_found(client, super_admin):
    assert client.put("/admin/modules/nonsense/activation").status_code == 404
    assert client.get("/admin/modules/nonsense").status_code == 404


def test_a_failing_hook_is_named_and_changes_nothing(client, super_admin, effective, app, monkeypatch):
    def fail(_platform_id):
        raise OSError("no connection")

    registry = app.modules.registry
    broken = replace(registry["payments"], on_enable=fail)
    monkeypatch.setitem(registry._modules, "payments", broken)

    answer = client.put("/admin/modules/payments/activation", headers=HTMX)

    assert answer.status_code == 409
    assert "Payments" in answer.text
    assert "no connection" in answer.text
    assert "payments" not in effective()
    assert client.get("/admin/modules").status_code == 200


def test_a_toggle_costs_twelve_queries_at_most(client, platform_admin, count_queries):
    client.get("/admin/modules")

    with count_queries() as queries:
        answer = client.put("/admin/modules/payments/activation", headers=HTMX)

    assert answer.status_code == 200
    assert len(queries) <= 12, str(queries)


def test_switching_twice_writes_once(client, super_admin, app, platform):
    client.put("/admin/modules/payments/activation", headers=HTMX)
    before = revision_of(app, platform)

    answer = client.put("/admin/modules/payments/activation", headers=HTMX)

    assert "Nothing was changed" in answer.text
    assert revision_of(app, platform) == before


def test_a_preset_shows_the_difference_and_leaves_internal_modules_alone(client, super_admin, app, platform):
    client.put("/admin/modules/monitoring/activation", headers=HTMX)
    client.put("/admin/modules/payments/activation", headers=HTMX)

    page = client.get("/admin/modules/plan?preset=catalogue").text

    assert "enable:inventory" in page
    assert "disable:payments" in page
    assert "disable:monitoring" not in page
    assert client.get("/admin/modules/plan?preset=nonsense").status_code == 404


def test_a_selection_is_planned_together(client, super_admin):
    page = client.get("/admin/modules/plan?selected=inventory&selected=payments&action=enable").text

    assert "enable:inventory" in page
    assert "enable:payments" in page


@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [
        ("search=paym", "module-payments", "module-inventory"),
        ("state=on", "module-core", "module-inventory"),
        ("tier=internal", "module-monitoring", "module-inventory"),
        ("hide_core=1", "module-inventory", "module-core"),
    ],
)
def test_filters_narrow_the_modules_page(client, super_admin, query, there, gone):
    page = client.get(f"/admin/modules?{query}").text

    assert f'id="{there}"' in page
    assert f'id="{gone}"' not in page


def test_the_card_says_who_switched_it(client, super_admin):
    client.put("/admin/modules/payments/activation", headers=HTMX)

    page = client.get("/admin/modules?search=payments").text

    assert "Sue, " in page


def test_the_history_shows_a_cascade_together_and_offers_undo_once(client, super_admin, app, platform):
    client.post("/admin/modules/operations", data=confirmation(app, platform, enable="orders"))

    page = client.get("/admin/modules/history").text

    assert page.count("/reversal") == 1
    assert page.count("Switched on") >= 2
    assert "Sue" in page
