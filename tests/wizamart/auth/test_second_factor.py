import re
from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa

from wizamart.auth import second_factor_service
from wizamart.auth.exceptions import SecondFactorAlreadyOn, SecondFactorNotStarted, WrongCode
from wizamart.auth.models import User
from wizamart.config import Settings

from .conftest import PASSWORD


@pytest.fixture
def enrolled(make_user, read, time):
    """Give Anna a second factor; return her id, the secret and her recovery codes."""
    user_id = make_user()

    def enrol(session):
        user = session.get(User, user_id)
        secret = second_factor_service.begin(session, user)
        codes = second_factor_service.confirm(session, user, code=code_of(secret, time), at=time())
        return user_id, secret, codes

    answer = read(enrol)
    time.forward(minutes=5)
    return answer


def code_of(secret: str, time) -> str:
    return pyotp.TOTP(secret).at(time())


def test_the_password_alone_opens_nothing(browser, enrolled):
    answer = browser.sign_in()

    assert answer.location == "/login/second-factor"
    assert not browser.is_signed_in
    assert browser.get("/login").location == "/login/second-factor"


def test_password_and_code_sign_in_and_lead_on(browser, enrolled, time):
    _id, secret, _codes = enrolled
    browser.submit("/login", email="anna@wizamart.test", password=PASSWORD, next="/orders")

    answer = browser.submit("/login/second-factor", code=code_of(secret, time), next="/orders")

    assert (answer.status_code, answer.location) == (303, "/orders")
    assert browser.is_signed_in


def test_the_cookie_of_the_first_step_is_dead_after_the_second(browser, new_browser, enrolled, time):
    browser.sign_in()
    copy = new_browser()
    copy.cookie = browser.cookie

    browser.submit("/login/second-factor", code=code_of(enrolled[1], time))

    assert not copy.is_signed_in
    assert copy.get("/login").status_code == 200


def test_a_code_signs_in_once_only(browser, new_browser, enrolled, time):
    code = code_of(enrolled[1], time)
    browser.sign_in()
    browser.submit("/login/second-factor", code=code)
    other = new_browser()
    other.sign_in()

    answer = other.submit("/login/second-factor", code=code)

    assert answer.status_code == 422
    assert "used already" in answer.get_data(as_text=True)
    assert not other.is_signed_in


def test_a_code_older_than_the_last_one_used_is_refused(session, enrolled, time):
    user_id, secret, _codes = enrolled
    user = session.get(User, user_id)
    earlier = code_of(secret, time)
    time.forward(seconds=30)
    second_factor_service.accept_code(session, user, code=code_of(secret, time), at=time())

    with pytest.raises(WrongCode):
        second_factor_service.accept_code(session, user, code=earlier, at=time())


def test_the_code_that_confirmed_the_set_up_does_not_sign_in(session, make_user, time):
    user = session.get(User, make_user())
    code = code_of(second_factor_service.begin(session, user), time)
    second_factor_service.confirm(session, user, code=code, at=time())

    with pytest.raises(WrongCode):
        second_factor_service.accept_code(session, user, code=code, at=time())


@pytest.mark.parametrize(
    ("seconds", "is_right"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)]
)
def test_clocks_may_differ_by_one_step(session, enrolled, time, seconds, is_right):
    user_id, secret, _codes = enrolled
    user = session.get(User, user_id)
    code = pyotp.TOTP(secret).at(time() + timedelta(seconds=seconds))

    if is_right:
        second_factor_service.accept_code(session, user, code=code, at=time())
        assert user.totp_last_used_step == int(time().timestamp()) // 30 + seconds // 30
    else:
        with pytest.raises(WrongCode):
            second_factor_service.accept_code(session, user, code=code, at=time())


def test_a_recovery_code_signs_in_once_however_it_is_typed(browser, new_browser, enrolled, user_of):
    user_id, _secret, codes = enrolled
    browser.sign_in()
    browser.submit("/login/second-factor", code=codes[3].upper().replace("-", " "))
    assert browser.is_signed_in
    other = new_browser()
    other.sign_in()

    answer = other.submit("/login/second-factor", code=codes[3])

    assert answer.status_code == 422
    (left,) = user_of(user_id, "recovery_codes")
    assert len(left) == 9
    assert not set(left) & set(codes)


def test_a_secret_that_no_key_fits_leaves_the_recovery_codes_and_hides_nobody(
    browser, enrolled, read, user_of
):
    user_id, _secret, codes = enrolled
    read(lambda session: session.execute(sa.text("UPDATE users SET totp_secret = 'of another key'")))

    assert user_of(user_id, "has_second_factor") == (True,)
    browser.sign_in()
    browser.submit("/login/second-factor", code=codes[0])

    assert browser.is_signed_in


def test_guessing_codes_locks(browser, enrolled, time):
    browser.sign_in()
    for _try in range(5):
        assert browser.submit("/login/second-factor", code="000000").status_code == 422

    answer = browser.submit("/login/second-factor", code=code_of(enrolled[1], time))

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "31")


def test_signing_in_again_does_not_forget_wrong_codes(browser, enrolled, time):
    for _try in range(5):
        browser.submit("/logout")
        browser.sign_in()
        browser.submit("/login/second-factor", code="000000")

    assert browser.submit("/login/second-factor", code="000000").status_code == 429


def test_an_unfinished_sign_in_ends_after_a_quarter_of_an_hour(browser, enrolled, time):
    browser.sign_in()
    time.forward(minutes=15, seconds=1)

    assert browser.get("/login/second-factor").location == "/login"


def test_setting_it_up_shows_a_picture_then_the_recovery_codes_once(
    browser, new_browser, make_user, user_of, time
):
    user_id = make_user()
    browser.sign_in()
    elsewhere = new_browser()
    elsewhere.sign_in()
    browser.submit("/login/second-factor/setup", to="/login/second-factor/secret")
    (secret,) = user_of(user_id, "totp_secret")
    page = browser.get("/login/second-factor/setup").get_data(as_text=True)

    answer = browser.submit("/login/second-factor/setup", code=code_of(secret, time))
    codes = re.findall(r"<li>([a-z2-7]{4}(?:-[a-z2-7]{4}){3})</li>", answer.get_data(as_text=True))

    assert "<svg" in page
    assert "style=" not in page
    assert secret in page
    assert len(set(codes)) == 10
    assert browser.is_signed_in
    assert not elsewhere.is_signed_in
    assert browser.get("/login/second-factor/setup").status_code == 302


def test_a_wrong_code_switches_nothing_on(browser, make_user, user_of):
    user_id = make_user()
    browser.sign_in()
    browser.submit("/login/second-factor/setup", to="/login/second-factor/secret")

    assert browser.submit("/login/second-factor/setup", code="000000").status_code == 422
    assert user_of(user_id, "totp_enabled_at") == (None,)


class TestWhereItIsRequired:
    @pytest.fixture
    def settings(self, database_url):
        return Settings(
            environment="testing", database_url=database_url, require_second_factor=True, _env_file=None
        )

    def test_a_super_admin_without_it_reaches_only_its_set_up(self, browser, make_user, user_of, time):
        user_id = make_user(is_super_admin=True)

        assert browser.sign_in().location == "/login/second-factor/setup"
        assert not browser.is_signed_in
        browser.submit("/login/second-factor/setup", to="/login/second-factor/secret")
        (secret,) = user_of(user_id, "totp_secret")
        assert not browser.is_signed_in
        browser.submit("/login/second-factor/setup", code=code_of(secret, time))

        assert browser.is_signed_in

    def test_others_may_do_without(self, browser, make_user):
        make_user()

        browser.sign_in()

        assert browser.is_signed_in

    def test_a_super_admin_without_it_gets_no_tokens(self, app, make_user):
        make_user(is_super_admin=True)

        answer = app.test_client().post(
            "/api/v1/tokens", json={"email": "anna@wizamart.test", "password": PASSWORD}
        )

        assert (answer.status_code, answer.json["code"]) == (403, "auth.second_factor_missing")

    def test_a_person_made_super_admin_is_asked_at_the_next_request(self, browser, make_user, read):
        user_id = make_user()
        browser.sign_in()

        read(lambda session: setattr(session.get(User, user_id), "is_super_admin", True))

        assert not browser.is_signed_in
        assert browser.get("/login").location == "/login/second-factor/setup"


def test_a_second_factor_in_use_cannot_be_replaced_unasked(session, enrolled):
    with pytest.raises(SecondFactorAlreadyOn):
        second_factor_service.begin(session, session.get(User, enrolled[0]))


def test_nothing_is_confirmed_that_was_not_begun(session, make_user, time):
    with pytest.raises(SecondFactorNotStarted):
        second_factor_service.confirm(session, session.get(User, make_user()), code="123456", at=time())


def test_the_secret_stands_encrypted_in_the_database(read, enrolled):
    stored = read(
        lambda session: session.connection().exec_driver_sql("SELECT totp_secret FROM users").scalar()
    )

    assert enrolled[1] not in stored
