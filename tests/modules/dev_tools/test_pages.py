"""Pages of dev-tools: who sees them, and what they find."""

import pytest

from modules.dev_tools.services import translation_service
from wizamart.commands.i18n import statistics
from wizamart.database import unit_of_work
from wizamart.i18n.extraction import Source
from wizamart.queue import enqueue
from wizamart.web import icons

PAGES = (
    "/admin/components",
    "/admin/components/buttons",
    "/admin/components/icons",
    "/admin/components/icons.svg",
    "/admin/translations",
    "/admin/translations/dev-tools/fr",
    "/admin/inspector",
    "/admin/inspector/core",
    "/admin/inspector/core/faults",
    "/admin/events",
    "/admin/events/modules",
)
pytestmark = pytest.mark.backends("sqlite")


@pytest.fixture
def make_delivery(app):
    """Return `make_delivery(platform, **payload)`, which commits a delivery and returns its id."""

    def make(platform, **payload):
        with app.app_context(), unit_of_work() as session:
            row = {"handler": "modules.x.handlers:listen", "event": "orders.order_placed", "payload": payload}
            return enqueue(session, "customers.handle_event", row, platform_id=platform.id).id

    return make


@pytest.mark.parametrize("path", PAGES)
def test_super_admin_opens_every_page(developer, path):
    assert developer.get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_platform_admin_with_all_rights_is_refused(client, platform, make_user, sign_in, path):
    sign_in(client, make_user(admin_of=platform))

    assert client.get(path).status_code == 403


def test_pages_are_not_there_where_the_module_is_off(client, make_platform, make_user, sign_in):
    make_platform()
    sign_in(client, make_user(is_super_admin=True))

    assert {client.get(path).status_code for path in PAGES} == {404}


def test_icons_are_found_by_a_part_of_their_name(developer):
    page = developer.get("/admin/components/icons?search=ALERT").text

    assert "<code>alert-triangle</code>" in page
    assert "<code>truck</code>" not in page


def test_search_without_a_match_says_so(developer):
    assert "No icon has this in its name" in developer.get("/admin/components/icons?search=zzzz").text


def test_drawing_of_all_icons_has_every_icon(developer):
    drawing = developer.get("/admin/components/icons.svg").text

    assert all(f'<symbol id="{name}"' in drawing for name in icons.available_names())


def test_coverage_lists_the_framework_and_every_module(app, developer):
    page = developer.get("/admin/translations").text

    assert "wizamart" in page
    assert all(f'href="/admin/translations/{code}/lb"' in page for code in app.modules.registry)


def test_coverage_is_counted_without_reading_the_code_and_agrees_with_what_the_code_says(app, monkeypatch):
    def refuse(source):
        raise AssertionError(source.code)

    monkeypatch.setattr(translation_service, "_kept", {})
    monkeypatch.setattr(translation_service, "extract", refuse)

    with app.app_context():
        rows = {row.code: row for row in translation_service.list_coverage()}
        assert list(rows["dev-tools"].languages) == statistics(("dev-tools",))


def test_a_module_without_a_catalogue_is_counted_by_its_code(tmp_path):
    (tmp_path / "pages.py").write_text('_("One")\n_("Two")\n', encoding="utf-8")

    counted = translation_service._count(Source("new", (tmp_path,), tmp_path / "locales"))

    assert {(one.total, one.translated) for one in counted} == {(2, 0)}


@pytest.mark.parametrize("path", ["/admin/translations/nothing/fr", "/admin/translations/core/xx"])
def test_catalogue_that_does_not_exist_is_not_found(developer, path):
    assert developer.get(path).status_code == 404


def test_inspector_shows_routes_with_their_permissions_and_hooks(developer):
    page = developer.get("/admin/inspector/monitoring").text

    assert "monitoring_admin.task_retry" in page
    assert "monitoring:task:retry" in page
    assert "monitoring.sample_health" in page
    assert "core.dashboard_card" in page
    assert "monitoring_001_create_tables" in page


def test_inspector_finds_no_fault_in_its_own_module(developer):
    assert "It keeps all rules." in developer.get("/admin/inspector/dev-tools/faults").text


def test_module_that_does_not_exist_is_not_found(developer):
    assert developer.get("/admin/inspector/nothing").status_code == 404
    assert developer.get("/admin/inspector/nothing/faults").status_code == 404


def test_module_events_show_what_was_switched_here_and_nothing_of_other_platforms(developer, make_platform):
    make_platform("paris", modules=["monitoring"])

    page = developer.get("/admin/events/modules").text.split("<main")[1]

    assert "/admin/inspector/dev-tools" in page
    assert "/admin/inspector/monitoring" not in page


def test_events_of_a_platform_without_any_say_what_would_be_there(developer):
    assert "No deliveries yet" in developer.get("/admin/events").text


def test_delivery_is_listed_and_its_payload_shown_without_secrets(developer, platform, make_delivery):
    task_id = make_delivery(platform, order_id=4711, api_key="hunter2")

    assert "orders.order_placed" in developer.get("/admin/events?search=placed").text
    page = developer.get(f"/admin/events/{task_id}").text
    assert "4711" in page
    assert "hunter2" not in page


def test_delivery_of_another_platform_is_neither_listed_nor_found(developer, make_platform, make_delivery):
    task_id = make_delivery(make_platform("paris"), order_id=4711)

    assert "orders.order_placed" not in developer.get("/admin/events").text
    assert developer.get(f"/admin/events/{task_id}").status_code == 404


def test_task_that_delivers_nothing_is_no_event(app, developer, platform):
    with app.app_context(), unit_of_work() as session:
        task_id = enqueue(session, "framework.send_mail", {}, platform_id=platform.id).id

    assert developer.get(f"/admin/events/{task_id}").status_code == 404
