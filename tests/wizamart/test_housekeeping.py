"""What signing in leaves behind goes by itself, and not too early."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from wizamart import clock, mail, queue
from wizamart.auth import session_service, throttle_service, token_service
from wizamart.auth.models import OneTimeToken, RefreshToken, SignInThrottle, UserSession
from wizamart.queue.models import TaskStatus

TASK = "framework.delete_ended_sign_ins"


def leave_traces(session, user, *, at):
    session_service.open_session(session, user, at=at, ip=None, user_agent="tests")
    token_service.issue(session, user, at=at, ip=None, user_agent="tests")
    throttle_service.count_try(session, f"ip:{at.isoformat()}", limit=throttle_service.ADDRESS, at=at)
    link = OneTimeToken(
        token_hash=at.isoformat(), purpose="invitation", user=user, created_at=at, expires_at=at
    )
    session.add(link)


@pytest.fixture
def traces(session, make_user):
    user = make_user()
    for days in (0, 365):
        leave_traces(session, user, at=clock.now() - timedelta(days=days))
    return session


def test_the_daily_task_deletes_what_ended_long_ago_and_keeps_the_rest(traces, app):
    row = queue.enqueue(traces, TASK)
    traces.commit()

    assert queue.run_task(app, row.id) == TaskStatus.SUCCEEDED

    for model in (UserSession, RefreshToken, OneTimeToken, SignInThrottle):
        count = traces.scalar(sa.select(sa.func.count()).select_from(model))
        assert count == 1, model.__name__


def test_the_task_runs_once_a_day_for_the_whole_installation(app):
    schedule = queue.SCHEDULES[TASK]
    now = clock.now()

    assert not schedule.per_platform
    assert schedule.cadence(now) - schedule.cadence(now - timedelta(days=1)) == timedelta(days=1)


def test_texts_of_old_mails_are_forgotten_and_the_rest_of_them_stays(session, app):
    for days in (0, 60):
        mail.send(session, to=f"{days}@wizamart.test", subject="Reset", text="a link")
        session.flush()
    old = session.scalars(sa.select(mail.Mail).where(mail.Mail.to == "60@wizamart.test")).one()
    old.created_at, old.status = clock.now() - timedelta(days=60), mail.MailStatus.SENT
    row = queue.enqueue(session, "framework.forget_mail_texts")
    session.commit()

    assert queue.run_task(app, row.id) == TaskStatus.SUCCEEDED

    session.expire_all()
    texts = dict(session.execute(sa.select(mail.Mail.to, mail.Mail.text)).all())
    assert texts == {"0@wizamart.test": "a link", "60@wizamart.test": ""}
