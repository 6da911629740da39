"""Links that leave the site: whoever asks for a mail cannot choose, by the `Host` they send, where its link leads."""

import re

import pytest
import sqlalchemy as sa
from pydantic import ValidationError

from wizamart.auth import links
from wizamart.auth.exceptions import AddressUnknown
from wizamart.config import Settings
from wizamart.database import unit_of_work
from wizamart.mail import Mail
from wizamart.platform_context import ENVIRON_KEY, find_by_code, find_by_host
from wizamart.platforms import PlatformHost

PUBLIC = "https://wizamart.example"


@pytest.fixture
def platform(factory):
    factory.platform("first")
    return factory.platform("lux")


@pytest.fixture
def vendor(factory, platform):
    return factory.vendor(platform, code="honey")


@pytest.fixture
def production(app):
    """Let the application hold the rules of production, with or without a public address."""

    def switch(public_address=None):
        changes = {"environment": "production", "public_address": public_address}
        app.extensions["settings"] = app.extensions["settings"].model_copy(update=changes)

    return switch


@pytest.fixture
def register(app):
    def add(platform, *hosts, vendor=None):
        with app.app_context(), unit_of_work() as session:
            for host in hosts:
                row = PlatformHost(host=host, platform_id=platform.id, is_primary=host == hosts[-1])
                row.vendor_id = vendor and vendor.id
                session.add(row)

    return add


@pytest.fixture
def link(app):
    """Return the link to the sign-in page that a request to an address makes."""

    def ask(url):
        scheme, _, rest = url.partition("://")
        host, _, path = rest.partition("/")
        code = re.match(r"platforms/(\w+)", path)
        prefix = f"/{code.group(0)}" if code else ""
        with app.app_context(), unit_of_work(read_only=True) as session:
            connection = session.connection()
            context = find_by_code(connection, code.group(1)) if code else find_by_host(connection, host)
        environ = {ENVIRON_KEY: context}
        with (
            app.test_request_context("/", f"{scheme}://{host}{prefix}", environ_overrides=environ),
            unit_of_work(read_only=True) as session,
        ):
            return links.link_maker(session)("auth.sign_in_page")

    return ask


def test_development_takes_the_host_of_the_request(platform, link):
    assert link("http://localhost:5000/platforms/lux") == "http://localhost:5000/platforms/lux/login"


def test_a_registered_host_stands_in_its_own_links(platform, link, production, register):
    production(PUBLIC)
    register(platform, "b.example", "z.example")

    assert link("https://b.example/") == "https://b.example/login"


def test_the_shop_of_a_vendor_keeps_its_host_and_its_subdomain(platform, vendor, link, production, register):
    production()
    register(platform, "z.example")
    register(platform, "honey.example", vendor=vendor)

    assert link("https://honey.example/") == "https://honey.example/login"
    assert link("https://honey.z.example/") == "https://honey.z.example/login"


@pytest.mark.parametrize("host", ["evil.example", "z.example:8443", "z.example.", "other.z.example"])
def test_another_host_is_replaced_by_the_primary_one(platform, vendor, link, production, register, host):
    production(PUBLIC)
    register(platform, "b.example", "z.example")

    assert link(f"https://{host}/platforms/lux") == "https://z.example/platforms/lux/login"


def test_the_host_of_another_platform_is_another_host(platform, link, production, register, factory):
    production()
    register(platform, "z.example")
    register(factory.platform("oms"), "oms.example")

    assert link("https://oms.example/platforms/lux") == "https://z.example/platforms/lux/login"
    assert link("https://z.example/platforms/oms") == "https://oms.example/platforms/oms/login"


def test_a_vendors_host_does_not_stand_in_for_the_platform(platform, vendor, link, production, register):
    production()
    register(platform, "honey.example", vendor=vendor)

    with pytest.raises(AddressUnknown):
        link("https://evil.example/platforms/lux")


def test_a_platform_without_a_host_is_reached_by_its_prefix_at_the_public_address(platform, link, production):
    production(PUBLIC)

    assert link("https://evil.example/platforms/lux") == f"{PUBLIC}/platforms/lux/login"
    assert link("https://evil.example/") == f"{PUBLIC}/platforms/first/login"
    assert link(f"{PUBLIC}/") == f"{PUBLIC}/login"


def test_where_no_request_says_it_the_platform_has_an_address_or_none(app, platform, production, register):
    def address():
        with app.app_context(), unit_of_work(read_only=True) as session:
            return links.platform_address(session, platform.id)

    production()
    assert address() is None
    production(PUBLIC)
    assert address() == f"{PUBLIC}/platforms/lux"
    register(platform, "z.example")
    assert address() == "https://z.example"


def test_in_production_an_unknown_host_gets_no_mail_sent_and_does_not_learn_who_is_known(
    app, platform, factory, client, production
):
    factory.user("anna@wizamart.test", password="a rainy morning in Vianden")
    page = client.get("/password/forgotten").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page).group(1)
    production()

    answers = [
        client.post("/password/forgotten", data={"email": f"{name}@wizamart.test", "csrf_token": token})
        for name in ("anna", "nobody")
    ]

    assert [answer.status_code for answer in answers] == [421, 421]
    assert "not registered here" in answers[0].text
    with app.app_context(), unit_of_work(read_only=True) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Mail)) == 0


def test_who_runs_all_platforms_is_led_to_the_public_address_and_not_to_a_platforms_host(
    app, platform, factory, client, production, register
):
    for name, is_super_admin in (("root", True), ("anna", False)):
        factory.user(f"{name}@wizamart.test", password="a rainy morning", is_super_admin=is_super_admin)
    register(platform, "z.example")
    page = client.get("/platforms/lux/password/forgotten", base_url="http://z.example").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page).group(1)
    production(PUBLIC)

    for name in ("root", "anna"):
        client.post(
            "/platforms/lux/password/forgotten",
            data={"email": f"{name}@wizamart.test", "csrf_token": token},
            base_url="http://z.example",
        )

    with app.app_context(), unit_of_work(read_only=True) as session:
        found = dict(session.execute(sa.select(Mail.to, Mail.text)).all())
    assert f"{PUBLIC}/platforms/lux/password/reset/" in found["root@wizamart.test"]
    assert "://z.example/platforms/lux/password/reset/" in found["anna@wizamart.test"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://Wizamart.example/", PUBLIC),
        ("http://localhost:8000", "http://localhost:8000"),
        ("", None),
    ],
)
def test_the_public_address_is_a_scheme_and_a_host(given, kept):
    assert Settings(public_address=given, _env_file=None).public_address == kept


@pytest.mark.parametrize(
    "given",
    [
        "wizamart.example",
        "ftp://wizamart.example",
        "https://",
        "https://me@wizamart.example",
        "https://wizamart.example:port",
        "https://wiz amart.example",
        f"{PUBLIC}/shop",
        f"{PUBLIC}?a=1",
        f"{PUBLIC}#a",
    ],
)
def test_anything_else_stops_the_start(given):
    with pytest.raises(ValidationError, match="public_address"):
        Settings(public_address=given, _env_file=None)
