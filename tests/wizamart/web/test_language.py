import pytest
from flask import Flask, g

from wizamart import i18n
from wizamart.web import language


class Person:
    is_authenticated = True
    id = 7
    locale = "de"


class Nobody:
    is_authenticated = False
    id = None
    locale = None


@pytest.fixture
def app():
    app = Flask("language")
    i18n.init_app(app)
    language.init_app(app)
    app.config["person"] = Nobody()

    @app.before_request
    def sign_in():
        g._login_user = app.config["person"]

    @app.get("/")
    def here():
        return i18n.current_locale()

    return app


def test_a_link_sets_the_language_of_a_visitor(app):
    client = app.test_client()

    response = client.get("/language?lang=fr&next=/%3Flang%3Dde%26page%3D2")

    assert (response.status_code, response.location) == (303, "/?page=2")
    assert client.get("/").text == "fr"


def test_a_link_goes_before_the_stored_preference_of_the_same_person_only(app):
    app.config["person"] = Person()
    client = app.test_client()

    client.get("/language?lang=lb")
    assert client.get("/").text == "lb"

    another = Person()
    another.id = 8
    app.config["person"] = another
    assert client.get("/").text == "de"


def test_a_form_stores_the_preference(app):
    app.config["person"] = Person()

    app.test_client().post("/language", data={"lang": "fr"})

    assert app.config["person"].locale == "fr"


def test_a_language_that_is_not_offered_changes_nothing(app):
    response = app.test_client().get("/language?lang=xx")

    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("target", ["//evil.test/", "https://evil.test/", "/\\evil.test"])
def test_it_never_leads_to_another_site(app, target):
    response = app.test_client().get("/language", query_string={"lang": "fr", "next": target})

    assert response.location == "/"


def test_a_form_that_is_shown_again_at_an_address_of_its_own_leads_back_to_its_page(app):
    app.add_url_rule("/form", "form", language.page_address, methods=["GET", "POST"])
    app.add_url_rule("/form/sent", "sent", language.page_address, methods=["POST"])
    app.add_url_rule("/<path:slug>", "shop_page", lambda **_: "")  # takes whatever nobody else does
    client = app.test_client()

    def sent_from(address):
        return client.post("/form/sent", headers={"Referer": address}).text

    assert client.get("/form?page=2").text == "/form?page=2"
    assert client.post("/form?page=2").text == "/form?page=2"
    assert sent_from("http://localhost/form?page=2") == "/form?page=2"
    assert sent_from("http://elsewhere.test/form") == "/"
    assert client.post("/form/sent").text == "/"
    assert sent_from("http://localhost/form/sent") == "/"


def test_it_stays_below_the_prefix_of_the_platform(app):
    client = app.test_client()
    options = {"environ_overrides": {"SCRIPT_NAME": "/platforms/oms"}}

    bare = client.get("/language?lang=fr&next=/admin/", **options)
    whole = client.get("/language?lang=fr&next=/platforms/oms/admin/", **options)

    assert bare.location == whole.location == "/platforms/oms/admin/"


def test_who_came_to_a_page_in_a_language_stays_in_it(app):
    client = app.test_client()

    arrival = client.get("/?lang=fr", headers={"Accept-Language": "de"})

    assert (arrival.text, arrival.headers["Cache-Control"]) == ("fr", "no-store")
    assert client.get("/", headers={"Accept-Language": "de"}).text == "fr"
    assert "Set-Cookie" not in client.get("/?lang=fr").headers


def test_an_address_in_a_language_goes_before_the_stored_preference_for_this_visit(app):
    app.config["person"] = Person()
    client = app.test_client()

    assert client.get("/?lang=lb").text == "lb"
    assert client.get("/").text == "lb"
    assert app.config["person"].locale == "de"


@pytest.mark.parametrize(
    ("address", "headers"),
    [("/?lang=xx", {}), ("/?lang=fr", {"HX-Request": "true"}), ("/missing?lang=fr", {})],
)
def test_only_a_page_in_an_offered_language_is_remembered(app, address, headers):
    assert "Set-Cookie" not in app.test_client().get(address, headers=headers).headers
