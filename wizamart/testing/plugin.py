"""The pytest plugin: databases, applications, clients, servers and browsers as fixtures.

Tests that use `backend`, directly or through `app`, run once on SQLite and once on PostgreSQL;
`@pytest.mark.backends("sqlite")` keeps a test to one. Where a service is lacking they are skipped with the reason,
and fail instead with `CI=true` or `WIZAMART_NO_SKIPS=1`.
"""

import contextvars
import os
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from wizamart.app import Wizamart, create_app
from wizamart.auth.models import User
from wizamart.config import Settings
from wizamart.database import db, unit_of_work
from wizamart.module_system import migrations
from wizamart.platforms import Platform, Vendor
from wizamart.testing import services
from wizamart.testing.applications import Applications, close, make
from wizamart.testing.databases import PostgresqlTemplate, SqliteTemplate
from wizamart.testing.factories import Factory
from wizamart.testing.queries import QueryLog, count_queries as counting
from wizamart.testing.servers import Server, run_server

BACKENDS: Final = ("sqlite", "postgresql")
SECRET_KEY = "a-secret-key-for-tests-and-for-nothing-else"  # noqa: S105 - of no use elsewhere


class TenantClient(FlaskClient):
    """A client whose requests never share an application context with the test, as in a server they would not."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request from a context of its own."""
        response: TestResponse = contextvars.Context().run(super().open, *args, **kwargs)
        return response


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers."""
    config.addinivalue_line("markers", "backends(*names): run on these databases only")
    config.addinivalue_line(
        "markers", "own_app: adds views or hooks to an application made for this test alone"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what uses a database on each of them."""
    if "backend" not in metafunc.fixturenames:
        return
    wanted: tuple[str, ...] = BACKENDS
    if marker := metafunc.definition.get_closest_marker("backends"):
        wanted = marker.args
    if chosen := os.environ.get("WIZAMART_TEST_BACKENDS"):
        wanted = tuple(name for name in wanted if name in chosen.split(","))
    metafunc.parametrize("backend", wanted, indirect=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure where nothing may be lacking."""
    report = yield
    is_strict = os.environ.get("CI") == "true" or os.environ.get("WIZAMART_NO_SKIPS") == "1"
    if is_strict and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped during {call.when}: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """Yield the URL of a PostgreSQL server on which databases may be created."""
    if url := os.environ.get("WIZAMART_TEST_POSTGRES_URL"):
        yield url
        return
    programs = services.find_postgresql()
    if programs is None:
        pytest.skip("PostgreSQL is not installed and WIZAMART_TEST_POSTGRES_URL is not set")
    with services.run_postgresql(programs) as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """Yield the URL of a Redis that belongs to the tests."""
    if url := os.environ.get("WIZAMART_TEST_REDIS_URL"):
        yield url
        return
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("Redis is not installed and WIZAMART_TEST_REDIS_URL is not set")
    with services.run_redis(program) as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> SqliteTemplate:
    """Return a migrated SQLite database to copy."""
    return SqliteTemplate(tmp_path_factory.mktemp("databases"), _migrate)


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str) -> Iterator[PostgresqlTemplate]:
    """Yield a migrated PostgreSQL database to copy."""
    template = PostgresqlTemplate(postgresql_server, _migrate)
    yield template
    template.close()


@pytest.fixture
def backend(request: pytest.FixtureRequest) -> str:
    """Return the name of the database the test runs on."""
    name: str = request.param
    return name


@pytest.fixture
def database_url(backend: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Yield the URL of a fresh migrated database."""
    template: SqliteTemplate | PostgresqlTemplate = request.getfixturevalue(f"{backend}_template")
    with template.copy() as url:
        yield url


@pytest.fixture(scope="session")
def media_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder for pictures of one test after another."""
    return tmp_path_factory.mktemp("media")


@pytest.fixture
def media_path(media_folder: Path) -> Iterator[Path]:
    """Yield an empty folder for pictures."""
    yield media_folder
    for left in media_folder.iterdir():
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()


@pytest.fixture
def settings(database_url: str, media_path: Path) -> Settings:
    """Return settings for tests; a test module may override this fixture."""
    return _settings(database_url, media_path=media_path)


@pytest.fixture(scope="session")
def applications() -> Applications:
    """Return what makes applications, and gives them out again."""
    return Applications()


@pytest.fixture
def app(settings: Settings, applications: Applications, request: pytest.FixtureRequest) -> Iterator[Wizamart]:
    """Yield the application on a fresh database; it may have served other tests, unless `own_app` marks this one."""
    if request.node.get_closest_marker("own_app"):
        app = make(settings)
        yield app
        close(app)
        return
    with applications.lend(settings) as app:
        yield app


@pytest.fixture
def session(app: Wizamart) -> Iterator[Session]:
    """Yield a session in an application context and a unit of work, for tests of services.

    Before a client sends a request, `commit()`: on SQLite nobody else can write meanwhile.
    """
    with app.app_context():
        session = db.session()
        session.info["is_test"] = True
        session.expire_on_commit = (
            False  # reading an attribute after a commit must not lock the database again
        )
        with unit_of_work():
            yield session


@pytest.fixture
def client(app: Wizamart) -> FlaskClient:
    """Return a client with cookies of its own."""
    return _client_of(app)


@pytest.fixture
def make_client(app: Wizamart) -> Callable[[], FlaskClient]:
    """Return a maker of clients, each with cookies of its own."""
    return lambda: _client_of(app)


@pytest.fixture
def factory(app: Wizamart) -> Factory:
    """Return the maker of platforms, vendors and people."""
    return Factory(app)


@pytest.fixture
def make_platform(factory: Factory) -> Callable[..., Platform]:
    """Return `make_platform(code=None, *, modules=(), **attributes)`."""
    return factory.platform


@pytest.fixture
def make_vendor(factory: Factory) -> Callable[..., Vendor]:
    """Return `make_vendor(*platforms, code=None, **attributes)`."""
    return factory.vendor


@pytest.fixture
def make_user(factory: Factory) -> Callable[..., User]:
    """Return `make_user(email=None, *, is_super_admin=False, admin_of=None, owner_of=None, staff_of=None)`."""
    return factory.user


@pytest.fixture
def sign_in(factory: Factory) -> Callable[..., None]:
    """Return `sign_in(client, user)`."""
    return factory.sign_in


@pytest.fixture
def count_queries() -> Callable[[], Any]:
    """Return `count_queries()`, a context manager that yields the list of statements."""
    return counting


@pytest.fixture
def start_server(database_url: str, settings: Settings) -> Iterator[Callable[..., Server]]:
    """Yield `start_server(**environment)`, which starts a real server process on the test's database."""
    environment = {
        "WIZAMART_DATABASE_URL": database_url,
        "WIZAMART_SECRET_KEY": SECRET_KEY,
        "WIZAMART_ENVIRONMENT": "testing",
        "WIZAMART_EMBEDDED_WORKERS": "0",
        "WIZAMART_MEDIA_PATH": str(settings.media_path),
    }
    with ExitStack() as running:
        yield lambda **more: running.enter_context(run_server({**environment, **more}))


@pytest.fixture
def live_server(start_server: Callable[..., Server]) -> Server:
    """Return a running server."""
    return start_server()


@pytest.fixture
def two_servers(start_server: Callable[..., Server]) -> tuple[Server, Server]:
    """Return two running servers on the same database."""
    return start_server(), start_server()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Yield a Chromium, driven by Playwright."""
    from wizamart.testing import browsers  # Playwright is asked for by the few tests that need it

    program = browsers.find_chromium()
    if program is None:
        pytest.skip("Chromium is not installed")
    with browsers.run_browser(program) as browser:
        yield browser


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """Yield a page with cookies of its own."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def list_violations() -> Callable[[Any], list[str]]:
    """Return `list_violations(page)`: what axe holds against it."""
    from wizamart.testing import browsers  # see above

    return browsers.list_violations


def _settings(database_url: str, **more: Any) -> Settings:
    return Settings(
        _env_file=None,
        environment="testing",
        secret_key=SECRET_KEY,
        database_url=database_url,
        embedded_workers=0,
        **more,
    )


def _migrate(database_url: str) -> None:
    app = create_app(_settings(database_url))
    with app.app_context():
        migrations.upgrade()
    close(app)


def _client_of(app: Flask) -> FlaskClient:
    app.test_client_class = TenantClient
    return app.test_client()


__all__ = ["QueryLog", "TenantClient"]
