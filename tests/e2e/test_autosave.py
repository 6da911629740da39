"""The editor of a page in a browser: what it saves by itself, what it says, and when it rests."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
QUICK = "document.getElementById('page-form').dataset.wzAutosaveDelay = '20'"
NEVER = "document.getElementById('page-form').dataset.wzAutosaveDelay = '10000000'"
DRAFTS = re.compile(r"/draft\?language=")
SAVED = re.compile(r"^Saved at \d\d:\d\d$")


@pytest.fixture
def write(open_as):
    """Return `write(title, delay=QUICK, role="super")`: the editor of a page, and the field of its text."""

    def open_editor(title, delay=QUICK, role="super", path="/admin/pages", **options):
        page = open_as(role, path, **options)
        page.get_by_role("link", name=title, exact=True).click()
        page.locator("#field-body").wait_for()
        page.evaluate(delay)
        return page, page.locator("#field-body")

    return open_editor


def note_of(page):
    return page.locator("[data-wz-autosave-note]")


def listen(page):
    """Return the list to which every question of the browser is added."""
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    return asked


def test_what_is_written_is_saved_without_a_click_and_asks_nothing_when_it_is_left(write):
    page, text = write("Delivery and returns")
    versions = page.get_by_role("link", name="Versions", exact=True)
    expect(page.locator("#shop-preview")).not_to_be_visible()

    text.press_sequentially("One. ")
    expect(note_of(page)).to_have_text(SAVED)
    text.press_sequentially("Two. ")
    expect(note_of(page)).to_have_text(SAVED)
    written = text.input_value()

    expect(page.locator("#page-side")).to_contain_text("Published, with unpublished changes")
    expect(page.locator("#shop-preview")).to_be_visible()
    asked = listen(page)
    versions.click()
    expect(page.locator("tbody tr").first).to_contain_text("saved by itself")
    expect(page.locator("tbody tr", has_text="saved by itself")).to_have_count(1)
    page.go_back()
    expect(text).to_have_value(written)
    assert asked == []


def test_whoever_goes_on_takes_along_what_was_written_a_moment_ago(write):
    page, text = write("About us", NEVER)
    asked = listen(page)
    text.fill("Written, and left at once.")
    page.get_by_role("link", name=re.compile("Deutsch|German")).click()
    expect(page).to_have_url(re.compile("language=de"))
    page.get_by_role("link", name=re.compile("English")).click()
    expect(text).to_have_value("Written, and left at once.")

    page.evaluate(NEVER)
    text.fill("Written, and published at once.")
    page.get_by_role("button", name="Publish the changes").click()

    expect(page.locator("#toasts")).to_contain_text("The page is public as it is written here.")
    page.goto("/about")
    expect(page.get_by_role("main")).to_contain_text("Written, and published at once.")
    assert asked == []


def test_saving_ends_what_was_saved_by_itself_and_a_second_click_harms_nothing(write):
    page, text = write("Contact")
    asked = listen(page)
    editor = page.url
    page.get_by_role("link", name="Versions", exact=True).click()
    page.locator("tbody tr").first.wait_for()
    versions = page.locator("tbody tr").count()
    page.goto(editor)
    page.evaluate(QUICK)
    text.press_sequentially("Half. ")
    expect(note_of(page)).to_have_text(SAVED)
    page.evaluate(NEVER)
    text.press_sequentially("Done. ")
    written = text.input_value()
    page.get_by_role("button", name="Save", exact=True).dblclick()

    expect(page.locator("#toasts")).to_contain_text("saved")
    expect(text).to_have_value(written)
    page.get_by_role("link", name="Versions", exact=True).click()
    expect(page.locator("tbody tr")).to_have_count(versions + 1)
    expect(page.get_by_role("main")).not_to_contain_text("saved by itself")
    assert asked == []


def test_it_rests_when_another_window_has_saved_and_saving_compares(write):
    page, text = write("How we pack")
    other, others = write("How we pack")
    others.fill("From the other window.")
    expect(note_of(other)).to_have_text(SAVED)

    text.fill("From this window.")

    expect(note_of(page)).to_contain_text("Not saved: You saved this page elsewhere meanwhile.")
    expect(page.locator("#wz-says")).to_contain_text("Not saved")
    asked = []
    page.on("request", lambda request: asked.append(request.url) if DRAFTS.search(request.url) else None)
    text.fill("From this window, and more.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#conflict")).to_be_focused()
    expect(page.get_by_role("main")).to_contain_text("From the other window.")
    expect(text).to_have_value("From this window, and more.")
    page.get_by_role("button", name="Save mine over theirs").click()
    expect(page.locator("#toasts")).to_contain_text("saved")
    assert asked == []


def test_what_is_wrong_is_said_and_saved_once_it_is_right(write):
    page, text = write("Legal notice")
    address = page.locator("#field-slug")
    known = address.input_value()
    address.fill("not an address")
    expect(note_of(page)).to_have_text(
        "Not saved: Address: Use small letters, digits and hyphens, such as about-us."
    )
    expect(page.locator(".wz-savebar")).to_be_in_viewport()

    address.fill(known)
    text.fill("Right again.")

    expect(note_of(page)).to_have_text(SAVED)
    page.reload()
    expect(text).to_have_value("Right again.")


def test_it_tries_again_when_the_server_was_away(write):
    page, text = write("Legal notice")
    tries = []
    page.route(DRAFTS, lambda route: (tries.append(1), route.abort()))
    text.fill("While the network is away.")
    expect(note_of(page)).to_contain_text("Not saved: The server cannot be reached.")
    page.unroute(DRAFTS)
    page.route(DRAFTS, lambda route: route.fulfill(status=503, body="busy"), times=1)

    expect(note_of(page)).to_have_text(SAVED)
    expect(page.locator("#wz-says")).to_have_text(SAVED)
    assert tries
    page.reload()
    expect(text).to_have_value("While the network is away.")


def test_it_says_that_the_session_is_over_and_goes_on_after_the_next_sign_in(write, site, server):
    page, text = write("Legal notice")
    page.context.clear_cookies()
    text.fill("Signed out meanwhile.")
    expect(note_of(page)).to_contain_text("Not saved: You are no longer signed in.")
    expect(note_of(page).get_by_role("link", name="Sign in in another window")).to_be_visible()
    with page.expect_response(re.compile("/login")):
        page.get_by_role("button", name="Save", exact=True).click()
    expect(text).to_have_value("Signed out meanwhile.")

    page.context.add_cookies([{"name": "wizamart", "value": site.token("super"), "url": server.url}])
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(note_of(page)).to_have_text(SAVED)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("saved")
    expect(text).to_have_value("Signed out meanwhile.")


def test_a_page_that_is_hidden_saves_at_once_and_a_new_page_waits_for_a_click(write, open_as):
    page, text = write("Legal notice", NEVER)
    text.fill("Hidden at once.")
    page.evaluate(
        "Object.defineProperty(document, 'visibilityState', {value: 'hidden'});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    expect(note_of(page)).to_have_text(SAVED)

    page = open_as("super", "/admin/pages/new")
    expect(page.locator("#page-form")).to_be_visible()
    expect(page.locator("[data-wz-autosave]")).to_have_count(0)
    page.locator("#field-title").fill("Written, and not saved")
    expect(page.locator(".wz-savebar")).to_contain_text("Unsaved changes")
    page.on("dialog", lambda dialog: dialog.accept())


def test_a_vendors_page_saves_itself_and_typed_times_of_publishing_stay(write):
    page, text = write("Delivery and returns", role="owner", path="/vendor/maison-kirchberg/pages")
    text.press_sequentially("First. ")
    expect(note_of(page)).to_have_text(SAVED)
    page.get_by_label("Publish at").fill("2099-01-01T10:00")
    text.press_sequentially("Second. ")
    expect(note_of(page)).to_have_text(SAVED)

    expect(page.get_by_label("Publish at")).to_have_value("2099-01-01T10:00")
    page.get_by_role("button", name=re.compile("^Publish")).click()
    expect(page.locator("#toasts")).to_contain_text("will be published")
