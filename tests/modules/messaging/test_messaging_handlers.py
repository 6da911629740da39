"""What happens elsewhere reaches people: through the queue, in the language of each, and only where messaging is on."""

import pytest
import sqlalchemy as sa

from modules.messaging.models.notification import Notification
from modules.messaging.schemas.kinds import KINDS
from modules.messaging.services import text_service
from wizamart.i18n import LOCALES
from wizamart.module_system.events import DomainEvent
from wizamart.module_system.manager import current_manager
from wizamart.platforms import scoped
from wizamart.queue import Task, run_task

EVENTS = {
    "tenancy.vendor_created": {"vendor_name": "Atelier Moselle"},
    "tenancy.vendor_approved": {"vendor_name": "Atelier Moselle"},
    "tenancy.vendor_suspended": {"vendor_name": "Atelier Moselle", "reason": "Papers are missing"},
    "customers.customer_created": {"customer_id": 7},
}


@pytest.fixture
def emit(app, session, platform, vendor):
    """Return `emit(name, **fields)`, which emits an event of this vendor and lets the workers run."""

    def run(name, **fields):
        event = DomainEvent.declared[name]
        values = {"platform_id": platform.id, "vendor_id": vendor.id, **fields}
        with scoped(session, platform.id):
            event.emit(session, event.payload(**values), platform_id=platform.id, vendor_id=vendor.id)
        ids = list(session.scalars(sa.select(Task.id).where(Task.name == "messaging.handle_event")))
        session.commit()
        return [run_task(app, task_id) for task_id in ids]

    return run


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_of_another_module_tells_the_people_it_concerns(
    emit, session, platform, vendor, make_user, name
):
    make_user("admin@lux.test", admin_of=platform, locale="en")
    make_user("owner@atelier.test", owner_of=vendor, locale="en")

    assert emit(name, **EVENTS[name]) == ["succeeded"]

    with scoped(session, platform.id):
        [row] = session.scalars(sa.select(Notification)).all()
    assert "%(" not in row.title + row.body
    assert "{" not in row.title + row.body


def test_where_messaging_is_off_nothing_is_queued(app, session, make_platform, make_vendor):
    bare = make_platform("bare")
    vendor = make_vendor(bare)
    event = DomainEvent.declared["tenancy.vendor_approved"]
    payload = event.payload(platform_id=bare.id, vendor_id=vendor.id, vendor_name="X")

    event.emit(session, payload, platform_id=bare.id, vendor_id=vendor.id)

    assert session.scalars(sa.select(Task).where(Task.name == "messaging.handle_event")).all() == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_a_kind_names_what_is_there(app, kind):
    """An event, its fields, permissions and endpoints may change in modules that know nothing of messaging."""
    with app.app_context():
        manager = current_manager()
        registry = manager.registry
    if kind.module_code not in registry:
        assert kind.event not in DomainEvent.declared
        return
    fields = DomainEvent.declared[kind.event].payload.model_fields
    for placeholder in kind.placeholders.values():
        assert set(placeholder.sources) & set(fields), placeholder
    assert set(kind.identity) <= set(fields)
    for audience in kind.audiences.values():
        owner = audience.permission.partition(":")[0]
        assert audience.permission in registry[owner].permissions
        assert audience.endpoint is None or audience.endpoint in app.view_functions
        assert set(audience.arguments.values()) <= set(fields)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_the_standard_texts_are_complete_in_every_language(app, kind, locale):
    with app.app_context():
        subject, body = text_service.default_texts(kind, locale)
        values = text_service.example_values(kind, locale=locale)

    for field, text in (("subject", subject), ("body", body)):
        text_service.check_text(kind, text, field=field)
        assert text_service.MISSING not in text_service.fill(text, {**values, "reason": "x"})


def test_a_refusal_is_told_in_words_of_each_language(app):
    kind = next(kind for kind in KINDS if kind.code == "payment-failed")

    with app.app_context():
        told = text_service.values_of(kind, {"reason_text": "The card was declined."}, locale="de")
        unknown = text_service.values_of(kind, {"reason_text": "do_not_ask"}, locale="de")

    assert told["reason"] == "Die Karte wurde abgelehnt."
    assert unknown["reason"] == "do_not_ask"


def test_a_value_that_looks_like_a_placeholder_stays_what_it_is():
    assert text_service.fill("{vendor} {reason}", {"vendor": "{reason}", "reason": "x"}) == "{reason} x"


def test_a_value_cannot_bring_a_line_break_into_the_subject_of_a_mail(app):
    kind = next(kind for kind in KINDS if kind.code == "vendor-approved")
    with app.app_context():
        values = text_service.values_of(kind, {"vendor_name": "A\r\nBcc: x@y.test"}, locale="en")

    assert values["vendor"] == "A Bcc: x@y.test"
