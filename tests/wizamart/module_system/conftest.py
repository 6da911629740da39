"""Applications on modules of our own making instead of the real ones."""

import pytest

from tests.wizamart.module_system.sample_modules import make_shop
from wizamart.app import create_app
from wizamart.database import db


@pytest.fixture
def registry():
    return make_shop()


@pytest.fixture
def app(settings, registry):
    app = create_app(settings, registry=registry)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
