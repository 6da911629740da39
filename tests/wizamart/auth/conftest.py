"""A small application with nothing but sign-in, on a database file of its own."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask, jsonify, request
from flask.testing import FlaskClient
from jinja2 import ChoiceLoader, DictLoader

from wizamart import clock, database, i18n, mail, secrets
from wizamart.auth import api, login, routes, user_service
from wizamart.auth.models import User
from wizamart.config import ROOT, Settings
from wizamart.database import db, unit_of_work
from wizamart.exceptions import NotSignedIn, WizamartError
from wizamart.permissions import access_of, signed_in

PASSWORD = "a rainy morning in Vianden"
LAYOUT = "<title>{% block title %}{% endblock %}</title><main>{% block content %}{% endblock %}</main>"


class Portal(Flask):
    """One transaction a request, and the declared access checked, as in the real application."""

    def dispatch_request(self):
        with unit_of_work(read_only=request.method in login.SAFE_METHODS):
            view = self.view_functions[request.endpoint] if request.endpoint else None
            access = access_of(view) if view else None
            if access and access.needs_sign_in and not db_user().is_authenticated:
                raise NotSignedIn
            return self.make_response(super().dispatch_request())


def db_user():
    from flask_login import current_user

    return current_user


class Clock:
    """A clock that only tests move."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 2, 9, 0, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **amount: float) -> datetime:
        self.time += timedelta(**amount)
        return self.time


@pytest.fixture
def time(monkeypatch) -> Clock:
    moved = Clock()
    monkeypatch.setattr(clock, "now", moved)
    return moved


@pytest.fixture
def settings(database_url) -> Settings:
    return Settings(environment="testing", database_url=database_url, _env_file=None)


@pytest.fixture
def app(settings, time) -> Iterator[Flask]:
    app = build_app(settings)
    yield app
    with app.app_context():
        db.engine.dispose()


def build_app(settings: Settings) -> Flask:
    app = Portal("wizamart", template_folder=str(ROOT / "templates"))
    app.secret_key = settings.secret_key.get_secret_value()
    app.extensions["settings"] = settings
    app.jinja_loader = ChoiceLoader([DictLoader({"layouts/auth.html": LAYOUT}), app.jinja_loader])
    secrets.init_app(settings)
    database.init_app(app, database_url=settings.database_url)
    i18n.init_app(app)
    login.init_app(app)
    app.register_blueprint(routes.bp)
    app.register_blueprint(api.bp)
    app.register_error_handler(WizamartError, _answer_error)
    app.add_url_rule("/who", view_func=who)
    app.add_url_rule("/api/v1/who", "api_who", view_func=who)
    app.add_url_rule("/post", view_func=post, methods=["POST"])
    app.add_url_rule("/api/v1/post", "api_post", view_func=post, methods=["POST"])
    return app


def _answer_error(error: WizamartError):
    headers = {"Retry-After": str(error.details["retry_after"])} if "retry_after" in error.details else {}
    return jsonify(code=error.code, message=str(error)), error.status, headers


@signed_in
def who():
    return jsonify(id=db_user().id, email=db_user().email)


@signed_in
def post():
    return jsonify(id=db_user().id)


@pytest.fixture
def session(app) -> Iterator[sa.orm.Session]:
    """A writing transaction for tests of services; what they left is committed by the caller if needed."""
    with app.app_context(), unit_of_work() as session:
        yield session


@pytest.fixture
def make_user(app, time):
    def make(email="anna@wizamart.test", password: str | None = PASSWORD, **changes) -> int:
        with app.app_context(), unit_of_work() as session:
            user = user_service.create_user(
                session, email=email, display_name="Anna", password=password, at=time() - timedelta(days=1)
            )
            for name, value in changes.items():
                setattr(user, name, value)
            return user.id

    return make


@pytest.fixture
def read(app):
    """Run a function on a session of its own, and commit."""

    def run(function):
        with app.app_context(), unit_of_work() as session:
            return function(session)

    return run


@pytest.fixture
def sent_mails(monkeypatch) -> list[dict]:
    mails: list[dict] = []
    monkeypatch.setattr(mail, "send", lambda _session, **values: mails.append(values))
    return mails


class Browser:
    """A person at a browser: opens a page, fills in its form, sends it with its token."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **options):
        return self.client.get(path, **options)

    def token_of(self, path: str) -> str:
        page = self.client.get(path).get_data(as_text=True)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        return token.group(1) if token else ""

    def submit(self, path: str, *, to: str | None = None, **fields: str):
        return self.client.post(to or path, data={"csrf_token": self.token_of(path), **fields})

    def sign_in(self, email: str = "anna@wizamart.test", password: str = PASSWORD):
        return self.submit("/login", email=email, password=password)

    @property
    def cookie(self) -> str:
        return self.client.get_cookie("wizamart").value

    @cookie.setter
    def cookie(self, value: str) -> None:
        self.client.set_cookie("wizamart", value)

    @property
    def is_signed_in(self) -> bool:
        return self.client.get("/who").status_code == 200


@pytest.fixture
def new_browser(app):
    return lambda: Browser(app.test_client())


@pytest.fixture
def browser(new_browser) -> Browser:
    return new_browser()


@pytest.fixture
def user_of(read):
    def load(user_id: int, *attributes: str):
        return read(lambda session: tuple(getattr(session.get(User, user_id), name) for name in attributes))

    return load
