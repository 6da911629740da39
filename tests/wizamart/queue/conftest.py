import os
import shutil
import socket
import subprocess
import threading
import uuid
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry

from wizamart import clock, queue
from wizamart.config import Settings
from wizamart.database import db, init_app, unit_of_work
from wizamart.platforms import Platform, Vendor
from wizamart.queue import registry
from wizamart.queue.execution import task_finished

POSTGRES_URL = os.environ.get("WIZAMART_TEST_POSTGRES_URL")
DIALECTS = ["sqlite", *(["postgresql"] if POSTGRES_URL else [])]


@pytest.fixture(params=DIALECTS)
def url(request, tmp_path) -> Iterator[str]:
    """A database of its own for each test; PostgreSQL where the environment names one."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'queue.db'}"
        return
    name = f"queue_{uuid.uuid4().hex[:12]}"
    admin = sa.create_engine(POSTGRES_URL, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    yield sa.make_url(POSTGRES_URL).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(
            sa.text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name AND usename = user"
            ),
            {"name": name},
        )
        connection.execute(sa.text(f"DROP DATABASE {name}"))
    admin.dispose()


@pytest.fixture
def make_app(url) -> Iterator[Callable[..., Flask]]:
    """Make small applications on one database, as several hosts would be."""
    apps: list[Flask] = []

    def make(**settings: object) -> Flask:
        app = Flask(__name__)
        known = Settings(_env_file=None, environment="testing", database_url=url, **settings)
        app.extensions["settings"] = known
        init_app(app, database_url=url)
        queue.init_app(app, known)
        apps.append(app)
        return app

    yield make
    for app in apps:
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def app(make_app) -> Flask:
    app = make_app()
    with app.app_context():
        tables = [known.__table__ for known in (Platform, Vendor, queue.Task, queue.Lease)]
        db.metadata.create_all(db.engine, tables=tables)
        with unit_of_work() as session:
            for code in ("p1", "p2"):
                session.add(Platform(code=code, name=code, created_at=clock.now()))
                session.flush()  # one after the other: the tests name them 1 and 2
    return app


@pytest.fixture(autouse=True)
def _own_declarations(monkeypatch):
    """Tasks, schedules and gates that a test declares end with it."""
    monkeypatch.setattr(registry, "_gate", lambda _platform_id, _module_code: True)
    monkeypatch.setattr(registry, "_platform_source", None)
    tasks, schedules = dict(registry.TASKS), dict(registry.SCHEDULES)
    registry.SCHEDULES.clear()
    yield
    registry.TASKS.clear()
    registry.TASKS.update(tasks)
    registry.SCHEDULES.clear()
    registry.SCHEDULES.update(schedules)


@pytest.fixture
def enqueue(app) -> Callable[..., int]:
    """Enqueue in a transaction of its own and return the id."""

    def add(name: str, payload: dict | None = None, **options: object) -> int:
        with app.app_context(), unit_of_work() as session:
            return queue.enqueue(session, name, payload, **options).id

    return add


@pytest.fixture
def load(app) -> Callable[[int], queue.Task]:
    """Read a task as it is now, detached."""

    def read(task_id: int) -> queue.Task:
        with app.app_context(), unit_of_work(read_only=True) as session:
            task = session.get_one(queue.Task, task_id)
            session.expunge(task)
            return task

    return read


@pytest.fixture
def wait_for_outcomes() -> Iterator[Callable[[int], list[str]]]:
    """Wait until that many attempts have ended."""
    outcomes: list[str] = []
    changed = threading.Condition()

    def note(_app: Flask, *, outcome: str, **_: object) -> None:
        with changed:
            outcomes.append(outcome)
            changed.notify_all()

    def wait(count: int) -> list[str]:
        with changed:
            assert changed.wait_for(lambda: len(outcomes) >= count, timeout=60)
            return list(outcomes)

    task_finished.connect(note)
    yield wait
    task_finished.disconnect(note)


@pytest.fixture
def with_redis(app, redis_url) -> str:
    """Let the application know its Redis, without waking it at each commit."""
    known = app.extensions["settings"]
    app.extensions["settings"] = known.model_copy(update={"redis_url": redis_url})
    return redis_url


@pytest.fixture
def redis_url() -> Iterator[str]:
    binary = shutil.which("redis-server")
    if binary is None:
        pytest.skip("redis-server is not installed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = [binary, "--save", "", "--port", str(port), "--bind", "127.0.0.1", "--loglevel", "warning"]
    server = subprocess.Popen(arguments, stdout=subprocess.DEVNULL)
    url = f"redis://127.0.0.1:{port}/0"
    try:
        _await_redis(url)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=10)


def _await_redis(url: str) -> None:
    from redis.backoff import ConstantBackoff

    retry = Retry(ConstantBackoff(0.05), 100, supported_errors=(RedisConnectionError,))
    with Redis.from_url(url, retry=retry) as redis:
        redis.ping()
