"""Modules are switched in a browser: with a click, with a look at what comes along, and back again."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from wizamart import clock
from wizamart.database import unit_of_work
from wizamart.queue.execution import run_task
from wizamart.queue.models import Task
from wizamart.testing.factories import Factory

pytestmark = pytest.mark.browser


@pytest.fixture
def modules_of(site, open_as):
    """Return `modules_of(code, *modules)`: the modules page of a new platform, and its address."""

    def open_modules(code, *modules):
        Factory(site.app).platform(code, modules=modules)
        return open_as("super", f"/platforms/{code}/admin/modules")

    return open_modules


def test_a_switch_flips_in_place_and_the_toast_takes_it_back(modules_of):
    page = modules_of("flip")
    switch, entry = (
        page.locator("#switch-analytics"),
        page.locator("#sidebar").get_by_role("link", name="Sales"),
    )
    expect(switch).to_have_attribute("aria-checked", "false")
    expect(entry).to_have_count(0)
    page.evaluate("window.wasHere = true")

    switch.focus()
    page.keyboard.press("Space")

    expect(switch).to_have_attribute("aria-checked", "true")
    toast = page.locator("#toasts .wz-toast")
    expect(toast).to_contain_text("Analytics")
    expect(entry.first).to_be_visible()
    expect(page.locator("#sidebar [aria-current=page]")).to_contain_text("Modules")
    expect(page.locator("#sidebar .wz-brand")).to_be_in_viewport()
    expect(switch).to_be_focused()
    assert page.evaluate("window.wasHere")

    toast.get_by_role("button", name="Undo").click()

    expect(switch).to_have_attribute("aria-checked", "false")
    expect(entry).to_have_count(0)


def test_switching_on_lists_what_comes_along_and_waits_for_a_yes(modules_of):
    page = modules_of("along")

    page.locator("#switch-orders").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Payments")
    expect(dialog).to_contain_text("Orders")
    expect(page.locator("#switch-orders")).to_have_attribute("aria-checked", "false")
    dialog.get_by_role("button", name="Change 2 modules").click()

    expect(dialog).to_have_count(0)
    for code in ("orders", "payments"):
        expect(page.locator(f"#switch-{code}")).to_have_attribute("aria-checked", "true")
    expect(page.locator("#sidebar a[href$='/admin/orders']")).to_be_visible()


def test_switching_off_takes_what_needs_it_and_undo_brings_all_back(modules_of):
    page = modules_of("dependents", "orders", "billing")

    page.locator("#switch-payments").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Billing")
    dialog.get_by_role("button", name="Change 3 modules").click()
    for code in ("orders", "payments", "billing"):
        expect(page.locator(f"#switch-{code}")).to_have_attribute("aria-checked", "false")

    page.locator("#toasts").get_by_role("button", name="Undo").click()

    for code in ("orders", "payments", "billing"):
        expect(page.locator(f"#switch-{code}")).to_have_attribute("aria-checked", "true")


def test_a_dialog_that_is_left_changes_nothing_and_gives_the_focus_back(modules_of):
    page = modules_of("left", "orders")

    page.locator("#switch-payments").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#switch-payments")).to_be_focused()
    expect(page.locator("#switch-payments")).to_have_attribute("aria-checked", "true")


def test_a_plan_that_has_become_stale_is_shown_anew(modules_of):
    page = modules_of("stale", "orders")
    page.locator("#switch-payments").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Change 2 modules")).to_be_visible()

    other = page.context.new_page()
    other.goto("/platforms/stale/admin/modules")
    other.locator("#switch-billing").click()
    expect(other.locator("#switch-billing")).to_have_attribute("aria-checked", "true")
    dialog.get_by_role("button", name="Change 2 modules").click()

    expect(dialog.get_by_role("alert")).to_be_visible()
    expect(dialog.get_by_role("button", name="Change 3 modules")).to_be_visible()
    expect(page.locator("#switch-payments")).to_have_attribute("aria-checked", "true")


def test_what_was_switched_off_in_another_tab_is_gone_at_the_next_page(modules_of):
    page = modules_of("elsewhere", "analytics")
    entry = page.locator("#sidebar").get_by_role("link", name="Sales")
    expect(entry.first).to_be_visible()

    other = page.context.new_page()
    other.goto("/platforms/elsewhere/admin/modules")
    other.locator("#switch-analytics").click()
    expect(other.locator("#switch-analytics")).to_have_attribute("aria-checked", "false")
    page.goto("/platforms/elsewhere/admin/")

    expect(entry).to_have_count(0)


def test_several_modules_are_chosen_and_switched_on_at_once(modules_of):
    page = modules_of("bulk")
    for name in ("Inventory", "Messaging"):
        page.get_by_role("checkbox", name=f"Select {name}").check()
    page.get_by_role("button", name="Turn on", exact=True).click()

    page.get_by_role("dialog").get_by_role("button", name="Change 2 modules").click()

    for code in ("inventory", "messaging"):
        expect(page.locator(f"#switch-{code}")).to_have_attribute("aria-checked", "true")


def test_a_preset_shows_the_way_to_it_in_the_picture_and_is_undone_from_the_history(modules_of):
    page = modules_of("preset", "orders")
    page.locator("summary", has_text="Presets").click()
    page.get_by_role("link", name="Catalogue only").click()

    dialog = page.get_by_role("dialog")
    lit = dialog.locator("svg g.wz-graph-enable, svg g.wz-graph-disable")
    expect(lit).to_have_count(3)  # what comes without connections is in no picture
    for code, change in (("inventory", "enable"), ("orders", "disable"), ("payments", "disable")):
        box = dialog.locator(f"svg g[data-module='{code}']")
        expect(box).to_contain_class(f"wz-graph-{change}")
    expect(dialog.locator("svg path.wz-graph-lit")).to_have_count(1)
    dialog.get_by_role("button", name="Change 4 modules").click()
    for code, checked in (("inventory", "true"), ("analytics", "true"), ("payments", "false")):
        expect(page.locator(f"#switch-{code}")).to_have_attribute("aria-checked", checked)

    page.get_by_role("link", name="History").first.click()
    rows = page.locator("table tbody tr")
    expect(rows).to_have_count(6)  # two when the platform was made
    page.get_by_role("button", name="Undo").first.click()
    page.goto("/platforms/preset/admin/modules")

    for code, checked in (("inventory", "false"), ("analytics", "false"), ("payments", "true")):
        expect(page.locator(f"#switch-{code}")).to_have_attribute("aria-checked", checked)


def test_a_change_is_planned_for_a_time_cancelled_planned_again_and_made_when_it_has_come(modules_of, site):
    page = modules_of("timed")
    page.get_by_role("link", name="Analytics", exact=True).click()
    planned = page.locator("#planned")
    in_a_month = f"{clock.now() + timedelta(days=30):%Y-%m-%dT%H:%M}"
    for step in ("to cancel", "to keep"):
        planned.get_by_label("When").fill(in_a_month)
        planned.get_by_role("button", name="Plan the change").click()
        expect(planned.get_by_role("listitem")).to_contain_text("Switch on")
        if step == "to cancel":
            planned.get_by_role("button", name="Cancel it").click()
            expect(planned).to_contain_text("Nothing is planned.")

    with site.app.app_context(), unit_of_work() as session:
        task = session.scalars(
            sa.select(Task).where(Task.name == "core.apply_planned_change").order_by(Task.id.desc())
        ).first()
        task.run_at = clock.now()
        task_id = task.id
    assert run_task(site.app, task_id) == "succeeded"
    page.reload()

    expect(page.locator("#switch-analytics")).to_have_attribute("aria-checked", "true")
    expect(planned).to_contain_text("Nothing is planned.")
