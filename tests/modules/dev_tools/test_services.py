"""Services of dev-tools on both databases."""

import os

import pytest

from modules.dev_tools.exceptions import DeliveryNotFound
from modules.dev_tools.services import event_service, translation_service
from wizamart.commands import i18n
from wizamart.queue import enqueue


def test_deliveries_are_read_with_event_and_listener_of_this_platform_only(session, make_platform):
    here, there = make_platform(), make_platform()
    for platform in (here, there):
        row = {"handler": "modules.x:listen", "event": "orders.order_placed", "payload": {}}
        enqueue(session, "customers.handle_event", row, platform_id=platform.id)

    ((task, event, listener),) = session.execute(event_service.select_deliveries(here.id)).all()

    assert (event, listener) == ("orders.order_placed", "modules.x:listen")
    with pytest.raises(DeliveryNotFound):
        event_service.get_delivery(session, task.id, platform_id=there.id)


def test_module_events_are_the_newest_first(session, make_platform):
    platform = make_platform(modules=["dev-tools", "monitoring"])

    rows = event_service.list_module_events(session, platform_id=platform.id)

    assert [(row.module_code, row.event) for row in rows] == [
        ("monitoring", "enabled"),
        ("dev-tools", "enabled"),
    ]


@pytest.mark.backends("sqlite")
def test_coverage_is_counted_again_only_after_a_file_has_changed(app, monkeypatch, tmp_path):
    counted = []
    source = i18n.Source("sample", (tmp_path,), tmp_path / "locales")
    (tmp_path / "page.py").write_text('_("Hello")\n')
    monkeypatch.setattr(translation_service, "sources", lambda: [source])
    monkeypatch.setattr(translation_service, "statistics", lambda codes: counted.append(codes) or [])
    with app.app_context():
        translation_service.list_coverage()
        translation_service.list_coverage()
        assert counted == [("sample",)]

        os.utime(tmp_path / "page.py", ns=(1, 1))
        translation_service.list_coverage()

    assert counted == [("sample",), ("sample",)]
