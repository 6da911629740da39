"""Views and tasks that run transactions of their own, and hold none while they ask somebody else."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from wizamart import clock
from wizamart.auth.models import UserSession
from wizamart.database import TransactionHeld, db, unit_of_work, without_transaction
from wizamart.permissions import public, signed_in
from wizamart.platforms import Platform
from wizamart.queue import TaskStatus, enqueue, run_task, task
from wizamart.queue.registry import TASKS
from wizamart.web.transactions import own_transactions


def add_platform(code):
    with unit_of_work() as session:
        session.add(Platform(code=code, name=code, created_at=clock.now()))


def ask_elsewhere(seen):
    """Write from another connection, which on SQLite waits for whoever holds a transaction."""
    with without_transaction():
        seen.append(db.session().in_transaction())
        with db.engine.connect().execution_options(read_only=False) as other, other.begin():
            other.execute(sa.insert(Platform).values(code="other", name="other", **OF_ROW))


OF_ROW = {"status": "active", "locales": ["en"], "settings": {}, "created_at": clock.now()}


def codes(app):
    with app.app_context(), unit_of_work(read_only=True) as session:
        return sorted(session.scalars(sa.select(Platform.code)))


def test_nobody_asks_in_the_middle_of_a_transaction(app):
    with app.app_context(), unit_of_work(), pytest.raises(TransactionHeld), without_transaction():
        pass


def test_a_view_keeps_what_it_committed_when_it_fails_later(app, client, factory, sign_in, monkeypatch):
    seen = []

    @public
    @own_transactions
    def view():
        add_platform("first")
        ask_elsewhere(seen)
        with unit_of_work() as session:
            session.add(Platform(code="second", name="second", created_at=clock.now()))
            raise RuntimeError("the answer cannot be written")

    monkeypatch.setitem(app.view_functions, "language.store", view)
    sign_in(client, factory.user())

    assert client.post("/language").status_code == 500
    assert codes(app) == ["first", "other"]
    assert seen == [False]


def test_a_view_of_its_own_transactions_admits_somebody_who_paused(
    app, client, factory, sign_in, monkeypatch
):
    @signed_in
    @own_transactions
    def view():
        return "admitted"

    monkeypatch.setitem(app.view_functions, "language.store", view)
    sign_in(client, factory.user())
    paused = clock.now() - timedelta(minutes=10)
    with app.app_context(), unit_of_work() as session:
        session.execute(sa.update(UserSession).values(last_seen_at=paused))

    assert client.post("/language").status_code == 200
    with app.app_context(), unit_of_work(read_only=True) as session:
        assert session.scalar(sa.select(UserSession.last_seen_at)) > paused


def test_a_task_keeps_what_it_committed_and_is_marked_in_one_more_transaction(app):
    seen = []

    @task("framework.test_own_transactions", own_transactions=True)
    def ask(_context):
        add_platform(f"platform-{len(seen)}")
        if seen:
            return len(seen)
        ask_elsewhere(seen)
        raise RuntimeError("no answer")

    try:
        with app.app_context(), unit_of_work() as session:
            task_id = enqueue(session, "framework.test_own_transactions").id
        assert run_task(app, task_id) == TaskStatus.FAILED
        assert codes(app) == ["other", "platform-0"]
        with app.app_context(), unit_of_work() as session:
            session.execute(sa.text("UPDATE tasks SET run_at = created_at"))
        assert run_task(app, task_id) == TaskStatus.SUCCEEDED
    finally:
        del TASKS["framework.test_own_transactions"]
    assert codes(app) == ["other", "platform-0", "platform-1"]
