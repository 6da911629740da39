"""A platform with dev-tools on, and a super admin at a client."""

import pytest


@pytest.fixture
def platform(make_platform):
    return make_platform("lux", modules=["dev-tools"])


@pytest.fixture
def developer(client, platform, make_user, sign_in):
    """Return the client of a super admin."""
    sign_in(client, make_user("root@wizamart.test", is_super_admin=True))
    return client
