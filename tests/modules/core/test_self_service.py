"""Profile, menu, settings, search and dashboard through the pages."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from modules.core.exceptions import TooManyListsWithViews
from modules.core.schemas.dashboard import DashboardCard
from modules.core.schemas.search import SearchResult
from modules.core.services import profile_service, saved_view_service
from wizamart import clock
from wizamart.auth import session_service
from wizamart.auth.models import User
from wizamart.database import db, unit_of_work
from wizamart.module_system.contributions import contributes

PASSWORD = "a long sentence is fine"
SETTINGS = {
    "name": "Market of Esch",
    "locales": ["en", "fr"],
    "default_locale": "en",
    "currency": "EUR",
    "time_zone": "Europe/Paris",
}


def user_row(app, user):
    with app.app_context(), unit_of_work(read_only=True):
        row = db.session().get(User, user.id)
        db.session().expunge(row)
        return row


def version_in(page):
    return page.partition('name="version" value="')[2].partition('"')[0]


def save_settings(client, **changes):
    form = {**SETTINGS, "version": version_in(client.get("/admin/settings").text), **changes}
    return client.post("/admin/settings", data=form)


def contribute(app, monkeypatch, function):
    monkeypatch.setattr(app.modules.contributions, "_by_hook", dict(app.modules.contributions._by_hook))
    app.modules.contributions.add_from("core", {"added": function})


@pytest.fixture
def colleague(platform, make_user, make_client, sign_in):
    """Return a client in which another admin of the platform is signed in."""
    other = make_client()
    sign_in(other, make_user(admin_of=platform))
    return other


@pytest.fixture
def with_password(platform, make_user, client, sign_in):
    user = make_user("pat@wizamart.test", admin_of=platform, password=PASSWORD)
    sign_in(client, user)
    return user


def test_settings_are_saved_and_hold_at_the_next_request(client, super_admin):
    assert save_settings(client).status_code == 303

    assert "Market of Esch" in client.get("/admin/settings").text
    assert "Market of Esch" in client.get("/").text


def test_the_default_language_must_be_offered(client, super_admin):
    answer = save_settings(client, default_locale="lb")

    assert answer.status_code == 422
    assert 'id="field-default_locale-errors"' in answer.text


def test_settings_saved_meanwhile_by_somebody_else_are_not_written_over(client, super_admin):
    stale = version_in(client.get("/admin/settings").text)
    save_settings(client, name="First")

    answer = save_settings(client, name="Second", version=stale)

    assert answer.status_code == 409
    assert "Somebody else changed" in answer.text
    assert "First" in client.get("/admin/").text


def test_changed_settings_stand_in_the_history(client, super_admin):
    save_settings(client)

    page = client.get("/admin/modules/history").text
    assert "Settings changed" in page
    assert "Europe/Paris" in page


def test_somebody_hides_and_pins_in_their_own_menu_only(client, super_admin, colleague):
    form = {"order": ["profile", "history", "menu"], "shown": ["profile", "menu"], "pinned": ["profile"]}
    client.post("/admin/menu", data=form)

    assert 'title="History"' not in client.get("/admin/").text
    assert "Pinned" in client.get("/admin/").text
    assert 'title="History"' in colleague.get("/admin/").text


def test_the_editor_lists_entries_in_the_order_of_the_sidebar(client, super_admin):
    def listed(path, pattern):
        return list(dict.fromkeys(re.findall(pattern, client.get(path).text)))

    for path in ("/admin/menu", "/admin/menu?for=admin"):
        edited = listed(path, r'data-wz-name="([^"]+)"')
        assert edited == listed("/admin/", r'data-wz-entry><a [^>]*title="([^"]+)"')


def test_the_menu_of_everybody_changes_for_everybody(client, super_admin, colleague):
    client.post("/admin/menu/admin", data={"order": ["history", "modules"], "shown": ["modules"]})

    assert 'title="History"' not in colleague.get("/admin/").text


def test_fixed_entries_cannot_be_hidden(client, super_admin):
    answer = client.post("/admin/menu/admin", data={"order": ["modules"], "shown": []})

    assert answer.status_code == 409
    assert 'title="Modules"' in client.get("/admin/").text


def test_without_script_a_button_moves_an_entry(client, super_admin):
    form = {"order": ["dashboard", "modules", "history"], "shown": ["dashboard"], "move": "up:history"}

    page = client.post("/admin/menu", data=form).text

    assert page.index('value="history"') < page.index('value="modules"')


def test_a_name_a_language_and_a_theme_are_saved(client, with_password, app):
    form = {"display_name": "Pat Weber", "locale": "de", "time_zone": "Europe/Berlin", "theme": "dark"}
    assert client.post("/admin/profile", data=form).status_code == 303

    row = user_row(app, with_password)
    assert (row.display_name, row.locale, row.time_zone, row.theme) == (
        "Pat Weber",
        "de",
        "Europe/Berlin",
        "dark",
    )


@pytest.mark.parametrize(
    ("field", "value"), [("display_name", " "), ("locale", "xx"), ("time_zone", "Mars/Base")]
)
def test_a_bad_profile_is_refused_at_its_field(client, with_password, field, value):
    form = {"display_name": "Pat", "locale": "", "time_zone": "", "theme": "light", field: value}

    answer = client.post("/admin/profile", data=form)

    assert answer.status_code == 422
    assert f'id="field-{field}-errors"' in answer.text


def test_a_new_password_needs_the_old_one(client, with_password, app):
    answer = client.post(
        "/admin/profile/password", data={"current": "wrong", "password": "another long sentence"}
    )

    assert answer.status_code == 422
    assert 'id="field-current-errors"' in answer.text
    assert user_row(app, with_password).password_hash == with_password.password_hash


def test_the_old_password_cannot_be_guessed_at_an_open_browser(client, with_password, app):
    def change(current):
        form = {"current": current, "password": "another long sentence"}
        return client.post("/admin/profile/password", data=form).status_code

    answers = [change("wrong") for _number in range(6)]

    assert answers == [422] * 5 + [429]
    assert change(PASSWORD) == 429
    assert user_row(app, with_password).password_hash == with_password.password_hash


def test_a_new_password_signs_out_everywhere_else(client, with_password, sign_in, make_client):
    elsewhere = make_client()
    sign_in(elsewhere, with_password)

    answer = client.post(
        "/admin/profile/password", data={"current": PASSWORD, "password": "another long sentence"}
    )

    assert answer.status_code == 303
    assert client.get("/admin/profile").status_code == 200
    assert elsewhere.get("/admin/profile").status_code == 302


def test_a_sign_in_that_waits_for_its_code_is_not_among_those_that_are_complete(app, with_password):
    now = clock.now()
    with app.app_context(), unit_of_work() as session:
        user = session.get(User, with_password.id)
        user.totp_enabled_at = now
        for agent, confirmed_at in (("Firefox", now), ("Safari", None)):
            session_service.open_session(
                session, user, at=now, ip=None, user_agent=agent, second_factor_at=confirmed_at
            )

        devices = profile_service.list_devices(session, user.id, current_id=None, at=now)

    browsers = {device.browser for device in devices}
    assert "Firefox" in browsers
    assert "Safari" not in browsers


def test_a_session_elsewhere_can_be_ended(client, with_password, sign_in, make_client):
    elsewhere = make_client()
    sign_in(elsewhere, with_password)
    url = client.get("/admin/profile").text.partition('action="/admin/profile/sessions/')[2].partition('"')[0]

    client.post(f"/admin/profile/sessions/{url}")

    assert elsewhere.get("/admin/profile").status_code == 302
    assert client.get("/admin/profile").status_code == 200


def test_a_session_of_somebody_else_is_not_found(with_password, colleague):
    assert colleague.post("/account/profile/sessions/1/removal").status_code == 404


def test_the_second_factor_is_not_switched_off_without_a_code(client, with_password):
    assert client.post("/admin/profile/second-factor/removal", data={"code": "000000"}).status_code == 422


def test_a_failing_provider_costs_its_own_card_only(client, super_admin, app, monkeypatch):
    @contributes("core.dashboard_card")
    def broken(*_args, **_options):
        raise ZeroDivisionError

    contribute(app, monkeypatch, broken)

    page = client.get("/admin/")
    assert page.status_code == 200
    assert "Modules on" in page.text


def test_cards_are_shown_to_those_who_may_see_them(client, owner, app, monkeypatch):
    @contributes("core.dashboard_card")
    def cards(*_args, **_options):
        return [
            DashboardCard("Open card", 3),
            DashboardCard("Closed card", 4, permission="nobody:has:this"),
            DashboardCard("Something to do", 5, todo=True),
        ]

    contribute(app, monkeypatch, cards)

    page = client.get("/vendor/acme/").text
    assert "Open card" in page
    assert "Closed card" not in page
    assert page.index("To do") < page.index("Something to do")


def test_search_finds_pages_and_records(client, super_admin, app, monkeypatch):
    @contributes("core.search")
    def find(_session, *, text, **_options):
        return [SearchResult(f"Order {text}", "/admin/orders/1", kind="Orders")]

    contribute(app, monkeypatch, find)

    page = client.get("/admin/search?q=hist", headers={"HX-Request": "true"}).text
    assert "Order hist" in page
    assert "/admin/modules/history" in page
    assert "/admin/settings" not in page
    assert "<html" not in page


def test_markup_in_a_search_is_text(client, super_admin):
    assert "<script>alert" not in client.get("/admin/search?q=<script>alert(1)</script>").text


def test_a_broken_home_section_costs_itself_only(client, platform, app, monkeypatch):
    @contributes("storefront.home_section")
    def section(*_args, **_options):
        return {"template": "core/missing.html", "context": {}}

    contribute(app, monkeypatch, section)

    assert client.get("/").status_code == 200


def test_a_failing_badge_is_left_out(client, super_admin, monkeypatch):
    def fail(*_args):
        raise ZeroDivisionError

    monkeypatch.setattr("modules.core.badges.count_unwell", fail)

    assert client.get("/admin/menu/badges").status_code == 200


VIEW = {"path": "/admin/modules/history", "query": "page=3&search=orders", "name": " Mine "}


def test_a_view_of_a_list_is_saved_shown_as_the_present_one_and_deleted(client, super_admin):
    answer = client.post("/admin/views", data=VIEW)

    assert answer.location == "/admin/modules/history?search=orders"
    link = '<a href="/admin/modules/history?search=orders"'
    assert f'{link} aria-current="page"' in client.get(answer.location).text
    other = client.get("/admin/modules/history?search=others").text
    assert (link in other, f'{link} aria-current="page"' in other) == (True, False)

    client.post("/admin/views/removal", data=VIEW | {"name": "Mine"})
    assert link not in client.get("/admin/modules/history").text


def test_a_view_whose_name_shows_nothing_is_refused(client, super_admin, app):
    assert client.post("/admin/views", data=VIEW | {"name": "\u3164\ufeff"}).status_code == 422
    assert not user_row(app, super_admin).preferences.get("views")


def test_a_view_of_the_same_name_is_replaced_and_the_list_keeps_only_so_many(client, super_admin, app):
    for number in range(20):
        client.post("/admin/views", data=VIEW | {"name": f"View {number}"})

    assert client.post("/admin/views", data=VIEW).status_code == 409
    client.post("/admin/views", data=VIEW | {"name": "View 3", "query": "search=new"})

    (views,) = user_row(app, super_admin).preferences["views"].values()
    assert len(views) == 20
    assert views[3] == ["View 3", "search=new"]


@pytest.mark.parametrize(
    "path",
    [
        "https://elsewhere.test/",
        "//elsewhere.test/admin/",
        "//[",
        "/vendor/acme/",
        "/admin/\\x",
        "/admin/\r\nX: y",
        "/admin/modules?tier=core",
        "/admin/" + "a" * 200,
    ],
)
def test_a_view_leads_nowhere_else(client, super_admin, path):
    assert client.post("/admin/views", data=VIEW | {"path": path}).status_code == 422


def test_views_saved_at_once_are_all_kept(app, super_admin):
    def save(number):
        with app.app_context(), unit_of_work() as session:
            saved_view_service.save_view(
                session, super_admin.id, platform_code="market", path="/list", name=f"View {number}", query=""
            )

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(save, range(8)))

    (views,) = user_row(app, super_admin).preferences["views"].values()
    assert len(views) == 8


def test_what_somebody_keeps_of_all_lists_does_not_grow_for_ever(app, super_admin):
    with app.app_context(), unit_of_work() as session:

        def save(number, name="Mine"):
            saved_view_service.save_view(
                session, super_admin.id, platform_code="market", path=f"/{number}", name=name, query=""
            )

        for number in range(saved_view_service.MOST_LISTS):
            save(number)
        save(0, "Another")

        with pytest.raises(TooManyListsWithViews):
            save("one more")


def test_a_view_needs_a_name(client, super_admin):
    assert client.post("/admin/views", data=VIEW | {"name": "  "}).status_code == 422


def test_contrast_and_shortcuts_follow_the_profile_and_outlive_a_menu_that_is_reset(client, super_admin):
    profile = {"display_name": "Sue", "theme": "system", "more_contrast": "true"}
    client.post("/admin/profile", data=profile)
    client.post("/admin/menu", data={"action": "reset"})

    page = client.get("/admin/").text
    assert ('data-wz-contrast="more"' in page, 'data-wz-shortcuts="off"' in page) == (True, True)

    client.post("/admin/profile", data={"display_name": "Sue", "theme": "system", "shortcuts": "true"})
    page = client.get("/admin/").text
    assert ('data-wz-contrast="more"' in page, 'data-wz-shortcuts="off"' in page) == (False, False)
