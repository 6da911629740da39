"""The frame around every page: palette, theme, languages, drawer, and what happens when a session ends."""

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from tests.demo_site import PASSWORD
from wizamart.auth.models import UserSession
from wizamart.database import db, unit_of_work

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 390, "height": 800}, "has_touch": True}
DRAWER_SHOWN = "() => document.getElementById('sidebar').matches(':popover-open')"


def test_somebody_signs_in_and_out(open_as):
    page = open_as("anonymous", "/admin/modules")
    page.locator("#field-email").fill("super@wizamart.test")
    page.locator("#field-password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()

    page.locator("#field-password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Modules")

    page.locator("summary[aria-label='Your account']").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto("/admin/")
    expect(page).to_have_url(re.compile("/login"))


def test_the_palette_opens_by_keyboard_finds_pages_and_leads_there(open_as):
    page = open_as("super", "/admin/")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette-input")).to_be_focused()
    page.keyboard.type("modu")
    results = page.locator("#palette-results a")
    expect(results.filter(has_text="Dashboard")).to_have_count(0)  # that was before anything was typed
    expect(results.filter(has_text="Modules").first).to_be_visible()
    name = results.first.get_attribute("href")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(f"{re.escape(name)}$"))


def test_the_palette_closes_by_escape(open_as):
    page = open_as("super", "/admin/")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.locator("#palette")).not_to_be_visible()


def test_a_theme_stays_chosen(open_as):
    page = open_as("owner", "/vendor/maison-kirchberg/")
    page.locator("summary[aria-label='Your account']").click()
    with page.expect_response(lambda response: response.request.method == "POST"):
        page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.reload()

    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


@pytest.mark.parametrize(
    ("locale", "name"), [("fr", "Tableau de bord"), ("de", "Übersicht"), ("lb", "Iwwersiicht")]
)
def test_the_portal_speaks_the_language_that_is_chosen(open_as, locale, name):
    page = open_as("owner", "/vendor/maison-kirchberg/")
    page.locator(".wz-topbar summary").first.click()
    page.locator(f".wz-topbar a[hreflang={locale}]").first.click()

    expect(page.locator("html")).to_have_attribute("lang", locale)
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def test_on_a_phone_the_menu_is_a_drawer(open_as):
    page = open_as("super", "/admin/", **PHONE)
    expect(page.locator("#sidebar")).not_to_be_visible()
    page.get_by_role("button", name="Open menu").click()
    assert page.evaluate(DRAWER_SHOWN)
    page.locator("#sidebar").get_by_role("link", name="Modules").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Modules")
    expect(page.locator("#sidebar")).not_to_be_visible()


def test_on_a_phone_escape_closes_the_drawer(open_as):
    page = open_as("super", "/admin/", **PHONE)
    page.get_by_role("button", name="Open menu").click()
    page.keyboard.press("Escape")

    expect(page.locator("#sidebar")).not_to_be_visible()
    expect(page.get_by_role("button", name="Open menu")).to_be_focused()


def test_who_was_signed_out_elsewhere_comes_to_the_sign_in_page_with_the_next_click(open_as, site):
    page = open_as("super", "/platforms/loyal/admin/modules")
    page.wait_for_load_state("networkidle")  # what the page asks for by itself would notice first
    with site.app.app_context():
        with unit_of_work() as session:
            session.execute(sa.delete(UserSession))
        db.session.remove()

    page.locator("#switch-inventory").click()

    expect(page).to_have_url(re.compile("/login"))
    expect(page.locator("#field-password")).to_be_visible()


def test_two_minutes_before_a_session_ends_the_page_offers_to_stay(open_as):
    page = open_as("super", "/admin/")
    ends = int(page.locator("body").get_attribute("data-wz-session-ends"))
    page.clock.install(time=ends - 150)
    page.reload()
    note = page.locator("[data-wz-session-note]")

    page.clock.run_for(15_000)
    expect(note).to_have_count(0)
    page.clock.run_for(60_000)
    expect(note).to_have_count(1)
    with page.expect_response("**/session/extension") as answer:
        note.get_by_role("button", name="Stay signed in").click()
    assert answer.value.ok
    expect(note).to_have_count(0)


@pytest.mark.parametrize("address", ["/admin/modules", "/admin/payment-accounts", "/admin/people"])
def test_a_menu_that_opens_stays_on_a_narrow_screen(open_as, address):
    page = open_as("super", address, **PHONE)
    menu = page.locator("main .wz-menu").first
    menu.locator("> summary").focus()
    page.keyboard.press("Enter")
    panel = menu.locator("> .wz-menu-panel")
    expect(panel).to_be_visible()

    box = panel.bounding_box()

    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["viewport"]["width"]
