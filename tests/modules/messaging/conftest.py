"""What the tests of messaging share: a platform with the module on, its people, and events to tell of."""

from datetime import UTC, datetime

import pytest

from modules.messaging.schemas.kinds import KIND_BY_CODE
from modules.messaging.services import notification_service
from wizamart.platforms import scoped

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def platform(make_platform):
    return make_platform("lux", modules=["messaging"])


@pytest.fixture
def vendor(make_vendor, platform):
    return make_vendor(platform, code="atelier", name="Atelier Moselle")


@pytest.fixture
def admin(make_user, platform):
    return make_user("admin@lux.test", admin_of=platform)


@pytest.fixture
def owner(make_user, vendor):
    return make_user("owner@atelier.test", owner_of=vendor, locale="fr")


@pytest.fixture
def tell(session, platform, vendor):
    """Return `tell(kind, **fields)`, which notifies everybody whom such an event concerns."""

    def notify(code, **fields):
        event = {"platform_id": platform.id, "vendor_id": vendor.id, "vendor_name": vendor.name, **fields}
        with scoped(session, platform.id):
            told = notification_service.notify(
                session, KIND_BY_CODE[code], event, platform_id=platform.id, vendor_id=vendor.id, at=NOON
            )
            session.flush()
        return told

    return notify
