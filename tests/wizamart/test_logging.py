import json
import logging
from types import SimpleNamespace

import pytest
import structlog
from flask import Blueprint, Flask, g

from wizamart import logging as wizamart_logging
from wizamart.config import Settings
from wizamart.logging import module_of_endpoint, recent_records


@pytest.fixture(autouse=True)
def _restore_logging():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    wizamart_logging.clear_recent_records()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.fixture
def app():
    app = Flask(__name__)
    wizamart_logging.init_app(app, Settings(_env_file=None, environment="testing", log_format="json"))
    bp = Blueprint("dev_tools_admin", __name__)

    @bp.get("/reset/<token>")
    def reset(token):
        logging.getLogger("shop").warning("careful", extra={"n": 1})
        return "done"

    app.register_blueprint(bp)
    return app


@pytest.fixture
def configured():
    wizamart_logging.configure(level="INFO", as_json=True)
    return structlog.get_logger("test")


def test_a_sane_request_id_is_kept_and_answered(app):
    response = app.test_client().get("/reset/x", headers={"X-Request-ID": "abc-12345"})

    assert response.headers["X-Request-ID"] == "abc-12345"
    assert {record["event"] for record in recent_records(request_id="abc-12345")} == {"careful", "request"}


@pytest.mark.parametrize("given", ["short", "x" * 200, "with space and more", ""])
def test_a_strange_request_id_is_replaced(app, given):
    response = app.test_client().get("/reset/x", headers={"X-Request-ID": given})

    assert len(response.headers["X-Request-ID"]) == 32


def test_records_know_platform_module_and_user_but_not_what_stands_in_the_path(app):
    @app.before_request
    def sign_in():
        g._login_user = SimpleNamespace(id=7)

    environ = {"wizamart.platform": SimpleNamespace(code="market")}
    app.test_client().get("/reset/very-private", environ_overrides=environ)

    (record,) = [known for known in recent_records(module="dev-tools") if known["event"] == "request"]
    assert (record["platform"], record["user_id"], record["status"]) == ("market", 7, 200)
    assert record["route"] == "/reset/<token>"
    assert "very-private" not in json.dumps(recent_records())


def test_a_request_that_matches_nothing_is_logged_without_its_path(app):
    app.test_client().get("/secret-path")

    assert recent_records()[0]["route"] is None
    assert recent_records()[0]["status"] == 404


@pytest.mark.parametrize(
    ("endpoint", "module"),
    [
        ("billing_admin.invoice_list", "billing"),
        ("dev_tools_api.index", "dev-tools"),
        ("observability.health", None),
        ("static", None),
        (None, None),
    ],
)
def test_an_endpoint_names_its_module(endpoint, module):
    assert module_of_endpoint(endpoint) == module


def test_secrets_are_redacted_at_any_depth(configured, capsys):
    configured.info(
        "login",
        password="hunter2",
        headers={"Authorization": "Bearer abcdef", "Accept": "text/html"},
        rows=[{"api_key": "k1"}],
        note="sent Authorization: Bearer abc.def",
        url="smtp://user:hunter2@mail.example.com",
    )

    (record,) = recent_records()
    assert record["event"] == "login"
    for secret in ("hunter2", "abcdef", "k1", "abc.def"):
        assert secret not in json.dumps(record)
    assert "text/html" in record["headers"]


def test_each_line_is_json_and_configuring_twice_writes_it_once(capsys):
    for _ in range(2):
        wizamart_logging.configure(level="INFO", as_json=True)

    logging.getLogger("plain").info("hello %s", "you")

    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["event"] == "hello you"


def test_an_exception_is_kept_as_text_without_its_secrets(configured, capsys):
    try:
        int("password=hunter2")
    except ValueError:
        configured.exception("failed")

    (record,) = recent_records(level="error")
    assert "ValueError" in record["exception"]
    assert "hunter2" not in record["exception"]


def test_records_are_found_by_their_lowest_level(configured, capsys):
    configured.info("small")
    configured.error("big")

    assert [record["event"] for record in recent_records(level="warning")] == ["big"]
    assert len(recent_records(limit=1)) == 1


def test_the_ring_is_bounded(configured, capsys):
    for number in range(wizamart_logging.KEPT_RECORDS + 10):
        configured.info("tick", number=number)

    assert len(recent_records(limit=10_000)) == wizamart_logging.KEPT_RECORDS
