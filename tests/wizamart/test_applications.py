"""An application that is given out again is as good as a new one."""

import pytest
import sqlalchemy as sa

from wizamart.database import db, unit_of_work
from wizamart.module_system.contributions import contributes
from wizamart.testing.applications import Applications
from wizamart.testing.factories import Factory

pytestmark = pytest.mark.backends("sqlite")


@pytest.fixture
def lend(settings):
    applications = Applications()
    return lambda **changes: applications.lend(settings.model_copy(update=changes))


def listen(app):
    with app.app_context(), unit_of_work() as session:
        sa.event.listen(session.get_bind(), "before_cursor_execute", lambda *_event: None)


def contribute(app):
    @contributes("core.dashboard_card")
    def card(*_arguments, **_named):
        return None

    app.modules.contributions.add_from("core", {"card": card})


CHANGES = {
    "config": lambda app: app.config.update(MAX_CONTENT_LENGTH=1000),
    "view": lambda app: app.view_functions.update({"auth.sign_in_page": str}),
    "extension": lambda app: app.extensions.update(landing=str),
    "check": lambda app: app.extensions["health"].register("more", bool),
    "global": lambda app: app.jinja_env.globals.update(more=1),
    "contribution": contribute,
    "waker": lambda app: app.extensions["queue"].add_waker(print),
    "wsgi": lambda app: setattr(app, "wsgi_app", print),
    "statements": listen,
}


def test_it_is_given_out_again_where_settings_are_the_same(lend):
    with lend() as first, lend() as beside:
        assert beside is not first
        Factory(first).platform("here")
        assert first.test_client().get("/health").status_code == 200
    with lend() as second, lend(log_level="ERROR") as other:
        assert second in {first, beside}
        assert other not in {first, beside}


def test_it_knows_nothing_of_what_it_served(lend, count_queries):
    with lend() as app:
        platform = Factory(app).platform("here", modules=["payments"])
        for path, status in (
            ("/platforms/here/login", 200),
            ("/platforms/here/admin/no", 404),
            ("/health", 200),
        ):
            assert app.test_client().get(path).status_code == status
    with lend() as again:
        assert again is app
        assert len(app.modules.states) == 0
        assert app.extensions["health"].latest is None
        assert b"auth.sign_in_page" not in app.extensions["metrics"].counted()
        with app.app_context(), count_queries() as queries:
            assert app.modules.state_of(db.session(), platform.id).wanted == {"payments"}
        assert len(queries) == 3


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_one_that_was_changed_is_not_given_out_again(lend, change):
    with lend() as first:
        change(first)
    with lend() as second:
        assert second is not first


def test_what_was_patched_and_put_back_is_no_change(lend, monkeypatch):
    with monkeypatch.context() as patch, lend() as first:
        patch.setitem(first.view_functions, "auth.sign_in_page", str)
    with lend() as second:
        assert second is first


def test_views_are_added_to_an_application_of_ones_own_only(app):
    with pytest.raises(AssertionError, match="first request"):
        app.add_url_rule("/more", "more", str)


@pytest.mark.own_app
def test_an_application_of_ones_own_takes_more_views(app):
    app.add_url_rule("/more", "more", str)

    assert "more" in app.view_functions
