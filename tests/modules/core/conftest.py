"""A platform, and people to look at it."""

import pytest

HTMX = {"HX-Request": "true"}


@pytest.fixture
def platform(make_platform):
    return make_platform("shop", name="Shop of Esch")


@pytest.fixture
def super_admin(platform, make_user, client, sign_in):
    user = make_user("super@wizamart.test", is_super_admin=True, display_name="Sue")
    sign_in(client, user)
    return user


@pytest.fixture
def platform_admin(platform, make_user, client, sign_in):
    user = make_user("admin@wizamart.test", admin_of=platform)
    sign_in(client, user)
    return user


@pytest.fixture
def owner(platform, make_vendor, make_user, client, sign_in):
    user = make_user(owner_of=make_vendor(platform, code="acme"))
    sign_in(client, user)
    return user


@pytest.fixture
def effective(app, platform):
    """Return what is on, as the next request sees it."""
    from wizamart.database import db, unit_of_work

    def read():
        with app.app_context(), unit_of_work(read_only=True):
            return app.modules.state_of(db.session(), platform.id).effective

    return read
