"""What a refusal leaves behind, and requests that cannot be read."""

import io
import sqlite3

import pytest
import sqlalchemy as sa
from flask import request
from werkzeug.test import encode_multipart

from wizamart import clock
from wizamart.app import create_app
from wizamart.auth.csrf import csrf
from wizamart.config import Settings
from wizamart.database import db
from wizamart.exceptions import BadRequest
from wizamart.permissions import public
from wizamart.platforms import Platform
from wizamart.web.request import refuse_null_characters


@pytest.fixture
def count_platforms(app):
    def count() -> int:
        with app.app_context():
            return db.session.scalar(sa.select(sa.func.count(Platform.id)))

    return count


@pytest.mark.own_app
@pytest.mark.parametrize(("status", "kept"), [(200, 1), (303, 1), (409, 0), (422, 0)])
def test_a_refusal_that_a_view_returns_leaves_nothing_behind(
    app, client, factory, count_platforms, status, kept
):
    @public
    def half():
        db.session.add(Platform(code="other", name="Other", created_at=clock.now()))
        db.session.flush()
        return "page", status

    factory.platform("here")
    app.add_url_rule("/half-done", "half_done", csrf.exempt(half), methods=["POST"])

    assert client.post("/platforms/here/half-done").status_code == status
    assert count_platforms() == 1 + kept


@pytest.mark.parametrize(
    "address",
    [
        "/platforms/%00/login",
        "/platforms/here/pro%00ducts",
        "/platforms/here/products/a%00b",
        "/platforms/here/orders/%00",
        "/platforms/here/login?next=%00",
        "/platforms/here/catalogue?category=%00",
        "/platforms/here/account?%00=1",
        "/%00",
    ],
)
def test_an_address_with_a_null_character_leads_nowhere(client, factory, address):
    factory.platform("here", modules=["inventory", "cms"])

    assert client.get(address).status_code in {400, 404}


def test_a_form_with_a_null_character_cannot_be_read(client, factory):
    factory.platform("here")

    answer = client.post("/platforms/here/login", data={"email": "a\x00@b.test", "password": "x"})

    assert answer.status_code == 400


def test_a_null_character_in_the_name_of_a_file_cannot_be_read(app):
    sent = {"file": (io.BytesIO(b"x"), "a\x00.csv")}

    with app.test_request_context("/imports", method="POST", data=sent), pytest.raises(BadRequest):
        refuse_null_characters(request)


@pytest.mark.parametrize(
    "body", ["[" * 100_000, '{"email": "a\\u0000@b.test", "password": "x"}'], ids=["nested", "null"]
)
def test_json_that_is_nested_too_deeply_or_holds_a_null_character_cannot_be_read(client, factory, body):
    factory.platform("here")

    answer = client.post("/platforms/here/api/v1/tokens", data=body, content_type="application/json")

    assert answer.status_code == 400


FILE = {"file": (io.BytesIO(b"x"), "a.csv")}
MANY = dict.fromkeys(map(str, range(1100)), "x")


@pytest.mark.parametrize(
    ("form", "told"),
    [
        (encode_multipart({"email": "x" * 700_000, **FILE}), "each text may have at most 500 kB"),
        (encode_multipart(MANY | FILE), "at most 1,000 fields and files"),
        (encode_multipart({"email": "x" * 3 * 1024**2, **FILE}), "at most 2 MB. Choose smaller files"),
        ((None, b"email=" + b"x" * 3 * 1024**2), "at most 2 MB. Shorten the text"),
    ],
    ids=["a text beside a file", "parts", "files", "a text"],
)
@pytest.mark.own_app
def test_what_is_too_large_is_told_by_its_name_and_its_limit(app, client, factory, form, told):
    factory.platform("here")
    app.config["MAX_CONTENT_LENGTH"] = 2 * 1024**2
    boundary, body = form
    kind = f"multipart/form-data; boundary={boundary}" if boundary else "application/x-www-form-urlencoded"

    for headers in ({}, {"HX-Request": "true"}, {"Accept": "application/json"}):
        answer = client.post("/platforms/here/login", data=body, content_type=kind, headers=headers)

        assert answer.status_code == 413
        assert told in (answer.json["detail"] if answer.is_json else answer.text)


@pytest.mark.own_app
def test_a_limit_that_is_no_whole_number_of_megabytes_is_told_as_it_is(app, client, factory):
    factory.platform("here")
    app.config["MAX_CONTENT_LENGTH"] = 1500

    assert "at most 1.5 kB" in client.post("/platforms/here/login", data={"email": "x" * 2000}).text


@pytest.mark.parametrize(
    "address", ["/health/nothing", "/assets/nothing", "/assets/x//etc/passwd", "/health/"]
)
def test_no_module_answers_below_an_address_of_the_framework(client, factory, address):
    factory.platform("here", modules=["cms"])

    assert client.get(address, follow_redirects=True).status_code == 404


@pytest.mark.parametrize("address", ["/health-tips", "/metrics-of-wine", "/healthy"])
def test_a_page_may_begin_like_an_address_of_the_framework(client, factory, address):
    factory.platform("here", modules=["cms"])

    answer = client.get(address)

    assert answer.status_code == 404
    assert "here" in answer.text.lower()  # the platform was looked for


def test_a_host_that_cannot_be_one_is_refused_in_plain_words_and_is_no_error_of_ours(client, factory, caplog):
    factory.platform("here")

    answer = client.get("/", headers={"Host": "x" * 300})

    assert (answer.status_code, answer.text) == (400, "400 The request could not be understood")
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


@pytest.mark.parametrize(
    ("words", "status", "wait"), [("database is locked", 503, "1"), ("disk I/O error", 500, None)]
)
@pytest.mark.backends("sqlite")
@pytest.mark.own_app
def test_a_database_that_others_keep_busy_asks_for_another_try(app, client, factory, words, status, wait):
    factory.platform("here")

    @public
    def blocked():
        raise sa.exc.OperationalError("BEGIN IMMEDIATE", {}, sqlite3.OperationalError(words))

    app.add_url_rule("/blocked", "blocked", csrf.exempt(blocked), methods=["POST"])

    answer = client.post("/platforms/here/blocked")

    assert answer.status_code == status
    assert answer.headers.get("Retry-After") == wait


@pytest.mark.parametrize("signed_in", [False, True])
def test_a_database_that_is_away_is_told_by_every_address_and_by_health(tmp_path, signed_in):
    settings = Settings(
        _env_file=None,
        environment="testing",
        database_url=f"sqlite:///{tmp_path}",  # a folder: nothing that could be opened
        embedded_workers=0,
        operator_token="let-the-operator-in",
    )
    app = create_app(settings)
    client = app.test_client()
    if signed_in:
        with client.session_transaction() as cookie:
            cookie["_user_id"] = "a token"

    pages = {path: client.get(path) for path in ("/", "/login", "/platforms/here/admin/")}
    refused = client.get("/api/v1/modules")
    counted = client.get("/metrics", headers={"Authorization": "Bearer let-the-operator-in"})

    for path, page in pages.items():
        assert (page.status_code, page.headers["Retry-After"]) == (503, "1"), path
        assert "Not available at the moment" in page.text
    assert (refused.status_code, refused.mimetype) == (503, "application/problem+json")
    assert client.get("/health").status_code == client.get("/health/ready").status_code == 503
    assert client.get("/health/live").status_code == 200
    assert counted.status_code == 200
    assert 'platform="none",status="503"' in counted.text
