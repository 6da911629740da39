"""Modules are switched in a browser: with a click, with a look at what comes along, and back again."""

import pytest
from playwright.sync_api import expect

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
