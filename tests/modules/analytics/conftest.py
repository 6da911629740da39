"""What the tests of analytics share: a platform, its people, and a source whose sales the test decides."""

from datetime import date, timedelta

import pytest

from modules.analytics.services.source_service import HOOK
from wizamart.module_system.contributions import Contribution
from wizamart.module_system.manager import current_manager

TODAY = date(2026, 11, 20)


class FakeSource:
    """Sales by day and vendor, handed out as the contribution of a module that is on everywhere."""

    module_code = "analytics"

    def __init__(self):
        self.lines = []
        self.calls = []
        self.fails = False

    def sell(self, day, gross, *, vendor=None, orders=1, units=1, currency="EUR"):
        if isinstance(day, int):
            day = TODAY - timedelta(days=day)
        line = {"day": day, "currency": currency, "orders": orders, "gross_minor": gross, "units": units}
        self.lines.append((vendor.id if vendor else None, line))

    def provide(self, _session, *, platform_id, vendor_id, start, end):
        self.calls.append((platform_id, vendor_id, start, end))
        if self.fails:
            raise RuntimeError("the source is away")
        return [
            line for owner, line in self.lines if vendor_id in (None, owner) and start <= line["day"] <= end
        ]


@pytest.fixture
def add_source(app):
    """Return a maker of fake sources."""

    def add():
        source = FakeSource()
        with app.app_context():
            contributions = current_manager().contributions
        known = contributions._by_hook.setdefault(HOOK, [])
        known[:] = [Contribution(source.module_code, source.provide, 100)]
        return source

    return add


@pytest.fixture
def source(add_source):
    return add_source()


@pytest.fixture
def no_source(app):
    """Take away whatever contributes sales."""
    with app.app_context():
        current_manager().contributions._by_hook.pop(HOOK, None)


@pytest.fixture
def platform(make_platform):
    return make_platform("lux", modules=["analytics"])


@pytest.fixture
def vendor(make_vendor, platform):
    return make_vendor(platform, code="atelier", name="Atelier Moselle")


@pytest.fixture
def admin(make_user, platform):
    return make_user("admin@lux.test", admin_of=platform)


@pytest.fixture
def today(monkeypatch):
    """Make it the 20 November 2026."""
    from datetime import UTC, datetime

    from wizamart import clock

    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 20, 12, 0, tzinfo=UTC))
    return TODAY
