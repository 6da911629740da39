"""A platform with monitoring on, a super admin at a client, and tasks to look at."""

import pytest

from wizamart import clock
from wizamart.database import unit_of_work
from wizamart.logging import clear_recent_records
from wizamart.queue.models import Task, TaskStatus
from wizamart.queue.registry import module_code_of


@pytest.fixture
def platform(make_platform):
    return make_platform("lux", modules=["monitoring"])


@pytest.fixture
def operator(client, platform, make_user, sign_in):
    """Return the client of a super admin."""
    sign_in(client, make_user("root@wizamart.test", is_super_admin=True))
    return client


@pytest.fixture
def make_task(app):
    """Return `make_task(name, **attributes)`, which commits a task and returns its id."""

    def make(name="framework.send_mail", **attributes):
        with app.app_context(), unit_of_work() as session:
            values = {"status": TaskStatus.QUEUED, "run_at": clock.now(), "created_at": clock.now()}
            task = Task(name=name, module_code=module_code_of(name), **{**values, **attributes})
            session.add(task)
            session.flush()
            return task.id

    return make


@pytest.fixture(autouse=True)
def _without_older_records():
    clear_recent_records()
