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
def test_coverage_is_counted_again_only_after_a_catalogue_has_changed(app, monkeypatch, tmp_path):
    source = i18n.Source("sample", (tmp_path,), tmp_path / "locales")
    catalogue = tmp_path / "locales/fr/LC_MESSAGES/messages.po"
    catalogue.parent.mkdir(parents=True)
    monkeypatch.setattr(translation_service, "sources", lambda: [source])
    monkeypatch.setattr(translation_service, "_kept", {})

    def translated(text, *, written_at):
        catalogue.write_text(f'msgid "Hello"\nmsgstr "{text}"\n')
        os.utime(catalogue, ns=(written_at, written_at))
        ((french, *_others),) = [row.languages for row in translation_service.list_coverage()]
        return french.translated, french.total

    with app.app_context():
        assert translated("", written_at=1) == (0, 1)
        assert translated("Bonjour", written_at=1) == (0, 1)
        assert translated("Bonjour", written_at=2) == (1, 1)
