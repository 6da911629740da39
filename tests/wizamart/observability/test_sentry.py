import json
from typing import ClassVar

import pytest
import sentry_sdk
from sentry_sdk.transport import Transport

from wizamart.config import Settings
from wizamart.exceptions import NotFound, Unavailable
from wizamart.observability import sentry


class KeepingTransport(Transport):
    """Keeps what would be sent."""

    sent: ClassVar[list] = []

    def capture_envelope(self, envelope):
        self.sent.append(envelope)


@pytest.fixture
def _reporting():
    KeepingTransport.sent = []
    settings = Settings(_env_file=None, environment="testing", sentry_dsn="https://key@sentry.example.com/1")
    assert sentry.init(settings, transport=KeepingTransport, default_integrations=False)
    yield
    sentry_sdk.get_client().close()
    sentry_sdk.init()


def test_without_a_dsn_nothing_is_reported():
    assert sentry.init(Settings(_env_file=None, environment="testing")) is False


@pytest.mark.usefixtures("_reporting")
def test_an_error_is_sent_with_release_and_environment_and_without_secrets():
    with sentry_sdk.new_scope() as scope:
        scope.set_context("form", {"password": "hunter2", "name": "Anna"})
        sentry_sdk.capture_exception(ValueError("token=abc123"))

    (event,) = [envelope.get_event() for envelope in KeepingTransport.sent]
    assert event["environment"] == "testing"
    assert event["release"].startswith("wizamart@")
    assert event["contexts"]["form"]["name"] == "Anna"
    assert "hunter2" not in json.dumps(event)
    assert "abc123" not in json.dumps(event)


def test_failures_that_are_expected_are_not_sent():
    def hint(error):
        return {"exc_info": (type(error), error, None)}

    assert sentry.before_send({}, hint(NotFound())) is None
    assert sentry.before_send({}, hint(Unavailable())) is not None


def test_cookies_and_forms_never_leave():
    request = {"url": "https://example.com/", "cookies": "a=b", "data": {"x": 1}, "query_string": "code=1"}

    sent = sentry.before_send({"request": request}, {})

    assert sent["request"] == {"url": "https://example.com/"}
