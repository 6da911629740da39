from datetime import timedelta

import pytest
import sqlalchemy as sa

from wizamart.audit import AuditEntry
from wizamart.auth import reset_service, session_service, sign_in, token_service, user_service
from wizamart.auth.exceptions import (
    EmailInvalid,
    EmailTaken,
    ImpersonationRefused,
    LastSuperAdmin,
    PasswordRefused,
    SessionNotFound,
    UserNotFound,
)
from wizamart.auth.models import User, UserSession
from wizamart.database import db
from wizamart.exceptions import NotAllowed

from .conftest import PASSWORD


def test_addresses_are_unique_whatever_their_case(session, time):
    user = user_service.create_user(session, email=" Anna@Wizamart.TEST", display_name="Anna", at=time())

    assert user.email == "anna@wizamart.test"
    assert user_service.find_user_by_email(session, "ANNA@wizamart.test") is user
    with pytest.raises(EmailTaken):
        user_service.create_user(session, email="anna@WIZAMART.test", display_name="Other", at=time())


def test_a_person_needs_an_address_and_a_password_worth_the_name(session, time):
    with pytest.raises(EmailInvalid):
        user_service.create_user(session, email="anna", display_name="Anna", at=time())
    with pytest.raises(PasswordRefused):
        user_service.create_user(
            session, email="anna@wizamart.test", display_name="Anna", password="x", at=time()
        )
    with pytest.raises(UserNotFound):
        user_service.get_user(session, 99)


def test_the_last_super_admin_stays(session, time):
    first, second = (
        user_service.create_user(
            session, email=f"{name}@wizamart.test", display_name=name, is_super_admin=True, at=time()
        )
        for name in ("first", "second")
    )

    user_service.deactivate(session, first, actor_id=second.id, at=time())

    with pytest.raises(LastSuperAdmin):
        user_service.deactivate(session, second, actor_id=second.id, at=time())
    with pytest.raises(LastSuperAdmin):
        user_service.set_super_admin(session, second, value=False, actor_id=second.id)
    user_service.activate(session, first, actor_id=second.id)
    user_service.set_super_admin(session, second, value=False, actor_id=second.id)
    assert (first.is_super_admin, second.is_super_admin) == (True, False)


def test_asking_for_what_holds_writes_nothing_and_changes_are_audited(session, make_user, time):
    user = session.get(User, make_user())
    user_service.activate(session, user, actor_id=None)
    user_service.set_super_admin(session, user, value=False, actor_id=None)
    user_service.deactivate(session, user, actor_id=user.id, at=time())
    user_service.deactivate(session, user, actor_id=user.id, at=time())

    (entry,) = session.scalars(sa.select(AuditEntry)).all()

    assert (entry.action, entry.target, entry.actor_id) == ("auth.user.is_active", f"user:{user.id}", user.id)
    assert (entry.before, entry.after) == ({"is_active": True}, {"is_active": False})


def test_changing_the_password_keeps_the_session_it_is_changed_in(
    browser, new_browser, make_user, read, time
):
    user_id = make_user()
    browser.sign_in()
    kept = read(lambda session: session_service.list_sessions(session, user_id, at=time())[0].id)
    other = new_browser()
    other.sign_in()

    read(
        lambda session: user_service.set_password(
            session, session.get(User, user_id), "another rainy morning", at=time(), keep_session_id=kept
        )
    )

    assert browser.is_signed_in
    assert not other.is_signed_in


def test_a_person_sees_and_ends_only_their_own_sessions(session, make_user, time):
    anna, ben = (session.get(User, user_id) for user_id in [make_user(), make_user("ben@wizamart.test")])
    row, token = session_service.open_session(session, anna, at=time(), ip="::1", user_agent="x" * 300)

    assert session_service.list_sessions(session, anna.id, at=time()) == [row]
    assert session_service.list_sessions(session, ben.id, at=time()) == []
    with pytest.raises(SessionNotFound):
        session_service.revoke_session(session, row.id, user_id=ben.id, at=time())
    assert len(row.user_agent) == 255
    assert token not in str(session.connection().exec_driver_sql("SELECT * FROM user_sessions").all())


def test_what_has_ended_is_deleted_after_a_while(session, make_user, time):
    anna = session.get(User, make_user())
    ended, _token = session_service.open_session(session, anna, at=time(), ip=None, user_agent=None)
    session_service.open_session(session, anna, at=time(), ip=None, user_agent=None)
    session_service.revoke(ended, at=time())
    token_service.issue(session, anna, at=time(), ip=None, user_agent=None)
    later = time() + timedelta(days=1)

    assert session_service.delete_ended(session, before=later) == 1
    assert token_service.delete_ended(session, before=later) == 0
    assert token_service.delete_ended(session, before=time() + timedelta(days=31)) == 1
    reset_service.delete_ended(session, before=later)


class TestActingAsSomebody:
    @pytest.fixture
    def admin_id(self, make_user):
        return make_user("super@wizamart.test", is_super_admin=True)

    @pytest.fixture
    def target_id(self, make_user):
        return make_user()

    @pytest.fixture(autouse=True)
    def _view(self, app, target_id):
        from wizamart import clock
        from wizamart.permissions import signed_in

        @signed_in
        def act():
            session = db.session()
            sign_in.act_as(session, session.get(User, target_id), is_admin=False, at=clock.now())
            return "ok"

        app.add_url_rule("/act", view_func=act, methods=["POST"])

    def test_a_super_admin_acts_as_a_person_and_comes_back(
        self, browser, new_browser, admin_id, target_id, read
    ):
        browser.sign_in("super@wizamart.test")
        old = new_browser()
        old.cookie = browser.cookie

        browser.submit("/logout", to="/act")
        assert browser.get("/who").json["id"] == target_id
        assert not old.is_signed_in
        acting = new_browser()
        acting.cookie = browser.cookie

        browser.submit("/logout", to="/impersonation/end")
        assert browser.get("/who").json["id"] == admin_id
        assert not acting.is_signed_in
        trail = read(lambda s: s.execute(sa.select(AuditEntry.action, AuditEntry.actor_id)).all())
        assert trail == [("auth.impersonation.start", admin_id), ("auth.impersonation.stop", admin_id)]

    @pytest.mark.usefixtures("admin_id")
    def test_nobody_takes_an_account_over_with_a_second_factor_while_acting_as_its_owner(
        self, browser, target_id, read
    ):
        browser.sign_in("super@wizamart.test")
        browser.submit("/logout", to="/act")

        for path in ("/login/second-factor/secret", "/login/second-factor/setup"):
            assert browser.submit("/logout", to=path, code="123456").status_code == NotAllowed.status
        assert browser.get("/login/second-factor/setup").status_code == NotAllowed.status
        assert read(lambda s: s.get(User, target_id).totp_secret) is None

    @pytest.mark.usefixtures("admin_id")
    def test_it_ends_after_an_hour(self, browser, time):
        browser.sign_in("super@wizamart.test")
        browser.submit("/logout", to="/act")
        time.forward(hours=1, seconds=1)

        assert not browser.is_signed_in

    def test_it_ends_with_the_right_to_do_it(self, browser, admin_id, read):
        browser.sign_in("super@wizamart.test")
        browser.submit("/logout", to="/act")

        read(lambda session: setattr(session.get(User, admin_id), "is_super_admin", False))

        assert not browser.is_signed_in

    @pytest.mark.usefixtures("admin_id")
    def test_the_person_does_not_see_the_session(self, browser, target_id, read, time):
        browser.sign_in("super@wizamart.test")
        browser.submit("/logout", to="/act")

        assert read(lambda s: session_service.list_sessions(s, target_id, at=time())) == []

    @pytest.mark.parametrize(
        "case", ["not a super admin", "an admin", "a super admin", "inactive", "oneself", "already acting"]
    )
    def test_nobody_acts_as(self, session, admin_id, target_id, time, case):
        admin, target = session.get(User, admin_id), session.get(User, target_id)
        row, _token = session_service.open_session(session, admin, at=time(), ip=None, user_agent=None)
        if case == "not a super admin":
            admin.is_super_admin = False
        elif case == "a super admin":
            target.is_super_admin = True
        elif case == "inactive":
            target.is_active = False
        elif case == "oneself":
            target = admin
        elif case == "already acting":
            row.impersonator = admin

        with pytest.raises(ImpersonationRefused):
            session_service.impersonate(session, row, target, is_admin=case == "an admin", at=time())

        assert session.scalar(sa.select(sa.func.count(UserSession.id))) == 1

    @pytest.mark.usefixtures("target_id")
    def test_whoever_is_themself_cannot_go_back(self, browser):
        browser.sign_in(password=PASSWORD)

        assert browser.submit("/logout", to="/impersonation/end").status_code == 400
