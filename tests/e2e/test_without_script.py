"""Everything that switching takes works in a browser that runs no script."""

import pytest
from playwright.sync_api import expect

from tests.demo_site import PASSWORD
from wizamart.testing.factories import Factory

pytestmark = pytest.mark.browser


@pytest.fixture
def modules_of(site, open_as):
    def open_modules(code, *modules):
        Factory(site.app).platform(code, modules=modules)
        return open_as("super", f"/platforms/{code}/admin/modules", java_script_enabled=False)

    return open_modules


def is_on(page, code):
    return page.locator(f"#switch-{code}").get_attribute("aria-checked") == "true"


def test_somebody_signs_in_with_a_plain_form(open_as):
    page = open_as("anonymous", "/login", java_script_enabled=False)
    page.locator("#field-email").fill("super@wizamart.test")
    page.locator("#field-password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    expect(page.locator("#sidebar")).to_be_attached()


def test_a_switch_is_a_button_of_a_form_and_undo_a_link(modules_of):
    page = modules_of("plain-flip")
    page.locator("#switch-analytics").click()

    assert is_on(page, "analytics")
    toast = page.locator("#toasts .wz-toast")
    expect(toast).to_contain_text("Analytics")
    toast.get_by_role("link", name="Undo").click()
    page.get_by_role("button", name="Undo").first.click()
    page.goto("/platforms/plain-flip/admin/modules")
    assert not is_on(page, "analytics")


def test_the_plan_is_a_page_to_confirm(modules_of):
    page = modules_of("plain-plan")
    page.locator("#switch-orders").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Change these modules?")
    page.get_by_role("button", name="Change 2 modules").click()

    assert is_on(page, "orders")
    assert is_on(page, "payments")


def test_switching_off_with_dependents_is_a_page_too(modules_of):
    page = modules_of("plain-off", "orders")
    page.locator("#switch-payments").click()
    page.get_by_role("button", name="Change 2 modules").click()

    assert not is_on(page, "orders")
    assert not is_on(page, "payments")


def test_a_stale_plan_is_shown_anew(modules_of):
    page = modules_of("plain-stale", "orders")
    page.locator("#switch-payments").click()
    other = page.context.new_page()
    other.goto("/platforms/plain-stale/admin/modules")
    other.locator("#switch-billing").click()

    page.get_by_role("button", name="Change 2 modules").click()

    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("button", name="Change 3 modules")).to_be_visible()
