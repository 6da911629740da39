import pytest
import sqlalchemy as sa
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from wizamart.auth import password_service, session_service, user_service
from wizamart.auth.models import SignInThrottle, User, UserSession
from wizamart.config import Settings

from .conftest import PASSWORD, build_app


def test_the_right_password_signs_in_and_goes_where_the_person_wanted(browser, make_user):
    make_user()

    answer = browser.submit(
        "/login?next=/orders", email=" Anna@Wizamart.test ", password=PASSWORD, next="/orders"
    )

    assert (answer.status_code, answer.location) == (303, "/orders")
    assert browser.is_signed_in


@pytest.mark.parametrize(
    "target",
    ["https://evil.test/", "//evil.test", "/\\evil.test", "javascript:alert(1)", "/\t/evil.test", ""],
)
def test_going_on_never_leads_to_another_site(browser, make_user, target):
    make_user()

    answer = browser.submit("/login", email="anna@wizamart.test", password=PASSWORD, next=target)

    assert answer.location == "/"


@pytest.mark.parametrize(
    ("email", "password", "changes"),
    [
        ("nobody@wizamart.test", PASSWORD, {}),
        ("anna@wizamart.test", "something else entirely", {}),
        ("anna@wizamart.test", PASSWORD, {"is_active": False}),
        ("anna@wizamart.test", PASSWORD, {"password_hash": None}),
    ],
)
def test_every_wrong_sign_in_gets_one_answer_and_costs_one_hash(
    browser, make_user, monkeypatch, email, password, changes
):
    make_user(**changes)
    password_service.verify("warm", None)
    hashed = []
    verify = password_service._hasher().verify_and_update
    monkeypatch.setattr(PasswordHash, "verify_and_update", lambda _self, *a: hashed.append(a) or verify(*a))

    answer = browser.sign_in(email, password)
    page = answer.get_data(as_text=True)

    assert answer.status_code == 422
    assert "The e-mail address or the password is wrong." in page
    assert f'value="{email}"' in page
    assert password not in page
    assert len(hashed) == 1


def test_a_cookie_copied_before_signing_out_is_dead_after_it(browser, new_browser, make_user):
    make_user()
    browser.sign_in()
    thief = new_browser()
    thief.cookie = browser.cookie
    assert thief.is_signed_in

    browser.submit("/logout")

    assert not browser.is_signed_in
    assert not thief.is_signed_in


def test_following_a_link_to_sign_out_only_asks(browser, make_user):
    make_user()
    browser.sign_in()

    assert browser.get("/logout").status_code == 200
    assert browser.is_signed_in


def test_signing_in_gives_a_new_token_and_ends_the_old_session(browser, new_browser, make_user):
    make_user()
    browser.sign_in()
    old = new_browser()
    old.cookie = browser.cookie
    token = browser.client.get("/login").status_code  # somebody signed in is sent on
    with browser.client.session_transaction() as cookie:
        before = cookie["_user_id"]

    browser.submit("/logout")
    browser.sign_in()

    with browser.client.session_transaction() as cookie:
        assert cookie["_user_id"] != before
        assert set(cookie) <= {"_user_id", "_permanent", "csrf_token"}
    assert token == 303
    assert not old.is_signed_in


def test_a_post_without_csrf_token_is_refused(app, make_user):
    make_user()
    client = app.test_client()

    answer = client.post("/login", data={"email": "anna@wizamart.test", "password": PASSWORD})

    assert answer.status_code == 400
    assert client.post("/logout").status_code == 400
    assert client.post("/api/v1/post").status_code == 400


def test_a_deactivated_person_is_out_at_the_next_request(browser, make_user, read, time):
    user_id = make_user()
    browser.sign_in()

    read(
        lambda session: user_service.deactivate(session, session.get(User, user_id), actor_id=None, at=time())
    )

    assert not browser.is_signed_in


def test_a_revoked_session_is_out_at_the_next_request(browser, make_user, read, time):
    user_id = make_user()
    browser.sign_in()
    rows = read(
        lambda session: [row.id for row in session_service.list_sessions(session, user_id, at=time())]
    )

    read(lambda session: session_service.revoke_session(session, rows[0], user_id=user_id, at=time()))

    assert not browser.is_signed_in


def test_a_session_ends_after_a_day_without_use_and_after_two_weeks_in_any_case(browser, make_user, time):
    make_user()
    browser.sign_in()
    time.forward(hours=24, seconds=1)
    assert not browser.is_signed_in

    browser.client.delete_cookie("wizamart")
    browser.sign_in()
    for _day in range(27):
        time.forward(hours=12)
        token = browser.get("/logout").get_data(as_text=True).split('value="')[1].split('"')[0]
        assert browser.client.post("/post", data={"csrf_token": token}).status_code == 200
    time.forward(hours=12, seconds=1)
    assert not browser.is_signed_in


def test_only_a_post_notes_that_a_session_is_in_use(browser, make_user, read, time):
    make_user()
    browser.sign_in()
    opened = time()
    time.forward(hours=1)

    browser.get("/who")
    assert read(lambda session: session.scalar(sa.select(UserSession.last_seen_at))) == opened

    token = browser.get("/logout").get_data(as_text=True).split('value="')[1].split('"')[0]
    browser.client.post("/post", data={"csrf_token": token})
    assert read(lambda session: session.scalar(sa.select(UserSession.last_seen_at))) == time()


def test_who_asks_is_found_in_one_query(app, browser, make_user):
    make_user()
    browser.sign_in()
    statements = []
    with app.app_context():
        engine = sa.inspect(__import__("wizamart.database", fromlist=["db"]).db.engine).engine
    sa.event.listen(engine, "before_cursor_execute", lambda *a: statements.append(a[2]))

    assert browser.is_signed_in

    assert len([text for text in statements if text.lstrip().upper().startswith("SELECT")]) == 1


@pytest.mark.parametrize("email", ["anna@wizamart.test", "nobody@wizamart.test"])
def test_tries_lock_known_and_unknown_accounts_alike_and_longer_each_time(browser, make_user, time, email):
    make_user()
    for _try in range(5):
        assert browser.sign_in(email, "wrong wrong wrong").status_code == 422

    locked = browser.sign_in(email, PASSWORD)
    assert (locked.status_code, locked.headers["Retry-After"]) == (429, "31")

    time.forward(seconds=31)
    assert browser.sign_in(email, "wrong wrong wrong").status_code == 422
    assert browser.sign_in(email, PASSWORD).headers["Retry-After"] == "61"


def test_the_right_password_forgets_the_wrong_ones_before_it(browser, make_user, read, time):
    make_user()
    for _try in range(4):
        browser.sign_in(password="wrong wrong wrong")

    browser.sign_in()

    assert browser.is_signed_in
    counts = read(
        lambda session: dict(session.execute(sa.select(SignInThrottle.key, SignInThrottle.tries)).all())
    )
    assert counts == {"ip:127.0.0.1": 4}


def test_one_address_cannot_try_many_accounts(browser, time):
    answers = [browser.sign_in(f"someone{n}@wizamart.test", "wrong wrong wrong") for n in range(31)]

    assert [answer.status_code for answer in answers] == [422] * 30 + [429]


def test_a_hash_of_lower_cost_is_replaced_at_sign_in(browser, make_user, user_of, monkeypatch):
    user_id = make_user()
    (before,) = user_of(user_id, "password_hash")
    costlier = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=8, parallelism=1),))
    monkeypatch.setattr(password_service, "_hasher", lambda: costlier)
    monkeypatch.setattr(password_service, "_dummy_hash", None)

    browser.sign_in()

    (after,) = user_of(user_id, "password_hash")
    assert after != before
    assert "t=2" in after


def test_errors_stand_at_their_fields(browser):
    answer = browser.submit("/login", email="", password="")
    page = answer.get_data(as_text=True)

    assert answer.status_code == 422
    assert page.count('aria-invalid="true"') == 2
    assert "field-email-error" in page


def test_pages_of_signing_in_are_stored_nowhere_and_name_what_browsers_fill_in(browser):
    answer = browser.get("/login")
    page = answer.get_data(as_text=True)

    assert answer.headers["Cache-Control"] == "no-store"
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page


def test_the_cookie_of_production_is_bound_to_the_host(tmp_path):
    settings = Settings(
        environment="production",
        secret_key="k" * 40,
        database_url=f"sqlite:///{tmp_path / 'p.db'}",
        _env_file=None,
    )

    answer = build_app(settings).test_client().get("/login", base_url="https://portal.wizamart.test")
    cookie = answer.headers["Set-Cookie"]

    assert cookie.startswith("__Host-wizamart=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
