import pytest
from flask import Flask

from wizamart import observability, queue
from wizamart.config import Settings
from wizamart.database import db, init_app
from wizamart.platforms import Platform, Vendor


@pytest.fixture
def app(tmp_path):
    app = Flask(__name__)
    url = f"sqlite:///{tmp_path / 'observed.db'}"
    settings = Settings(
        _env_file=None, environment="testing", database_url=url, operator_token="let-the-operator-in"
    )
    app.extensions["settings"] = settings
    init_app(app, database_url=url)
    observability.init_app(app, settings)
    with app.app_context():
        tables = [known.__table__ for known in (Platform, Vendor, queue.Task, queue.Lease)]
        db.metadata.create_all(db.engine, tables=tables)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def operator():
    return {"Authorization": "Bearer let-the-operator-in"}
