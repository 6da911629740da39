"""Somebody buys as a guest: from the first page of the shop until the order is paid, with script and without."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
DESK = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"}
PHONE = {"viewport": {"width": 390, "height": 800}, "reduced_motion": "reduce"}
ADDRESS = {
    "email": "nora@example.com",
    "name": "Nora Kremer",
    "shipping_address.street": "2, route du Vin",
    "shipping_address.postal_code": "5401",
    "shipping_address.city": "Ahn",
}


@pytest.fixture
def is_fit(list_violations):
    """Return `is_fit(page)`: nothing shuts anybody out, and nothing runs over the edge, in light and dark."""

    def check(page):
        width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert width <= 0, page.url
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert list_violations(page) == [], page.url

    return check


def open_product(page):
    """Go from the shop's first page to something that can be bought."""
    page.locator("article").filter(has_text="Honey").locator("a").first.click()
    expect(page.get_by_role("button", name="Add to cart")).to_be_visible()


def pay(page):
    page.locator("[name=source]").select_option("4111111111111111")
    page.get_by_role("button", name=re.compile("^Pay ")).click()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_guest_buys_with_script(open_as, is_fit, size):
    page = open_as("anonymous", "/", **size)
    page.goto("/catalogue?search=Honey")
    open_product(page)
    page.get_by_role("button", name="Add to cart").click()
    expect(page.get_by_role("status").filter(has_text="It is in your cart.")).to_be_visible()
    expect(page.locator("#cart-link")).to_contain_text("1")
    is_fit(page)

    page.get_by_role("link", name="Go to the cart").click()
    quantity = page.get_by_label(re.compile("^Quantity of Honey"))
    before = page.locator(".shp-sums dd").first.inner_text()
    page.evaluate("window.wasHere = true")
    quantity.fill("2")
    quantity.press("Tab")
    expect(page.locator(".shp-sums dd").first).not_to_have_text(before)
    assert page.evaluate("window.wasHere")
    is_fit(page)

    page.get_by_role("link", name="Go to checkout").click()
    page.get_by_role("button", name="Order and pay").click()
    expect(page.get_by_role("alert")).to_contain_text("Please correct the marked fields.")
    is_fit(page)
    for name, text in ADDRESS.items():
        page.locator(f"[name='{name}']").fill(text)
    total = page.locator("#summary .shp-total dd")
    standard = total.inner_text()
    page.get_by_role("radio", name=re.compile("Express")).check()
    expect(total).not_to_have_text(standard)
    express = total.inner_text()
    page.get_by_role("button", name="Order and pay").click()

    expect(page.get_by_role("main")).to_contain_text(express)
    pay(page)
    page.get_by_role("link", name="Back to the shop").click()
    expect(page.get_by_role("heading", name="Thank you, your order is paid")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(express)
    is_fit(page)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_guest_buys_without_script(open_as, size):
    page = open_as("anonymous", "/catalogue?search=Honey", java_script_enabled=False, **size)
    open_product(page)
    page.get_by_role("button", name="Add to cart").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your cart")
    page.get_by_label(re.compile("^Quantity of Honey")).fill("2")
    page.get_by_role("button", name="Update").click()
    page.get_by_role("link", name="Go to checkout").click()
    for name, text in ADDRESS.items():
        page.locator(f"[name='{name}']").fill(text)
    page.get_by_role("radio", name=re.compile("Express")).check()
    page.get_by_role("button", name="Order and pay").click()

    # Without script the sums stood for another delivery, so they are shown before anything is ordered.
    expect(page.get_by_role("alert")).to_contain_text("Nothing was ordered yet")
    page.get_by_role("button", name="Order and pay").click()
    pay(page)
    page.get_by_role("link", name="Back to the shop").click()
    expect(page.get_by_role("heading", name="Thank you, your order is paid")).to_be_visible()

    page.locator("summary", has_text="Cancel this order").click()
    page.get_by_role("button", name="Cancel order").click()
    expect(page.get_by_role("heading", name="This order is cancelled")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Given back")
