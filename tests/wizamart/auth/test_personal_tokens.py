from datetime import timedelta

import pytest
import sqlalchemy as sa

from wizamart.auth import personal_token_service, token_service, user_service
from wizamart.auth.exceptions import TokenNameTaken, TokenNotFound, TooManyTokens
from wizamart.auth.models import RefreshToken, User

from .test_tokens import ask, bearer, renew

MONTH = timedelta(days=30)


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def user_id(make_user) -> int:
    return make_user()


@pytest.fixture
def make_token(read, time):
    def make(user_id: int, name="Nightly export", lifetime=MONTH, **changes) -> str:
        details = {"second_factor_at": None, "ip": None, "at": time(), **changes}
        return read(
            lambda session: personal_token_service.create_token(
                session, user_id, name=name, lifetime=lifetime, **details
            )
        )

    return make


def is_good(client, token: str) -> bool:
    return client.get("/api/v1/who", headers=bearer(token), buffered=True).status_code == 200


def change_something(client, token: str) -> int:
    return client.post("/api/v1/post", headers=bearer(token), buffered=True).status_code


def rows_of(read):
    return read(
        lambda session: session.execute(sa.select(RefreshToken.name, RefreshToken.last_used_at)).all()
    )


def test_a_token_signs_in_on_the_api_by_itself_and_nowhere_else(client, make_token, user_id):
    token = make_token(user_id)

    assert client.get("/api/v1/who", headers=bearer(token)).json["id"] == user_id
    assert client.post("/api/v1/post", headers=bearer(token)).status_code == 200
    assert client.get("/who", headers=bearer(token)).status_code == 401


def test_a_token_stands_only_as_a_hash_in_the_database(make_token, user_id, read):
    token = make_token(user_id)

    rows = read(lambda session: session.connection().exec_driver_sql("SELECT * FROM refresh_tokens").all())

    assert token.removeprefix(personal_token_service.PREFIX) not in str(rows)


def test_a_token_ends_when_its_time_is_over(client, make_token, user_id, time):
    token = make_token(user_id)

    time.forward(days=29, hours=23)
    assert is_good(client, token)
    time.forward(hours=1)
    assert not is_good(client, token)


def test_a_token_is_no_refresh_token(client, make_token, user_id):
    token = make_token(user_id)

    assert renew(client, token).status_code == 401
    assert is_good(client, token)


def test_a_refresh_token_is_no_bearer_token(client, user_id):
    assert not is_good(client, ask(client).json["refresh_token"])


@pytest.mark.parametrize("what", ["a new password", "being deactivated", "being revoked", "giving itself up"])
def test_these_end_a_token_at_its_next_request(client, make_token, user_id, read, time, what):
    token = make_token(user_id)
    time.forward(seconds=1)

    def change(session):
        user = session.get(User, user_id)
        if what == "a new password":
            user_service.set_password(session, user, "another rainy morning", at=time())
        elif what == "being deactivated":
            user_service.deactivate(session, user, actor_id=None, at=time())
            user_service.activate(session, user, actor_id=None)
        elif what == "being revoked":
            family = session.scalars(sa.select(RefreshToken.family)).one()
            token_service.revoke_own(session, user_id, family, at=time())

    read(change)
    if what == "giving itself up":
        assert client.delete("/api/v1/tokens/current", headers=bearer(token)).status_code == 204

    assert not is_good(client, token)


def test_a_token_made_without_a_second_factor_waits_for_one_that_is_on(client, make_token, make_user, time):
    user_id = make_user(totp_enabled_at=time())

    assert not is_good(client, make_token(user_id, "Without"))
    assert is_good(client, make_token(user_id, "With", second_factor_at=time()))


def test_a_database_that_others_keep_busy_spoils_no_answer_to_a_token(
    client, make_token, user_id, read, monkeypatch
):
    token = make_token(user_id)

    def refuse(*_args, **_options):
        raise sa.exc.OperationalError("UPDATE refresh_tokens", {}, Exception("database is locked"))

    monkeypatch.setattr(personal_token_service, "note_use", refuse)

    assert change_something(client, token) == 200
    assert rows_of(read)[0].last_used_at is None


def test_changes_with_a_token_are_noted_now_and_then(client, make_token, user_id, read, time):
    token, begun = make_token(user_id), time()

    change_something(client, token)
    assert rows_of(read)[0].last_used_at == begun
    time.forward(minutes=9)
    change_something(client, token)
    assert rows_of(read)[0].last_used_at == begun
    time.forward(minutes=1)
    change_something(client, token)
    assert rows_of(read)[0].last_used_at == time()


def test_reading_with_a_token_writes_nothing(client, make_token, user_id, count_queries):
    token = make_token(user_id)

    with count_queries() as queries:
        assert is_good(client, token)

    assert not [query for query in queries if not query.startswith("SELECT")]


def test_a_second_click_gives_the_same_token_another_secret(client, make_token, user_id, read, time):
    unseen = make_token(user_id)
    time.forward(seconds=2)

    shown = make_token(user_id)

    assert (is_good(client, unseen), is_good(client, shown)) == (False, True)
    assert len(rows_of(read)) == 1


def test_two_living_tokens_of_one_name_are_refused(client, make_token, user_id, time):
    token = make_token(user_id)
    time.forward(seconds=11)

    with pytest.raises(TokenNameTaken):
        make_token(user_id)

    assert is_good(client, token)


def test_a_name_is_free_again_once_its_token_has_ended(make_token, user_id, time):
    make_token(user_id)
    time.forward(days=31)

    assert make_token(user_id)


def test_nobody_has_more_tokens_than_they_can_look_over(make_token, user_id):
    for number in range(personal_token_service.MOST):
        make_token(user_id, f"Token {number}")

    with pytest.raises(TooManyTokens):
        make_token(user_id, "One more")


def test_the_token_of_somebody_else_is_not_found(client, make_token, make_user, user_id, read, time):
    token, other = make_token(user_id), make_user("bert@wizamart.test")
    family = read(lambda session: session.scalars(sa.select(RefreshToken.family)).one())

    with pytest.raises(TokenNotFound):
        read(lambda session: token_service.revoke_own(session, other, family, at=time()))

    assert is_good(client, token)


def test_sign_ins_of_programs_are_listed_once_each_however_often_they_are_renewed(
    client, user_id, read, time
):
    pair = ask(client).json
    time.forward(minutes=10)
    renew(client, pair["refresh_token"])
    revoked = ask(client).json
    client.delete("/api/v1/tokens/current", headers=bearer(revoked["access_token"]))

    def listed(session):
        rows = token_service.list_families(session, session.get(User, user_id), at=time())
        return [(row.family_created_at, row.created_at) for row in rows]

    assert read(listed) == [(time() - timedelta(minutes=10), time())]
