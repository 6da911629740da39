"""The JSON API under attack: keys used twice at once, tokens that ended, methods and ids that lead nowhere."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from wizamart import clock
from wizamart.auth import token_service
from wizamart.database import db, unit_of_work

from .test_api import bearer  # noqa: F401 - a fixture

AT_ONCE = 6


def at_once(requests):
    """Send requests in the same moment and return what was answered."""
    barrier = Barrier(len(requests))

    def send(request):
        barrier.wait(10)
        return request()

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(send, requests))


def test_a_key_used_many_times_at_once_acts_once(app, bearer, platform, make_client):  # noqa: F811
    headers = {**bearer, "Idempotency-Key": "one"}
    clients = [make_client() for _time in range(AT_ONCE)]

    answers = at_once(
        [lambda one=one: one.put("/api/v1/modules/inventory/activation", headers=headers) for one in clients]
    )

    assert {answer.status_code for answer in answers} <= {200, 409}
    done = [answer.get_json() for answer in answers if answer.status_code == 200]
    assert done
    assert all(one == done[0] for one in done)
    again = make_client().put("/api/v1/modules/inventory/activation", headers=headers)
    assert (again.status_code, again.get_json()) == (200, done[0])


def test_a_key_with_another_body_is_refused_and_does_nothing(client, bearer, effective):  # noqa: F811
    headers = {**bearer, "Idempotency-Key": "one"}
    client.put("/api/v1/modules/inventory/activation", headers=headers)

    for answer in (
        client.put("/api/v1/modules/payments/activation", headers=headers),
        client.delete("/api/v1/modules/inventory/activation", headers=headers),
        client.put("/api/v1/modules/inventory/activation", json={"x": 1}, headers=headers),
        client.put("/api/v1/modules/inventory/activation?revision=9", headers=headers),
    ):
        assert answer.status_code in {409, 422}, answer.text
        assert answer.mimetype == "application/problem+json"
    assert "inventory" in effective()
    assert "payments" not in effective()


def test_a_token_that_was_revoked_opens_nothing_from_then_on(app, client, bearer):  # noqa: F811
    assert client.get("/api/v1/modules", headers=bearer).status_code == 200
    with app.app_context(), unit_of_work():
        token = bearer["Authorization"].removeprefix("Bearer ")
        grant = token_service.find_grant(db.session(), token, at=clock.now())
        token_service.revoke_family(db.session(), grant.family, at=clock.now())

    answers = [
        client.get("/api/v1/modules", headers=bearer),
        client.put("/api/v1/modules/inventory/activation", headers=bearer),
    ]

    assert [answer.status_code for answer in answers] == [401, 401]


def rules_of(app):
    return [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/v1/")]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"])
def test_no_address_fails_for_an_odd_method_id_or_body(app, client, bearer, method):  # noqa: F811
    """Every answer is one of the client's faults in the words of RFC 9457, or an answer."""
    values = {"string": "x' OR 1=1", "int": "99999999999999999999", "default": "nothing-of-the-kind"}
    for rule in rules_of(app):
        path = rule.rule
        for argument in rule.arguments:
            kind = type(rule._converters[argument]).__name__
            value = values["int"] if "Number" in kind or "Integer" in kind else values["default"]
            path = path.replace(path[path.index("<") : path.index(">") + 1], value, 1)
        for body in (b"", b"{", b"[]", b'{"a": "\\u0000"}', b"\xff\xfe", b"null"):
            answer = client.open(
                path, method=method, headers={**bearer, "Content-Type": "application/json"}, data=body
            )
            assert answer.status_code < 500, (path, method, body, answer.text)
            if answer.status_code >= 400 and method != "TRACE":
                assert answer.mimetype == "application/problem+json", (path, method, body)
