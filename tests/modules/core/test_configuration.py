"""A module's configuration through its page and the API: what is shown, saved, refused, kept and never told."""

import enum
import re
import threading
from typing import Annotated

import pytest
import sqlalchemy as sa
from pydantic import BaseModel, Field, SecretStr

from tests.wizamart.module_system.sample_modules import make_module
from wizamart import audit, clock
from wizamart.app import create_app
from wizamart.auth import token_service
from wizamart.database import db, unit_of_work
from wizamart.logging import recent_records
from wizamart.module_system import config_service
from wizamart.module_system.events import ModuleEvent, module_event_bus
from wizamart.module_system.models import PlatformModule
from wizamart.module_system.registry import Registry, installed_registry
from wizamart.queue.models import Task

PAGE = "/admin/modules/sampler"
FORM = f"{PAGE}/configuration"
API = "/api/v1/modules/sampler/configuration"
SECRET = "swordfish-4711"


class Mode(enum.StrEnum):
    TEST = "test"
    LIVE = "live"


class Address(BaseModel):
    street: str = Field("", title="Street", max_length=20)
    number: int = Field(1, title="House number", ge=1)


class SamplerConfig(BaseModel):
    title: str = Field("Shop", title="Name on receipts", description="Printed at the top.", max_length=12)
    days: int = Field(14, title="Days to pay", ge=0, le=90)
    mode: Mode = Field(Mode.TEST, title="Mode of work")
    cities: Annotated[list[str], Field(max_length=3)] = Field([], title="Cities")
    address: Address = Field(Address(), title="Where it stands")
    key: SecretStr | None = Field(None, title="Key of the provider", max_length=40)


class StricterConfig(SamplerConfig):
    """What a newer version of the module declares."""

    days: int = Field(14, title="Days to pay", ge=0, le=30)


GOOD = {"title": "Kiosk", "days": "30", "mode": "live", "cities": "Esch\nWiltz", "address.street": "Am Bach"}

pytestmark = pytest.mark.backends("sqlite")


@pytest.fixture
def start(settings):
    """Return a starter of applications with one more module, whose schema is the given one."""
    started = []

    def start_with(schema):
        sampler = make_module("sampler", config_schema=schema)
        app = create_app(settings, registry=Registry([*installed_registry().values(), sampler]))
        started.append(app)
        return app

    yield start_with
    for app in started:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def app(start):
    return start(SamplerConfig)


@pytest.fixture
def admin(client, platform, make_user, sign_in):
    """Return a platform admin who is signed in at the client."""
    user = make_user("admin@wizamart.test", admin_of=platform)
    sign_in(client, user)
    return user


@pytest.fixture
def bearer(app, admin):
    with app.app_context(), unit_of_work() as session:
        owner = session.get(type(admin), admin.id)
        pair = token_service.issue(session, owner, at=clock.now(), ip=None, user_agent="tests")
    return {"Authorization": f"Bearer {pair.access_token}"}


@pytest.fixture
def read(app, platform):
    """Return the configuration in force as modules ask for it."""

    def get(of=None):
        with (of or app).app_context(), unit_of_work(read_only=True) as session:
            return config_service.get_module_config(session, platform.id, "sampler")

    return get


@pytest.fixture
def stored(app, platform):
    """Return what stands in the row, or put something there as an older version would have."""

    def row_of(value=None):
        with app.app_context(), unit_of_work() as session:
            if value is not None:
                config_service.set_module_config(session, platform.id, "sampler", value)
            query = sa.select(PlatformModule.config).where(PlatformModule.module_code == "sampler")
            return session.scalar(query)

    return row_of


def version_in(page):
    return re.search(r'name="version" value="([^"]*)"', page.text)[1]


def save(client, **changes):
    page = client.get(PAGE)
    form = {
        **GOOD,
        "version": version_in(page),
        **{name.replace("__", "."): v for name, v in changes.items()},
    }
    return client.post(FORM, data=form)


def test_the_form_shows_labels_help_limits_choices_lists_groups_and_secrets(client, admin):
    page = client.get(PAGE).text

    for text in ("Name on receipts", "Printed at the top.", "Where it stands", "Street", "House number"):
        assert text in page
    assert re.search(r'<input[^>]*type="number"[^>]*name="days"[^>]*min="0" max="90"', page)
    assert re.search(r'<option value="live">\s*Live', page)
    assert re.search(r'<textarea[^>]*name="cities"', page)
    assert re.search(r'<input[^>]*type="password"[^>]*name="key"', page)
    assert 'name="address.number"' in page


def test_what_is_saved_shows_at_the_next_request_in_page_api_and_code(client, admin, bearer, read):
    answer = save(client, address__number="7")

    assert answer.status_code in {302, 303}
    config = read()
    assert (config.title, config.days, config.mode) == ("Kiosk", 30, Mode.LIVE)
    assert config.cities == ["Esch", "Wiltz"]
    assert config.address == Address(street="Am Bach", number=7)
    page = client.get(PAGE).text
    assert 'value="Kiosk"' in page
    assert "Esch\nWiltz</textarea>" in page
    assert client.get(API, headers=bearer).get_json()["values"]["address"] == {
        "street": "Am Bach",
        "number": 7,
    }


@pytest.mark.parametrize(
    ("field", "sent", "message"),
    [
        ("days", "91", "Enter 90 or less."),
        ("days", "soon", "Enter a whole number."),
        ("title", "much too long a name", "Enter at most 12 characters."),
        ("mode", "asleep", "Choose one of the options."),
        ("cities", "a\nb\nc\nd", "Enter at most 3 entries."),
        ("address.number", "0", "Enter 1 or more."),
    ],
)
def test_an_error_stands_at_its_field_and_the_input_is_kept(client, admin, read, field, sent, message):
    answer = save(client, **{field.replace(".", "__"): sent, "address__street": "Um Eck"})

    assert answer.status_code == 422
    name = field.replace(".", "-")
    assert re.search(rf'id="field-{name}-errors">[^<]*{re.escape(message)}', answer.text)
    assert 'value="Um Eck"' in answer.text
    assert sent in answer.text or field == "mode"
    assert read() == SamplerConfig()


def test_a_secret_is_kept_when_left_empty_replaced_when_typed_and_removed_when_asked(client, admin, read):
    save(client, key=SECRET)
    assert read().key.get_secret_value() == SECRET

    save(client, key="", title="Other")
    assert read().key.get_secret_value() == SECRET

    save(client, key="another")
    assert read().key.get_secret_value() == "another"

    save(client, **{"key__~remove": "1"})
    assert read().key is None


def test_a_secret_is_in_no_page_answer_row_event_trail_task_or_log(client, admin, bearer, app, stored):
    heard = []
    module_event_bus.subscribe(ModuleEvent.CONFIG_CHANGED)(heard.append)
    try:
        answers = [
            save(client, key=SECRET),
            client.get(PAGE),
            save(client, key=SECRET, days="1000"),
            client.get(API, headers=bearer),
            client.patch(API, json={"key": SECRET, "days": 7}, headers={**bearer, "Idempotency-Key": "k"}),
            client.patch(API, json={"key": SECRET * 9}, headers=bearer),
            client.get("/api/v1/modules/history", headers=bearer),
            client.get("/admin/modules/history"),
        ]
    finally:
        module_event_bus.unsubscribe(ModuleEvent.CONFIG_CHANGED, heard.append)

    assert not [answer.request.url for answer in answers if SECRET in answer.text]
    assert [answer.status_code for answer in answers[2:6]] == [422, 200, 200, 422]
    assert len(heard) == 2
    assert SECRET not in repr(heard)
    assert SECRET not in repr(stored())
    assert SECRET not in repr(recent_records())
    with app.app_context(), unit_of_work(read_only=True) as session:
        trail = session.scalars(sa.select(audit.AuditEntry)).all()
        assert len(trail) >= 2
        assert SECRET not in repr([(entry.before, entry.after, entry.note) for entry in trail])
        assert SECRET not in repr(session.scalars(sa.select(Task.payload)).all())


def test_a_form_that_somebody_overtook_is_refused_and_nothing_is_lost(client, admin, bearer, read):
    opened = version_in(client.get(PAGE))
    client.patch(API, json={"days": 60}, headers=bearer)

    answer = client.post(FORM, data={**GOOD, "version": opened, "title": "Mine"})

    assert answer.status_code == 409
    assert "Somebody else changed these settings meanwhile" in answer.text
    assert 'value="Mine"' in answer.text
    assert (read().days, read().title) == (60, "Shop")
    again = client.post(FORM, data={**GOOD, "version": version_in(answer), "title": "Mine"})
    assert again.status_code in {302, 303}
    assert read().title == "Mine"


@pytest.mark.backends("sqlite", "postgresql")
def test_of_two_forms_sent_at_the_same_moment_one_is_refused(
    app, platform, make_client, make_user, sign_in, read
):
    clients = [make_client(), make_client()]
    for client in clients:
        sign_in(client, make_user(admin_of=platform))
    version = version_in(clients[0].get(PAGE))
    barrier, answers = threading.Barrier(2), {}

    def send(number):
        barrier.wait()
        form = {**GOOD, "version": version, "title": f"Mine {number}"}
        answers[number] = clients[number].post(FORM, data=form).status_code

    threads = [threading.Thread(target=send, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(status if status == 409 else 200 for status in answers.values()) == [200, 409]
    winner = next(number for number, status in answers.items() if status != 409)
    assert read().title == f"Mine {winner}"


@pytest.mark.parametrize("values", [{"nonsense": 1}, {"address": {"nonsense": 1}}])
def test_an_unknown_key_is_refused_and_the_known_ones_beside_it_are_not_saved(client, bearer, read, values):
    answer = client.patch(API, json={"days": 5, **values}, headers=bearer)

    assert answer.status_code == 422
    assert any("nonsense" in path for path in answer.get_json()["errors"])
    assert read().days == 14


def test_a_value_that_a_newer_schema_rejects_is_reported_and_not_lost(client, stored, start, platform, read):
    stored({"days": 60, "title": "Kiosk"})
    newer = start(StricterConfig)

    health = newer.extensions["health"].run().as_dict(with_details=True)

    check = next(check for check in health["checks"] if check["name"] == "configuration")
    assert check["status"] == "degraded"
    assert check["message"] == "shop: sampler: days: Enter 30 or less."
    assert health["status"] == "degraded"
    assert (read(newer).days, read(newer).title) == (14, "Kiosk")
    with newer.app_context(), unit_of_work() as session:
        config_service.set_module_config(session, platform.id, "sampler", {"title": "Stall"})
    assert stored() == {"days": 60, "title": "Stall"}
    assert (read().days, read().title) == (60, "Stall")


def test_the_page_names_what_no_longer_fits_and_saving_puts_it_right(
    stored, start, platform, make_user, factory
):
    stored({"days": 60})
    newer = start(StricterConfig)
    client = newer.test_client()
    factory.app = newer
    factory.sign_in(client, make_user(admin_of=platform))

    page = client.get(PAGE)

    assert page.status_code == 200
    assert "Some stored values no longer fit" in page.text
    assert "Enter 30 or less." in page.text
    assert save(client, days="21").status_code in {302, 303}
    assert stored()["days"] == 21
    assert "Some stored values no longer fit" not in client.get(PAGE).text
    assert "configuration" not in [
        check.name for check in newer.extensions["health"].run().checks if check.status != "healthy"
    ]


def test_saving_what_holds_already_writes_nothing(client, admin, bearer, app):
    save(client)

    def count():
        with app.app_context(), unit_of_work(read_only=True) as session:
            return session.scalar(sa.select(sa.func.count()).select_from(audit.AuditEntry))

    before = count()
    save(client)
    client.patch(API, json={"days": 30}, headers=bearer)
    assert count() == before


def test_configuration_survives_switching_and_a_reader_may_not_change_it(
    client, admin, app, platform, make_user, make_client, sign_in, read
):
    save(client)
    client.put("/admin/modules/sampler/activation")
    client.delete("/admin/modules/sampler/activation")
    assert read().title == "Kiosk"

    stranger = make_client()
    sign_in(stranger, make_user())
    assert stranger.post(FORM, data=GOOD).status_code == 404
    assert read().title == "Kiosk"
