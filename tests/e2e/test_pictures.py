"""Pictures in a browser: sent by dropping them, chosen in a dialog, put into a text; and all of it without script."""

import re
from base64 import b64encode

import pytest
from playwright.sync_api import expect

from modules.cms.services import illustration

pytestmark = pytest.mark.browser
DESK = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"}
DROP = """([target, files]) => {
  const data = new DataTransfer();
  const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  for (const [name, text] of files) data.items.add(new File([bytes(text)], name));
  const drop = new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true});
  document.querySelector(target).dispatchEvent(drop);
}"""


def drop(page, target, files):
    """Drop files on an element, as from a folder."""
    page.evaluate(DROP, [target, [(name, b64encode(content).decode()) for name, content in files]])


def test_pictures_are_dropped_chosen_and_put_into_a_text(open_as, list_violations):
    page = open_as("super", "/admin/media", **DESK)
    drop(page, "[data-cms-upload]", [("lamp.png", illustration.draw("lamp")), ("x.svg", b"<svg/>")])
    expect(page.locator(".cms-sent")).to_contain_text("lamp.png")
    expect(page.locator(".cms-refused")).to_contain_text("SVG files can contain programs")

    page.goto("/admin/pages")
    page.get_by_role("link", name="How we pack").click()
    page.locator("#field-body").press("Control+Home")
    page.get_by_role("button", name="Picture", exact=True).click()
    dialog = page.locator("#cms-picker")
    expect(dialog.get_by_role("heading", name="Choose a picture")).to_be_visible()
    assert list_violations(page) == []
    dialog.get_by_role("searchbox").fill("lamp")
    dialog.get_by_role("searchbox").press("Enter")
    expect(dialog.locator("[data-cms-pick]")).to_have_count(1)
    dialog.locator("[data-cms-pick]").click()
    expect(dialog).not_to_be_visible()
    expect(page.locator("#field-body")).to_have_value(re.compile(r"^!\[\]\(media:[\w-]+\)"))
    expect(page.locator("#preview img")).to_be_visible()

    page.get_by_role("button", name="Choose a picture").click()
    dialog.locator("[data-cms-pick]").first.click()
    expect(page.locator(".cms-chosen li")).to_have_count(1)
    page.get_by_role("button", name="Remove the picture").click()
    expect(page.locator("#field-picture_id")).to_have_value("")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("The page was saved.")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("status")).to_contain_text("has no description in English")


def test_pictures_without_script(open_as):
    page = open_as("super", "/admin/media", java_script_enabled=False, **DESK)
    files = [
        {"name": f"{motif}.png", "mimeType": "image/png", "buffer": illustration.draw(motif)}
        for motif in ("book", "plant")
    ]
    page.locator("#cms-file").set_input_files(files)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("2 pictures were added.")

    page.goto("/admin/theme")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="See the pictures and their numbers").click()
    plant = opened.value.locator("li").filter(has_text=re.compile("plant|book")).first
    number = re.search(r"Number (\d+)", plant.inner_text())[1]
    page.locator("#field-logo_id").fill(number)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("The look of the shop was saved.")
    page.goto("/")
    expect(page.locator(".wz-shop-logo")).to_be_visible()
