"""Forms in a browser: faults at their field, unsaved text, the menu by keyboard, a product, an order."""

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from tests.e2e.audit import TOO_WIDE
from wizamart.database import unit_of_work

pytestmark = pytest.mark.browser
SHOP = "/vendor/maison-kirchberg"


def test_a_wrong_setting_is_told_at_its_field_and_the_focus_goes_there(open_as):
    page = open_as("super", "/admin/modules/inventory")
    page.locator("#field-low_stock_threshold").fill("-3")
    page.locator("#configuration").get_by_role("button", name="Save").click()

    summary = page.locator("#form-errors")
    expect(summary).to_be_focused()
    expect(page.locator("#field-low_stock_threshold")).to_have_attribute("aria-invalid", "true")
    described = page.locator("#field-low_stock_threshold").get_attribute("aria-describedby")
    expect(page.locator(f"#{described.split()[-1]}")).to_be_visible()
    summary.get_by_role("link").first.click()
    expect(page.locator("#field-low_stock_threshold")).to_be_focused()


def test_typed_text_is_not_lost_without_a_warning(open_as):
    page = open_as("super", "/admin/modules/inventory")
    page.locator("#field-low_stock_threshold").fill("7")
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.locator("#sidebar").get_by_role("link", name="Modules").click()

    expect(page).to_have_url(re.compile("/admin/modules$"))
    assert asked == ["beforeunload"]


def test_saved_text_needs_no_warning(open_as):
    page = open_as("super", "/admin/modules/inventory")
    page.locator("#field-low_stock_threshold").fill("8")
    page.on("dialog", lambda dialog: pytest.fail(f"asked: {dialog.message}"))
    page.locator("#configuration").get_by_role("button", name="Save").click()

    expect(page.locator("#toasts")).to_contain_text("saved")
    expect(page.locator("#field-low_stock_threshold")).to_have_value("8")


@pytest.mark.parametrize(
    ("path", "field", "longest"),
    [("/admin/pages/new", "body", 100_000), (f"{SHOP}/products/new", "description", 50_000)],
)
def test_a_text_that_is_too_long_is_kept_whole_and_told_before_it_is_sent(open_as, path, field, longest):
    page = open_as("super" if path.startswith("/admin") else "owner", path)
    box = page.locator(f"#field-{field}")
    box.fill("x" * (longest + 1))
    page.get_by_role("button", name="Save", exact=True).first.click()

    expect(box).to_be_focused()
    assert box.evaluate("field => field.validationMessage") == f"Enter at most {longest:,} characters."
    assert len(box.input_value()) == longest + 1


def test_goods_are_moved_to_another_location(open_as):
    page = open_as("owner", f"{SHOP}/products?search=JUI-6")
    page.locator("main td a").first.click()
    page.get_by_role("link", name="Stock", exact=True).click()
    target = page.locator("#field-target_id")
    expect(target).not_to_be_visible()
    page.locator("#field-kind").select_option("transfer")
    target.select_option(label="Geschäft Stad")
    page.locator("#field-quantity").fill("1")
    page.get_by_role("button", name="Record", exact=True).click()

    expect(page.locator("#toasts")).to_contain_text("The movement was recorded.")


def test_the_menu_is_put_in_order_by_keyboard(open_as):
    page = open_as("super", "/admin/menu")
    names = page.locator("[data-wz-sortable] > li")
    first, second = (names.nth(place).get_attribute("data-wz-name") for place in (0, 1))
    page.locator(".wz-handle").first.focus()
    page.keyboard.press("ArrowDown")

    expect(names.first).to_have_attribute("data-wz-name", second)
    expect(page.locator("#wz-says")).to_contain_text(first)
    focused = page.evaluate("document.activeElement.closest('li').dataset.wzName")
    assert focused == first
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.locator("#toasts .wz-toast")).to_be_visible()
    expect(names.first).to_have_attribute("data-wz-name", second)


def test_the_menu_is_put_in_order_by_dragging(open_as):
    page = open_as("super", "/admin/menu")
    names = page.locator("[data-wz-sortable] > li")
    first, second = (names.nth(place).get_attribute("data-wz-name") for place in (0, 1))
    below = names.nth(1).bounding_box()

    page.locator(".wz-handle").first.hover()
    page.mouse.down()
    page.mouse.move(below["x"] + 20, below["y"] + below["height"] - 3, steps=6)
    page.mouse.up()

    expect(names.first).to_have_attribute("data-wz-name", second)
    expect(page.locator("#wz-says")).to_contain_text(first)
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.locator("#toasts .wz-toast")).to_be_visible()
    expect(names.first).to_have_attribute("data-wz-name", second)


def test_the_address_of_a_new_page_follows_its_title_until_it_has_one_of_its_own(open_as):
    page = open_as("super", "/admin/pages/new")
    title, address = page.locator("#field-title"), page.locator("#field-slug")
    title.press_sequentially("Über Größe, 2026")
    expect(address).to_have_value("ueber-groesse-2026")

    address.fill("sizes")
    title.press_sequentially(" und mehr")

    expect(address).to_have_value("sizes")
    page.on("dialog", lambda dialog: dialog.accept())


def test_a_vendor_adds_a_product(open_as):
    page = open_as("owner", f"{SHOP}/products/new")
    page.locator("#field-title").fill("Linen apron")
    page.locator("[name='variants.0.sku']").fill("APRON-1")
    page.locator("[name='variants.0.price_minor']").fill("39.90")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Linen apron")
    page.goto(f"{SHOP}/products?q=apron")
    expect(page.get_by_role("main")).to_contain_text("Linen apron")


def test_an_order_is_written_by_hand_placed_and_paid(open_as):
    page = open_as("owner", f"{SHOP}/orders/new")
    for label, text in (
        ("Customer's e-mail address", "nora@schmit.lu"),
        ("Customer's name", "Nora Schmit"),
        ("Street and number", "3, rue de l'Eau"),
        ("Postal code", "L-1449"),
        ("Town", "Luxembourg"),
    ):
        page.get_by_label(label).first.fill(text)
    page.get_by_label("Delivery method").select_option(index=1)
    page.get_by_role("button", name="Save and add lines").click()
    page.locator("#by-hand summary").click()
    by_hand = page.locator("#by-hand")
    by_hand.locator("[name=title]").fill("Engraving")
    by_hand.get_by_label("Unit price").fill("25.00")
    by_hand.get_by_role("button", name="Add line").click()
    expect(page.get_by_role("main")).to_contain_text("Engraving")
    page.get_by_role("button", name="Place order").click()
    page.get_by_role("link", name="Record payment").click()
    page.get_by_role("button", name="Record payment").click()

    expect(page.get_by_role("main")).to_contain_text("Paid")


def test_names_without_a_place_to_break_run_over_no_edge(open_as, site):
    tables = (
        ("platforms", "name"),
        ("vendors", "name"),
        ("roles", "name"),
        ("inventory_products", "title"),
        ("customers_customers", "name"),
        ("orders_lines", "title"),
    )
    with site.app.app_context(), unit_of_work() as session:
        for table, column in tables:
            session.execute(sa.text(f"UPDATE {table} SET {column} = :name || id"), {"name": "W" * 56})  # noqa: S608 - ours
    page = open_as("super", "/admin/", viewport={"width": 390, "height": 900})
    paths = ("/admin/", "/admin/vendors", "/admin/vendors/1", "/admin/roles", "/admin/orders/98", f"{SHOP}/")
    wide = {}
    for path in (*paths, f"{SHOP}/products", f"{SHOP}/billing", "/", "/catalogue"):
        page.goto(path)
        wide[path] = page.evaluate(TOO_WIDE)

    assert not any(wide.values()), wide
