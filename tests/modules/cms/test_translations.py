"""Translations side by side, and vendors' pages in the place of the platform's."""

from datetime import timedelta

import pytest

from modules.cms.schemas.page import PageForm
from modules.cms.services import (
    draft_service,
    page_service,
    publication_service,
    redirect_service,
    translation_service,
)

from .conftest import ANN, NOON, nobody, write_live

LOCALES = ("en", "fr", "de", "lb")


def states(page):
    return dict(translation_service.states_of(page, LOCALES, default_locale="en"))


def test_a_translation_is_missing_outdated_or_up_to_date(within, make_platform, make_page):
    platform = make_platform()
    page_id = make_page(platform)

    def write(locale, body, hours, **more):
        with within(platform) as session:
            page = page_service.get_page(session, page_id)
            form = PageForm(title="About", slug="about", body=body, **more)
            at = NOON + timedelta(hours=hours)
            page_service.update_page(session, page, form, locale=locale, author=ANN, at=at)
            return states(draft_service.written_page(session, page))

    assert write("fr", "Texte", 1) == {"en": "current", "fr": "current", "de": "missing", "lb": "missing"}
    assert write("en", "New text", 2)["fr"] == "outdated"
    assert write("fr", "Texte", 3)["fr"] == "outdated"  # the same text again says nothing about the new one
    assert write("fr", "Nouveau texte", 4)["fr"] == "current"
    assert write("en", "New text", 5, position=7)["fr"] == "current"
    assert write("en", "Newer text", 6)["fr"] == "outdated"
    with within(platform) as session:
        page = page_service.get_page(session, page_id)
        draft_service.confirm_translation(session, page, "fr", at=NOON + timedelta(hours=7))
        assert states(draft_service.written_page(session, page))["fr"] == "current"
        assert states(page)["fr"] == "missing"  # what the public sees is not translated yet
        publication_service.publish(session, page, at=NOON, now=NOON)
        assert states(page)["fr"] == "current"


@pytest.mark.backends("sqlite")
def test_marks_of_translations_are_words_and_can_be_taken_away(admin, within, make_page):
    page_id = make_page(admin.platform)
    base = f"/admin/pages/{page_id}"
    form = {"title": "Titre", "slug": "about", "body": "Texte", "placement": "none", "position": "100"}
    admin.post(f"{base}?language=fr", data=form)
    admin.post(base, data={**form, "title": "About", "body": "Changed"})

    listed, french = admin.get("/admin/pages").text, admin.get(f"{base}/edit?language=fr").text
    assert listed.count("> outdated</span>") == 1
    assert listed.count("> missing</span>") == 2
    assert "The text in English was changed after this one." in french
    assert "Changed</pre>" in french
    assert f'action="{base}?language=fr"' in french
    assert f'href="{base}/edit?language=fr" aria-current="page"' in french

    admin.post(f"{base}/translation", data={"language": "fr"})
    assert "outdated" not in admin.get("/admin/pages").text


@pytest.mark.backends("sqlite")
def test_a_vendor_learns_that_the_platform_changed_the_page_behind_its_own(
    client, make_platform, make_vendor, make_user, sign_in, make_page, within
):
    platform = make_platform()
    vendor = make_vendor(platform)
    page_id = make_page(platform, body="From the platform")
    sign_in(client, make_user(owner_of=vendor))
    base = f"/vendor/{vendor.code}/pages"
    own = client.post(f"{base}/{page_id}/override").location.replace("/edit", "")
    listed = client.get(base).text
    assert "In place of the platform" in listed
    assert "page has changed" not in listed

    with within(platform) as session:
        form = PageForm(title="About", slug="about", body="From the platform, newly")
        page = page_service.get_page(session, page_id)
        page_service.update_page(session, page, form, locale="en", author=ANN, at=NOON)
    assert "page has changed" not in client.get(base).text  # nobody sees it yet
    with within(platform) as session:
        publication_service.publish(session, page_service.get_page(session, page_id), at=NOON, now=NOON)
    assert "page has changed" in client.get(base).text
    assert "page has changed" in client.get(f"{own}/edit").text
    assert "<mark>" in client.get(f"{own}/override").text

    client.post(f"{own}/override/confirmation")
    assert "page has changed" not in client.get(base).text
    assert client.get(f"{base}/{page_id}/override").status_code == 404


def test_old_addresses_lead_on_without_chains_or_loops(within, make_platform, make_page):
    platform = make_platform()
    first, second = make_page(platform, "a"), make_page(platform, "z")

    def move(page_id, *slugs):
        with within(platform) as session:
            page = page_service.get_page(session, page_id)
            for slug in slugs:
                form = PageForm(title="T", slug=slug)
                write_live(session, page, form)

    def leads(slug):
        with within(platform) as session:
            live = page_service.find_live(session, slug, vendor_id=None, at=NOON)
            target = redirect_service.find_target(session, slug, vendor_id=None, at=NOON, ask_routes=nobody)
            return slug if live else (target or "/-")[1:]

    move(first, "b", "c", "a", "d")
    assert [leads(slug) for slug in "abcdz"] == ["d", "d", "d", "d", "z"]
    move(second, "a", "b")  # takes addresses that led to the first, and leaves one of them again
    assert [leads(slug) for slug in "abcdz"] == ["b", "b", "d", "d", "b"]
    move(first, "a")
    assert [leads(slug) for slug in "abcdz"] == ["a", "b", "a", "a", "b"]
    with within(platform) as session:
        page = page_service.get_page(session, first)
        redirects = redirect_service.list_of_page(session, page)
        assert [one.slug for one in redirects] == ["b", "c", "d"]
        redirect_service.delete_redirect(session, redirects[1].id, vendor_id=None)
        redirect_service.delete_redirect(session, 999, vendor_id=None)
    assert leads("c") == "-"
