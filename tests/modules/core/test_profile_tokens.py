"""Tokens of the API on the profile: made, shown once, listed, revoked; by their own person alone."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from wizamart import clock
from wizamart.audit import AuditEntry
from wizamart.auth import session_service, token_service, user_service
from wizamart.auth.models import RefreshToken, User
from wizamart.database import unit_of_work

PASSWORD = "a long sentence is fine"
FORM = {"name": "Nightly export", "lifetime": "30", "own_password": PASSWORD}
NOTHING = "You have no tokens."


@pytest.fixture
def person(platform, make_user, client, sign_in):
    user = make_user("pat@wizamart.test", admin_of=platform, password=PASSWORD)
    sign_in(client, user)
    return user


@pytest.fixture
def change(app):
    def run(function):
        with app.app_context(), unit_of_work() as session:
            return function(session)

    return run


def make_token(client, **values):
    return client.post("/admin/profile/tokens", data={**FORM, **values})


def token_in(page):
    return re.search(r'id="new-token"[^>]*>([^<]+)<', page.text).group(1)


def families_in(page):
    return re.findall(r"/profile/tokens/([0-9a-f]{32})/removal", page.text)


def status_of(make_client, token, path="/api/v1/modules"):
    return make_client().get(path, headers={"Authorization": f"Bearer {token}"}, buffered=True).status_code


def ask_for_a_change(make_client, token):
    headers = {"Authorization": f"Bearer {token}"}
    make_client().patch("/api/v1/modules/core/configuration", json={}, headers=headers, buffered=True)


def audited(change):
    query = sa.select(AuditEntry).where(AuditEntry.action.like("core.profile.token%")).order_by(AuditEntry.id)
    return change(lambda session: [(one.action, one.before, one.after) for one in session.scalars(query)])


def test_a_token_is_shown_once_listed_and_opens_the_api(client, person, make_client, change):
    assert NOTHING in client.get("/admin/profile").text

    page = make_token(client)
    token = token_in(page)

    assert page.status_code == 200
    assert page.headers["Cache-Control"].startswith("no-store")
    assert status_of(make_client, token) == 200
    listed = client.get("/admin/profile").text
    assert ("Nightly export" in listed, "No change made with it yet" in listed, token in listed) == (
        True,
        True,
        False,
    )
    ask_for_a_change(make_client, token)
    assert "Last change" in client.get("/admin/profile").text
    ((action, before, after),) = audited(change)
    assert (action, before, after["name"]) == ("core.profile.token_created", None, "Nightly export")


def test_a_revoked_token_is_refused_at_its_next_request(client, person, make_client, change):
    token = token_in(make_token(client))
    (family,) = families_in(client.get("/admin/profile"))

    answers = [client.post(f"/admin/profile/tokens/{family}/removal") for _click in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert status_of(make_client, token) == 401
    assert NOTHING in client.get("/admin/profile").text
    assert [entry[:2] for entry in audited(change)][1:] == [
        ("core.profile.token_revoked", {"name": "Nightly export"})
    ]


def test_revoking_all_ends_tokens_and_sign_ins_of_programs_but_not_the_browser(
    client, person, make_client, change
):
    grant = {"email": "pat@wizamart.test", "password": PASSWORD}
    agent = {"User-Agent": "stock-sync/2.1 (cron)"}
    pair = make_client().post("/api/v1/tokens", json=grant, headers=agent).json
    token = token_in(make_token(client))
    assert "Signed in by stock-sync/2.1" in client.get("/admin/profile").text

    client.post("/admin/profile/tokens/removal")

    assert status_of(make_client, token) == 401
    assert status_of(make_client, pair["access_token"]) == 401
    renewal = {"refresh_token": pair["refresh_token"]}
    assert make_client().post("/api/v1/tokens/refresh", json=renewal).status_code == 401
    assert NOTHING in client.get("/admin/profile").text
    assert audited(change)[-1][0] == "core.profile.tokens_revoked"


def test_a_sign_in_of_a_program_can_be_revoked_by_itself(client, person, make_client):
    grant = {"email": "pat@wizamart.test", "password": PASSWORD}
    first, second = (make_client().post("/api/v1/tokens", json=grant).json for _number in range(2))
    newest = families_in(client.get("/admin/profile"))[0]

    client.post(f"/admin/profile/tokens/{newest}/removal")

    assert status_of(make_client, first["access_token"]) == 200
    assert status_of(make_client, second["access_token"]) == 401


def test_a_token_of_somebody_else_is_not_found(client, person, platform, make_user, make_client, sign_in):
    token = token_in(make_token(client))
    (family,) = families_in(client.get("/admin/profile"))
    other = make_client()
    sign_in(other, make_user(admin_of=platform))

    for address in (f"/admin/profile/tokens/{family}/removal", f"/admin/profile/tokens/{'0' * 32}/removal"):
        assert other.post(address).status_code == 404

    assert "Nightly export" not in other.get("/admin/profile").text
    assert status_of(make_client, token) == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "\u200b\u2060"),
        ("lifetime", "9999"),
        ("own_password", ""),
        ("own_password", "wrong"),
    ],
)
def test_a_form_that_is_not_right_makes_no_token(client, person, field, value):
    page = make_token(client, **{field: value})

    assert page.status_code == 422
    assert f'id="field-{field}-errors"' in page.text
    assert '<details class="card-body border-top" open>' in page.text
    assert NOTHING in client.get("/admin/profile").text


def test_the_password_cannot_be_guessed_here_either(client, person):
    answers = [make_token(client, own_password="wrong").status_code for _number in range(6)]

    assert answers == [422] * 5 + [429]


def test_two_clicks_make_one_token_and_the_one_that_is_seen_is_good(client, person, make_client):
    unseen, shown = token_in(make_token(client)), token_in(make_token(client))

    assert len(families_in(client.get("/admin/profile"))) == 1
    assert (status_of(make_client, unseen), status_of(make_client, shown)) == (401, 200)


def test_a_name_that_is_in_use_is_refused_at_its_field(client, person, make_client):
    ask_for_a_change(make_client, token_in(make_token(client)))

    page = make_token(client)

    assert page.status_code == 422
    assert 'id="field-name-errors"' in page.text


def test_an_expired_token_says_so_for_a_while(client, person, change):
    make_token(client)

    def expire(session):
        session.execute(sa.update(RefreshToken).values(expires_at=clock.now() - timedelta(days=1)))

    change(expire)

    page = client.get("/admin/profile").text
    assert "Expired" in page
    assert "Remove" in page


def test_a_token_may_do_what_its_person_may_do_at_that_moment(
    client, platform, make_user, make_client, sign_in, change
):
    make_user("other@wizamart.test", is_super_admin=True)
    user = make_user("sue@wizamart.test", is_super_admin=True, password=PASSWORD)
    sign_in(client, user)
    token = token_in(make_token(client))
    assert status_of(make_client, token) == 200

    change(lambda s: user_service.set_super_admin(s, s.get(User, user.id), value=False, actor_id=None))
    assert status_of(make_client, token) == 404

    change(lambda s: user_service.deactivate(s, s.get(User, user.id), actor_id=None, at=clock.now()))
    assert status_of(make_client, token) == 401


def test_the_people_of_a_vendor_reach_no_more_by_a_token_than_in_their_portal(
    client, platform, make_user, make_vendor, make_client, sign_in
):
    sign_in(client, make_user(owner_of=make_vendor(platform, code="acme"), password=PASSWORD))

    token = token_in(client.post("/vendor/acme/profile/tokens", data=FORM))

    assert status_of(make_client, token) == 404
    assert status_of(make_client, token, "/api/v1/platforms") == 200


def test_nobody_who_acts_as_somebody_else_makes_or_revokes_their_tokens(
    client, super_admin, platform, make_vendor, make_user, app
):
    owner = make_user("olga@wizamart.test", owner_of=make_vendor(platform, code="acme"), password=PASSWORD)
    with app.app_context(), unit_of_work() as session:
        token_service.issue(session, session.get(User, owner.id), at=clock.now(), ip=None, user_agent=None)
        family = session.scalars(sa.select(RefreshToken.family)).one()
        row, cookie = session_service.open_session(
            session, session.get(User, owner.id), at=clock.now(), ip=None, user_agent=None
        )
        row.impersonator = session.get(User, super_admin.id)
    with client.session_transaction() as kept:
        kept["_user_id"] = cookie

    answers = [
        client.post("/vendor/acme/profile/tokens", data=FORM),
        client.post(f"/vendor/acme/profile/tokens/{family}/removal"),
        client.post("/vendor/acme/profile/tokens/removal"),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]


def test_the_page_asks_the_database_nothing_more_for_many_tokens(client, person, change, count_queries):
    def queries():
        with count_queries() as log:
            client.get("/admin/profile")
        return len(log)

    queries()
    few = queries()

    def sign_in_often(session):
        for _number in range(30):
            token_service.issue(
                session, session.get(User, person.id), at=clock.now(), ip=None, user_agent=None
            )

    change(sign_in_often)

    assert queries() == few
    assert len(families_in(client.get("/admin/profile"))) == token_service.MOST_LISTED
