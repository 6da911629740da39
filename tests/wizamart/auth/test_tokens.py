import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from joserfc import jwt
from joserfc.jwk import OctKey

from wizamart.auth import second_factor_service, token_service, user_service
from wizamart.auth.models import User
from wizamart.database import unit_of_work

from .conftest import PASSWORD
from .test_second_factor import code_of

EMAIL = "anna@wizamart.test"


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def pair(client, make_user) -> dict:
    make_user()
    return ask(client).json


def ask(client, **values):
    return client.post("/api/v1/tokens", json={"email": EMAIL, "password": PASSWORD, **values})


def renew(client, token: str):
    return client.post("/api/v1/tokens/refresh", json={"refresh_token": token})


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def is_good(client, token: str) -> bool:
    return client.get("/api/v1/who", headers=bearer(token)).status_code == 200


def test_an_access_token_signs_in_on_the_api_without_csrf_token_and_nowhere_else(client, pair):
    headers = bearer(pair["access_token"])

    assert client.get("/api/v1/who", headers=headers).json["email"] == EMAIL
    assert client.post("/api/v1/post", headers=headers).status_code == 200
    assert client.get("/who", headers=headers).status_code == 401
    assert client.post("/post", headers=headers).status_code == 400


def test_a_bearer_header_makes_cookies_count_for_nothing(browser, make_user):
    make_user()
    browser.sign_in()

    answer = browser.client.post("/api/v1/post", headers=bearer("nonsense"))

    assert answer.status_code == 401


def test_an_access_token_lives_a_quarter_of_an_hour(client, pair, time):
    time.forward(minutes=14, seconds=59)
    assert is_good(client, pair["access_token"])

    time.forward(seconds=2)
    assert not is_good(client, pair["access_token"])


def test_a_refresh_token_gives_the_next_pair(client, pair, time):
    time.forward(days=29)

    answer = renew(client, pair["refresh_token"])

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert is_good(client, answer.json["access_token"])


def test_a_refresh_token_that_comes_twice_ends_its_whole_family(client, pair):
    other = ask(client).json
    second = renew(client, pair["refresh_token"]).json

    reused = renew(client, pair["refresh_token"])

    assert (reused.status_code, reused.json["code"]) == (401, "auth.refresh_token_reused")
    assert not is_good(client, second["access_token"])
    assert renew(client, second["refresh_token"]).status_code == 401
    assert is_good(client, other["access_token"])


@pytest.mark.parametrize("what", ["a new password", "being deactivated", "giving the token up"])
def test_these_end_every_token_at_once(client, pair, read, time, what):
    time.forward(seconds=1)

    def change(session):
        user = user_service.find_user_by_email(session, EMAIL)
        if what == "a new password":
            user_service.set_password(session, user, "another rainy morning", at=time())
        elif what == "being deactivated":
            user_service.deactivate(session, user, actor_id=None, at=time())

    read(change)
    if what == "giving the token up":
        answer = client.delete("/api/v1/tokens/current", headers=bearer(pair["access_token"]))
        assert answer.status_code == 204

    assert not is_good(client, pair["access_token"])
    assert renew(client, pair["refresh_token"]).status_code == 401


def test_a_password_changed_behind_our_back_ends_older_families_too(client, pair, read, time):
    changed_at = time.forward(seconds=1)

    read(lambda s: setattr(user_service.find_user_by_email(s, EMAIL), "password_changed_at", changed_at))

    assert not is_good(client, pair["access_token"])


def test_wrong_passwords_are_counted_although_the_request_fails(client, make_user):
    make_user()

    answers = [ask(client, password="wrong wrong wrong") for _try in range(6)]

    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert {answer.json["code"] for answer in answers[:5]} == {"auth.wrong_credentials"}


def test_the_code_is_asked_for_where_there_is_a_second_factor(client, make_user, read, time):
    user_id = make_user()

    def enrol(session):
        user = session.get(User, user_id)
        secret = second_factor_service.begin(session, user)
        second_factor_service.confirm(session, user, code=code_of(secret, time), at=time())
        return secret

    secret = read(enrol)
    time.forward(minutes=1)

    assert ask(client).json["code"] == "auth.second_factor_needed"
    assert ask(client, otp="000000").json["code"] == "auth.wrong_code"
    answer = ask(client, otp=code_of(secret, time))
    assert answer.status_code == 201
    assert is_good(client, answer.json["access_token"])
    assert ask(client, otp=code_of(secret, time)).status_code == 401


def test_a_second_factor_set_up_later_ends_tokens_given_without_it(client, pair, read, time):
    def enrol(session):
        user = user_service.find_user_by_email(session, EMAIL)
        secret = second_factor_service.begin(session, user)
        second_factor_service.confirm(session, user, code=code_of(secret, time), at=time())

    read(enrol)

    assert not is_good(client, pair["access_token"])


def forged(time, key: bytes, header: dict, **claims) -> str:
    now = int(time().timestamp())
    values = {"iss": "wizamart", "aud": "wizamart-api", "sub": "1", "iat": now, "exp": now + 60, **claims}
    return jwt.encode({"alg": "HS256", "typ": "at+jwt", **header}, values, OctKey.import_key(key))


@pytest.mark.parametrize(
    ("header", "claims"),
    [
        ({}, {"iss": "somebody"}),
        ({}, {"aud": "another-api"}),
        ({}, {"exp": 1}),
        ({"typ": "JWT"}, {}),
        ({}, {"fam": 7}),
    ],
)
def test_a_token_with_odd_claims_is_refused_although_it_is_signed(client, pair, time, header, claims):
    family = jwt.decode(pair["access_token"], token_service._key(), algorithms=["HS256"]).claims["fam"]
    good = forged(time, token_service.derive_key("access tokens"), {}, fam=family)
    odd = forged(time, token_service.derive_key("access tokens"), header, **{"fam": family, **claims})

    assert is_good(client, good)
    assert not is_good(client, odd)


@pytest.mark.parametrize("token", ["", "a", "a.b.c", "é", "eyJhbGciOiJub25lIn0.e30."])
def test_nonsense_is_refused(client, pair, token):
    assert client.get("/api/v1/who", headers={"Authorization": f"Bearer {token}".encode()}).status_code == 401


def test_a_token_signed_with_another_key_is_refused(client, pair, time):
    family = jwt.decode(pair["access_token"], token_service._key(), algorithms=["HS256"]).claims["fam"]

    assert not is_good(client, forged(time, b"k" * 32, {}, fam=family))


@pytest.mark.parametrize("body", [None, [], {"email": EMAIL}, {"email": EMAIL, "password": "x", "extra": 1}])
def test_what_cannot_be_read_is_answered_with_the_fields(client, body):
    answer = client.post("/api/v1/tokens", json=body)

    assert (answer.status_code, answer.json["code"]) == (422, "invalid_input")


def test_tokens_stand_only_as_hashes_in_the_database(pair, read):
    rows = read(lambda s: s.connection().exec_driver_sql("SELECT * FROM refresh_tokens").all())

    assert pair["refresh_token"] not in str(rows)


def test_of_equal_requests_at_the_same_moment_only_one_gets_the_next_pair(app, pair):
    start = threading.Barrier(4)

    def try_it(_number: int) -> int:
        start.wait()
        return renew(app.test_client(), pair["refresh_token"]).status_code

    with ThreadPoolExecutor(4) as threads:
        statuses = sorted(threads.map(try_it, range(4)))

    assert statuses == [200, 401, 401, 401]


@pytest.mark.backends("postgresql")
def test_a_family_that_is_revoked_while_it_is_renewed_stays_revoked(app, pair, time):
    """The statement that revokes waits for the renewal, and does not see the link that the renewal adds."""
    waiting = threading.Event()

    def revoke():
        with app.app_context(), unit_of_work() as session:
            waiting.set()
            token_service.revoke_family(session, family_of(pair), at=time())

    with app.app_context(), unit_of_work() as session:
        successor = token_service.refresh(session, pair["refresh_token"], at=time())
        thread = threading.Thread(target=revoke)
        thread.start()
        waiting.wait()
        while thread.is_alive() and not is_waiting(session):
            pass
    thread.join()

    client = app.test_client()
    assert not is_good(client, successor.access_token)
    assert renew(client, successor.refresh_token).status_code == 401


def family_of(pair: dict) -> str:
    return jwt.decode(pair["access_token"], token_service._key(), algorithms=["HS256"]).claims["fam"]


def is_waiting(session) -> bool:
    session.execute(sa.text("SELECT pg_stat_clear_snapshot()"))  # else a transaction sees what it saw first
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    return session.scalar(sa.text(query)) > 0
